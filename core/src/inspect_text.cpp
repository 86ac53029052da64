#include <algorithm>
#include <btfkit/btfkit.hpp>

#include "highlight.hpp"
#include "inspect.hpp"
#include "text.hpp"

namespace btfkit::command {
namespace {

using detail::grouped;
using detail::printable;

constexpr std::size_t widest = 80;

/// "1 byte", "10,240 bytes"
std::string many(std::uint64_t count, std::string_view noun) {
  return grouped(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

std::string many_entries(std::uint64_t count) { return grouped(count) + (count == 1 ? " entry" : " entries"); }

/// Prints one part after the other; stops when there is more than anybody reads.
class Screen {
 public:
  Screen(const Request& request, const Object& object, Sink& out)
      : object_(object),
        out_(out),
        style_(out, request.color),
        color_(request.color),
        limit_(detail::sane_output(object.container().size)) {}

  // ---- of BPF objects

  void programs() {
    const auto programs = object_.programs();
    if (programs.empty()) return;
    const auto facts = facts_of(object_);
    for (const bool subprograms : {false, true}) {
      std::uint32_t section = 0;
      bool first = true;
      for (std::size_t i = 0; i < programs.size() && go_on(); ++i) {
        const Program& program = programs[i];
        if (program.is_subprogram() != subprograms) continue;
        if (first) heading(subprograms ? "Functions that programs call" : "Programs");
        if (first || program.section != section) section_line(program, subprograms);
        first = false;
        section = program.section;
        one(program, facts[i]);
      }
    }
  }

  void maps() {
    const auto maps = maps_of(object_);
    if (!maps.empty()) heading("Maps");
    for (const Map& map : maps) {
      if (!go_on()) return;
      out_ << "  ";
      if (object_.specs().empty() && !map.legacy) {
        style_.strong(printable(map.name)) << ": its definition is not known\n";
        continue;
      }
      style_.strong(printable(map.name)) << ": " << described(map.definition) << (map.pinned_by_name ? ", pinned by name" : "")
                                         << (map.legacy ? ", legacy" : "") << (map.is_extern ? ", extern" : "") << '\n';
      if (map.error) style_.warning("    incomplete: ") << printable(map.error->message()) << '\n';
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
      if (section.error) style_.warning("    incomplete: ") << printable(section.error->message()) << '\n';
      const std::size_t most = is_bpf_object(object_) ? SIZE_MAX : 100;
      for (std::size_t i = 0; i < std::min(section.variables.size(), most); ++i) {
        if (!go_on()) return;
        one(section.variables[i], section.name.substr(0, 4) == ".bss");
      }
      if (section.variables.size() > most) hint(section.variables.size() - most, "find FILE --kind var");
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
    constexpr std::size_t most = 40;
    const CoreNeeds needs = core_needs(object_, most);
    heading("CO-RE relocations: " + grouped(object_.ext()->relocation_count()));
    std::size_t width = 0;
    for (const auto& [sentence, count] : needs.sentences) width = std::max(width, grouped(count).size());
    for (const auto& [sentence, count] : needs.sentences) {
      const std::string number = grouped(count);
      out_.pad(width + 2 - number.size());
      style_.faint(number + " x ") << sentence << '\n';
    }
    if (needs.more != 0) style_.faint("  and " + grouped(needs.more) + " more") << '\n';
  }

  // ---- of other files

  void functions() {
    constexpr std::size_t most = 60;
    std::vector<Func> all, kfuncs;
    for (const Spec& spec : object_.specs()) {
      for (const Func function : spec.types<Func>()) all.push_back(function);
      for (const Func function : kfuncs_of(spec)) kfuncs.push_back(function);
    }
    if (!kfuncs.empty()) {
      heading("Kernel functions that BPF programs may call (kfuncs): " + grouped(kfuncs.size()));
      for (std::size_t i = 0; i < std::min(kfuncs.size(), most) && go_on(); ++i) code(prototype(kfuncs[i]), 2);
      if (kfuncs.size() > most) hint(kfuncs.size() - most, "find FILE --tag bpf_kfunc");
    }
    if (all.empty()) return;
    heading("Functions: " + grouped(all.size()));
    if (all.size() > most) return hint(all.size(), "find FILE --kind func", "  too many for a screen: ");
    for (const Func& function : all) {
      if (!go_on()) return;
      code(prototype(function), 2);
    }
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

  void hint(std::uint64_t count, std::string_view command, std::string_view words = {}) {
    style_.faint((words.empty() ? "  and " + grouped(count) + " more: " : std::string(words)) + "btfkit " +
                 std::string(command))
        << '\n';
  }

  /// A declaration, broken behind commas when it is too long; `remark` stands behind it.
  void code(std::string_view text, std::size_t indent, std::string_view remark = {}) {
    std::string lines;
    std::size_t column = indent;
    while (!text.empty()) {
      std::size_t end = text.find(", ");
      end = end == std::string_view::npos ? text.size() : end + 1;
      if (column + end > widest && column > indent + 4) {
        while (!lines.empty() && lines.back() == ' ') lines.pop_back();
        lines += '\n' + std::string(indent + 4, ' ');
        column = indent + 4;
      }
      lines.append(text.substr(0, end));
      column += end;
      text.remove_prefix(end);
      if (!text.empty()) {
        lines += ' ';
        ++column;
        text.remove_prefix(1);
      }
    }
    out_.pad(indent) << (color_ ? detail::highlighted(lines, detail::Syntax::C) : lines);
    if (!remark.empty()) style_.faint("  " + std::string(remark));
    out_ << '\n';
  }

  void row(std::string_view what, std::string_view text) {
    out_ << "    ";
    style_.faint(what);
    out_.pad(what.size() < 7 ? 7 - what.size() : 0) << ' ' << text << '\n';
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

  void one(const Program& program, const ProgramFacts& facts) {
    code(program.type           ? prototype(*program.type)
         : program.name.empty() ? "(no function is known here)"
                                : printable(program.name) + "()",
         4);
    std::string text = many(program.size / 8, "instruction");
    if (facts.relocations != 0) text += ", " + many(facts.relocations, "CO-RE relocation");
    if (facts.first) {
      std::string_view file = detail::beginning(facts.first->c_file(), 400);
      if (const std::size_t slash = file.rfind('/'); slash != std::string_view::npos) file.remove_prefix(slash + 1);
      text += ", " + printable(file) + ':' + std::to_string(facts.first->line());
    }
    if (program.type && printable(program.name) != printable(program.type->name()))
      text += ", symbol " + printable(program.name, 60);
    out_ << "      ";
    style_.faint(text) << '\n';
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
    if (map.extra != 0) row("extra", std::to_string(map.extra));
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
      if (line + slot.size() > widest - 16) text += "\n            ", line = 0;
      text += (text.empty() || line == 0 ? "" : ", ") + slot;
      line += slot.size() + 2;
    }
    if (map.slots.size() > most) text += " and " + grouped(map.slots.size() - most) + " more";
    row("holds", text);
  }

  // ---- variables

  void one(const Variable& variable, bool zero) {
    out_.right(variable.offset, 8);
    out_.right(variable.size, 7) << "  ";
    std::string text = declared(variable.type.target(), printable(variable.name));
    if (variable.type.linkage() == Linkage::Static) text = "static " + text;
    const bool address = variable.references.size() == 1 && variable.size <= 8;
    const std::string value =
        address || zero || !budget_.spend(variable) ? std::string() : initialiser(variable, std::string(19, ' '));
    if (!value.empty()) text += " = " + value;
    out_ << (color_ ? detail::highlighted(text, detail::Syntax::C) : text);
    if (!variable.lies_in.empty()) style_.faint("  (in " + printable(variable.lies_in, 100) + ")");
    references(variable);
    out_ << '\n';
  }

  void references(const Variable& variable) {
    constexpr std::size_t most = 32;
    const auto plain = resolve(variable.type.target());
    const bool single = variable.references.size() == 1 && variable.size <= 8;
    for (std::size_t i = 0; i < std::min(variable.references.size(), most); ++i) {
      const DataReference& reference = variable.references[i];
      const std::string target =
          '&' + printable(reference.name, 100) + (reference.addend == 0 ? "" : " + " + grouped(reference.addend));
      if (single) {
        out_ << " = " << target;
        continue;
      }
      const auto at = plain ? members_at(*plain, BitRange::bytes(reference.offset), 1)
                            : Result<Occupants>(unexpected(ErrorCode::NotFound, ""));
      const std::string path = at && !at->members.empty() ? at->members.front().path() : std::string();
      out_ << '\n';
      out_.pad(19) << (path.empty()          ? "+" + std::to_string(reference.offset)
                       : path.front() == '[' ? printable(path, 200)
                                             : '.' + printable(path, 200))
                   << " = " << target;
    }
    if (variable.references.size() > most) {
      out_ << '\n';
      out_.pad(19) << "and " << grouped(variable.references.size() - most) << " more addresses";
    }
  }

  const Object& object_;
  ValueBudget budget_{object_};
  Sink& out_;
  Styled style_;
  bool color_;
  std::uint64_t limit_;
  bool cut_ = false;
};

}  // namespace

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
