#include "cli_verbs.hpp"

#include <algorithm>
#include <array>
#include <btfkit/kernel/named.hpp>

#include "kernel_probe.hpp"

namespace btfkit::cli {
namespace {

using command::Example;
using command::Option;
using command::Positional;
using command::Verb;

constexpr Option json_option{"json", 0, "", "print JSON instead of text", ""};
constexpr Option color_option{"color", 0, "WHEN", "colour the output", "auto,always,never"};
constexpr std::array plain_options = {json_option, color_option};

constexpr std::array<Positional, 0> no_positionals = {};
constexpr std::array list_examples = {
    Example{"kernel list", "every BTF in the kernel, and the programs, maps and processes that use it"},
    Example{"kernel list --json", "the same for a program to read"},
};

constexpr std::array show_positionals = {
    Positional{"BTF", "an id, 'vmlinux' or a module's name; prog:N, map:N or a pinned path: what that uses", true},
};
constexpr std::array show_examples = {
    Example{"kernel show 1", "one BTF, and who uses it"},
    Example{"kernel show prog:17", "the one of a loaded program"},
    Example{"dump id:42 --format raw", "what is in it: every verb takes id:N, prog:N and map:N for a file"},
};

constexpr std::array probe_examples = {
    Example{"kernel probe", "which kinds of BTF this kernel takes, and why it does not take the others"},
    Example{"kernel probe --json", "the same for a program to read"},
};
constexpr std::array modules_examples = {
    Example{"kernel modules", "the modules that are loaded, and how much BTF each has"},
    Example{"layout kernel:veth veth_priv", "a type of one of them"},
};

constexpr std::array load_positionals = {
    Positional{"FILE", "raw BTF or an ELF with a .BTF section; - reads standard input", true},
};
constexpr std::array load_options = {
    Option{"as-is", 0, "", "load the very bytes, without changing what this kernel would not take", ""},
    Option{"token", 't', "FOLDER", "use a BPF token from the bpffs that is mounted there", ""},
    Option{"pointer-size", 0, "BYTES", "the target's pointer size, where the file does not tell", "4,8"},
    json_option,
    color_option,
};
constexpr std::array load_examples = {
    Example{"kernel load prog.bpf.o", "would this kernel take its BTF? If not, why?"},
    Example{"kernel load prog.btf --as-is", "the same, but nothing is rewritten before"},
    Example{"kernel load prog.bpf.o --json", "with the kernel's whole log, if it refuses"},
};

constexpr std::array table = {
    Verb{"kernel list",
         "the BTFs that are in the kernel, and who uses them",
         no_positionals,
         plain_options,
         list_examples,
         nullptr,
         {},
         kernel_list},
    Verb{"kernel show",
         "one BTF that is in the kernel",
         show_positionals,
         plain_options,
         show_examples,
         nullptr,
         {},
         kernel_show},
    Verb{"kernel modules",
         "the modules that are loaded, and their BTF",
         no_positionals,
         plain_options,
         modules_examples,
         nullptr,
         {},
         kernel_modules},
    Verb{"kernel probe",
         "what BTF the running kernel takes",
         no_positionals,
         plain_options,
         probe_examples,
         nullptr,
         {},
         command::kernel_probe},
    Verb{"kernel load", "whether the kernel takes a BTF: loads it, reports, closes", load_positionals, load_options,
         load_examples, kernel_load},
};

}  // namespace

command::Platform platform() { return {table, kernel::named_inputs}; }

const Verb* find_verb(std::string_view name) {
  for (const std::span<const Verb> verbs : {command::verbs(), std::span<const Verb>(table)})
    for (const Verb& verb : verbs)
      if (verb.name == name) return &verb;
  return nullptr;
}

}  // namespace btfkit::cli
