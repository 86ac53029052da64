#include <algorithm>
#include <btfkit/command.hpp>

#include "json_writer.hpp"

namespace btfkit::command {
namespace {

/// `text` from column `indent` on, broken between words so that no line is longer than a terminal is wide.
void wrapped(Sink& out, std::string_view text, std::size_t indent) {
  constexpr std::size_t widest = 80;
  const std::size_t room = widest - indent;
  while (text.size() > room) {
    const std::size_t space = text.rfind(' ', room);
    if (space == std::string_view::npos) break;
    out << text.substr(0, space) << '\n';
    out.pad(indent);
    text.remove_prefix(space + 1);
  }
  out << text << '\n';
}

/// Two columns, the second lined up.
void columns(Sink& out, const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t width = 0;
  for (const auto& [left, right] : rows) width = std::max(width, left.size());
  for (const auto& [left, right] : rows) {
    out << "  " << left, out.pad(width - left.size() + 2);
    wrapped(out, right, width + 4);
  }
}

std::string usage(const Verb& verb) {
  std::string text = "btfkit " + std::string(verb.name);
  for (const Positional& p : verb.positionals)
    text += (p.required ? ' ' + std::string(p.name) : " [" + std::string(p.name) + ']') + (p.repeatable ? "..." : "");
  return text + " [OPTIONS]";
}

std::string spelling(const Option& option) {
  const std::string letter = option.letter != 0 ? std::string("-") + option.letter + ", " : std::string();
  return letter + "--" + std::string(option.name) + (option.value.empty() ? "" : ' ' + std::string(option.value));
}

std::string choices_text(std::string_view choices) {
  std::string text;
  for (const char c : choices) text += c == ',' ? std::string(", ") : std::string(1, c);
  return text;
}

/// Core's verbs, then the platform's.
std::vector<Verb> all_verbs(const Platform& platform) {
  std::vector<Verb> all(verbs().begin(), verbs().end());
  all.insert(all.end(), platform.verbs.begin(), platform.verbs.end());
  return all;
}

void verb_help(Sink& out, const Verb& verb, const Platform& platform) {
  std::vector<std::pair<std::string, std::string>> rows;
  out << verb.summary << "\n\nUsage: " << usage(verb) << '\n';
  for (const Positional& p : verb.positionals) {
    rows.emplace_back(std::string(p.name) + (p.repeatable ? "..." : ""), p.help);
    if (p.name == "FILE" && !platform.inputs.empty()) rows.emplace_back("", platform.inputs);
  }
  if (!rows.empty()) out << '\n';
  columns(out, rows);
  rows.clear();
  for (const Option& o : verb.options)
    rows.emplace_back(spelling(o), std::string(o.help) + (o.choices.empty() ? "" : ": " + choices_text(o.choices)) +
                                       (o.repeatable ? "; repeatable" : ""));
  rows.emplace_back("-h, --help", "print this");
  out << "\nOptions:\n";
  columns(out, rows);
  out << "\nExamples:\n";
  for (const Example& e : verb.examples) out << "  btfkit " << e.arguments << "\n      " << e.meaning << '\n';
}

}  // namespace

std::string help(std::string_view name, const Platform& platform) {
  Sink out;
  const std::vector<Verb> all = all_verbs(platform);
  const auto verb = std::find_if(all.begin(), all.end(), [&](const Verb& v) { return v.name == name; });
  if (verb != all.end()) {
    verb_help(out, *verb, platform);
    return out.take();
  }
  const auto list = [&](std::string_view heading, std::span<const Verb> listed) {
    std::vector<std::pair<std::string, std::string>> rows;
    for (const Verb& v : listed) rows.emplace_back(v.name, v.summary);
    out << '\n' << heading << ":\n";
    columns(out, rows);
  };
  const std::string group = std::string(name) + ' ';
  std::vector<Verb> of_group;
  for (const Verb& v : all)
    if (v.name.substr(0, group.size()) == group) of_group.push_back(v);
  if (!of_group.empty()) {
    out << "Usage: btfkit " << group << "VERB [ARGUMENTS]\n";
    list("Verbs", of_group);
    out << "\nOptions:\n";
    columns(out, {{"-h, --help", "print this, or the help of a verb: btfkit help " + group + "VERB"}});
    return out.take();
  }
  wrapped(out, "Reads, checks and explains BTF, the type information of Linux kernels and BPF objects.", 0);
  out << "\nUsage: btfkit VERB [ARGUMENTS]\n";
  list("Verbs", verbs());
  if (!platform.verbs.empty()) list("Verbs for the running kernel", platform.verbs);
  out << "\nOptions:\n";
  columns(out, {{"-h, --help", "print this, or the help of a verb: btfkit help VERB"}, {"--version", "print the version"}});
  return out.take();
}

std::string verbs_json(const Platform& platform) {
  Sink out;
  detail::JsonWriter json(out);
  json.object().array("verbs");
  for (const Verb& verb : all_verbs(platform)) {
    json.object().field("name", verb.name).field("summary", verb.summary);
    if (!verb.data_option.empty()) json.field("dataOption", verb.data_option);
    if (!verb.output_option.empty()) json.field("outputOption", verb.output_option);
    if (verb.damaged) json.field("damaged", true);
    if (verb.without_btf) json.field("withoutBtf", true);
    json.array("positionals");
    for (const Positional& p : verb.positionals) {
      json.object().field("name", p.name).field("help", p.help).field("required", p.required);
      if (p.repeatable) json.field("repeatable", true);
      json.end_object();
    }
    json.end_array().array("options");
    for (const Option& o : verb.options) {
      json.object().field("name", o.name).field("value", o.value).field("help", o.help).field("choices", o.choices);
      if (o.letter != 0) json.field("letter", std::string_view(&o.letter, 1));
      if (o.repeatable) json.field("repeatable", true);
      json.end_object();
    }
    json.end_array().array("examples");
    for (const Example& e : verb.examples)
      json.object().field("arguments", e.arguments).field("meaning", e.meaning).end_object();
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return out.take();
}

}  // namespace btfkit::command
