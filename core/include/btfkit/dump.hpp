// Whole BTFs as text: C that compiles, and the raw and JSON forms of bpftool.
#pragma once

#include <btfkit/sink.hpp>
#include <btfkit/spec.hpp>
#include <vector>

namespace btfkit {

struct DumpOptions {
  /// Only these types; empty: all. dump_raw and dump_json print just them, in this order, a base's and void (0) too; dump_c
  /// everything they need as well. Without it a split BTF's dump_raw and dump_json print its own types, dump_c its base's too:
  /// one header for both.
  std::vector<TypeId> types;
  /// Copies what bpftool is known to do wrong, for comparisons byte by byte. dump_c: the type that sorts first is left out.
  /// dump_json: values of unsigned 32-bit enumerations with bit 31 set are extended by their sign. dump_raw and dump_json:
  /// names are copied byte by byte, newlines and terminal sequences too (dump_json escapes what bpftool does), so that the
  /// result may be ambiguous or no JSON.
  bool bpftool_defects = false;
  bool by_id = false;   ///< dump_c: in the order of ids; otherwise sorted by what a type is and its name, as bpftool does
  bool pretty = false;  ///< dump_json: one property a line
  /// Output longer than this many bytes ends with an Error, soon behind the limit; 0: 64 MiB and 64 times the BTF's size, which
  /// no sane BTF reaches.
  std::uint64_t max_bytes = 0;
};

/// A C header: `#include` it in a BPF program. Definitions stand behind what they need; names that clash get a number
/// (`foo___2`); names that are no C identifiers are made some, with the original in a comment. What has no order (a type that
/// contains itself by value) becomes a comment. bpftool's format. Errors: too_large beyond max_bytes; not_found for `types`.
Result<void> dump_c(Sink& out, const Spec& spec, const DumpOptions& options = {});

/// One record a line, its elements indented below it, the words as read (no fixup): `[1] INT 'int' size=4 ...`. bpftool's
/// format. Kinds newer than the library have an id and a name. Names without characters that could forge a line or drive a
/// terminal: those are shown as \xNN. Errors: not_found for `types`, before anything is written; too_large beyond max_bytes,
/// naming the type at which it stopped. A Sink that has closed ends it without an Error.
Result<void> dump_raw(Sink& out, const Spec& spec, const DumpOptions& options = {});

/// {"types":[{"id":1,"kind":"INT",...}]} and a newline, with the keys of bpftool -j (pretty: bpftool -p). Valid UTF-8 JSON
/// without bpftool_defects: control characters are escaped, bytes that are no UTF-8 become U+FFFD. Numbers are as long as they
/// are: 64-bit enum values exceed what JavaScript's JSON.parse keeps. Errors: as dump_raw's; what was written is then no JSON.
Result<void> dump_json(Sink& out, const Spec& spec, const DumpOptions& options = {});

}  // namespace btfkit
