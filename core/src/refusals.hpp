// The two halves of refusals(): what a kernel looks at in each record, and then in what it refers to.
#pragma once

#include <btfkit/marshal.hpp>
#include <btfkit/refusals.hpp>

#include "text.hpp"

namespace btfkit::detail {

/// Collects refusals up to a limit.
class Refused {
 public:
  Refused(const RefusalOptions& options, std::vector<Refusal>& out) : options_(options), out_(out) {}

  void add(Type type, std::string_view log, std::string sentence) {
    if (!full()) out_.push_back({type.id(), type.kind(), std::string(shown_name(type.c_name())), log, std::move(sentence)});
  }
  void add(std::string_view log, std::string sentence) {
    if (!full()) out_.push_back({0, Kind::Void, {}, log, std::move(sentence)});
  }
  [[nodiscard]] bool full() const { return out_.size() >= options_.most; }
  [[nodiscard]] const KernelVersion& kernel() const { return options_.kernel; }

 private:
  const RefusalOptions& options_;
  std::vector<Refusal>& out_;
};

/// What stands for another type, under a name or with a quality.
inline bool is_modifier(Kind kind) { return kind == Kind::Typedef || kind == Kind::TypeTag || Qualifier::is(kind); }
/// An INT that fills 1, 2, 4, 8 or 16 bytes from their first bit on.
inline bool is_regular(Int type) {
  const std::uint32_t size = type.bits() / 8;  // of its bytes there may be more
  return type.bits() % 8 == 0 && type.bit_offset() == 0 && size != 0 && (size & (size - 1)) == 0 && size <= 16;
}
/// Whether a kernel of that version takes a name for one that C could have; no name is none.
bool is_identifier(const char* name, const KernelVersion& kernel);

/// Each own record by itself. `unusable` gets true for those that nothing else can be said of.
void check_records(const Spec& spec, std::vector<bool>& unusable, Refused& refused);

/// What they refer to: sizes, members within their structs, parameters, loops, depth.
void check_references(const Spec& spec, const std::vector<bool>& unusable, Refused& refused);

}  // namespace btfkit::detail
