// A C header back to BTF: compiled for a machine, and what its debug information says of every type.
//
// Debug information is read with pahole, not as BTF from the compiler: clang 14 needs half a minute to write the BTF of a
// kernel's types, gcc 12 turns around the dimensions of arrays and leaves out values above INT_MAX, and neither writes BTF for
// s390x or arm64.
#pragma once

#include <btfkit/kernel/open.hpp>
#include <btfkit/spec.hpp>

#include <fstream>
#include <string>

#include "shared.hpp"

namespace btfkit::test {

/// A temporary folder, removed in the end.
class Workshop {
 public:
  Workshop() {
    std::string name = (fs::temp_directory_path() / "btfkit-header-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  [[nodiscard]] fs::path path(const std::string& name) const { return folder_ / name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name), std::ios::binary) << text; }
  /// Runs a command there; stdout and stderr.
  [[nodiscard]] Ran run(const std::string& command) const {
    return test::run("cd '" + folder_.string() + "' && " + command + " 2>&1");
  }

 private:
  fs::path folder_;
};

/// A compiler with its flags.
struct Compiler {
  std::string name;  ///< the machine, "gcc" or "gcc -m32"
  std::string command;
  std::uint8_t pointer_size;  ///< bytes
};

/// clang for "bpf", "bpfeb", or a machine as it runs Linux: "x86_64", "aarch64", "s390x", "i386", "powerpc", "mips".
inline Compiler clang_for(const std::string& machine) {
  const bool narrow = machine == "i386" || machine == "powerpc" || machine == "mips";
  const bool bpf = machine == "bpf" || machine == "bpfeb";
  return {machine, tool("clang") + " -target " + machine + (bpf ? "" : "-linux-gnu"),
          static_cast<std::uint8_t>(narrow ? 4 : 8)};
}

/// gcc for this machine, or for its 32-bit half.
inline Compiler gcc(std::uint8_t pointer_size) {
  const bool narrow = pointer_size == 4;
  return {narrow ? "gcc -m32" : "gcc", tool("gcc") + (narrow ? " -m32" : ""), pointer_size};
}

/// Nothing in a header may be worth a warning, but that it is written for clang's BPF target: others do not know the pragma
/// that it begins with nor all attributes, and the pragma finds nothing to apply to where there is no struct.
inline std::string warning_flags(const Compiler& compiler) {
  const bool is_gcc = compiler.name.rfind("gcc", 0) == 0;
  return std::string(" -Wall -Wextra -Werror ") +
         (is_gcc ? "-Wno-attributes -Wno-unknown-pragmas" : "-Wno-unknown-attributes -Wno-pragma-clang-attribute");
}

/// The types of a C text as that compiler lays them out, used or not. Errors: invalid_argument with the compiler's first words.
inline Result<Spec> compiled(const Compiler& compiler, const std::string& text, const std::string& flags) {
  const Workshop shop;
  shop.write("header.h", text);
  const Ran made = shop.run(compiler.command + flags + " -g -fno-eliminate-unused-debug-types -x c -c header.h -o header.o");
  if (made.code != 0) return unexpected(ErrorCode::InvalidArgument, made.out.substr(0, 2000), {});
  const Ran encoded = shop.run(tool("pahole") + " -J --btf_gen_floats --btf_encode_detached=header.btf header.o");
  if (!fs::exists(shop.path("header.btf")))
    return unexpected(ErrorCode::InvalidArgument, "pahole: " + encoded.out.substr(0, 2000), {});
  LoadOptions options;
  options.pointer_size = compiler.pointer_size;
  const auto source = kernel::open(shop.path("header.btf").string());
  if (!source) return unexpected(source.error());
  return Spec::load(*source, options);
}

}  // namespace btfkit::test
