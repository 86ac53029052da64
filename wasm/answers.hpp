// What JavaScript asks one thing at a time, beside what the verbs print: one entry for all of it, because each entry of its own
// costs Embind more than its answer.
#pragma once

#include <btfkit/command.hpp>
#include <btfkit/object.hpp>
#include <btfkit/sink.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace btfkit::wasm {

struct Question {
  std::string_view what;
  std::string_view text;
  std::uint32_t id = 0;  ///< a type's; 0 where nothing is asked about a type. Of an ELF section its index
  int index = -1;        ///< a component of the type; -1: the type itself
};

/// {"error": {...}}
std::string failed(const Error& error);

/// JSON, or {"error"}, but for:
///   c, declaration   C
///   contents         bytes, which go to `data`
/// About one type:
///   type, referrers, tags, size, alignment, resolve
/// About all:
///   find (text: a name; index: a kind, -1 any), named, essential, refusals (text: a kernel's version), ext (text: a section;
///   empty: all)
/// About the ELF:
///   sections, symbols, relocations, contents
std::string answer(const Object& object, const Question& question, Sink& data);

/// What needs no input: help, verbs, instructions (text: bytes as hexadecimal digits; number: 1 for big-endian), helper,
/// map_type, map_flag (number), program_kind, essential_name, kernel_version (text), rewrites.
std::string fact(std::string_view what, std::string_view text, std::uint32_t number);

// ---- where the two modules differ: whole.cpp answers, reading.cpp says that it can't

/// Why a verb can't be run, or not with this kind of output; nothing when it can.
std::optional<Error> lacking(const command::Request& request);

/// JSON: what kernels of that version (empty: any) refuse.
std::string refusals(const Spec& spec, std::string_view version);

/// Those of the facts that are about the command or about writing BTF: help, verbs, rewrites.
std::string fact_of_whole(std::string_view what, std::string_view text);

}  // namespace btfkit::wasm
