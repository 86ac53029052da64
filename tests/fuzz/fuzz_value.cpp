// Values: options, a type, bytes, and a BTF. What is printed is bounded, and it is JSON where it says so.
#include "blob.hpp"
#include "json.hpp"
#include "walk.hpp"

using namespace btfkit;

namespace {

constexpr std::size_t most = 1 << 16;

/// Braces and brackets close one another outside of strings, character constants and comments.
bool is_balanced(std::string_view text) {
  std::string open;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      for (++at; at < text.size() && text[at] != c; ++at)
        if (text[at] == '\\') ++at;
    } else if (text.substr(at, 2) == "/*") {
      at = text.find("*/", at);
      if (at == std::string_view::npos) return false;
      ++at;
    } else if (c == '{' || c == '[' || c == '(') {
      open += c;
    } else if (c == '}' || c == ']' || c == ')') {
      if (open.empty() || open.back() != (c == '}' ? '{' : c == ']' ? '[' : '(')) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

/// An Error comes with what was printed until then: at most one value more than was allowed, with its names.
void check_text(const Sink& out, const Result<void>& decoded, bool closes, std::size_t input) {
  const std::string_view text = out.text();
  fuzz::require(text.size() <= (decoded ? most : 2 * most + 100 * input), "output is bounded");
  if (!decoded) return fuzz::check(decoded.error());
  fuzz::require(!closes || is_balanced(text), "what is opened is closed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto flags = input.take<std::uint32_t>();
  const auto id = input.take<std::uint16_t>();
  const auto length = input.take<std::uint16_t>();
  const auto bytes = input.take_bytes(length);
  const auto object = Object::load(Source(fuzz::as_btf(input.take_rest(), false), "types"));
  if (!object || object->spec().type_count() == 0) return 0;
  const Spec& spec = object->spec();
  const Type type = *spec.type(id % spec.end_id());

  DecodeOptions options;
  options.compact = (flags & 1) != 0;
  options.zeros = (flags & 2) != 0;
  options.names = (flags & 4) == 0;
  options.strings = (flags & 8) == 0;
  options.partial = (flags & 16) == 0;
  options.libbpf_form = (flags & 32) != 0;
  if ((flags & 64) != 0) options.order = (flags & 128) != 0 ? ByteOrder::Big : ByteOrder::Little;
  options.level = flags >> 8 & 3;
  options.max_bytes = most;

  Sink c;
  check_text(c, decode(c, type, bytes, options), !options.libbpf_form, size);
  Sink json;
  const auto decoded = decode_json(json, type, bytes, options);
  check_text(json, decoded, false, size);
  if (decoded) fuzz::require(fuzz::JsonCheck(json.text()).passes(), "JSON is JSON");
  for (const bool as_json : {false, true}) {
    command::Request request{.verb = "decode", .source = "fuzz", .arguments = {std::to_string(type.id())}, .json = as_json};
    request.options.emplace_back("count", (flags & 512) != 0 ? "all" : "2");
    if ((flags & 1024) != 0) request.options.emplace_back("at", std::to_string(flags >> 16));
    if (options.partial) request.options.emplace_back("partial", "");
    request.data = Source(Bytes::borrow(bytes), "bytes");
    if (const auto bytes_each = size_of(type); !bytes_each || *bytes_each < 64) continue;  // too many of them
    Sink out([](std::string_view) { return false; });  // the reader has gone after the first 64 KiB
    Sink err;
    const int code = command::run(request, *object, out, err);
    fuzz::require(code == 0 || (code == 1 && !err.text().empty()), "a verb that fails says why");
  }
  return 0;
}
