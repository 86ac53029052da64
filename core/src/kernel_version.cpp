#include <btfkit/kernel_version.hpp>

#include <charconv>

#include "text.hpp"

namespace btfkit {
namespace {

/// The number at the start of `text`, which is cut off; nothing where there is none or it is too large.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool followed_by_number(std::string_view text) { return text.size() > 1 && text[0] == '.' && text[1] >= '0' && text[1] <= '9'; }

}  // namespace

Result<KernelVersion> KernelVersion::parse(std::string_view text) {
  const auto wrong = [whole = text](std::string_view why) {
    return unexpected(ErrorCode::InvalidArgument,
                      '\'' + detail::printable(whole, 80) + "' is no kernel version: " + std::string(why));
  };
  const auto major = take_number(text);
  if (!major) return wrong("it does not begin with a number below 65536, as 5.4 and 6.12.107-cloud do");
  if (!followed_by_number(text)) return wrong("a second number is missing, as in 5.4 and 6.12.107-cloud");
  text.remove_prefix(1);
  const auto minor = take_number(text);
  if (!minor) return wrong("its second number is not below 65536");
  KernelVersion version{*major, *minor, 0};
  if (followed_by_number(text)) {
    text.remove_prefix(1);
    const auto patch = take_number(text);
    if (!patch) return wrong("its third number is not below 65536");
    version.patch = *patch;
  }
  if (!text.empty() && std::string_view("-+_~.").find(text.front()) == std::string_view::npos)
    return wrong("'" + detail::printable(text, 80) + "' behind the numbers does not begin with one of - + _ ~ or a dot");
  if (text == ".") return wrong("a number is missing behind the last dot");
  return version;
}

std::string to_string(const KernelVersion& version) {
  const std::string text = std::to_string(version.major) + '.' + std::to_string(version.minor);
  return version.patch == 0 ? text : text + '.' + std::to_string(version.patch);
}

}  // namespace btfkit
