#include "refusal.hpp"

#include <algorithm>
#include <array>
#include <btfkit/marshal.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "denied.hpp"
#include "proc.hpp"

namespace btfkit::kernel::detail {
namespace {

constexpr int not_supported_inside = 524;  // ENOTSUPP, which is not for users, and reaches them

/// The end of the kernel's log, taken apart.
struct Reason {
  std::string complaint;                 ///< "Invalid member offset"; empty: it gave none
  std::string record;                    ///< what it was looking at: "STRUCT s size=4 vlen=1: m type_id=1 bits_offset=64"
  std::optional<std::uint32_t> type_id;  ///< of that
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

/// Where the kernel's complaint begins in a line: behind the last "word=value" of the record, which the kernel prints in any
/// case ("size == 0" is none), and behind "FWD name struct". npos: there is none.
std::size_t complaint_in(std::string_view line) {
  const auto is_word = [](char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'z'); };
  std::size_t at = line.size();
  do at = at == 0 ? std::string_view::npos : line.rfind('=', at - 1);
  while (at != std::string_view::npos &&
         (at == 0 || !is_word(line[at - 1]) || at + 1 == line.size() || line[at + 1] == ' ' || line[at + 1] == '='));
  if (at != std::string_view::npos) {
    const std::size_t end = line.find(line[at + 1] == '(' ? ')' : ' ', at);
    return end == std::string_view::npos ? end : line.find_first_not_of(") ", end);
  }
  if (begins(line, "FWD ")) {
    for (int words = 0; words < 3 && at + 1 != 0; ++words) at = line.find(' ', at + 1);
    return at == std::string_view::npos ? at : at + 1;
  }
  const std::size_t colon = line.find(": ");  // "hdr_len: 24"
  return colon != std::string_view::npos && line.find(' ', colon + 2) == std::string_view::npos ? std::string_view::npos : 0;
}

/// "[2] STRUCT s size=4 vlen=1" and, below it with a tab, the member at fault; behind either the complaint.
Reason reason_in(std::string_view log) {
  std::string_view line = last_line(log);
  std::string member;
  Reason reason;
  const auto split = [&reason](std::string_view text) {
    const std::size_t at = complaint_in(text);
    if (at == std::string_view::npos) return text;
    reason.complaint = text.substr(at);
    return text.substr(0, at == 0 ? 0 : at - 1);
  };
  if (begins(line, "\t")) {
    line.remove_prefix(line.find_first_not_of("\t "));
    member = ": " + std::string(split(line));
    do line = last_line(log);
    while (begins(line, "\t"));
  }
  if (const std::size_t end = line.find("] "); begins(line, "[") && end != std::string_view::npos) {
    reason.type_id = number(line.substr(1, end - 1));
    line.remove_prefix(end + 2);
  }
  reason.record = std::string(member.empty() ? split(line) : line) + member;
  return reason;
}

/// What came to Linux later than BTF itself (4.18), as a kernel without it complains.
struct Newer {
  std::string what;
  std::optional<KernelVersion> since;
};

std::optional<Newer> newer_kind(std::string_view reason) {
  constexpr std::string_view complaint = "Invalid kind:";
  const std::size_t at = reason.find(complaint);
  if (at == std::string_view::npos) return std::nullopt;
  const auto kind = number(reason.substr(at + complaint.size()));
  if (!kind || *kind == 0) return std::nullopt;
  if (*kind < kind_count) return Newer{std::string(kind_table[*kind].name), kind_table[*kind].since};
  return Newer{"kind " + std::to_string(*kind), {}};
}

/// "Invalid btf_info:64000000": bits that older kernels do not read.
std::optional<Newer> newer_info(std::string_view complaint) {
  constexpr std::string_view prefix = "Invalid btf_info:";
  if (!begins(complaint, prefix)) return std::nullopt;
  const std::string_view hex = complaint.substr(prefix.size());
  std::uint32_t info = 0;
  if (std::from_chars(hex.data(), hex.data() + hex.size(), info, 16).ec != std::errc()) return std::nullopt;
  if ((info & 0xff0000) != 0) return Newer{"more than 65,535 elements in a type", long_vlen_since};
  return Newer{"kind " + std::to_string(info >> 24 & 0x7f), {}};
}

std::optional<Newer> newer(const Reason& reason) {
  const std::string_view complaint = reason.complaint;
  if (auto kind = newer_kind(complaint)) return kind;
  if (auto info = newer_info(complaint)) return info;
  if (begins(reason.record, "FUNC ") && complaint == "vlen != 0") return Newer{"FUNC linkage", func_linkage_since};
  if (contains(complaint, "Invalid btf_info kind_flag")) {
    if (begins(reason.record, "ENUM ")) return Newer{"signed ENUM", row(Kind::Enum64).since};
    if (begins(reason.record, "DECL_TAG ") || begins(reason.record, "TYPE_TAG "))
      return Newer{"kind_flag of tags", tag_kind_flag_since};
  }
  if (begins(reason.record, "DATASEC ?") && complaint == "Invalid name")
    return Newer{"'?' in a DATASEC's name", question_mark_names_since};
  if (complaint == "Unsupported btf_header") return Newer{"a header of this length (for a layout section?)", layout_since};
  return std::nullopt;
}

/// "Invalid name (STRUCT ...)"
std::string text_of(const Reason& reason) {
  return reason.complaint + (reason.record.empty() ? "" : " (" + reason.record + ')');
}

}  // namespace

std::string errno_text(int error) { return error == not_supported_inside ? "Not supported (ENOTSUPP)" : std::strerror(error); }

Error refusal(int error, Log log) {
  if (error == EPERM || error == EACCES) return denied("loading BTF into the kernel", Capability::Bpf, true);
  if (error == ENOSYS) return Error{ErrorCode::NotSupported, "this kernel was built without bpf(2)", {}};
  Error failed{ErrorCode::Malformed, "", {}};
  const Reason reason = log.has_end ? reason_in(log.text) : Reason();
  const bool about_input = error == EINVAL || error == E2BIG || error == not_supported_inside;
  if (error == ENOMEM || error == EFAULT || error == ENFILE || error == EMFILE || (log.text.empty() && !about_input)) {
    failed.code = ErrorCode::System;
    failed.text = "the kernel does not load it: " + errno_text(error);
  } else if (!log.has_end || log.text.empty()) {
    failed.text = "the kernel does not load it: " + errno_text(error);
    if (!log.whole) failed.text += "; its log is longer than " + std::to_string(log.text.size()) + " bytes";
    else if (error == EINVAL) failed.text += ", and no log (BTF is known to Linux " + to_string(first_kernel) + " and later)";
    else if (error == E2BIG) failed.text += ", and no log (an option that it does not know?)";
  } else if (reason.complaint.empty()) {
    failed.text = "the kernel refuses it and logs no reason (" + errno_text(error) +
                  "): it looks at locks, lists, timers and kernel pointers in structs last";
  } else if (const auto lacks = newer(reason)) {
    failed.code = ErrorCode::NotSupported;
    failed.text = "this kernel does not know " + lacks->what;
    if (lacks->since) failed.text += ", which needs Linux " + to_string(*lacks->since);
    failed.text += ": " + text_of(reason);
  } else {
    if (error == E2BIG) failed.code = ErrorCode::TooLarge;
    failed.text = "the kernel refuses it: " + text_of(reason);
  }
  if (!reason.complaint.empty() && failed.code != ErrorCode::System) failed.where.type_id = reason.type_id;
  failed.log = std::move(log.text);
  return failed;
}

}  // namespace btfkit::kernel::detail
