// What `inspect` shows of a file beside its summary: the parts of a BPF object; functions and variables of other files.
#pragma once

#include <btfkit/bpf_object.hpp>
#include <map>

#include "json_writer.hpp"
#include "verbs.hpp"

namespace btfkit::command {

/// Is it a BPF object, whose parts are more interesting than its kinds of types?
bool is_bpf_object(const Object& object);

/// The parts of a BPF object, each under a heading, for a terminal of 80 columns and more.
void object_text(const Request& request, const Object& object, Sink& out);
/// Functions, kernel functions for BPF (kfuncs) and variables of other files; nothing when there are none.
void program_text(const Request& request, const Object& object, Sink& out);
/// The same as properties of the object that is open in `json`. See schema/inspect.json.
void object_json(const Object& object, Sink& out, detail::JsonWriter& json);
void program_json(const Object& object, Sink& out, detail::JsonWriter& json);

/// The relocations of an object's code as sentences, one for each type or member that they are about, with how many there are,
/// in the order of their first mention: "<byte_off, byte_sz> struct sock.sk_protocol (0:74 @ offset 566)".
struct CoreNeeds {
  std::vector<std::pair<std::string, std::uint32_t>> sentences;
  std::uint32_t more = 0;  ///< records that are not among them: there are too many, or they are broken
};
CoreNeeds core_needs(const Object& object, std::size_t most);

/// What .BTF.ext says of one function.
struct ProgramFacts {
  std::uint32_t lines = 0, relocations = 0;  ///< records
  /// The file that its lines are of: the object's main one if any is, else the one that most are of. nullptr: there are none.
  const char* file = nullptr;
  std::uint32_t first_line = 0, last_line = 0;  ///< lowest and highest of that file
  std::uint32_t line = 0;                       ///< of that file, of the first instruction that comes from it: where it begins
  std::uint32_t source_lines = 0;               ///< different lines, of all files
};
std::vector<ProgramFacts> facts_of(const Object& object);

/// The files that an object's lines are of, with how many records are; most first.
std::vector<std::pair<std::string_view, std::uint32_t>> source_files(const Object& object);

/// The functions with the declaration tag "bpf_kfunc", by ascending id.
std::vector<Func> kfuncs_of(const Spec& spec);

/// How many bytes of variables are looked at: those of hostile files may all lie on one another.
class ValueBudget {
 public:
  explicit ValueBudget(const Object& object) : left_((std::uint64_t{16} << 20) + 4 * object.container().size) {}
  /// False once it is spent.
  bool spend(const Variable& variable) {
    const std::uint64_t cost = std::uint64_t{variable.size} + 64;
    if (cost > left_) return false;
    left_ -= cost;
    return true;
  }

 private:
  std::uint64_t left_;
};

/// The initialiser of a variable as C, on one line where that has `room` bytes for it, else over several, with `indent` in
/// front of all but the first; empty when it is not known.
std::string initialiser(const Variable& variable, std::size_t room, std::string_view indent);

/// Text that starts in column `at`, broken where it is wider than `width`; further lines begin in column `indent`. Code breaks
/// behind commas, else at spaces, never in quotes.
std::string broken_code(std::string_view text, std::size_t at, std::size_t indent, std::size_t width);
std::string broken_prose(std::string_view text, std::size_t at, std::size_t indent, std::size_t width);

/// A command that does what `words` say with the file that was inspected: "btfkit find prog.o --kind func", on its base.
std::string follow_up(const Request& request, std::string_view verb, std::string_view words);

/// Declared on one line, cut when it is absurdly long.
std::string prototype(const Func& function);

}  // namespace btfkit::command
