// The code of an object that loaded, disassembled in every way: what must hold of any input.
#pragma once

#include <btfkit/btfkit.hpp>

#include "json.hpp"
#include "walk.hpp"

namespace btfkit::fuzz {

/// One line without anything that drives a terminal; names may be UTF-8.
inline bool is_line(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'; });
}

inline void check_instruction(const Instruction& in) {
  require(in.length == 8 || in.length == (in.is_known() ? 16 : in.length & 7), "instructions have 8 or 16 bytes");
  require(is_line(to_text(in)), "an instruction is a line");
}

/// Every instruction once, of ranges that cover all code and do not overlap.
inline void walk_code(const Object& object) {
  const auto code = Code::of(object);
  if (!code) return check(code.error());
  std::uint32_t section = 0;
  std::uint64_t end = 0, all = 0;
  for (const CodeRange& range : code->ranges()) {
    if (range.section != section) end = 0;
    section = range.section;
    require(range.offset == end && range.size != 0, "ranges follow each other");
    end = range.offset + range.size;
    if ((all += range.size) > (1 << 18)) break;
    std::uint64_t at = range.offset;
    const auto done = code->visit(range, [&](const CodeLine& line) {
      require(line.instruction.offset == at, "instructions follow each other");
      check_instruction(line.instruction);
      at += line.instruction.length;
      require(is_line(line.text) && line.text.size() < 4096 && is_line(line.label), "an instruction is a short line");
      if (line.reference) require(is_line(line.reference->name), "a name is shown on a line");
      if (line.core && *line.core) {
        const std::string text = core_relo_text(**line.core);
        require(is_line(text) && text.size() < 16384, "a relocation is a line");
      }
      if (line.source) require(line.source->offset() == line.instruction.offset, "a source line is where it begins");
      return true;
    });
    if (!done) check(done.error());
    else require(at == end, "a range is disassembled to its end");
  }
  for (const bool json : {false, true}) {
    command::Request request;
    request.verb = "disasm";
    request.source = "fuzz";
    request.json = json;
    if (json) request.options.emplace_back("json", "");
    else request.options.emplace_back("hex", "");
    Sink out, err;
    command::run(request, object, out, err);
    std::string text(out.text());
    if (json && text.size() < (1 << 22)) {
      text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());  // between values; strings have none
      require(JsonCheck(text).passes(), "JSON is JSON");
    }
    if (!json) require(text.find('\0') == std::string::npos && text.find('\x1b') == std::string::npos, "a listing is text");
  }
}

}  // namespace btfkit::fuzz
