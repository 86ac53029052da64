#include <fcntl.h>

#include <btfkit/kernel/token.hpp>
#include <cerrno>
#include <utility>

#include "attributes.hpp"
#include "denied.hpp"
#include "objects.hpp"
#include "refusal.hpp"
#include "syscall.hpp"

namespace btfkit::kernel {
namespace {

Error token_error(int error) {
  switch (error) {
    case ENOENT: return {ErrorCode::Permission, "it delegates nothing to anybody (its delegate_cmds is empty)", {}};
    case EPERM:
    case EACCES: return detail::denied("making a BPF token here", detail::Capability::Bpf);
    case EOPNOTSUPP: return {ErrorCode::NotSupported, "tokens are for user namespaces, this process is in none", {}};
    case EINVAL: return {ErrorCode::NotSupported, "it is no bpffs, or this kernel has no BPF tokens, which need Linux 6.9", {}};
    default: return {ErrorCode::System, detail::errno_text(error), {}};
  }
}

Error at(const std::string& folder, Error error) {
  error.text = "no BPF token from " + folder + ": " + error.text;
  return error;
}

}  // namespace

Result<Token> Token::create(const std::string& folder) {
  const detail::Descriptor bpffs(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (bpffs.fd() < 0) return unexpected(at(folder, {ErrorCode::NotFound, detail::errno_text(errno), {}}));
  detail::TokenCreate attributes;
  attributes.bpffs = static_cast<std::uint32_t>(bpffs.fd());
  const int fd = detail::bpf_fd(detail::token_create, attributes);
  if (fd < 0) return unexpected(at(folder, token_error(-fd)));
  return Token(fd);
}

Token& Token::operator=(Token&& from) noexcept {
  if (this == &from) return *this;
  if (fd_ >= 0) detail::system_calls.close(fd_);
  fd_ = std::exchange(from.fd_, -1);
  return *this;
}

Token::~Token() {
  if (fd_ >= 0) detail::system_calls.close(fd_);
}

}  // namespace btfkit::kernel
