// `btfkit stat`: where the bytes of a file's BTF go, as tables or as JSON (see schema/stat.json).
#include <algorithm>
#include <btfkit/btfkit.hpp>

#include "json_writer.hpp"
#include "sorted.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

using detail::grouped;
using detail::printable;

constexpr std::size_t longest_name = 60;  // bytes that a table shows

std::string_view kind_name(std::size_t kind) { return kind < kind_count ? kind_table[kind].name : std::string_view("UNKNOWN"); }
std::string_view kind_noun(std::size_t kind) { return kind < kind_count ? kind_table[kind].noun : std::string_view("unknown"); }

/// Numbers in columns; the first column is text.
class Table {
 public:
  Table(Sink& out, Styled style, std::vector<std::string> titles) : out_(out), style_(style), rows_{std::move(titles)} {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  /// The last column may be text; it is not lined up.
  void print() {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& cells : rows_)
      for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], width(cells[i]));
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      std::string line = "  ";
      for (std::size_t i = 0; i < rows_[r].size(); ++i) {
        const std::string& cell = rows_[r][i];
        const std::string space(widths[i] - width(cell), ' ');
        line += (i == 0 ? "" : "  ") + (i == 0 ? cell + space : space + cell);
      }
      while (line.back() == ' ') line.pop_back();
      if (r == 0) style_.faint(line) << '\n';
      else out_ << line << '\n';
    }
  }

 private:
  /// Columns that UTF-8 takes, as far as each character takes one.
  static std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
  }

  Sink& out_;
  Styled style_;
  std::vector<std::vector<std::string>> rows_;
};

std::string percent(std::uint64_t part, std::uint64_t whole) {
  const std::uint64_t permille = whole == 0 ? 0 : (part * 1000 + whole / 2) / whole;
  return std::to_string(permille / 10) + '.' + std::to_string(permille % 10) + " %";
}

void kinds(const Statistics& sum, std::uint64_t types_bytes, Sink& out, Styled style) {
  std::vector<std::size_t> order;
  for (std::size_t kind = 0; kind < sum.kinds.size(); ++kind)
    if (sum.kinds[kind].count != 0) order.push_back(kind);
  detail::stable_sort(std::span(order), [&](std::size_t a, std::size_t b) { return sum.kinds[a].bytes > sum.kinds[b].bytes; });
  Table table(out, style, {"kind", "types", "elements", "bytes", "share"});
  for (const std::size_t kind : order) {
    const KindStatistics& k = sum.kinds[kind];
    const bool has_elements = kind < kind_count && kind_table[kind].element_words != 0;
    table.row({std::string(kind_name(kind)), grouped(k.count), has_elements ? grouped(k.elements) : "", grouped(k.bytes),
               percent(k.bytes, types_bytes)});
  }
  table.print();
}

void spec_text(const Spec& spec, const Ext* ext, Sink& out, Styled style) {
  const Statistics sum = statistics(spec, ext);
  const Header& header = spec.header();
  const std::uint64_t all = spec.bytes().size();
  Table parts(out, style, {"part", "bytes", "share"});
  const auto part = [&](std::string name, std::uint64_t bytes) {
    parts.row({std::move(name), grouped(bytes), percent(bytes, all)});
  };
  part("header", header.length);
  part("types", header.types_length);
  if (header.layout_length != 0) part("layout", header.layout_length);
  part("strings", header.strings_length);
  parts.row({"all", grouped(all), ""});
  parts.print();

  out << '\n';
  style.accent("Types: " + grouped(spec.type_count())) << '\n';
  kinds(sum, header.types_length, out, style);
  if (sum.duplicates != 0)
    out << "  said twice: " << grouped(sum.duplicates) << " records, " << grouped(sum.duplicate_bytes) << " bytes\n";

  const StringStatistics& strings = sum.strings;
  out << '\n';
  style.accent("Strings: " + grouped(strings.count)) << '\n';
  const auto line = [&](std::string_view what, std::uint64_t count, std::uint64_t bytes) {
    out << "  " << what;
    out.pad(10 - what.size()) << grouped(count) << (count == 1 ? " string, " : " strings, ") << grouped(bytes) << " bytes\n";
  };
  line("repeated", strings.duplicates, strings.duplicate_bytes);
  line("unused", strings.unused, strings.unused_bytes);
  out << "  longest   " << grouped(strings.longest_bytes) << " bytes: " << printable(strings.longest, longest_name) << '\n';

  if (sum.largest.empty()) return;
  out << '\n';
  style.accent("Largest structs and unions") << '\n';
  Table largest(out, style, {"type", "id", "members", "bytes"});
  for (const Composite& type : sum.largest) {
    std::string name = printable(detail::beginning(type.c_name(), longest_name + 1), longest_name);
    largest.row({std::string(noun(type.kind())) + ' ' + (name.empty() ? "(anonymous)" : name), std::to_string(type.id()),
                 grouped(type.vlen()), grouped(type.size())});
  }
  largest.print();
}

void ext_text(const Ext& ext, Sink& out, Styled style) {
  constexpr std::size_t most = 100;
  const ExtStatistics sum = statistics(ext);
  out << '\n';
  style.accent(".BTF.ext: " + grouped(sum.bytes) + " bytes") << '\n';
  Table parts(out, style, {"part", "records", "bytes", "share"});
  parts.row({"functions", grouped(ext.function_count()), grouped(sum.functions), percent(sum.functions, sum.bytes)});
  parts.row({"lines", grouped(ext.line_count()), grouped(sum.lines), percent(sum.lines, sum.bytes)});
  parts.row({"relocations", grouped(ext.relocation_count()), grouped(sum.relocations), percent(sum.relocations, sum.bytes)});
  parts.print();
  if (sum.sections.empty()) return;
  out << '\n';
  Table table(out, style, {"section", "functions", "lines", "relocations", "bytes", "share"});
  for (std::size_t i = 0; i < std::min(sum.sections.size(), most); ++i) {
    const ExtSectionStatistics& s = sum.sections[i];
    table.row({printable(s.name, longest_name), grouped(s.functions), grouped(s.lines), grouped(s.relocations),
               grouped(s.bytes), percent(s.bytes, sum.bytes)});
  }
  table.print();
  if (sum.sections.size() > most) out << "  and " << grouped(sum.sections.size() - most) << " more sections\n";
}

void spec_json(const Spec& spec, const Ext* ext, detail::JsonWriter& json) {
  const Statistics sum = statistics(spec, ext);
  const Header& header = spec.header();
  json.object()
      .field("bytes", spec.bytes().size())
      .field("headerBytes", header.length)
      .field("typesBytes", header.types_length);
  json.field("layoutBytes", header.layout_length).field("stringsBytes", header.strings_length);
  json.field("types", spec.type_count()).object("kinds");
  for (std::size_t kind = 0; kind < sum.kinds.size(); ++kind) {
    const KindStatistics& k = sum.kinds[kind];
    if (k.count == 0) continue;
    json.object(kind_noun(kind)).field("count", k.count).field("bytes", k.bytes).field("elements", k.elements).end_object();
  }
  json.end_object().object("duplicates").field("count", sum.duplicates).field("bytes", sum.duplicate_bytes).end_object();
  const StringStatistics& strings = sum.strings;
  json.object("strings").field("count", strings.count).field("bytes", strings.bytes);
  json.object("longest").field("bytes", strings.longest_bytes).field("text", strings.longest).end_object();
  json.object("duplicates").field("count", strings.duplicates).field("bytes", strings.duplicate_bytes).end_object();
  json.object("unused").field("count", strings.unused).field("bytes", strings.unused_bytes).end_object().end_object();
  json.array("largest");
  for (const Composite& type : sum.largest)
    json.object()
        .field("id", type.id())
        .field("kind", noun(type.kind()))
        .field("name", detail::beginning(type.c_name(), 4096))
        .field("members", type.vlen())
        .field("size", type.size())
        .end_object();
  json.end_array().end_object();
}

void ext_json(const Ext& ext, detail::JsonWriter& json) {
  const ExtStatistics sum = statistics(ext);
  const auto part = [&](std::string_view name, std::uint32_t count, std::uint64_t bytes) {
    json.object(name).field("count", count).field("bytes", bytes).end_object();
  };
  json.object("ext").field("bytes", sum.bytes);
  part("functions", ext.function_count(), sum.functions);
  part("lines", ext.line_count(), sum.lines);
  part("relocations", ext.relocation_count(), sum.relocations);
  json.array("sections");
  for (const ExtSectionStatistics& s : sum.sections) {
    json.object().field("name", s.name).field("functions", s.functions).field("lines", s.lines);
    json.field("relocations", s.relocations).field("bytes", s.bytes).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

int stat(const Request& request, const Object& object, Sink& out, Sink& /*err*/) {
  const auto& specs = object.specs();
  const auto ext_of = [&](const Spec& spec) { return &spec == &specs.front() ? object.ext() : nullptr; };
  if (request.json) {
    detail::JsonWriter json(out);
    json.object().field("source", request.source).field("size", object.container().size).array("btfs");
    for (const Spec& spec : specs) spec_json(spec, ext_of(spec), json);
    json.end_array();
    if (object.ext() != nullptr) ext_json(*object.ext(), json);
    json.end_object();
    out << '\n';
    return 0;
  }
  Styled style(out, request.color);
  style.strong(printable(request.source)) << ": " << grouped(object.container().size) << " bytes\n";
  constexpr std::size_t most_specs = 10;
  for (std::size_t i = 0; i < std::min(specs.size(), most_specs); ++i) {
    out << '\n';
    if (specs.size() > 1) style.accent("BTF " + std::to_string(i + 1) + " of " + std::to_string(specs.size())) << '\n';
    spec_text(specs[i], ext_of(specs[i]), out, style);
  }
  if (specs.size() > most_specs) out << "\nand " << specs.size() - most_specs << " more BTFs\n";
  if (object.ext() != nullptr) ext_text(*object.ext(), out, style);
  return 0;
}

}  // namespace btfkit::command
