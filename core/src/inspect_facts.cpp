// What the text and the JSON of `inspect` both say.
#include <algorithm>
#include <btfkit/btfkit.hpp>

#include "inspect.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit::command {

bool is_bpf_object(const Object& object) {
  constexpr std::uint16_t em_bpf = 247;
  return object.container().elf && object.container().elf_machine == em_bpf;
}

CoreNeeds core_needs(const Object& object, std::size_t most) {
  CoreNeeds needs;
  std::map<std::string, std::size_t> known;
  std::size_t looks = 100'000;  // each makes a sentence
  if (object.ext() == nullptr) return needs;
  for (const ExtSection& section : object.ext()->sections()) {
    for (const Result<CoreRelocation> relocation : section.relocations()) {
      if (!relocation || looks == 0) {
        ++needs.more;
        continue;
      }
      --looks;
      std::string sentence = core_relo_text(*relocation);
      if (const auto found = known.find(sentence); found != known.end()) {
        ++needs.sentences[found->second].second;
      } else if (needs.sentences.size() < most) {
        known.emplace(sentence, needs.sentences.size());
        needs.sentences.emplace_back(std::move(sentence), 1);
      } else {
        ++needs.more;
      }
    }
  }
  return needs;
}

std::vector<ProgramFacts> facts_of(const Object& object) {
  const auto programs = object.programs();
  std::vector<ProgramFacts> facts(programs.size());
  if (object.ext() == nullptr) return facts;
  for (std::size_t i = 0; i < programs.size();) {
    const std::size_t first = i;
    const std::uint32_t index = programs[i].section;
    while (i < programs.size() && programs[i].section == index) ++i;
    const auto section = object.ext()->section(programs[first].section_name);
    if (!section) continue;
    // Records and functions both ascend: each record belongs to the last function that starts at or before it.
    const auto count = [&](const auto& records, auto add) {
      std::size_t at = first;
      for (const auto& record : records) {
        if (!record) continue;
        while (at + 1 < i && programs[at + 1].offset <= record->offset()) ++at;
        if (programs[at].offset <= record->offset()) add(facts[at], *record);
      }
    };
    count(section->lines(), [](ProgramFacts& f, const LineInfo& line) {
      if (!f.first && line.line() != 0) f.first = line;
      ++f.lines;
    });
    count(section->relocations(), [](ProgramFacts& f, const CoreRelocation&) { ++f.relocations; });
  }
  return facts;
}

std::vector<Func> kfuncs_of(const Spec& spec) {
  std::vector<Func> functions;
  for (const DeclTag tag : spec.types<DeclTag>())
    if (tag.component_index() == -1 && detail::beginning(tag.c_name(), 10) == "bpf_kfunc")
      if (const auto function = tag.target().as<Func>()) functions.push_back(*function);
  detail::stable_sort(std::span(functions), [](const Func& a, const Func& b) { return a.id() < b.id(); });
  return functions;
}

std::string initialiser(const Variable& variable, std::string_view indent) {
  constexpr std::size_t widest = 56, most_lines = 12;
  if (!variable.initial) return {};
  const auto bytes = variable.initial->span();
  DecodeOptions options;
  options.casts = false;
  options.indent = "  ";
  options.max_bytes = std::uint64_t{64} << 10;
  Sink out;
  if (!decode(out, variable.type.target(), bytes, options) && out.text().empty()) return {};
  const std::string_view text = out.text();

  std::string line;  // the same in one
  for (std::size_t at = 0; at < text.size() && line.size() <= widest; ++at) {
    if (text[at] != '\n') {
      line += text[at];
      continue;
    }
    while (at + 1 < text.size() && text[at + 1] == ' ') ++at;
    const bool closes = at + 1 < text.size() && text[at + 1] == '}';
    if (closes && !line.empty() && line.back() == ',') line.pop_back();
    line += line.empty() || line.back() == '{' || closes ? "" : " ";
  }
  if (line.size() <= widest) return line;

  std::string lines;
  std::size_t count = 0;
  for (const char c : text) {
    if (c == '\n' && ++count == most_lines) return lines + "\n" + std::string(indent) + "...";
    lines += c;
    if (c == '\n') lines += indent;
  }
  if (lines.size() > 16 * widest) return line.substr(0, widest) + "...";  // one huge string
  return lines;
}

std::string prototype(const Func& function) {
  constexpr std::size_t longest = 2000;
  std::string text = c_declaration(function.target(), detail::printable(detail::beginning(function.c_name(), 400)));
  if (const std::size_t open = text.find('{'); open != std::string::npos)
    if (const std::size_t close = text.rfind('}'); close != std::string::npos && close > open)
      text = text.substr(0, open) + "{...}" + text.substr(close + 1);
  return detail::printable(text, longest);
}

}  // namespace btfkit::command
