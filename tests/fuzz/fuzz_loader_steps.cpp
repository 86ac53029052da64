// The loader, fed as no honest platform would: pieces of the wrong size, bytes that are not the input's, decoders that answer
// anything. The input starts with eight bytes of such answers.
#include "input.hpp"
#include "walk.hpp"

using namespace btfkit;

namespace {

enum Answer : std::uint8_t { Honest, Short, Long, Other, Nothing, Answers };

bool same(const Step& a, const Step& b) {
  if (a.index() != b.index()) return false;
  const auto* x = std::get_if<NeedBytes>(&a);
  const auto* y = std::get_if<NeedBytes>(&b);
  return x == nullptr || (x->offset == y->offset && x->length == y->length);
}

/// Everything as it should be: the result must be what the synchronous load gives.
void compare(const Object& object, const Bytes& whole) {
  LoadOptions options;
  options.decode = fuzz::stored;
  options.max_decoded = std::uint64_t{1} << 20;
  const auto other = Object::load(Source(whole, "fuzz"), options);
  fuzz::require(other && other->specs().size() == object.specs().size(), "steps and the synchronous load agree");
  for (std::size_t i = 0; i < object.specs().size(); ++i) {
    const auto& a = object.specs()[i];
    const auto& b = other->specs()[i];
    fuzz::require(
        a.type_count() == b.type_count() && std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin(), b.bytes().end()),
        "steps and the synchronous load agree on every byte");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  auto answers = input.take<std::uint64_t>();
  const Bytes whole = Bytes::own(input.take_rest());
  LoadOptions options;
  options.max_decoded = std::uint64_t{1} << 20;
  Loader loader(whole.size(), options);
  bool honest = true;

  // A byte of answers a step: what to do in its low bits, where other bytes come from in the rest.
  for (int steps = 0;; ++steps, answers >>= 8) {
    fuzz::require(steps < 64, "an input is opened in few steps");
    const Step step = loader.step();
    fuzz::require(same(step, loader.step()), "asking twice gives one answer");
    if (std::holds_alternative<Done>(step)) break;
    if (const auto* error = std::get_if<Error>(&step)) {
      fuzz::check(*error);
      return 0;
    }
    const auto answer = static_cast<Answer>((answers & 7) < Answers ? answers & 7 : 0);
    const auto from = static_cast<std::size_t>(answers >> 3 & 31) * whole.size() / 32;
    honest = honest && answer == Honest;
    if (const auto* need = std::get_if<NeedBytes>(&step)) {
      if (steps == 0 || honest)
        fuzz::require(need->length <= whole.size() && need->offset <= whole.size() - need->length,
                      "needs lie within the input");
      const auto length = static_cast<std::size_t>(need->length);
      std::vector<std::byte> piece(length + (answer == Long ? 1 : 0));
      for (std::size_t i = 0; i < length && whole.size() != 0; ++i) {
        const std::size_t at = answer == Other ? from + i : static_cast<std::size_t>(need->offset) + i;
        piece[i] = whole.data()[at % whole.size()];
      }
      if (answer == Short) piece.resize(piece.size() - 1);
      const bool wrong = answer == Short || answer == Long || answer == Nothing;
      loader.feed(answer == Nothing ? Bytes() : Bytes::own(std::move(piece)));
      if (wrong) fuzz::require(std::holds_alternative<Error>(loader.step()), "a piece of the wrong size is refused");
    } else if (const auto* packed = std::get_if<NeedDecode>(&step)) {
      fuzz::require(packed->max_size <= options.max_decoded, "unpacking is bounded");
      if (answer == Honest) {
        auto plain = fuzz::stored(packed->codec, packed->packed, packed->max_size);
        if (!plain) return 0;
        loader.feed(std::move(*plain));
      } else {
        const std::size_t length =
            std::min<std::size_t>(whole.size() - from, static_cast<std::size_t>(packed->max_size) + (answer == Long ? 1 : 0));
        loader.feed(answer == Nothing ? Bytes() : whole.slice(from, length));
      }
    }
  }
  const Object object = loader.take();
  fuzz::walk(object);
  if (honest) compare(object, whole);
  return 0;
}
