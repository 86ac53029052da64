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
  struct Need {
    std::vector<CoreKind> kinds;
    std::string of;
    std::uint32_t count = 0;
  };
  CoreNeeds needs;
  std::vector<Need> all;
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
      const std::string sentence = core_relo_text(*relocation);  // "<byte_off> struct ..."
      std::string of = sentence.substr(std::min(sentence.size(), to_string(relocation->kind()).size() + 3));
      const auto found = known.find(of);
      if (found == known.end() && all.size() >= most) {
        ++needs.more;
        continue;
      }
      if (found == known.end()) {
        known.emplace(of, all.size());
        all.push_back({{}, std::move(of), 0});
      }
      Need& need = found == known.end() ? all.back() : all[found->second];
      ++need.count;
      if (std::find(need.kinds.begin(), need.kinds.end(), relocation->kind()) == need.kinds.end())
        need.kinds.push_back(relocation->kind());
    }
  }
  for (const Need& need : all) {
    std::string sentence;
    for (const CoreKind kind : need.kinds) (sentence += sentence.empty() ? "<" : ", ") += to_string(kind);
    needs.sentences.emplace_back(sentence + "> " + need.of, need.count);
  }
  return needs;
}

namespace {

/// Where a function is: what is inlined into it comes from other files and other lines. `lines`: in the order of instructions.
void place(ProgramFacts& facts, std::vector<std::pair<const char*, std::uint32_t>>& lines, const char* main_file) {
  const auto in_order = lines;
  std::sort(lines.begin(), lines.end());
  std::size_t most = 0;
  for (std::size_t i = 0; i < lines.size();) {
    const std::size_t first = i;
    while (i < lines.size() && lines[i].first == lines[first].first) ++i;
    const std::size_t records = lines[first].first == main_file ? SIZE_MAX : i - first;
    if (records <= most) continue;
    most = records;
    facts.file = lines[first].first;
    facts.first_line = lines[first].second;
    facts.last_line = lines[i - 1].second;
  }
  const auto begins =
      std::find_if(in_order.begin(), in_order.end(), [&](const auto& line) { return line.first == facts.file; });
  if (begins != in_order.end()) facts.line = begins->second;
  facts.source_lines = static_cast<std::uint32_t>(std::unique(lines.begin(), lines.end()) - lines.begin());
}

}  // namespace

std::vector<ProgramFacts> facts_of(const Object& object) {
  const auto programs = object.programs();
  std::vector<ProgramFacts> facts(programs.size());
  if (object.ext() == nullptr) return facts;
  const auto files = source_files(object);
  const char* const main_file = files.empty() ? nullptr : files.front().first.data();
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
        if (programs[at].offset <= record->offset()) add(at, *record);
      }
    };
    std::vector<std::pair<const char*, std::uint32_t>> seen;  // files and lines of the function `of`
    std::size_t of = first;
    const auto finish = [&] {
      place(facts[of], seen, main_file);
      seen.clear();
    };
    count(section->lines(), [&](std::size_t at, const LineInfo& line) {
      if (at != of) finish();
      of = at;
      ++facts[at].lines;
      if (line.line() != 0) seen.emplace_back(line.c_file(), line.line());
    });
    finish();
    count(section->relocations(), [&](std::size_t at, const CoreRelocation&) { ++facts[at].relocations; });
  }
  return facts;
}

std::vector<std::pair<std::string_view, std::uint32_t>> source_files(const Object& object) {
  std::vector<std::pair<std::string_view, std::uint32_t>> files;
  if (object.ext() == nullptr) return files;
  std::map<const char*, std::uint32_t> counts;
  for (const ExtSection& section : object.ext()->sections())
    for (const Result<LineInfo> line : section.lines())
      if (line && *line->c_file() != '\0') ++counts[line->c_file()];
  files.reserve(counts.size());
  for (const auto& [file, count] : counts) files.emplace_back(detail::beginning(file, 400), count);
  std::stable_sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return files;
}

std::vector<Func> kfuncs_of(const Spec& spec) {
  std::vector<Func> functions;
  for (const DeclTag tag : spec.types<DeclTag>())
    if (tag.component_index() == -1 && detail::beginning(tag.c_name(), 10) == "bpf_kfunc")
      if (const auto function = tag.target().as<Func>()) functions.push_back(*function);
  detail::stable_sort(std::span(functions), [](const Func& a, const Func& b) { return a.id() < b.id(); });
  return functions;
}

std::string initialiser(const Variable& variable, std::size_t room, std::string_view indent) {
  if (!variable.initial) return {};
  const std::size_t most_lines = variable.references.empty() ? 12 : 48;  // what is filled with functions is shown whole
  const auto bytes = variable.initial->span();
  const auto addresses = addresses_of(variable);
  DecodeOptions options;
  options.casts = false;
  options.addresses = addresses;
  options.indent = "  ";
  options.max_bytes = std::uint64_t{64} << 10;
  Sink out;
  if (!decode(out, variable.type.target(), bytes, options) && out.text().empty()) return {};
  const std::string_view text = out.text();

  std::string line;  // the same in one
  for (std::size_t at = 0; at < text.size() && line.size() <= room; ++at) {
    if (text[at] != '\n') {
      line += text[at];
      continue;
    }
    while (at + 1 < text.size() && text[at + 1] == ' ') ++at;
    const bool closes = at + 1 < text.size() && text[at + 1] == '}';
    if (closes && !line.empty() && line.back() == ',') line.pop_back();
    line += line.empty() || line.back() == '{' || closes ? "" : " ";
  }
  if (line.size() <= room) return line;

  constexpr std::size_t absurd = 1000;  // of one line, bytes
  std::string lines;
  std::size_t count = 0, column = 0;
  for (const char c : text) {
    if (c == '\n' && ++count == most_lines) return lines + "\n" + std::string(indent) + "...";
    lines += c;
    column = c == '\n' ? 0 : column + 1;
    if (c == '\n') lines += indent;
    if (column == absurd) return detail::printable(lines, lines.size()) + "...";
  }
  return lines;
}

std::string follow_up(const Request& request, std::string_view verb, std::string_view words) {
  const auto shell = [](std::string_view name) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./:,@%";
    if (!name.empty() && name.find_first_not_of(plain) == std::string_view::npos) return std::string(name);
    std::string quoted = "'";
    for (const char c : name) quoted += c == '\'' ? "'\\''" : std::string(1, c);
    return detail::printable(quoted + '\'', 4096);
  };
  std::string command = "btfkit " + std::string(verb) + ' ' + (request.source == "-" ? "FILE" : shell(request.source));
  if (request.has("base")) command += " --base " + shell(request.value("base"));
  return words.empty() ? command : command + ' ' + std::string(words);
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
