// `btfkit disasm`: the code of a BPF object, as a listing or as JSON (see schema/disasm.json).
#include <algorithm>
#include <btfkit/btfkit.hpp>
#include <utility>

#include "json_writer.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

using detail::beginning;
using detail::JsonWriter;
using detail::printable;

constexpr std::string_view digits = "0123456789abcdef";

std::string_view section_of(const Object& object, const CodeRange& range) { return object.sections()[range.section].name; }

std::string prototype(const CodeRange& range) {
  for (const Program& program : range.programs)
    if (program.type) return declared(program.type->target(), program.name);
  return {};
}

/// A map or function that another object defines.
bool is_elsewhere(const CodeReference& reference) {
  return reference.section == 0 &&
         (reference.kind == CodeReference::Kind::Map || reference.kind == CodeReference::Kind::Function);
}

std::string_view without_spaces(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// Tabs within a line as spaces: what they would go to is not known here.
std::string with_spaces(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '\t', ' ');
  return spaced;
}

// ---- text ------------------------------------------------------------------------------------------------------------------

class TextPrinter {
 public:
  TextPrinter(const Request& request, const Object& object, Sink& out)
      : object_(object),
        out_(out),
        styled_(out, request.color),
        source_(!request.has("no-source")),
        bytes_(request.has("hex")),
        columns_(request.columns) {}

  void begin(const CodeRange& range) {
    if (std::exchange(first_, false)) missing();
    else out_ << '\n';
    start_ = range.offset;
    std::uint64_t last = range.size / 8;
    for (width_ = 3; last > 999; last /= 10) ++width_;
    std::string title = prototype(range);
    if (title.empty() && !range.programs.empty()) title = printable(range.programs.front().name);
    if (title.empty()) title = "(no function is known here)";
    styled_.strong(title) << ":\n";
    std::string place = "; section " + printable(section_of(object_, range), 200);
    if (range.offset != 0) place += " + 0x" + detail::hex(range.offset);
    place += ", " + detail::counted(range.size, "byte");
    for (std::size_t i = 1; i < range.programs.size() && i <= 8; ++i)
      place += (i == 1 ? ", also called " : ", ") + printable(range.programs[i].name, 100);
    styled_.faint(place) << '\n';
  }

  void line(const CodeLine& line) {
    if (!line.label.empty()) styled_.strong(line.label) << ":\n";
    if (source_ && line.source) source(*line.source);
    const Instruction& in = line.instruction;
    out_.right((in.offset - start_) / 8, width_ + 2);
    out_ << "  ";
    if (bytes_) {
      raw_bytes(in, 0);
      out_ << "  ";
    }
    text(line);
    if (bytes_ && in.length > 8) {
      out_ << '\n';
      out_.pad(width_ + 4);
      raw_bytes(in, 8);
    }
    out_ << '\n';
    if (line.core) {
      out_.pad(width_ + 4);
      styled_.accent("; CO-RE " +
                     (*line.core ? core_relo_text(**line.core) : "relocation is broken: " + (*line.core).error().message()));
      out_ << '\n';
    }
  }

  void end() {}
  void cut() { out_ << "; cut: there is more than is sane to print\n"; }

 private:
  /// What is not known of all that follows.
  void missing() {
    const bool symbols = !object_.symbols().empty(), btf = !object_.specs().empty();
    for (const Error& warning : object_.warnings()) styled_.warning("; " + warning.message()) << '\n';
    if (!symbols) styled_.faint("; no symbols, so no names, nor what code refers to beyond its section") << '\n';
    if (!btf) styled_.faint("; no .BTF, which would tell of prototypes, source lines and CO-RE relocations") << '\n';
    if (!symbols || !btf || !object_.warnings().empty()) out_ << '\n';
  }

  /// "; prog.bpf.c:12  return 0;"
  void source(const LineInfo& info) {
    std::string_view file = beginning(info.c_file(), 4096);
    if (const std::size_t slash = file.rfind('/'); slash != std::string_view::npos) file.remove_prefix(slash + 1);
    std::string text = "; " + printable(file, 100) + ':' + std::to_string(info.line());
    const std::string_view code = without_spaces(info.text());
    if (!code.empty()) text += "  " + printable(with_spaces(code), code.size());
    styled_.faint(fitting(std::move(text))) << '\n';
  }

  /// Cut at the width of the terminal, if it is one.
  [[nodiscard]] std::string fitting(std::string text) const {
    constexpr std::string_view dots = "...";
    if (!columns_ || *columns_ <= dots.size() || detail::columns(text) <= *columns_) return text;
    std::size_t end = 0;
    for (std::size_t column = 0; column < *columns_ - dots.size(); ++column)
      end += std::max<std::size_t>(detail::utf8_length(std::string_view(text).substr(end)), 1);
    return text.substr(0, end).append(dots);
  }

  void raw_bytes(const Instruction& in, std::size_t from) {
    for (std::size_t i = from; i < from + 8; ++i) {
      if (i != from) out_ << ' ';
      if (i < in.length) out_ << digits[in.bytes[i] >> 4] << digits[in.bytes[i] & 15];
      else out_ << "  ";
    }
  }

  /// The instruction and what there is to say of it.
  void text(const CodeLine& line) {
    constexpr std::size_t column = 32;
    std::string note;
    const auto add = [&](const std::string& part) { note += (note.empty() ? "; " : ", ") + part; };
    if (line.reference) {
      const auto kind = line.reference->kind;
      if (line.reference->text) add(detail::quoted(*line.reference->text));
      else if (kind == CodeReference::Kind::Variable) add(printable(object_.sections()[line.reference->section].name, 100));
      else if (is_elsewhere(*line.reference)) add("extern " + std::string(to_string(kind)));
      else if (kind != CodeReference::Kind::Function || line.instruction.operation->form == Form::LoadImmediate)
        add(std::string(to_string(kind)));
    }
    if (line.instruction.unused_fields) add("fields that it does not use are not zero");
    const bool is_known = line.instruction.is_known();
    if (is_known) out_ << line.text;
    else styled_.warning(line.text);
    if (note.empty()) return;
    out_.pad(line.text.size() < column ? column - line.text.size() : 2);
    styled_.faint(note);
  }

  const Object& object_;
  Sink& out_;
  Styled styled_;
  bool source_, bytes_;
  std::optional<std::size_t> columns_;  // of the terminal
  bool first_ = true;
  std::uint64_t start_ = 0;  // of the range, bytes
  std::size_t width_ = 3;    // of an instruction's number
};

// ---- JSON ------------------------------------------------------------------------------------------------------------------

class JsonPrinter {
 public:
  JsonPrinter(const Request& request, const Object& object, Sink& out)
      : object_(object), out_(out), json_(out), source_(!request.has("no-source")) {
    json_.array();
  }

  void begin(const CodeRange& range) {
    if (any_) json_.end_array().end_object();
    any_ = true;
    start_ = range.offset;
    json_.object_line().field("name", range.programs.empty() ? std::string_view() : range.programs.front().name);
    json_.field("section", section_of(object_, range)).field("offset", range.offset).field("size", range.size);
    for (const Program& program : range.programs) {
      if (!program.type) continue;
      json_.field("prototype", prototype(range)).field("typeId", program.type->id());
      break;
    }
    json_.array("instructions");
  }

  void line(const CodeLine& line) {
    const Instruction& in = line.instruction;
    std::string bytes;
    for (std::size_t i = 0; i < in.length; ++i) (bytes += digits[in.bytes[i] >> 4]) += digits[in.bytes[i] & 15];
    json_.object_line().field("index", (in.offset - start_) / 8).field("offset", in.offset).field("bytes", bytes);
    json_.field("opcode", unsigned{in.opcode}).field("class", in.opcode_class()).field("operation", in.operation->name);
    json_.field("dst", unsigned{in.dst}).field("src", unsigned{in.src}).field("off", in.off).field("imm", in.imm);
    if (in.operation->form == Form::LoadImmediate) json_.field("imm64", std::to_string(in.imm64));
    json_.field("width", unsigned{in.width}).field("text", line.text);
    if (in.unused_fields) json_.field("unusedFields", true);
    if (!line.label.empty()) json_.field("label", line.label);
    const bool is_call = in.operation->form == Form::CallFunction;
    if (const auto target = in.target(); target && !relocated_call(line) && (!is_call || line.reference)) {
      json_.object("target").field("offset", *target);
      json_.field("index", (*target - static_cast<std::int64_t>(start_)) / 8).end_object();
    }
    if (line.reference) reference(*line.reference);
    if (line.core) core(*line.core);
    if (source_ && line.source) source(*line.source);
    json_.end_object();
  }

  void cut() { cut_ = true; }

  void end() {
    if (any_) {
      json_.end_array();
      if (cut_) json_.field("cut", true);
      json_.end_object();
    }
    json_.end_array();
    out_ << '\n';
  }

 private:
  /// The number in a call that has a relocation says only a part of where it goes; the reference says it all.
  bool relocated_call(const CodeLine& line) const {
    return line.instruction.operation->form == Form::CallFunction && line.reference &&
           (line.reference->section == 0 ||
            static_cast<std::int64_t>(line.reference->place) != line.instruction.target().value_or(-1));
  }

  void reference(const CodeReference& to) {
    json_.object("reference").field("kind", to_string(to.kind)).field("name", to.name).field("offset", to.offset);
    if (to.section != 0) json_.field("section", object_.sections()[to.section].name).field("place", to.place);
    if (to.text) json_.field("text", *to.text);
    json_.end_object();
  }

  void core(const Result<CoreRelocation>& relocation) {
    json_.object("core");
    if (relocation) {
      json_.field("kind", to_string(relocation->kind())).field("typeId", relocation->root().id());
      json_.field("access", beginning(relocation->c_access(), 1000)).field("text", core_relo_text(*relocation));
    } else {
      json_.raw_field("error", to_json(relocation.error()));
    }
    json_.end_object();
  }

  void source(const LineInfo& info) {
    json_.object("source").field("file", beginning(info.c_file(), 4096)).field("line", info.line());
    json_.field("column", info.column()).field("text", info.text()).end_object();
  }

  const Object& object_;
  Sink& out_;
  JsonWriter json_;
  bool source_;
  bool any_ = false, cut_ = false;
  std::uint64_t start_ = 0;
};

/// The ranges that were asked for; all without names.
Result<std::vector<CodeRange>> wanted(const Code& code, const Request& request) {
  if (request.arguments.empty()) return code.ranges();
  std::vector<CodeRange> ranges;
  for (const std::string& name : request.arguments) {
    auto named = code.named(name);
    if (!named) return unexpected(named.error());
    ranges.insert(ranges.end(), named->begin(), named->end());
  }
  return ranges;
}

template <class Printer>
int print(const Code& code, const std::vector<CodeRange>& ranges, std::uint64_t most, Printer printer, Sink& out,
          const std::function<void(const Error&)>& complain) {
  const std::uint64_t end = out.total() + most;
  int exit_code = 0;
  for (const CodeRange& range : ranges) {
    if (out.closed()) break;
    printer.begin(range);
    const auto done = code.visit(range, [&](const CodeLine& line) {
      printer.line(line);
      return out.total() < end && !out.closed();
    });
    if (!done) complain(done.error()), exit_code = 1;
    if (out.total() < end) continue;
    printer.cut();
    exit_code = 1;
    break;
  }
  printer.end();
  return exit_code;
}

}  // namespace

int disasm(const Request& request, const Object& object, Sink& out, Sink& err) {
  const auto code = Code::of(object);
  if (!code) return fail(code.error(), request, out, err);
  const auto ranges = wanted(*code, request);
  if (!ranges) return fail(ranges.error(), request, out, err);
  if (ranges->empty()) return fail({ErrorCode::NotFound, "the object has no code", {}}, request, out, err);
  const auto complain = [&](const Error& error) {
    err << "btfkit: " << printable(request.source) << ": " << error.message() << '\n';
  };
  const std::uint64_t most = detail::sane_output(object.container().size);
  if (writes_json(request)) return print(*code, *ranges, most, JsonPrinter(request, object, out), out, complain);
  return print(*code, *ranges, most, TextPrinter(request, object, out), out, complain);
}

}  // namespace btfkit::command
