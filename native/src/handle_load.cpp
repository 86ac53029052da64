#include <algorithm>
#include <btfkit/kernel/handle.hpp>
#include <btfkit/kernel/token.hpp>
#include <cerrno>
#include <cstring>

#include "attributes.hpp"
#include "refusal.hpp"
#include "syscall.hpp"

namespace btfkit::kernel {
namespace {

using detail::BtfLoad;

/// Nothing that a log would say more of.
bool speaks_for_itself(int error) { return error == EPERM || error == EACCES || error == ENOSYS; }

/// Loads once more, for the log: 64 KiB, then what the kernel says that it needs, or twice as much each time. A descriptor, or
/// -errno and the log.
int load_with_log(BtfLoad attributes, std::uint32_t longest, detail::Log& log) {
  std::vector<char> buffer(std::min<std::uint32_t>(64U << 10, longest));
  while (true) {
    attributes.log = detail::address(buffer.data());
    attributes.log_size = static_cast<std::uint32_t>(buffer.size());
    attributes.log_level = 1;
    attributes.log_true_size = 0;
    const int fd = detail::bpf_fd(detail::btf_load, attributes);
    log.whole = fd != -ENOSPC;
    if (log.whole || buffer.size() >= longest) {
      log.text.assign(buffer.data(), strnlen(buffer.data(), buffer.size()));
      log.has_end = log.whole || attributes.log_true_size != 0;  // kernels that tell it keep a log's end
      return fd;
    }
    const auto twice = static_cast<std::uint32_t>(std::min<std::size_t>(buffer.size() * 2, longest));
    const bool told = attributes.log_true_size > buffer.size();
    buffer.assign(told ? std::min(attributes.log_true_size, longest) : twice, '\0');
  }
}

/// The byte order by its magic; nullopt: that is no magic, which the kernel may say itself.
std::optional<ByteOrder> order_of(const Bytes& btf) {
  if (btf.size() < 2) return std::nullopt;
  const auto first = static_cast<unsigned>(btf.data()[0]);
  const auto second = static_cast<unsigned>(btf.data()[1]);
  if (first == 0x9f && second == 0xeb) return ByteOrder::Little;
  if (first == 0xeb && second == 0x9f) return ByteOrder::Big;
  return std::nullopt;
}

std::string foreign_order(ByteOrder order) {
  return std::string("the BTF is ") + to_string(order) + ", this machine's kernel takes " +
         to_string(btfkit::detail::host_order);
}

}  // namespace

Result<Handle> Handle::load(const Bytes& btf, const LoadIntoKernel& options) {
  if (btf.size() > max_size)
    return unexpected(ErrorCode::TooLarge, "the BTF has " + std::to_string(btf.size()) + " bytes, the kernel takes at most " +
                                               std::to_string(max_size));
  if (const auto order = order_of(btf); order && *order != btfkit::detail::host_order)
    return unexpected(ErrorCode::InvalidArgument, foreign_order(*order));
  BtfLoad attributes;
  attributes.btf = detail::address(btf.data());
  attributes.btf_size = static_cast<std::uint32_t>(btf.size());
  std::optional<Token> token;
  if (options.token < 0 && !options.token_from.empty()) {
    auto made = Token::create(options.token_from);
    if (!made) return unexpected(made.error());
    token = std::move(*made);
  }
  if (const int fd = token ? token->fd() : options.token; fd >= 0) {
    attributes.flags = detail::token_flag;
    attributes.token = fd;
  }
  int fd = detail::bpf_fd(detail::btf_load, attributes);
  if (fd >= 0) return Handle(fd);
  detail::Log log;
  const int first = -fd;
  if (!speaks_for_itself(first)) fd = load_with_log(attributes, std::max(options.longest_log, 128U), log);
  if (fd >= 0) return Handle(fd);
  return unexpected(detail::refusal(fd == -ENOSPC ? first : -fd, std::move(log)));
}

Result<Handle> Handle::load_spec(const Spec& spec, const LoadIntoKernel& options) {
  if (spec.base())
    return unexpected(ErrorCode::InvalidArgument, "this is split BTF, which comes into the kernel only with its module");
  LoadIntoKernel native = options;
  if (native.rewrites.order.value_or(btfkit::detail::host_order) != btfkit::detail::host_order)
    return unexpected(ErrorCode::InvalidArgument, foreign_order(*native.rewrites.order));
  native.rewrites.order = btfkit::detail::host_order;
  auto bytes = marshal(spec, native.rewrites);
  if (!bytes) return unexpected(bytes.error());
  auto handle = load(Bytes::own(std::move(*bytes)), native);
  if (handle || !handle.error().where.type_id) return handle;
  Error named = std::move(handle.error());
  if (const auto type = spec.type(*named.where.type_id)) named.where.type_name = type->name();
  return unexpected(std::move(named));
}

}  // namespace btfkit::kernel
