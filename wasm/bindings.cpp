// The WebAssembly face of core: thin and flat. Ids, numbers, JSON texts and typed-array views cross the border; names,
// iteration and comfort are package/src's. No function here throws or prints; failures are JSON objects with an "error".
#include <new>

#include "opened.hpp"

using namespace btfkit;
using namespace btfkit::wasm;

namespace {

std::string quoted(std::string_view text) {
  Sink out;
  json_string(out, text);
  return out.take();
}

std::string output(const Sink& out, const Sink& err, int exit_code) {
  return "{\"out\":" + quoted(out.text()) + ",\"err\":" + quoted(err.text()) + ",\"exitCode\":" + std::to_string(exit_code) +
         '}';
}

/// An input on its way in: step() says what is needed, prepare(), buffer() and feed() supply it.
class Opening {
 public:
  Opening(double size, unsigned pointer_size, double max_decoded)
      : size_(static_cast<std::uint64_t>(size)), options_(options(pointer_size, max_decoded)), loader_(size_, options_) {}

  /// The BTF that a split one continues; before the first step().
  void set_base(const Opened& base) {
    options_.base = base.spec();
    loader_ = Loader(size_, options_);
  }

  /// Show what can be shown of a damaged BTF; before the first step().
  void set_partial() {
    options_.partial = true;
    loader_ = Loader(size_, options_);
  }

  /// Open a BPF object without BTF too; before the first step().
  void set_without_btf() {
    options_.without_btf = true;
    loader_ = Loader(size_, options_);
  }

  /// {"done":true} | {"offset","length"} | {"codec","maxSize"} (packed() has the bytes) | {"error", "text", "typeName"}
  std::string step() {
    step_ = loader_.step();
    if (const auto* need = std::get_if<NeedBytes>(&step_))
      return "{\"offset\":" + std::to_string(need->offset) + ",\"length\":" + std::to_string(need->length) + '}';
    if (const auto* packed = std::get_if<NeedDecode>(&step_))
      return "{\"codec\":" + quoted(to_string(packed->codec)) + ",\"maxSize\":" + std::to_string(packed->max_size) + '}';
    if (const auto* error = std::get_if<Error>(&step_))
      return "{\"error\":" + to_json(*error) + ",\"text\":" + quoted(error->text) +
             ",\"typeName\":" + quoted(error->where.type_name) + '}';
    return "{\"done\":true}";
  }

  /// What is to be unpacked, while step() says so.
  [[nodiscard]] val packed() const {
    const auto* need = std::get_if<NeedDecode>(&step_);
    const auto bytes = need != nullptr ? need->packed.span() : std::span<const std::byte>();
    return bytes_view(bytes.data(), bytes.size());
  }

  /// Makes room for `length` bytes; false when memory is out.
  bool prepare(double length) {
    length_ = static_cast<std::size_t>(length);
    room_.reset(new (std::nothrow) std::uint8_t[length_]);
    return room_ != nullptr;
  }
  /// The room, to be filled. Ask again after anything else ran: memory may have moved.
  [[nodiscard]] val buffer() const { return val(typed_memory_view(length_, room_.get())); }
  /// Hands the filled room over.
  void feed() {
    const auto* bytes = static_cast<const std::byte*>(static_cast<const void*>(room_.get()));
    loader_.feed(Bytes::shared(std::exchange(room_, nullptr), {bytes, length_}));
  }

  /// Answers what step() asked for with why it can't be had; the next step() says whether that matters.
  void fail(const val& error) { loader_.fail(error_from(error)); }

  /// The opened object, once step() said done. The caller deletes it: Embind's own finaliser, which shared_ptr would bring,
  /// knows nothing of instances that have stopped.
  Opened* take(const std::string& name) { return new Opened(loader_.take(), name); }

 private:
  static LoadOptions options(unsigned pointer_size, double max_decoded) {
    LoadOptions made;
    made.pointer_size = static_cast<std::uint8_t>(pointer_size);
    if (max_decoded > 0) made.max_decoded = static_cast<std::uint64_t>(max_decoded);
    return made;
  }

  std::uint64_t size_;
  LoadOptions options_;
  Loader loader_;
  Step step_ = Done{};
  std::shared_ptr<std::uint8_t[]> room_;
  std::size_t length_ = 0;
};

std::string answer_fact(const std::string& what, const std::string& text, unsigned number) { return fact(what, text, number); }

/// An Error as the command shows it: {"out", "err", "exitCode"}. `error`: as error_from takes it.
std::string fail(const val& error, const std::string& source, bool json) {
  Sink out, err;
  const int exit_code = command::fail(error_from(error), {.source = source, .json = json}, out, err);
  return output(out, err, exit_code);
}

}  // namespace

EMSCRIPTEN_BINDINGS(btfkit) {
  emscripten::class_<Opened>("Opened")
      .function("firstId", &Opened::first_id)
      .function("endId", &Opened::end_id)
      .function("run", &Opened::run)
      .function("dump", &Opened::dump)
      .function("ask", &Opened::ask)
      .function("search", &Opened::search)
      .function("rebase", &Opened::rebase)
      .function("columns", &Opened::columns)
      .function("dropColumns", &Opened::drop_columns);
  emscripten::class_<Opening>("Opening")
      .constructor<double, unsigned, double>()
      .function("setBase", &Opening::set_base)
      .function("setPartial", &Opening::set_partial)
      .function("setWithoutBtf", &Opening::set_without_btf)
      .function("step", &Opening::step)
      .function("packed", &Opening::packed)
      .function("prepare", &Opening::prepare)
      .function("buffer", &Opening::buffer)
      .function("feed", &Opening::feed)
      .function("fail", &Opening::fail)
      .function("take", &Opening::take, emscripten::allow_raw_pointers());
  emscripten::function("fact", &answer_fact);
  emscripten::function("fail", &fail);
}
