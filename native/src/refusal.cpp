#include "refusal.hpp"

#include <algorithm>
#include <array>
#include <btfkit/kind.hpp>
#include <cerrno>
#include <cstring>
#include <optional>

#include "denied.hpp"
#include "proc.hpp"

namespace btfkit::kernel::detail {
namespace {

constexpr int not_supported_inside = 524;  // ENOTSUPP, which is not for users, and reaches them

/// The kernel's reason, and the type whose record it was looking at.
struct Reason {
  std::string text;
  std::optional<std::uint32_t> type_id;
};

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }
bool begins(std::string_view text, std::string_view part) { return text.substr(0, part.size()) == part; }

std::string_view last_line(std::string_view& text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  const std::size_t start = text.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view line = text.substr(start);
  text = text.substr(0, start);
  return line;
}

/// "[2] STRUCT s size=4 vlen=1" and, below it with a tab, the member at fault.
Reason reason_in(std::string_view log) {
  std::string_view line = last_line(log);
  std::string member;
  if (begins(line, "\t")) {
    member = ": " + std::string(line.substr(1));
    while (begins(line, "\t")) line = last_line(log);
  }
  Reason reason;
  if (const std::size_t end = line.find("] "); begins(line, "[") && end != std::string_view::npos) {
    reason.type_id = number(line.substr(1, end - 1));
    line.remove_prefix(end + 2);
  }
  reason.text = std::string(line) + member;
  return reason;
}

/// What came to Linux later than BTF itself (4.18), as a kernel without it complains.
struct Newer {
  std::string what;
  std::string_view since;
};

std::optional<Newer> newer_kind(std::string_view reason) {
  constexpr std::string_view complaint = "Invalid kind:";
  const std::size_t at = reason.find(complaint);
  if (at == std::string_view::npos) return std::nullopt;
  const auto kind = number(reason.substr(at + complaint.size()));
  if (!kind || *kind == 0) return std::nullopt;
  struct Since {
    Kind last;
    std::string_view version;
  };
  constexpr std::array since = {Since{Kind::Restrict, "4.18"}, Since{Kind::FuncProto, "5.0"}, Since{Kind::Datasec, "5.2"},
                                Since{Kind::Float, "5.13"},    Since{Kind::DeclTag, "5.16"},  Since{Kind::TypeTag, "5.17"},
                                Since{Kind::Enum64, "6.0"}};
  for (const Since& row : since)
    if (*kind <= static_cast<std::uint32_t>(row.last)) return Newer{std::string(kind_table[*kind].name), row.version};
  return Newer{"kind " + std::to_string(*kind), ""};
}

std::optional<Newer> newer(std::string_view reason) {
  if (auto kind = newer_kind(reason)) return kind;
  if (begins(reason, "FUNC ") && contains(reason, "vlen != 0")) return Newer{"FUNC linkage", "5.6"};
  if (contains(reason, "Invalid btf_info kind_flag")) {
    if (begins(reason, "ENUM ")) return Newer{"signed ENUM", "6.0"};
    if (begins(reason, "DECL_TAG ") || begins(reason, "TYPE_TAG ")) return Newer{"kind_flag of tags", "6.15"};
  }
  if (begins(reason, "DATASEC ?") && contains(reason, "Invalid name")) return Newer{"'?' in a DATASEC's name", "6.9"};
  if (contains(reason, "Unsupported btf_header")) return Newer{"header of this length (a layout section?)", "7.0"};
  return std::nullopt;
}

}  // namespace

std::string errno_text(int error) { return error == not_supported_inside ? "Not supported (ENOTSUPP)" : std::strerror(error); }

Error refusal(int error, Log log) {
  if (error == EPERM || error == EACCES) return denied("loading BTF into the kernel", Capability::Bpf, true);
  if (error == ENOSYS) return Error{ErrorCode::NotSupported, "this kernel was built without bpf(2)", {}};
  Error failed{ErrorCode::Malformed, "", {}};
  const Reason reason = log.has_end ? reason_in(log.text) : Reason();
  if (reason.text.empty()) {
    const bool about_input = error == EINVAL || error == E2BIG || error == not_supported_inside;
    failed.code = about_input ? ErrorCode::Malformed : ErrorCode::System;
    failed.text = "the kernel does not load it: " + errno_text(error);
    if (!log.whole) failed.text += "; its log is longer than " + std::to_string(log.text.size()) + " bytes";
    else if (error == EINVAL) failed.text += ", and no log (BTF is known to Linux 4.18 and later)";
    else if (error == E2BIG) failed.text += ", and no log (an option that it does not know?)";
  } else if (const auto lacks = newer(reason.text)) {
    failed.code = ErrorCode::NotSupported;
    failed.text = "this kernel does not know " + lacks->what;
    if (!lacks->since.empty()) failed.text += ", which needs Linux " + std::string(lacks->since);
    failed.text += ": " + reason.text;
  } else {
    if (error == E2BIG) failed.code = ErrorCode::TooLarge;
    if (error == ENOMEM || error == EFAULT || error == ENFILE || error == EMFILE) failed.code = ErrorCode::System;
    failed.text = failed.code == ErrorCode::System ? "the kernel does not load it: " + errno_text(error)
                                                   : "the kernel refuses it: " + reason.text;
  }
  if (failed.code != ErrorCode::System) failed.where.type_id = reason.type_id;
  failed.log = std::move(log.text);
  return failed;
}

}  // namespace btfkit::kernel::detail
