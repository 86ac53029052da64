// What stands for an input in a command line: files, and BTF that is in the kernel.
#pragma once

#include <btfkit/kernel/base.hpp>
#include <string>

namespace btfkit::kernel {

/// Loads what `name` stands for:
///
///     kernel           the running kernel's BTF
///     kernel:MODULE    a module's, on the kernel's
///     id:N             the BTF object with that id
///     prog:N  map:N    the BTF of a loaded program or map
///     PATH             what is pinned there, where that is on a bpffs; else the file, as load() opens it; "-" is standard
///     input
///
/// A file that has such a name is reached as ./kernel. Errors: those of load(), vmlinux(), module() and Handle.
Result<Opened> load_named(const std::string& name, const LoadOptions& options, const Places& places = {});

/// For the help of a command, behind "a file".
inline constexpr const char* named_inputs =
    "or kernel, kernel:MODULE, id:N, prog:N, map:N or what is pinned on a bpffs: BTF that is in the running kernel";

}  // namespace btfkit::kernel
