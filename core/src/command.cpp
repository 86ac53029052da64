#include <algorithm>
#include <array>
#include <btfkit/command.hpp>
#include <btfkit/json.hpp>
#include <charconv>

#include "nearest.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

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

constexpr std::array dump_positionals = {
    Positional{"FILE", "raw BTF or an ELF with a .BTF section; - reads standard input", true},
};
constexpr std::array dump_options = {
    Option{"format", 'f', "FORMAT", "c: a header that compiles; raw: one record a line; json: the records", "c,raw,json"},
    Option{"type", 't', "TYPE", "only this type (in C, and what it needs): a name, 'struct NAME' or an id", "", true},
    Option{"order", 0, "ORDER", "of C: sorted by kind and name, or by id", "sorted,id"},
    Option{"pretty", 'p', "", "JSON with a line for each property", ""},
    Option{"compat", 0, "TOOL", "copy what that tool prints, its defects too", "bpftool"},
    base_option,
    pointer_option,
    partial_option,
    Option{"json", 0, "", "the same as --format json", ""},
    color_option,
};
constexpr std::array dump_examples = {
    Example{"dump /sys/kernel/btf/vmlinux > vmlinux.h", "the header that BPF programs include"},
    Example{"dump vmlinux --type task_struct", "one type and all it needs"},
    Example{"dump veth.ko --base vmlinux --format raw", "a module's own records, one a line"},
    Example{"dump prog.bpf.o --json --pretty", "for a program to read"},
};

constexpr std::array verb_table = {
    Verb{"inspect", "what a file holds, or one of its types as C", inspect_positionals, inspect_options, inspect_examples,
         inspect},
    Verb{"dump", "everything as C, raw text or JSON", dump_positionals, dump_options, dump_examples, dump},
};

std::optional<TypeId> number(std::string_view text) {
  TypeId id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

}  // namespace

std::span<const Verb> verbs() { return verb_table; }

bool Request::has(std::string_view option) const { return !values(option).empty(); }

std::string_view Request::value(std::string_view option, std::string_view otherwise) const {
  const auto given = values(option);
  return given.empty() ? otherwise : given.back();
}

std::vector<std::string_view> Request::values(std::string_view option) const {
  std::vector<std::string_view> given;
  for (const auto& [name, value] : options)
    if (name == option) given.emplace_back(value);
  return given;
}

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
  detail::Nearest nearest(text);
  for (const Spec& spec : object.specs())
    for (const Type type : spec.all_types()) nearest.offer(type.name());
  return unexpected(ErrorCode::NotFound, "no type is called '" + detail::printable(text) + "'" + nearest.suggestion());
}

int run(const Request& request, const Object& object, Sink& out, Sink& err) {
  const auto verb = std::find_if(verb_table.begin(), verb_table.end(), [&](const Verb& v) { return v.name == request.verb; });
  if (verb != verb_table.end()) return verb->body(request, object, out, err);
  err << "btfkit: no verb '" << detail::printable(request.verb) << "'\n";
  return 2;
}

int fail(const Error& error, const Request& request, Sink& out, Sink& err) {
  if (request.json) out << "{\"error\":" << to_json(error) << "}\n";
  err << "btfkit: " << detail::printable(request.source) << ": " << error.message();
  if (lacks_base(error)) err << ": --base VMLINUX";
  err << '\n';
  return 1;
}

}  // namespace btfkit::command
