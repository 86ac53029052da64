// Names as C has them: safe identifiers, base types that compilers know, and numbers behind names that clash.
#pragma once

#include <btfkit/sink.hpp>
#include <btfkit/type.hpp>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "by_type.hpp"

namespace btfkit::detail {

inline constexpr std::size_t longest_name = 2048;  ///< bytes of an identifier; real ones have at most about a thousand

/// A name, which may be empty, as an identifier. One that is none in C (Rust's, hostile ones, keywords, more than 2,048 bytes)
/// is made one, the original behind it in a comment: `Wrapper_u64__4_ /* Wrapper<u64, 4> */`.
class SafeName {
 public:
  explicit SafeName(const char* name);
  SafeName(const SafeName&) = delete;
  SafeName& operator=(const SafeName&) = delete;
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string made_;
  std::string_view text_;  // of made_ or of the name itself
};

/// `text` for a comment: it can't end it, nor drive a terminal.
std::string in_comment(std::string_view text);

/// Appends the name of an INT or FLOAT, which may be several words.
void append_scalar(Sink& out, Type scalar);

/// The same where C or its compilers know the name ("long unsigned int", "__int128"); else a type of its size and sign, the own
/// name behind it in a comment ("unsigned long /* usize */").
void append_known_scalar(Sink& out, Type scalar);

/// What GCC calls a type of Arm's that other compilers do not have: `__Poly8_t` is "unsigned char"; empty for other names.
std::string_view alias_of(std::string_view int_name);

/// One namespace of C: what is declared first has its name, what comes second gets a number: `name___2`.
class CNamespace {
 public:
  CNamespace(std::uint64_t seed, std::size_t expected);
  /// Takes `name` (not empty, an identifier that ends with a NUL and lives as long as this): nullptr if it was free, else a
  /// free one instead.
  const char* take(std::string_view name);

 private:
  /// Which of names_ it is, and whether it is a new one.
  std::pair<std::uint32_t, bool> find(std::string_view name);
  void grow();

  // Most names are new: whether one is says a table of bytes alone, which stays in the cache.
  std::vector<std::uint8_t> marks_;     // bits of the hash, 0: empty. A power of two, at most three quarters full
  std::vector<std::uint32_t> indices_;  // of the same slots: which of names_
  std::vector<const char*> names_;
  std::unordered_map<std::uint32_t, std::uint32_t> taken_again_;  // of those of names_: how often after the first time
  std::uint64_t seed_;
  std::deque<std::string> numbered_;
};

/// The names of a whole header. What is asked for first counts as declared first (libbpf's rule).
class CNames {
 public:
  /// `identifiers`: how many names of typedefs and enumerators to expect.
  CNames(const SpecData& data, std::size_t identifiers);

  /// The tag of a struct, union, enum or forward declaration. Lives as long as this.
  std::string_view tag(Type type) { return of(type, tags_); }
  /// The name of a typedef. Lives as long as this.
  std::string_view typedef_name(Type type) { return of(type, others_); }
  void append_enumerator(Sink& out, std::uint32_t name_offset);

 private:
  std::string_view of(Type type, CNamespace& space);

  const SpecData& data_;
  enum : std::uint8_t { unknown, own, different };
  ByType<std::uint8_t> state_;                         // which name it has, once it was asked for
  std::unordered_map<TypeId, const char*> different_;  // by id: the numbered or safe name of those that have one
  std::deque<std::string> kept_;
  CNamespace tags_;    // of structs, unions and enums
  CNamespace others_;  // typedefs and enumerators
};

}  // namespace btfkit::detail
