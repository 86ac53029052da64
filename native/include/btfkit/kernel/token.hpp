// Token: a BPF token, by which the owner of a bpffs lets a user namespace use bpf(2) without CAP_BPF outside. Linux 6.9.
#pragma once

#include <btfkit/error.hpp>
#include <string>

namespace btfkit::kernel {

/// Move-only; the descriptor is closed once.
class Token {
 public:
  /// Made on the bpffs that is mounted at `folder`. Errors: not_found, nothing is there or it is no bpffs; permission, it
  /// delegates nothing to this user namespace; not_supported, no user namespace to delegate to, or the kernel has no tokens.
  static Result<Token> create(const std::string& folder = "/sys/fs/bpf");

  Token(Token&& from) noexcept : fd_(from.fd_) { from.fd_ = -1; }
  Token& operator=(Token&& from) noexcept;
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;
  ~Token();

  /// For LoadIntoKernel::token.
  [[nodiscard]] int fd() const { return fd_; }

 private:
  explicit Token(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace btfkit::kernel
