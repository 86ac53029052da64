// reading.wasm: what explores BTF and no more, for pages that are to be small. It has the verbs whose JSON the package's API is
// made of; that core's command then always writes JSON lets the linker drop what prints their text.
#include <array>

#include "answers.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

constexpr std::array reading_verbs = {
    Verb{.name = "inspect", .body = inspect, .without_btf = true},
    Verb{.name = "find", .body = find},
    Verb{.name = "layout", .body = layout},
    Verb{.name = "offset", .body = offset},
    Verb{.name = "at", .body = at},
    Verb{.name = "decode", .body = decode},
    Verb{.name = "disasm", .body = disasm, .without_btf = true},
};

}  // namespace

std::span<const Verb> verbs() { return reading_verbs; }

bool writes_json(const Request& /*request*/) { return true; }

}  // namespace btfkit::command

namespace btfkit::wasm {
namespace {

Error not_here(std::string_view what) {
  return {ErrorCode::NotSupported, "reading.wasm has no " + std::string(what) + ": give init() btf.wasm", {}};
}

}  // namespace

std::optional<Error> lacking(const command::Request& request) {
  for (const command::Verb& verb : command::verbs()) {
    if (verb.name != request.verb) continue;
    // A value as C is what decodeToC() gives, so that decode asks for itself.
    if (request.json || verb.name == "decode") return std::nullopt;
    return not_here("text of '" + request.verb + '\'');
  }
  return not_here('\'' + request.verb + '\'');
}

std::string refusals(const Spec& /*spec*/, std::string_view /*version*/) { return failed(not_here("refusals")); }

std::string fact_of_whole(std::string_view what, std::string_view /*text*/) { return failed(not_here(what)); }

}  // namespace btfkit::wasm
