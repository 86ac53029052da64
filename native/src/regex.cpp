#include <regex.h>

#include <array>
#include <btfkit/kernel/regex.hpp>
#include <memory>

namespace btfkit::kernel {

Result<NamePredicate> regex(const std::string& pattern) {
  const auto refused = [&](const char* why) {
    return unexpected(ErrorCode::InvalidArgument, "the regular expression '" + pattern + "' is refused: " + why);
  };
  if (pattern.find('\0') != std::string::npos) return refused("it contains a NUL");
  auto compiled = std::make_unique<regex_t>();
  if (const int failure = regcomp(compiled.get(), pattern.c_str(), REG_EXTENDED | REG_NOSUB); failure != 0) {
    std::array<char, 256> why{};
    regerror(failure, compiled.get(), why.data(), why.size());
    return refused(why.data());
  }
  const auto release = [](regex_t* expression) {
    regfree(expression);
    delete expression;
  };
  const std::shared_ptr<const regex_t> expression(compiled.release(), release);
  // regexec() wants an end by NUL, which a view does not promise.
  return
      [expression](std::string_view name) { return regexec(expression.get(), std::string(name).c_str(), 0, nullptr, 0) == 0; };
}

}  // namespace btfkit::kernel
