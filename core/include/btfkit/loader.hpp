// Loader: how an input is opened without doing any input. It says what it needs, the platform supplies it, piece by piece.
#pragma once

#include <btfkit/spec.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

namespace btfkit {

class Object;

/// How a piece of an input may be compressed.
enum class Codec : std::uint8_t { Zlib, Gzip, Zstd, Xz, Lz4, Bzip2, Lzma, Lzo };

/// "zlib", "gzip", "zstd", "xz", "lz4", "bzip2", "lzma", "lzo".
std::string_view to_string(Codec codec);

/// Unpacks `packed`; the result must not exceed `max_size` bytes. Errors: malformed, too_large, not_supported.
using Decode = std::function<Result<Bytes>(Codec codec, const Bytes& packed, std::uint64_t max_size)>;

struct LoadOptions {
  std::optional<Spec> base;       ///< the BTF that a split BTF continues
  std::uint8_t pointer_size = 0;  ///< bytes, 4 or 8; 0: deduce it
  /// Show what can be shown of a damaged BTF: the types before the damage, references and names beyond it as void and "". The
  /// Error is Spec::damage(). A file that is neither ELF nor BTF, or whose header is no header, stays an Error.
  bool partial = false;
  /// Open a BPF object without .BTF (stripped, or compiled without -g) for what else it says: Object::specs() is then empty.
  /// Other files without BTF stay an Error, and so does Spec::load.
  bool without_btf = false;
  std::uint64_t max_decoded = 1ULL << 30;  ///< bytes that one compressed piece may unpack to
  Decode decode;                           ///< the platform's decoders; none: compressed inputs are not_supported
};

/// Supply the bytes at [offset, offset + length) of the input: `feed` them.
struct NeedBytes {
  std::uint64_t offset;
  std::uint64_t length;
};
/// Unpack `packed` to at most `max_size` bytes and `feed` the result.
struct NeedDecode {
  Codec codec;
  Bytes packed;
  std::uint64_t max_size;
};
/// The object is ready: `take` it.
struct Done {};

using Step = std::variant<Done, NeedBytes, NeedDecode, Error>;

/// Opens one input in steps:
///
///     Loader loader(file_size, options);
///     for (Step step = loader.step();; step = loader.step()) {
///       if (auto* need = std::get_if<NeedBytes>(&step)) loader.feed(read(need->offset, need->length));
///       ...
///
/// Every need is within the input; what is asked for is bounded by what the input's own headers may claim inside its size.
class Loader {
 public:
  explicit Loader(std::uint64_t input_size, LoadOptions options = {});
  ~Loader();
  Loader(Loader&&) noexcept;
  Loader& operator=(Loader&&) noexcept;

  /// What is needed next. Calling it again without feeding gives the same answer.
  [[nodiscard]] Step step();
  /// Answers the last NeedBytes (exactly `length` bytes) or NeedDecode. Anything else makes the next step an Error.
  void feed(Bytes bytes);
  /// Answers the last NeedBytes or NeedDecode with why it can't be had. What can do without it goes on: a .BTF.ext that can't
  /// be unpacked becomes a warning.
  void fail(Error why);
  /// The opened object, once step() said Done; once.
  [[nodiscard]] Object take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether an Error of loading may come from a missing LoadOptions::base: ids or strings are beyond this BTF, as they are in
/// split BTF, and in damaged one.
bool lacks_base(const Error& error);

}  // namespace btfkit
