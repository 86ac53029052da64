#include <algorithm>
#include <array>
#include <btfkit/btfkit.hpp>
#include <cmath>

#include "elf.hpp"
#include "find_btf.hpp"
#include "highlight.hpp"
#include "inspect.hpp"
#include "json_writer.hpp"
#include "sorted.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

using detail::grouped;

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

/// A bar of at most `width` columns, in eighths of a column.
std::string bar(std::uint64_t part, std::uint64_t whole, std::uint64_t width) {
  constexpr std::array<std::string_view, 8> eighths = {"",       "\u258f", "\u258e", "\u258d",
                                                       "\u258c", "\u258b", "\u258a", "\u2589"};
  const std::uint64_t length = whole == 0 ? 0 : (part * width * 8 + whole - 1) / whole;
  std::string text;
  for (std::uint64_t i = 0; i < length / 8; ++i) text += "\u2588";
  return text + std::string(eighths[length % 8]);
}

void kinds_text(const Spec& spec, Sink& out, Styled style) {
  const auto counts = count_kinds(spec);
  std::vector<std::size_t> order;
  for (std::size_t kind = 0; kind < counts.size(); ++kind)
    if (counts[kind] != 0) order.push_back(kind);
  detail::stable_sort(std::span(order), [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  for (const std::size_t kind : order) {
    const std::string count = grouped(counts[kind]);
    const std::uint64_t permille = (std::uint64_t{counts[kind]} * 1000 + spec.type_count() / 2) / spec.type_count();
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
  // What is listed without looking into it may not be there.
  constexpr std::size_t most = 20;
  for (const Section& section : object.sections()) {
    if (!is_bpf_object(object) || all.size() >= most) break;
    if (!detail::is_code(section) && section.name != "license" && section.name != "version") continue;
    if (const auto bytes = object.contents(section.index); !bytes) all.push_back(bytes.error());
  }
  for (const Spec& spec : object.specs()) all.insert(all.end(), spec.warnings().begin(), spec.warnings().end());
  return all;
}

void warnings_text(const Request& request, const Object& object, Sink& out, Styled style) {
  const auto warnings = all_warnings(object);
  constexpr std::size_t most = 10;
  if (!warnings.empty()) out << '\n';
  for (std::size_t i = 0; i < std::min(warnings.size(), most); ++i)
    style.warning("  warning") << "   " << broken_prose(warnings[i].message(), 12, 12, request.columns.value_or(80)) << '\n';
  if (warnings.size() > most) out << "            and " << warnings.size() - most << " more\n";
}

void time_text(const Request& request, Sink& out, Styled style) {
  if (!request.load_ms) return;
  const auto hundredths = std::lround(*request.load_ms * 100);
  out << '\n';
  style.faint("  loaded in " + std::to_string(hundredths / 100) + '.' + std::to_string(hundredths / 10 % 10) +
              std::to_string(hundredths % 10) + " ms")
      << '\n';
}

/// "6.12.0" of 0x60c00.
std::string version_text(std::uint32_t version) {
  return std::to_string(version >> 16) + '.' + std::to_string(version >> 8 & 0xff) + '.' + std::to_string(version & 0xff);
}

/// What stands behind the name of the input: on a line of its own when the terminal is too narrow.
Sink& title(const Request& request, std::string_view text, Sink& out, Styled style) {
  const std::string name = detail::printable(request.source) + ':';
  style.strong(name);
  const std::size_t width = request.columns.value_or(80);
  return out << (detail::columns(name) + 1 + detail::columns(text) > width ? "\n  " : " ") << text << '\n';
}

/// The head of a BPF object's screen; what kinds of types it has is a question for `stat`.
void object_head(const Request& request, const Object& object, Sink& out, Styled style) {
  const Spec& spec = object.spec();
  std::string wrappers;
  for (const Codec codec : object.container().wrappers) wrappers += std::string(to_string(codec)) + ": ";
  title(request,
        wrappers + "BPF object, " + std::string(to_string(spec.byte_order())) + ", " + grouped(object.container().size) +
            " bytes",
        out, style);
  if (const auto licence = licence_of(object)) out << "  licence   " << detail::printable(*licence, 100) << '\n';
  if (const auto version = kernel_version_of(object); version && *version != 0)
    out << "  kernel    " << version_text(*version) << '\n';
  if (object.symbols().empty() && !object.programs().empty())
    out << "  symbols   none, so no names of functions and maps, nor of what code refers to\n";
  if (object.specs().empty()) {
    out << "  types     no .BTF, so no prototypes, variables, externs, definitions of maps\n";
    return;
  }
  if (object.specs().size() > 1) out << "  BTFs      " << object.specs().size() << "; this is what the first one says\n";
  if (const auto& damage = spec.damage())
    style.warning("  damaged") << "   " << damage->message() << "; this is what stands before it\n";
  out << "  types     " << grouped(spec.type_count()) << " in " << grouped(spec.header().types_length) << " bytes\n";
  out << "  strings   " << grouped(count_strings(spec)) << " in " << grouped(spec.header().strings_length) << " bytes\n";
  if (object.ext() == nullptr) {
    out << "  source    no .BTF.ext: neither lines nor relocations are known\n";
  } else if (const auto files = source_files(object); !files.empty()) {
    std::string file = detail::printable(files.front().first, 400);
    std::string rest = files.size() > 1 ? " and " + detail::counted(files.size() - 1, "more file") : std::string();
    rest += ", " + grouped(object.ext()->line_count()) + " line record" + (object.ext()->line_count() == 1 ? "" : "s");
    if (12 + detail::columns(file) + rest.size() > request.columns.value_or(80)) file.erase(0, file.rfind('/') + 1);
    out << "  source    " << file << rest << '\n';
  }
}

void summary_text(const Request& request, const Object& object, Sink& out) {
  Styled style(out, request.color);
  if (is_bpf_object(object)) {
    object_head(request, object, out, style);
    object_text(request, object, out);
    warnings_text(request, object, out, style);
    return time_text(request, out, style);
  }
  const Spec& first = object.spec();
  title(request,
        container_text(object) + ", " + std::string(to_string(first.byte_order())) + ", " +
            std::to_string(first.pointer_size()) + "-byte pointers",
        out, style)
      << '\n';
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
  program_text(request, object, out);
  warnings_text(request, object, out, style);
  time_text(request, out, style);
}

/// `none`: what stands for a BTF that is not there; nothing is counted.
void spec_json(const Spec& spec, detail::JsonWriter& json, bool none = false) {
  const Header header = none ? Header{spec.byte_order(), 0, 0, 0, 0, 0, 0, 0, 0, 0} : spec.header();
  json.field("byteOrder", spec.byte_order() == ByteOrder::Little ? "little" : "big").field("pointerSize", spec.pointer_size());
  json.field("typeCount", spec.type_count()).field("firstId", spec.first_id()).field("endId", spec.end_id());
  json.object("kinds");
  const auto counts = count_kinds(spec);
  for (std::size_t kind = 0; kind < counts.size(); ++kind)
    if (counts[kind] != 0) json.field(noun_of_count(kind), counts[kind]);
  json.end_object();
  json.object("strings").field("bytes", header.strings_length).field("count", none ? 0 : count_strings(spec)).end_object();
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
  if (!container.kernel_image.empty()) json.field("kernelImage", container.kernel_image);
  json.array("wrappers");
  for (const Codec codec : container.wrappers) json.value(to_string(codec));
  json.end_array();
  spec_json(object.spec(), json, object.specs().empty());
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
  is_bpf_object(object) ? object_json(object, out, json) : program_json(object, out, json);
  json.array("warnings");
  for (const Error& warning : all_warnings(object)) json.raw_value(to_json(warning));
  json.end_array().end_object();
  out << '\n';
}

}  // namespace

std::string container_text(const Object& object) {
  const Container& container = object.container();
  std::string text(container.kernel_image);
  if (!text.empty()) text += ": ";
  for (const Codec codec : container.wrappers) text += std::string(to_string(codec)) + ": ";
  if (!container.elf) return text + "raw BTF";
  text += "ELF " + std::to_string(container.elf_class) + "-bit";
  const std::string_view machine = machine_name(container.elf_machine);
  return text + ", " + (machine.empty() ? "machine " + std::to_string(container.elf_machine) : std::string(machine));
}

int inspect(const Request& request, const Object& object, Sink& out, Sink& err) {
  if (request.arguments.empty()) {
    writes_json(request) ? summary_json(request, object, out) : summary_text(request, object, out);
    return 0;
  }
  if (object.specs().empty()) return fail(detail::no_btf(object.sections(), object.container().elf_machine), request, out, err);
  auto types = types_by_text(object, request.arguments.front());
  if (!types) return fail(types.error(), request, out, err);
  constexpr std::size_t enough = std::size_t{16} << 20;  // bytes; a hostile file may hold thousands of huge types with one name
  std::size_t printed = 0;
  if (writes_json(request)) out << '[';
  for (std::size_t i = 0; i < types->size(); ++i) {
    if (printed > enough) {
      err << "btfkit: " << grouped(types->size() - i) << " more types of that name are not shown\n";
      break;
    }
    const Type type = (*types)[i];
    std::string text = writes_json(request) ? to_json(type) : to_c(type, {.offsets = true});
    if (request.color && !writes_json(request)) text = detail::highlighted(text, detail::Syntax::C);
    printed += text.size();
    if (writes_json(request)) out << (i == 0 ? "" : ",");
    else if (types->size() > 1)
      Styled(out << (i == 0 ? "" : "\n"), request.color).faint("/* type " + std::to_string(type.id()) + " */") << '\n';
    out << text;
  }
  if (writes_json(request)) out << "]\n";
  return 0;
}

}  // namespace btfkit::command
