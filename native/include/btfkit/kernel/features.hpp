// What the running kernel takes: found out by giving it tiny BTFs, since versions lie (backports, configurations).
#pragma once

#include <array>
#include <btfkit/error.hpp>
#include <btfkit/marshal.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace btfkit::kernel {

/// What a kernel can do with BTF, as plain booleans. `feature_table` says what each of them means.
struct Features {
  bool btf = false;
  bool func = false;
  bool datasec = false;
  bool func_linkage = false;
  bool module_btf = false;
  bool floats = false;
  bool decl_tag = false;
  bool type_tag = false;
  bool enum64 = false;
  bool question_mark_names = false;
  bool token = false;
  bool tag_kind_flag = false;
  bool vmlinux_mmap = false;
  bool layout = false;
  bool long_vlen = false;
};

/// One feature, as data.
struct Feature {
  std::string_view name;
  KernelVersion since;    ///< the first kernel that has it
  std::string_view what;  ///< one line for people
  bool Features::*has;
};

/// All of them, the oldest first.
inline constexpr std::array<Feature, 15> feature_table = {{
    {"btf", first_kernel, "BTF can be loaded at all", &Features::btf},
    {"func", row(Kind::FuncProto).since, "FUNC and FUNC_PROTO: the types of programs", &Features::func},
    {"datasec", row(Kind::Datasec).since, "VAR and DATASEC: global variables as maps", &Features::datasec},
    {"func_linkage", func_linkage_since, "a FUNC may be global", &Features::func_linkage},
    {"module_btf", {5, 11}, "modules have BTF of their own; BTF has a name", &Features::module_btf},
    {"floats", row(Kind::Float).since, "FLOAT", &Features::floats},
    {"decl_tag", row(Kind::DeclTag).since, "DECL_TAG", &Features::decl_tag},
    {"type_tag", row(Kind::TypeTag).since, "TYPE_TAG", &Features::type_tag},
    {"enum64", row(Kind::Enum64).since, "ENUM64, and an ENUM may be signed", &Features::enum64},
    {"question_mark_names", question_mark_names_since, "the name of a DATASEC may begin with '?'",
     &Features::question_mark_names},
    {"token", {6, 9}, "BPF tokens, which stand for capabilities in user namespaces", &Features::token},
    {"tag_kind_flag", tag_kind_flag_since, "a DECL_TAG or TYPE_TAG may be any attribute (kind_flag)", &Features::tag_kind_flag},
    {"vmlinux_mmap", {6, 16}, "/sys/kernel/btf/vmlinux can be mapped", &Features::vmlinux_mmap},
    {"layout", layout_since, "the layout section, in a header of 32 bytes", &Features::layout},
    {"long_vlen", long_vlen_since, "vlen has 24 bits: more than 65,535 members", &Features::long_vlen},
}};

enum class Answer : std::uint8_t { No, Yes, Unknown };

/// "no", "yes" or "unknown".
std::string_view to_string(Answer answer);

/// What a probe found out.
struct Probed {
  const Feature* feature;
  Answer answer = Answer::Unknown;
  std::string why;                     ///< unless the answer is Yes: what is missing, or what keeps from asking
  ErrorCode code = ErrorCode::System;  ///< of an Unknown: Permission, or System (out of memory...)
};

struct ProbeOptions {
  int token = -1;  ///< a BPF token's file descriptor, for processes whose capabilities do not count; -1: none
};

/// Every row of feature_table, asked once per process: an answer is kept, an Unknown is asked again by the next call. Nothing
/// stays behind in the kernel. May be called from many threads. Of a chroot or container this tells what it can see: without
/// sysfs, vmlinux_mmap is Unknown.
std::vector<Probed> probe(const ProbeOptions& options = {});

/// The same as booleans. Errors: that of the first Unknown that says what can be loaded (permission, naming the missing
/// capability or what else refuses; system); what could only be looked up in sysfs is false instead.
Result<Features> features(const ProbeOptions& options = {});

/// Which rewrites a BTF needs before a kernel with these features takes it: options_for() a version, but by what the kernel
/// said. Bytes that already suit it stay as they are. long_vlen has no rewrite.
MarshalOptions marshal_options(const Features& features);

}  // namespace btfkit::kernel
