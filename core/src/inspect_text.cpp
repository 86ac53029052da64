#include <algorithm>
#include <btfkit/btfkit.hpp>

#include "highlight.hpp"
#include "inspect.hpp"
#include "text.hpp"

namespace btfkit::command {
namespace {

using detail::columns;
using detail::grouped;
using detail::printable;

/// "1 byte", "10,240 bytes"
std::string many(std::uint64_t count, std::string_view noun) {
  return grouped(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

std::string_view base_name(std::string_view file) { return file.substr(file.rfind('/') + 1); }

std::string many_entries(std::uint64_t count) { return grouped(count) + (count == 1 ? " entry" : " entries"); }

/// Prints one part after the other; stops when there is more than anybody reads.
class Screen {
 public:
  Screen(const Request& request, const Object& object, Sink& out)
      : object_(object),
        request_(request),
        out_(out),
        style_(out, request.color),
        color_(request.color),
        width_(std::clamp<std::size_t>(request.columns.value_or(80), 60, 1000)),
        limit_(detail::sane_output(object.container().size)) {}

  // ---- of BPF objects

  void programs() {
    const auto programs = object_.programs();
    if (programs.empty()) return;
    const auto facts = facts_of(object_);
    // Facts stand beside all prototypes or below all; of more than anybody looks at they are not measured.
    const bool measured = programs.size() <= 10'000;
    std::vector<Lines> lines(programs.size());
    std::size_t widest_left = 0, widest_right = 0;
    for (std::size_t i = 0; measured && i < programs.size(); ++i) {
      lines[i] = lines_of(programs[i], facts[i]);
      widest_left = std::max(widest_left, columns(lines[i].prototype));
      widest_right = std::max(widest_right, columns(lines[i].facts));
    }
    const std::size_t aside = measured && 4 + widest_left + 2 + widest_right <= width_ ? widest_left + 2 : 0;
    for (const bool subprograms : {false, true}) {
      std::uint32_t section = 0;
      bool first = true;
      for (std::size_t i = 0; i < programs.size() && go_on(); ++i) {
        const Program& program = programs[i];
        if (program.is_subprogram() != subprograms) continue;
        if (first)
          heading((subprograms ? "Functions that programs call: " : "Programs: ") +
                  grouped(static_cast<std::uint64_t>(std::count_if(
                      programs.begin(), programs.end(), [&](const Program& p) { return p.is_subprogram() == subprograms; }))));
        if (first || program.section != section) section_line(program, subprograms);
        first = false;
        section = program.section;
        if (!measured) lines[i] = lines_of(program, facts[i]);
        one(lines[i], aside);
        lines[i] = {};
      }
    }
  }

  void maps() {
    const auto maps = maps_of(object_);
    if (!maps.empty()) heading("Maps: " + grouped(maps.size()));
    for (const Map& map : maps) {
      if (!go_on()) return;
      out_ << "  ";
      if (object_.specs().empty() && !map.legacy) {
        style_.strong(printable(map.name)) << ": its definition is not known\n";
        continue;
      }
      style_.strong(printable(map.name)) << ": " << described(map.definition) << (map.pinned_by_name ? ", pinned by name" : "")
                                         << (map.legacy ? ", legacy" : "") << (map.is_extern ? ", extern" : "") << '\n';
      if (map.error) incomplete(*map.error);
      sides(map.definition, map.inner || map.holds_programs);
      options(map.definition);
      if (map.holds_programs) row("value", "a program");
      if (map.inner) inner(*map.inner);
      if (!map.slots.empty()) slots(map);
      for (const std::string_view member : map.unknown) row("unknown", printable(member));
    }
  }

  void variables() {
    bool first = true;
    for (const VariableSection& section : variables_of(object_)) {
      if (is_bpf_object(object_) && (section.name == "license" || section.name == "version")) continue;
      if (section.variables.empty() && !section.error) continue;
      if (first) heading(is_bpf_object(object_) ? "Variables (offset, size, initial value)" : "Variables (offset, size)");
      first = false;
      out_ << "  ";
      style_.strong(printable(section.name)) << ", " << many(section.datasec.size(), "byte") << '\n';
      if (section.error) incomplete(*section.error);
      const std::size_t most = is_bpf_object(object_) ? SIZE_MAX : 100;
      for (std::size_t i = 0; i < std::min(section.variables.size(), most); ++i) {
        if (!go_on()) return;
        one(section.variables[i], section.name.substr(0, 4) == ".bss");
      }
      if (section.variables.size() > most) hint(section.variables.size() - most, "--kind var");
    }
  }

  void externs() {
    std::optional<std::string_view> section;
    for (const Extern& found : externs_of(object_)) {
      if (!go_on()) return;
      if (!section) heading("Externs");
      if (section != found.section_name) {
        out_ << "  ";
        style_.strong(found.section_name.empty() ? "of other objects" : printable(found.section_name)) << '\n';
      }
      section = found.section_name;
      const auto function = found.type.as<Func>();
      const std::string text = function ? prototype(*function) : declared(Referrer(found.type).target(), printable(found.name));
      code(text, 4, found.weak.value_or(false) ? "weak" : "");
    }
  }

  void relocations() {
    if (object_.ext() == nullptr || object_.ext()->relocation_count() == 0) return;
    constexpr std::size_t most = 40, few = 8;  // nobody is sent elsewhere for a few more
    CoreNeeds needs = core_needs(object_, most + few);
    if (needs.more != 0) {
      for (std::size_t i = most; i < needs.sentences.size(); ++i) needs.more += needs.sentences[i].second;
      needs.sentences.resize(std::min(needs.sentences.size(), most));
    }
    heading("CO-RE relocations: " + grouped(object_.ext()->relocation_count()));
    std::size_t width = 0;
    for (const auto& [sentence, count] : needs.sentences) width = std::max(width, grouped(count).size());
    for (const auto& [sentence, count] : needs.sentences) {
      const std::string number = grouped(count);
      out_.pad(width + 2 - number.size());
      style_.faint(number + " x ") << need(sentence, width + 5) << '\n';
    }
    if (needs.more != 0) style_.faint("  and " + grouped(needs.more) + " more: " + follow_up(request_, "disasm", "")) << '\n';
  }

  // ---- of other files

  void functions() {
    constexpr std::size_t most = 60, few = 40;
    std::vector<Func> all, kfuncs;
    for (const Spec& spec : object_.specs()) {
      for (const Func function : spec.types<Func>()) all.push_back(function);
      for (const Func function : kfuncs_of(spec)) kfuncs.push_back(function);
    }
    if (!kfuncs.empty()) {
      heading("Kernel functions that BPF programs may call (kfuncs): " + grouped(kfuncs.size()));
      for (std::size_t i = 0; i < std::min(kfuncs.size(), most) && go_on(); ++i) code(prototype(kfuncs[i]), 2);
      if (kfuncs.size() > most) hint(kfuncs.size() - most, "--tag bpf_kfunc");
    }
    if (all.empty()) return;
    heading("Functions: " + grouped(all.size()));
    const std::size_t shown = all.size() > most ? few : all.size();
    for (std::size_t i = 0; i < shown; ++i) {
      if (!go_on()) return;
      code(prototype(all[i]), 2);
    }
    if (shown < all.size()) hint(all.size() - shown, "--kind func");
  }

  /// False once there is too much, or nobody reads.
  [[nodiscard]] bool go_on() {
    if (out_.closed()) return false;
    if (out_.total() <= limit_) return true;
    if (!cut_) out_ << "  ... the output is cut at " << grouped(limit_) << " bytes\n";
    cut_ = true;
    return false;
  }

 private:
  void heading(std::string_view text) {
    out_ << '\n';
    style_.accent(text) << '\n';
  }

  void hint(std::uint64_t count, std::string_view options) {
    style_.faint("  and " + grouped(count) + " more: " + follow_up(request_, "find", options)) << '\n';
  }

  void incomplete(const Error& error) {
    style_.warning("    incomplete: ") << broken_prose(printable(error.message()), 16, 16, width_) << '\n';
  }

  [[nodiscard]] std::string broken(std::string_view text, std::size_t at, std::size_t indent) const {
    return broken_code(text, at, indent, width_);
  }

  /// A relocation's sentence that starts in column `at`: kinds, what they are about, "(0:2 @ offset 4)". None of the three is
  /// torn apart where that can be helped.
  [[nodiscard]] std::string need(std::string_view sentence, std::size_t at) const {
    const std::size_t kinds = std::min(sentence.find("> "), sentence.size() - 1) + 1;
    const std::size_t place = std::min(sentence.rfind(" ("), sentence.size());
    std::string text = broken(sentence.substr(0, kinds), at, at + 1);
    const auto add = [&](std::string_view part, std::size_t needed) {
      const bool fits = last_column(text, at) + needed <= width_;
      text += fits ? ' ' + std::string(part.substr(1)) : '\n' + broken(part.substr(1), at + 4, at + 4).insert(0, at + 4, ' ');
    };
    if (kinds >= sentence.size()) return text;
    if (place <= kinds) {
      add(sentence.substr(kinds), columns(sentence.substr(kinds)));
      return text;
    }
    const std::string_view what = sentence.substr(kinds, place - kinds), where = sentence.substr(place);
    const bool several = text.find(", ") != std::string::npos || text.find('\n') != std::string::npos;
    add(what, columns(what) + (several ? columns(where) : 0));
    if (!where.empty()) add(where, columns(where));
    return text;
  }

  /// A declaration; `remark` stands behind it.
  void code(std::string_view text, std::size_t indent, std::string_view remark = {}) {
    const std::string lines = broken(text, indent, indent + 4);
    out_.pad(indent) << (color_ ? detail::highlighted(lines, detail::Syntax::C) : lines);
    if (!remark.empty()) style_.faint("  " + std::string(remark));
    out_ << '\n';
  }

  void row(std::string_view what, std::string_view text) {
    out_ << "    ";
    style_.faint(what);
    out_.pad(what.size() < 7 ? 7 - what.size() : 0) << ' ' << broken(text, 12, 12) << '\n';
  }

  // ---- programs

  void section_line(const Program& program, bool subprogram) {
    out_ << "  ";
    style_.strong(printable(program.section_name));
    if (!subprogram) {
      const ProgramKind kind = program_kind(program.section_name);
      std::string text(kind.type.empty() ? "not a section that libbpf knows" : kind.type);
      if (!kind.attach_type.empty() && kind.attach_type != kind.type) text += ", " + std::string(kind.attach_type);
      if (kind.sleepable) text += ", sleepable";
      if (kind.fragments) text += ", fragments";
      if (!kind.autoload) text += ", loaded only when asked for";
      style_.faint("  " + text);
    }
    out_ << '\n';
  }

  struct Lines {
    std::string prototype, facts;
  };

  static Lines lines_of(const Program& program, const ProgramFacts& facts) {
    Lines lines;
    lines.prototype = program.type           ? prototype(*program.type)
                      : program.name.empty() ? "(no function is known here)"
                                             : printable(program.name) + "()";
    std::string& text = lines.facts;
    text = many(program.size / 8, "instruction");
    if (facts.source_lines != 0) text += " from " + many(facts.source_lines, "line");
    if (facts.relocations != 0) text += ", " + many(facts.relocations, "CO-RE relocation");
    if (facts.file != nullptr) {
      const std::string_view file = base_name(detail::beginning(facts.file, 400));
      text += ", " + printable(file) + ':' + std::to_string(facts.first_line);
      if (facts.last_line != facts.first_line) text += '-' + std::to_string(facts.last_line);
    }
    if (program.type && printable(program.name) != printable(program.type->name()))
      text += ", symbol " + printable(program.name, 60);
    return lines;
  }

  /// `aside`: how far behind the start of the prototype the facts stand; 0: below it.
  void one(const Lines& lines, std::size_t aside) {
    if (aside == 0) {
      code(lines.prototype, 4);
      out_ << "      ";
      style_.faint(broken(lines.facts, 6, 8)) << '\n';
      return;
    }
    out_ << "    " << (color_ ? detail::highlighted(lines.prototype, detail::Syntax::C) : lines.prototype);
    out_.pad(aside - columns(lines.prototype));
    style_.faint(lines.facts) << '\n';
  }

  // ---- maps

  static std::string described(const MapDefinition& map) {
    const std::string_view name = map_type_name(map.type);
    constexpr std::uint32_t ringbuf = 27, user_ringbuf = 31, arena = 33;
    std::string text = name.empty() ? "type " + std::to_string(map.type) : std::string(name);
    if (map.max_entries == 0) return text;
    if (map.type == ringbuf || map.type == user_ringbuf) text += ", " + many(map.max_entries, "byte");
    else if (map.type == arena) text += ", " + many(map.max_entries, "page");
    else text += ", " + many_entries(map.max_entries);
    return text;
  }

  void side(std::string_view what, const std::optional<Type>& type, std::uint32_t size) {
    if (!type && size == 0) return;
    std::string text = type ? declared(*type) : std::string();
    const std::string bytes = many(size, "byte");
    out_ << "    ";
    style_.faint(what);
    out_.pad(8 - what.size()) << text;
    if (text.empty()) out_ << bytes;
    else style_.faint("  " + bytes);
    out_ << '\n';
  }

  void sides(const MapDefinition& map, bool handles) {
    side("key", map.key, map.key_size);
    if (!handles) side("value", map.value, map.value_size);
  }

  void options(const MapDefinition& map) {
    std::string flags;
    for (unsigned bit = 0; bit < 32; ++bit) {
      if ((map.flags >> bit & 1) == 0) continue;
      const std::string_view name = map_flag_name(bit);
      flags += (flags.empty() ? "" : " | ") + (name.empty() ? "1 << " + std::to_string(bit) : std::string(name));
    }
    if (!flags.empty()) row("flags", flags);
    if (map.numa_node != 0) row("node", std::to_string(map.numa_node));
    constexpr std::uint32_t arena = 33;  // its extra is an address
    if (map.extra != 0) row("extra", map.type == arena ? "0x" + detail::hex(map.extra) : std::to_string(map.extra));
  }

  void inner(const MapDefinition& map) {
    std::string text = described(map);
    const auto add = [&](std::string_view what, const std::optional<Type>& type, std::uint32_t size) {
      if (type || size != 0) text += ", " + std::string(what) + ' ' + (type ? declared(*type) : many(size, "byte"));
    };
    add("key", map.key, map.key_size);
    add("value", map.value, map.value_size);
    row("maps", text);
  }

  void slots(const Map& map) {
    constexpr std::size_t most = 16;
    std::string text;
    std::size_t line = 0;
    for (std::size_t i = 0; i < std::min(map.slots.size(), most); ++i) {
      const std::string slot = '[' + std::to_string(map.slots[i].offset) + "] " + printable(map.slots[i].name, 100);
      if (line != 0 && 12 + line + columns(slot) > width_) text += "\n            ", line = 0;
      text += (line == 0 ? "" : ", ") + slot;
      line += columns(slot) + 2;
    }
    if (map.slots.size() > most) text += " and " + grouped(map.slots.size() - most) + " more";
    row("holds", text);
  }

  // ---- variables

  /// Where text ends that starts in column `at`.
  static std::size_t last_column(std::string_view text, std::size_t at) {
    const std::size_t line = text.rfind('\n');
    return line == std::string_view::npos ? at + columns(text) : columns(text.substr(line + 1));
  }

  /// The declaration with the symbol's own name, which need not be one in C: "do_perf_event.zero" of a function's static.
  static std::string with_own_name(const Variable& variable) {
    constexpr std::string_view stand_in = "btfkit_own_name";
    const std::string name = printable(variable.name);
    std::string text = declared(variable.type.target(), name);
    if (text.find("/* " + name + " */") == std::string::npos) return text;
    text = declared(variable.type.target(), stand_in);
    if (const std::size_t at = text.find(stand_in); at != std::string::npos) text.replace(at, stand_in.size(), name);
    return text;
  }

  void one(const Variable& variable, bool zero) {
    constexpr std::size_t start = 17;  // column
    out_.right(variable.offset, 8);
    out_.right(variable.size, 7) << "  ";
    std::string text = with_own_name(variable);
    if (variable.type.linkage() == Linkage::Static) text = "static " + text;
    const std::string remark = variable.lies_in.empty() ? std::string() : "  (in " + printable(variable.lies_in, 100) + ")";
    std::string value;
    if (!zero && budget_.spend(variable)) {
      const std::size_t used = start + columns(text) + 3 + columns(remark);
      value = initialiser(variable, used < width_ ? width_ - used : 0, std::string(start, ' '));
      // Its type does not tell where the addresses are.
      if (value.empty() && variable.references.size() == 1) value = to_string(variable.references.front());
    }
    text = broken(text, start, start + 4);
    if (!value.empty()) {
      const bool fits = last_column(text, start) + 3 + columns(value.substr(0, value.find('\n'))) <= width_;
      text += (fits ? " = " : '\n' + std::string(start + 4, ' ') + "= ") + value;
    }
    out_ << (color_ ? detail::highlighted(text, detail::Syntax::C) : text);
    if (!remark.empty()) {
      if (last_column(text, start) + columns(remark) > width_) (out_ << '\n').pad(start);
      style_.faint(remark);
    }
    out_ << '\n';
  }

  const Object& object_;
  const Request& request_;
  ValueBudget budget_{object_};
  Sink& out_;
  Styled style_;
  bool color_;
  std::size_t width_;  // columns
  std::uint64_t limit_;
  bool cut_ = false;
};

}  // namespace

std::string broken_code(std::string_view text, std::size_t at, std::size_t indent, std::size_t width) {
  if (at + columns(text) <= width && text.find('\n') == std::string_view::npos) return std::string(text);
  std::string lines;
  const auto piece = [&](std::string_view part, bool splits) {
    const auto piece_of = [&](std::string_view word) {
      const std::size_t wide = columns(word);
      if (at + wide > width && at > indent) {
        while (!lines.empty() && lines.back() == ' ') lines.pop_back();
        lines += '\n' + std::string(indent, ' ');
        at = indent;
      }
      lines += word;
      at += wide;
    };
    if (!splits || at + columns(part) <= width || indent + columns(part) <= width) return piece_of(part);
    while (!part.empty()) {
      const std::size_t end = std::min(part.find(' '), part.size() - 1) + 1;
      piece_of(part.substr(0, end));
      part.remove_prefix(end);
    }
  };
  std::size_t from = 0;
  bool quote = false, any_quote = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && quote) ++i;
    else if (text[i] == '"') quote = !quote, any_quote = true;
    if (i + 1 >= text.size() || quote || text[i] != ',' || text[i + 1] != ' ') continue;
    piece(text.substr(from, i + 2 - from), !any_quote);
    from = i + 2;
    any_quote = false;
  }
  piece(text.substr(from), !any_quote);
  return lines;
}

std::string broken_prose(std::string_view text, std::size_t at, std::size_t indent, std::size_t width) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size() - 1) + 1;
    const std::string_view word = text.substr(0, end);
    const std::size_t wide = columns(word) - (word.back() == ' ' ? 1 : 0);
    if (at + wide > width && at > indent) {
      while (!lines.empty() && lines.back() == ' ') lines.pop_back();
      lines += '\n' + std::string(indent, ' ');
      at = indent;
    }
    lines += word;
    at += columns(word);
    text.remove_prefix(end);
  }
  return lines;
}

void object_text(const Request& request, const Object& object, Sink& out) {
  Screen screen(request, object, out);
  screen.programs();
  screen.maps();
  screen.variables();
  screen.externs();
  screen.relocations();
}

void program_text(const Request& request, const Object& object, Sink& out) {
  if (!object.container().elf && object.spec().first_id() == 1) return;  // a kernel's: a summary says more
  Screen screen(request, object, out);
  screen.functions();
  screen.variables();
}

}  // namespace btfkit::command
