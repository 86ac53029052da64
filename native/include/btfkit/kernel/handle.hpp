// Handle: a BTF that lives in the running kernel. Loading one, finding those that are there, reading them back.
#pragma once

#include <btfkit/marshal.hpp>
#include <btfkit/source.hpp>
#include <btfkit/spec.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace btfkit::kernel {

struct LoadIntoKernel {
  /// What load_spec changes, for kernels that know less and for objects that a compiler made; marshal_options(features()) has
  /// what the running kernel needs.
  MarshalOptions rewrites;
  int token = -1;  ///< a descriptor of a BPF token, with which a user namespace may load; -1: none. Linux 6.9
  /// Where `token` is -1: the folder of a bpffs on which one is made for this load, "/sys/fs/bpf"; empty: none.
  std::string token_from{};
  /// Bytes, the longest log that is asked for. Older kernels take no more than this.
  std::uint32_t longest_log = 0xffffff;
};

/// What the kernel tells of a BTF.
struct Info {
  std::uint32_t id = 0;    ///< unique while the BTF lives; not to be mistaken for a type id
  std::string name;        ///< "vmlinux" or a module's; empty for what users load
  std::uint32_t size = 0;  ///< bytes
  bool kernel = false;     ///< the kernel's own or a module's, not loaded by a user
  bool module = false;     ///< a module's: split, its base is that of "vmlinux"
};

/// A BTF in the kernel, which keeps it for as long as a Handle, a program or a map uses it. Move-only; what was moved from
/// holds nothing, and says so. Its descriptor is closed once, closes at exec and is never 0, 1 or 2.
///
/// Errors of everything here: permission, with what this process lacks; not_found where an id or a name is not (or no longer)
/// there; not_supported where this kernel is too old, with the version needed; system with errno's text.
class Handle {
 public:
  /// Loads exactly these bytes. Nothing is logged at first; a load that fails is tried again with a log, in which the kernel
  /// says why: Error::text has the reason and its type, Error::log all of it. Errors: malformed, for what the kernel refuses;
  /// invalid_argument for the other byte order (load_spec changes it); too_large beyond max_size.
  static Result<Handle> load(const Bytes& btf, const LoadIntoKernel& options = {});
  /// Loads marshal(spec, options.rewrites) in the byte order of this machine. Errors: as load and marshal; invalid_argument for
  /// another order in options.rewrites, and for split BTF, which only modules bring into the kernel.
  static Result<Handle> load_spec(const Spec& spec, const LoadIntoKernel& options = {});
  /// Bytes that kernels take at most.
  static constexpr std::uint32_t max_size = 16U << 20;

  /// The BTF with this id. Needs CAP_SYS_ADMIN.
  static Result<Handle> from_id(std::uint32_t id);
  /// The kernel's own BTF, "vmlinux", or that of a module. Needs CAP_SYS_ADMIN.
  static Result<Handle> from_name(const std::string& name);

  Handle(Handle&& from) noexcept;
  Handle& operator=(Handle&& from) noexcept;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();

  /// The descriptor, for as long as this lives; -1 once it was moved from.
  [[nodiscard]] int fd() const { return fd_; }
  /// Gives the descriptor away: closing it is the caller's.
  [[nodiscard]] int release();
  /// Another Handle of the same BTF.
  [[nodiscard]] Result<Handle> duplicate() const;

  [[nodiscard]] Result<Info> info() const;
  /// The bytes, as they were loaded.
  [[nodiscard]] Result<Bytes> bytes() const;
  /// Read back from the kernel. A module's continues `base`; without one, that is the running kernel's.
  [[nodiscard]] Result<Spec> spec(const std::optional<Spec>& base = {}) const;

 private:
  explicit Handle(int fd) : fd_(fd) {}
  int fd_ = -1;
};

/// Every BTF that is in the kernel, ascending ids; those that vanish meanwhile are left out. Needs CAP_SYS_ADMIN.
Result<std::vector<Info>> objects();

/// The BTF of a loaded program or map, by its id. Errors: not_found also where it has none. Need CAP_SYS_ADMIN.
Result<Handle> program_btf(std::uint32_t id);
Result<Handle> map_btf(std::uint32_t id);
/// The BTF of what is pinned on a bpffs: a program, a map, or a link's program.
Result<Handle> pinned_btf(const std::string& path);
/// Whether `path` is something pinned on a bpffs (no folder).
bool is_pinned(const std::string& path);

}  // namespace btfkit::kernel
