#include <algorithm>
#include <array>
#include <btfkit/btfkit.hpp>
#include <charconv>
#include <cmath>

#include "json_writer.hpp"
#include "text.hpp"

namespace btfkit::command {
namespace {

using detail::grouped;

// ---- the table -------------------------------------------------------------------------------------------------------------

constexpr Option json_option{"json", 0, "", "print JSON instead of text", ""};
constexpr Option base_option{"base", 'B', "FILE", "the BTF that a split BTF (a module's) continues, usually a vmlinux", ""};
constexpr Option pointer_option{"pointer-size", 0, "BYTES", "the target's pointer size, where the file does not tell", "4,8"};
constexpr Option partial_option{"partial", 0, "", "show what can be shown of a damaged file", ""};
constexpr Option color_option{"color", 0, "WHEN", "colour the output", "auto,always,never"};

constexpr std::array inspect_positionals = {
    Positional{"FILE", "raw BTF or an ELF with a .BTF section; - reads standard input", true},
    Positional{"TYPE", "a type to show as C: a name, 'struct NAME' or an id", false},
};
constexpr std::array inspect_options = {base_option, pointer_option, partial_option, json_option, color_option};
constexpr std::array inspect_examples = {
    Example{"inspect /sys/kernel/btf/vmlinux", "what is in the running kernel's BTF"},
    Example{"inspect /sys/kernel/btf/vmlinux list_head", "one type with offsets, sizes and holes"},
    Example{"inspect veth.ko --base vmlinux", "a module's own types, on the kernel they refer to"},
    Example{"inspect prog.bpf.o --json", "the same summary for a program to read"},
};

constexpr std::array verb_table = {
    Verb{"inspect", "what a file holds, or one of its types as C", inspect_positionals, inspect_options, inspect_examples},
};

// ---- inspect ---------------------------------------------------------------------------------------------------------------

std::array<std::uint32_t, kind_count + 1> count_kinds(const Spec& spec) {
  std::array<std::uint32_t, kind_count + 1> counts{};
  for (const Type type : spec.types()) ++counts[is_known(type.kind()) ? static_cast<std::size_t>(type.kind()) : kind_count];
  return counts;
}

std::string_view name_of_count(std::size_t kind) {
  return kind < kind_count ? kind_table[kind].name : std::string_view("UNKNOWN");
}
std::string_view noun_of_count(std::size_t kind) {
  return kind < kind_count ? kind_table[kind].noun : std::string_view("unknown");
}

std::size_t count_strings(const Spec& spec) {
  const auto table =
      spec.bytes().subspan(spec.header().strings_length == 0 ? 0 : spec.header().length + spec.header().strings_offset,
                           spec.header().strings_length);
  return static_cast<std::size_t>(std::count(table.begin(), table.end(), std::byte{0}));
}

std::string_view machine_name(std::uint16_t machine) {
  switch (machine) {
    case 3: return "i386";
    case 8: return "MIPS";
    case 20: return "PowerPC";
    case 21: return "PowerPC64";
    case 22: return "S/390";
    case 40: return "ARM";
    case 62: return "x86-64";
    case 183: return "AArch64";
    case 243: return "RISC-V";
    case 247: return "BPF";
    case 258: return "LoongArch";
    default: return "";
  }
}

std::string container_text(const Object& object) {
  const Container& container = object.container();
  std::string text;
  for (const Codec codec : container.wrappers) text += std::string(to_string(codec)) + ": ";
  if (!container.elf) return text + "raw BTF";
  text += "ELF " + std::to_string(container.elf_class) + "-bit";
  const std::string_view machine = machine_name(container.elf_machine);
  return text + ", " + (machine.empty() ? "machine " + std::to_string(container.elf_machine) : std::string(machine));
}

/// A bar of at most `width` columns, in eighths of a column.
std::string bar(std::uint64_t part, std::uint64_t whole, std::uint64_t width) {
  constexpr std::array<std::string_view, 8> eighths = {"",       "\u258f", "\u258e", "\u258d",
                                                       "\u258c", "\u258b", "\u258a", "\u2589"};
  const std::uint64_t length = whole == 0 ? 0 : (part * width * 8 + whole - 1) / whole;
  std::string text;
  for (std::uint64_t i = 0; i < length / 8; ++i) text += "\u2588";
  return text + std::string(eighths[length % 8]);
}

class Styled {
 public:
  Styled(Sink& out, bool color) : out_(out), color_(color) {}
  Sink& strong(std::string_view text) { return wrapped("1", text); }
  Sink& faint(std::string_view text) { return wrapped("90", text); }
  Sink& accent(std::string_view text) { return wrapped("36", text); }
  Sink& warning(std::string_view text) { return wrapped("33", text); }

 private:
  Sink& wrapped(std::string_view code, std::string_view text) {
    if (!color_) return out_ << text;
    return out_ << "\x1b[" << code << 'm' << text << "\x1b[0m";
  }
  Sink& out_;
  bool color_;
};

void kinds_text(const Spec& spec, Sink& out, Styled style) {
  const auto counts = count_kinds(spec);
  std::vector<std::size_t> order;
  for (std::size_t kind = 0; kind < counts.size(); ++kind)
    if (counts[kind] != 0) order.push_back(kind);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  for (const std::size_t kind : order) {
    const std::string count = grouped(counts[kind]);
    const std::uint64_t permille = std::uint64_t{counts[kind]} * 1000 / spec.type_count();
    out.pad(4) << name_of_count(kind);
    out.pad(12 - name_of_count(kind).size()).pad(count.size() < 9 ? 9 - count.size() : 0) << count;
    out.right(permille / 10, 5) << '.' << permille % 10 << " %  ";
    style.accent(bar(counts[kind], counts[order.front()], 32)) << '\n';
  }
}

void spec_text(const Spec& spec, Sink& out, Styled style) {
  const Header& header = spec.header();
  out << "  header    " << header.length << " bytes, BTF version " << header.version << '\n';
  if (spec.first_id() != 1) out << "  base      " << grouped(spec.first_id() - 1) << " types (this is split BTF)\n";
  out << "  types     " << grouped(spec.type_count()) << " in " << grouped(header.types_length) << " bytes";
  if (spec.type_count() != 0) out << ", ids " << spec.first_id() << " to " << spec.end_id() - 1;
  out << "\n  strings   " << grouped(count_strings(spec)) << " in " << grouped(header.strings_length) << " bytes\n";
  if (header.layout_length != 0) out << "  layout    " << header.layout_length / 4 << " kinds described by the file itself\n";
  if (spec.type_count() != 0) {
    out << '\n';
    kinds_text(spec, out, style);
  }
}

std::vector<Error> all_warnings(const Object& object) {
  std::vector<Error> all(object.warnings().begin(), object.warnings().end());
  for (const Spec& spec : object.specs()) all.insert(all.end(), spec.warnings().begin(), spec.warnings().end());
  return all;
}

void summary_text(const Request& request, const Object& object, Sink& out) {
  Styled style(out, request.color);
  const Spec& first = object.spec();
  style.strong(detail::printable(request.source)) << ": " << container_text(object) << ", " << to_string(first.byte_order())
                                                  << ", " << first.pointer_size() << "-byte pointers\n\n";
  out << "  size      " << grouped(object.container().size) << " bytes\n";
  if (object.distilled_base()) out << "  base      .BTF.base, its own distilled one\n";
  constexpr std::size_t most_specs = 10;
  for (std::size_t i = 0; i < std::min(object.specs().size(), most_specs); ++i) {
    if (const auto& damage = object.specs()[i].damage())
      style.warning("  damaged") << "   " << damage->message() << "; this is what stands before it\n";
    if (object.specs().size() > 1) out << (i == 0 ? "" : "\n") << "  BTF " << i + 1 << " of " << object.specs().size() << '\n';
    spec_text(object.specs()[i], out, style);
  }
  if (object.specs().size() > most_specs) out << "\n  and " << object.specs().size() - most_specs << " more BTFs\n";
  if (const auto warnings = all_warnings(object); !warnings.empty()) {
    constexpr std::size_t most = 10;
    out << '\n';
    for (std::size_t i = 0; i < std::min(warnings.size(), most); ++i) {
      style.warning("  warning") << "   " << warnings[i].message() << '\n';
    }
    if (warnings.size() > most) out << "            and " << warnings.size() - most << " more\n";
  }
  if (request.load_ms) {
    const auto hundredths = std::lround(*request.load_ms * 100);
    out << '\n';
    style.faint("  loaded in " + std::to_string(hundredths / 100) + '.' + std::to_string(hundredths / 10 % 10) +
                std::to_string(hundredths % 10) + " ms")
        << '\n';
  }
}

void spec_json(const Spec& spec, detail::JsonWriter& json) {
  const Header& header = spec.header();
  json.field("byteOrder", spec.byte_order() == ByteOrder::Little ? "little" : "big").field("pointerSize", spec.pointer_size());
  json.field("typeCount", spec.type_count()).field("firstId", spec.first_id()).field("endId", spec.end_id());
  json.object("kinds");
  const auto counts = count_kinds(spec);
  for (std::size_t kind = 0; kind < counts.size(); ++kind)
    if (counts[kind] != 0) json.field(noun_of_count(kind), counts[kind]);
  json.end_object();
  json.object("strings").field("bytes", header.strings_length).field("count", count_strings(spec)).end_object();
  json.object("header").field("length", header.length).field("version", header.version).field("flags", header.flags);
  json.field("typesBytes", header.types_length).field("layoutBytes", header.layout_length).end_object();
  if (spec.damage()) json.raw_field("damage", to_json(*spec.damage()));
}

void summary_json(const Request& request, const Object& object, Sink& out) {
  const Container& container = object.container();
  detail::JsonWriter json(out);
  json.object().field("source", request.source).field("container", container.elf ? "elf" : "raw").field("size", container.size);
  if (container.elf)
    json.field("elfClass", container.elf_class).field("elfType", container.elf_type).field("elfMachine", container.elf_machine);
  json.array("wrappers");
  for (const Codec codec : container.wrappers) json.value(to_string(codec));
  json.end_array();
  spec_json(object.spec(), json);
  if (object.specs().size() > 1) {
    json.array("others");
    for (std::size_t i = 1; i < object.specs().size(); ++i) {
      json.object();
      spec_json(object.specs()[i], json);
      json.end_object();
    }
    json.end_array();
  }
  json.field("specs", object.specs().size()).field("distilledBase", object.distilled_base().has_value());
  json.array("warnings");
  for (const Error& warning : all_warnings(object)) json.raw_value(to_json(warning));
  json.end_array().end_object();
  out << '\n';
}

std::optional<TypeId> number(std::string_view text) {
  TypeId id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

/// Types by "name", "struct name" or, where nothing has that name, by id.
Result<std::vector<Type>> types_by_text(const Object& object, std::string_view text) {
  std::vector<Type> found;
  for (const Spec& spec : object.specs()) {
    for (const Type type : spec.named(text)) found.push_back(type);
    const std::size_t space = text.find(' ');
    const auto kind = kind_from(text.substr(0, space));
    if (space == std::string_view::npos || !kind) continue;
    for (const Type type : spec.named(text.substr(space + 1)))
      if (type.kind() == *kind || (*kind == Kind::Enum && type.kind() == Kind::Enum64)) found.push_back(type);
  }
  if (!found.empty()) return found;
  if (const std::size_t space = text.find(' '); space != std::string_view::npos && kind_from(text.substr(0, space))) {
    auto type = object.spec().find(text.substr(space + 1), *kind_from(text.substr(0, space)));
    if (!type) return unexpected(type.error());  // which kinds there are under that name
  }
  if (const auto id = number(text)) {
    auto type = object.spec().type(*id);
    if (!type) return unexpected(type.error());
    return std::vector<Type>{*type};
  }
  return unexpected(ErrorCode::NotFound, "no type is called '" + detail::printable(text) + "'");
}

int inspect(const Request& request, const Object& object, Sink& out, Sink& err) {
  if (request.arguments.empty()) {
    request.json ? summary_json(request, object, out) : summary_text(request, object, out);
    return 0;
  }
  auto types = types_by_text(object, request.arguments.front());
  if (!types) return fail(types.error(), request, out, err);
  constexpr std::size_t enough = std::size_t{16} << 20;  // bytes; a hostile file may hold thousands of huge types with one name
  std::size_t printed = 0;
  if (request.json) out << '[';
  for (std::size_t i = 0; i < types->size(); ++i) {
    if (printed > enough) {
      err << "btfkit: " << grouped(types->size() - i) << " more types of that name are not shown\n";
      break;
    }
    const Type type = (*types)[i];
    const std::string text = request.json ? to_json(type) : to_c(type, {.offsets = true, .color = request.color});
    printed += text.size();
    if (request.json) out << (i == 0 ? "" : ",");
    else if (types->size() > 1)
      Styled(out << (i == 0 ? "" : "\n"), request.color).faint("/* type " + std::to_string(type.id()) + " */") << '\n';
    out << text;
  }
  if (request.json) out << "]\n";
  return 0;
}

}  // namespace

std::span<const Verb> verbs() { return verb_table; }

namespace {

/// Two columns, the second lined up.
void columns(Sink& out, const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t width = 0;
  for (const auto& [left, right] : rows) width = std::max(width, left.size());
  for (const auto& [left, right] : rows) out << "  " << left, out.pad(width - left.size() + 2) << right << '\n';
}

std::string usage(const Verb& verb) {
  std::string text = "btfkit " + std::string(verb.name);
  for (const Positional& p : verb.positionals)
    text += p.required ? ' ' + std::string(p.name) : " [" + std::string(p.name) + ']';
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

}  // namespace

std::string help(std::string_view name) {
  Sink out;
  std::vector<std::pair<std::string, std::string>> rows;
  const auto verb = std::find_if(verb_table.begin(), verb_table.end(), [&](const Verb& v) { return v.name == name; });
  if (verb == verb_table.end()) {
    out << "Reads, checks and explains BTF, the type information of Linux kernels and BPF objects.\n\nUsage: btfkit VERB [ARGUMENTS]\n\nVerbs:\n";
    for (const Verb& v : verb_table) rows.emplace_back(v.name, v.summary);
    columns(out, rows);
    out << "\nOptions:\n";
    columns(out, {{"-h, --help", "print this, or the help of a verb: btfkit VERB --help"}, {"--version", "print the version"}});
    return out.take();
  }
  out << verb->summary << "\n\nUsage: " << usage(*verb) << "\n\n";
  for (const Positional& p : verb->positionals) rows.emplace_back(p.name, p.help);
  columns(out, rows);
  rows.clear();
  for (const Option& o : verb->options)
    rows.emplace_back(spelling(o), std::string(o.help) + (o.choices.empty() ? "" : ": " + choices_text(o.choices)));
  rows.emplace_back("-h, --help", "print this");
  out << "\nOptions:\n";
  columns(out, rows);
  out << "\nExamples:\n";
  for (const Example& e : verb->examples) out << "  btfkit " << e.arguments << "\n      " << e.meaning << '\n';
  return out.take();
}

std::string verbs_json() {
  Sink out;
  detail::JsonWriter json(out);
  json.object().array("verbs");
  for (const Verb& verb : verb_table) {
    json.object().field("name", verb.name).field("summary", verb.summary).array("positionals");
    for (const Positional& p : verb.positionals)
      json.object().field("name", p.name).field("help", p.help).field("required", p.required).end_object();
    json.end_array().array("options");
    for (const Option& o : verb.options) {
      json.object().field("name", o.name).field("value", o.value).field("help", o.help).field("choices", o.choices);
      if (o.letter != 0) json.field("letter", std::string_view(&o.letter, 1));
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

int run(const Request& request, const Object& object, Sink& out, Sink& err) {
  if (request.verb == "inspect") return inspect(request, object, out, err);
  err << "btfkit: no verb '" << detail::printable(request.verb) << "'\n";
  return 2;
}

int fail(const Error& error, const Request& request, Sink& out, Sink& err) {
  if (request.json) out << "{\"error\":" << to_json(error) << "}\n";
  err << "btfkit: " << detail::printable(request.source) << ": " << error.message() << '\n';
  return 1;
}

}  // namespace btfkit::command
