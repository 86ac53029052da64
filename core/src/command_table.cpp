// What a program with all verbs has; see command.hpp for programs that have fewer.
#include <array>
#include <btfkit/command.hpp>

#include "verbs.hpp"

namespace btfkit::command {
namespace {

constexpr Option json_option{"json", 0, "", "print JSON instead of text", ""};
constexpr Option base_option{
    "base", 'B', "FILE",
    "the BTF that a split one (a module's) continues, usually a vmlinux; not needed below /sys and /lib/modules", ""};
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
    Example{"inspect prog.bpf.o", "programs, maps, variables, externs and relocations of a BPF object"},
    Example{"inspect prog.bpf.o --json", "the same for a program to read"},
};

constexpr std::array stat_positionals = {inspect_positionals[0]};
constexpr std::array stat_options = {base_option, pointer_option, partial_option, json_option, color_option};
constexpr std::array stat_examples = {
    Example{"stat prog.bpf.o", "bytes by kind, strings, the largest structs, sections of .BTF.ext"},
    Example{"stat /sys/kernel/btf/vmlinux", "the same of the running kernel's BTF"},
    Example{"stat veth.ko --base vmlinux --json", "a module's own part, for a program to read"},
};

constexpr std::array dump_positionals = {
    Positional{"FILE", "raw BTF or an ELF with a .BTF section; - reads standard input", true},
};
constexpr std::array dump_options = {
    Option{"format", 'f', "FORMAT", "a header that compiles, a record a line, or JSON", "c,raw,json"},
    Option{"type", 't', "TYPE", "only this type, in C with what it needs: a name, 'struct NAME' or an id", "", true},
    Option{"order", 0, "ORDER", "the order of C, by kind and name or by id", "sorted,id"},
    Option{"pretty", 'p', "", "JSON with a line for each property"},
    Option{"compat", 0, "TOOL", "what that tool prints, byte for byte, defects too", "bpftool"},
    base_option,
    pointer_option,
    partial_option,
    Option{"json", 0, "", "the same as --format json", ""},
    color_option,
};
constexpr std::array dump_examples = {
    Example{"dump /sys/kernel/btf/vmlinux > vmlinux.h", "the header that BPF programs include"},
    Example{"dump vmlinux --type task_struct", "one type and all it needs"},
    Example{"dump /sys/kernel/btf/btusb --format raw", "a module's own records, one a line"},
    Example{"dump veth.ko --base vmlinux --type veth_priv", "of a module that lies elsewhere"},
    Example{"dump prog.bpf.o --json --pretty", "for a program to read"},
};

constexpr std::array decode_positionals = {
    Positional{"FILE", "raw BTF or an ELF with a .BTF section", true},
    Positional{"TYPE", "what the bytes are: a name, 'struct NAME' or an id", true},
};
constexpr std::array decode_options = {
    Option{"data", 'd', "FILE", "read the bytes from here instead of standard input", ""},
    Option{"at", 0, "OFFSET", "skip that many bytes (0x10 is 16)", ""},
    Option{"count", 'n', "N", "that many values one behind the other; all: as many as there are", ""},
    Option{"compact", 'c', "", "a value on one line", ""},
    Option{"zeros", 'z', "", "show zero members too", ""},
    Option{"no-names", 0, "", "leave out names and casts", ""},
    Option{"no-strings", 0, "", "arrays of char element by element", ""},
    Option{"order", 0, "ORDER", "byte order of the data, where it is not the file's", "little,big"},
    Option{"compat", 0, "TOOL", "write as that does, which is not quite C", "libbpf"},
    base_option,
    pointer_option,
    Option{"partial", 0, "", "show what there is when bytes are missing, in the file or in the data", ""},
    json_option,
    color_option,
};
constexpr std::array decode_examples = {
    Example{"decode prog.bpf.o traffic --data ring.bin --count all", "every record of a file"},
    Example{"decode vmlinux 'struct tcphdr' --order big --at 34 < packet", "a header in a packet"},
    Example{"decode prog.bpf.o traffic --json < value", "a map's value for a program to read"},
};

constexpr std::array disasm_positionals = {
    Positional{"FILE", "a BPF object", true},
    Positional{"FUNCTION", "functions, or sections with code; none: all", false, true},
};
constexpr std::array disasm_options = {
    Option{"no-source", 0, "", "leave out the lines of source", ""},
    Option{"hex", 'x', "", "show the bytes of each instruction", ""},
    partial_option,
    json_option,
    color_option,
};
constexpr std::array disasm_examples = {
    Example{"disasm prog.bpf.o", "all code, with its source, names and CO-RE relocations"},
    Example{"disasm prog.bpf.o on_sent", "one function"},
    Example{"disasm prog.bpf.o --hex --no-source", "instructions and their bytes"},
    Example{"disasm prog.bpf.o .text --json", "the functions of a section for a program to read"},
};

constexpr std::array layout_positionals = {
    inspect_positionals[0],
    Positional{"TYPE", "structs or unions: a name, 'struct NAME' or an id; none: all that have a name", false, true},
};
constexpr std::array layout_options = {
    Option{"expand", 'E', "", "show the members of named structs in place, with offsets from the start", ""},
    Option{"hex", 0, "", "offsets and sizes in hexadecimal", ""},
    Option{"reorganize", 'R', "", "show the smallest known order of the members; without TYPE, of all that get smaller", ""},
    Option{"cache-line", 'c', "BYTES", "the size of a cache line; 64 unless given", ""},
    base_option,
    pointer_option,
    partial_option,
    json_option,
    color_option,
};
constexpr std::array layout_examples = {
    Example{"layout /sys/kernel/btf/vmlinux task_struct", "offsets, sizes, holes and cache lines"},
    Example{"layout vmlinux page --expand --hex", "with the members of the structs inside"},
    Example{"layout vmlinux sk_buff --reorganize", "an order of its members that wastes less"},
    Example{"layout vmlinux", "every struct and union, as pahole prints them"},
};

constexpr std::array find_positionals = {
    inspect_positionals[0],
    Positional{"PATTERN", "a name; with * or ? a glob; else what a name contains", false},
};
constexpr std::array find_options = {
    Option{"kind", 'k', "KIND", "only types of this kind: struct, union, enum, func, ...", "", true},
    Option{"holes", 'H', "N", "structs with at least N holes", ""},
    Option{"size-ge", 0, "BYTES", "types of at least so many bytes", ""},
    Option{"packable", 'P', "", "structs that another order of their members makes smaller", ""},
    Option{"contains", 'i', "TYPE", "structs and unions that have TYPE by value, also deeper", ""},
    Option{"pointers-to", 'f', "TYPE", "what has a member, parameter or result pointing to TYPE", ""},
    Option{"used-by", 0, "TYPE", "what the definition of TYPE refers to", ""},
    Option{"with-member", 'm', "NAME", "structs and unions with this member (or path, or glob)", ""},
    Option{"enumerator", 'e', "NAME", "enums with this value (or glob)", ""},
    Option{"tag", 't', "TAG", "types with this declaration tag (or glob)", ""},
    Option{"anonymous", 'a', "", "also structs, unions and enums without any name", ""},
    Option{"with-base", 0, "", "also the types of the base", ""},
    Option{"sort", 's', "BY", "sort by", "id,name,size,members,saved,holes"},
    Option{"limit", 'n', "N", "print at most N types", ""},
    base_option,
    pointer_option,
    partial_option,
    json_option,
    color_option,
};
constexpr std::array find_examples = {
    Example{"find vmlinux 'tcp_*sock' --kind struct", "structs by name"},
    Example{"find vmlinux --packable --limit 20", "the structs in which most bytes can be saved"},
    Example{"find vmlinux --contains list_head --with-member pid", "conditions add up"},
    Example{"find vmlinux --pointers-to task_struct --kind func", "functions that take or return one"},
    Example{"find vmlinux --tag bpf_kfunc", "the kernel functions that BPF programs may call"},
};

constexpr std::array where_options = {base_option, pointer_option, partial_option, json_option, color_option};
constexpr std::array offset_positionals = {
    inspect_positionals[0],
    Positional{"PATH", "a type and members: 'task_struct.se.vruntime', 'union u.list[2].next'", true, true},
};
constexpr std::array offset_examples = {
    Example{"offset /sys/kernel/btf/vmlinux task_struct.se.vruntime", "where it is, and what lies on the way"},
    Example{"offset vmlinux page.lru task_struct.comm[3] --json", "several, for a program to read"},
};
constexpr std::array at_positionals = {
    inspect_positionals[0],
    Positional{"TYPE", "a name, 'struct NAME' or an id", true},
    Positional{"OFFSET", "bytes from its start: 1448 or 0x5a8", true, true},
};
constexpr std::array at_examples = {
    Example{"at /sys/kernel/btf/vmlinux task_struct 0x5a8", "the innermost members there, or the hole"},
    Example{"at vmlinux page 8 16", "every member of a union is named"},
};

constexpr Option output_option{"output", 'o', "FILE", "where the BTF goes; standard output without it", ""};

constexpr std::array rewrite_positionals = {inspect_positionals[0]};
constexpr std::array rewrite_options = {
    output_option,
    Option{"for", 0, "VERSION", "do what kernels of that version need: 5.4, 6.1.0-31-amd64", ""},
    Option{"prepare", 0, "", "do what every kernel needs of a BPF object, and no more", ""},
    Option{
        "rewrite", 'r', "NAME", "do this one",
        "apply_fixup,define_externs,name_parameters,sort_variables,func_linkage_static,no_func,no_datasec,no_float,no_decl_tag,"
        "no_type_tag,no_enum64,no_question_mark_names,no_tag_kind_flag",
        true},
    Option{"order", 0, "ORDER", "byte order of the result, where it is not the file's", "little,big"},
    Option{"layout", 0, "WHAT", "the section that describes how long records are", "keep,write,drop"},
    Option{"header-length", 0, "BYTES", "the length of the header; 24 has no room for a layout section", "24,32"},
    base_option,
    Option{"json", 0, "", "report as JSON on standard output", ""},
};
constexpr std::array rewrite_examples = {
    Example{"rewrite prog.bpf.o --for 5.4 -o prog.btf", "what a 5.4 kernel takes of it, and what it does not"},
    Example{"rewrite prog.bpf.o --prepare -o prog.btf", "as a loader makes it for the newest kernel"},
    Example{"rewrite vmlinux --rewrite no_enum64 -r no_float -o old.btf", "only these two"},
    Example{"rewrite vmlinux --order big > big.btf", "the other byte order"},
};
constexpr std::array extract_positionals = {
    Positional{"FILE", "a kernel image, a vmlinux, a module, an object, raw BTF; - reads standard input", true},
};
constexpr std::array extract_options = {
    output_option,
    Option{"distilled-base", 0, "", "what a module carries of its kernel (.BTF.base) instead of its own BTF", ""},
    base_option,
    Option{"json", 0, "", "report as JSON on standard output", ""},
};
constexpr std::array extract_examples = {
    Example{"extract /boot/vmlinuz -o vmlinux.btf", "the BTF of a kernel image, byte for byte"},
    Example{"extract veth.ko.xz -o veth.btf", "a module's, which is to be read on its kernel's"},
    Example{"extract oot_demo.ko --distilled-base -o base.btf", "the few types of its kernel that it carries"},
};

constexpr std::array verb_table = {
    Verb{.name = "inspect",
         .summary = "what is in a file: programs, maps, variables; or one type as C",
         .positionals = inspect_positionals,
         .options = inspect_options,
         .examples = inspect_examples,
         .body = inspect,
         .without_btf = true},
    Verb{"find", "types by name, size, holes, members and what they refer to", find_positionals, find_options, find_examples,
         find},
    Verb{"layout", "where the members of structs are, with holes, padding and cache lines", layout_positionals, layout_options,
         layout_examples, layout},
    Verb{"offset", "where a member is", offset_positionals, where_options, offset_examples, offset},
    Verb{"at", "which member is at an offset", at_positionals, where_options, at_examples, at},
    Verb{"dump", "everything as C, raw text or JSON", dump_positionals, dump_options, dump_examples, dump},
    Verb{.name = "disasm",
         .summary = "the code of a BPF object with its source lines and names",
         .positionals = disasm_positionals,
         .options = disasm_options,
         .examples = disasm_examples,
         .body = disasm,
         .without_btf = true},
    Verb{"decode", "bytes as a value of a type", decode_positionals, decode_options, decode_examples, decode, "data"},
    Verb{"stat", "where the bytes go: kinds, strings, the largest structs", stat_positionals, stat_options, stat_examples,
         stat},
    Verb{.name = "rewrite",
         .summary = "BTF as a kernel of some version takes it, or in the other byte order",
         .positionals = rewrite_positionals,
         .options = rewrite_options,
         .examples = rewrite_examples,
         .body = rewrite,
         .output_option = "output"},
    Verb{.name = "extract",
         .summary = "the BTF of a file, byte for byte",
         .positionals = extract_positionals,
         .options = extract_options,
         .examples = extract_examples,
         .body = extract,
         .output_option = "output",
         .damaged = true},
};

}  // namespace

std::span<const Verb> verbs() { return verb_table; }

bool writes_json(const Request& request) { return request.json; }

}  // namespace btfkit::command
