// Bytes read as a value of a type: as a C initialiser, and as JSON.
#pragma once

#include <btfkit/sink.hpp>
#include <btfkit/source.hpp>
#include <btfkit/type.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace btfkit {

/// A word of the data that stands for something else than its bytes say: a loader will put an address there.
struct KnownAddress {
  std::uint64_t offset = 0;  ///< bytes from the start of the data
  std::uint32_t size = 0;    ///< bytes
  std::string text;          ///< what is shown for it: "(char *)&counters + 8"
};

struct DecodeOptions {
  std::optional<ByteOrder> order;  ///< of the data; none: that of the type's BTF
  bool compact = false;            ///< decode: all on one line
  bool zeros = false;              ///< decode: zero members too; otherwise they are left out, as C needs no word for them
  bool names = true;               ///< decode: names of members, and casts; without them zeros are shown: their place must tell
  bool casts = true;               ///< decode: a type in front of each value; the initialiser of a declaration needs none
  bool strings = true;             ///< arrays of char as strings, otherwise element by element
  bool partial = false;            ///< fewer bytes than the type has are no Error: what is there is shown
  /// decode: the syntax of libbpf's btf_dump__dump_type_data with its defaults, which is not quite C: arrays in square
  /// brackets, one element a line, casts in front of arrays, anonymous members and types as `(struct){`.
  bool libbpf_form = false;
  /// By ascending offset. A pointer or an integer of that size at that place is shown as the text, in JSON a string of it, and
  /// is not zero. They must live as long as the options.
  std::span<const KnownAddress> addresses;
  std::string_view indent = "\t";                     ///< decode: one level
  std::uint32_t level = 0;                            ///< decode: how many levels every line is indented
  std::uint64_t max_bytes = std::uint64_t{64} << 20;  ///< longer output ends with an Error
};

/// The first bytes of `data` as a C initialiser, without a newline at its end:
///
///     (struct pair){
///     	.first = (int)1,
///     	.word = (union word){
///     		.whole = (u32)258,
///     		.bytes = {2, 1, 0, 0},
///     	},
///     	.name = "eth0",
///     }
///
/// It compiles again where the type's definition is in scope (with GCC inside a function: to it such values in one another are
/// no constants), but C gives a union only what the last of its members says.
///
/// * Members of anonymous structs and unions stand among those of what contains them. Every member of a union is shown.
/// * Integers are decimal, bitfields too (in libbpf's form hexadecimal unless negative); those of more than 64 bits and
///   pointers are hexadecimal.
/// * Floats of 2, 4 and 8 bytes (IEEE 754) are shown with the fewest digits that read back as the same value, a short one's
///   as a float's: the first of snprintf's %.1g to %.17g that strtod gives the same number for. INFINITY and NAN are
///   <math.h>'s. Longer ones have several formats that BTF does not tell apart (x87's 80 bits, IEEE's and IBM's 128): their
///   bits, and a comment.
/// * Enumerations are names; numbers that have none are numbers, or `(READ | WRITE)` where all are flags.
/// * Arrays whose elements are called `char` are strings: up to the last byte that is not zero. Of other arrays runs of eight
///   or more zero elements are left out, what follows begins with its index; not with `zeros`.
/// * A flexible array at the end has as many elements as there are bytes behind the type in `data`.
/// * A variable is its declaration, a section all its variables: `SEC(".data") static int x = (int)1;`, one a line.
/// * What can't be read is a comment: a member without a size, beyond the data, or more than 64 levels deep.
///
/// Errors: invalid_argument when `data` is shorter than the type and not `partial`, naming both lengths; malformed when the
/// type has no size (void, functions, endless chains); too_large beyond max_bytes, and for types that take out of all
/// proportion to walk. What was written until then stays.
Result<void> decode(Sink& out, Type type, std::span<const std::byte> data, const DecodeOptions& options = {});

/// The same as JSON, on one line, with every member: structs are objects, arrays are arrays, strings end where `decode` ends
/// them and are always valid UTF-8 (other bytes become U+FFFD; without `strings` they are numbers). Enumerators are their
/// names, numbers without one are numbers. Integers beyond 2^53 are decimal strings, pointers "0x...", floats without a number
/// "Infinity", "-Infinity", "NaN"; long floats and other things that are no number are their bits, "0x...". What can't be read
/// is null. Members of anonymous structs and unions are members of what contains them; a nameless one is "#3" when it is the
/// fourth, a name that occurs again gets its number behind it: "x#2". A section is an object of its variables.
Result<void> decode_json(Sink& out, Type type, std::span<const std::byte> data, const DecodeOptions& options = {});

}  // namespace btfkit
