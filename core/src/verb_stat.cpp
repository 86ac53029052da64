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

/// Bytes of a name that fit beside so many columns of numbers.
std::size_t room(const Request& request, std::size_t numbers) {
  return std::max<std::size_t>(request.columns.value_or(80), numbers + 20) - numbers;
}

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
      for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], detail::columns(cells[i]));
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      std::string line = "  ";
      for (std::size_t i = 0; i < rows_[r].size(); ++i) {
        const std::string& cell = rows_[r][i];
        const std::string space(widths[i] - detail::columns(cell), ' ');
        line += (i == 0 ? "" : "  ") + (i == 0 ? cell + space : space + cell);
      }
      while (line.back() == ' ') line.pop_back();
      if (r == 0) style_.faint(line) << '\n';
      else out_ << line << '\n';
    }
  }

 private:
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
  std::vector<std::string> titles = {"kind", "types", "elements", "bytes", "share"};
  if (sum.duplicates != 0) titles.emplace_back("said twice");
  Table table(out, style, std::move(titles));
  KindStatistics all;
  const auto row = [&](std::string_view name, const KindStatistics& k, bool has_elements) {
    std::vector<std::string> cells = {std::string(name), grouped(k.count), has_elements ? grouped(k.elements) : "",
                                      grouped(k.bytes), percent(k.bytes, types_bytes)};
    if (sum.duplicates != 0) cells.push_back(k.duplicates == 0 ? "" : grouped(k.duplicates));
    table.row(std::move(cells));
  };
  for (const std::size_t kind : order) {
    const KindStatistics& k = sum.kinds[kind];
    row(kind_name(kind), k, kind < kind_count && kind_table[kind].element_words != 0);
    all.count += k.count, all.elements += k.elements, all.bytes += k.bytes, all.duplicates += k.duplicates;
  }
  row("all", all, true);
  table.print();
}

void spec_text(const Request& request, const Spec& spec, const Ext* ext, Sink& out) {
  Styled style(out, request.color);
  const Statistics sum = statistics(spec, ext);
  const Header& header = spec.header();
  const std::uint64_t all = spec.bytes().size();
  Table parts(out, style, {"part", "bytes", "share"});
  std::uint64_t told = 0;
  const auto part = [&](std::string name, std::uint64_t bytes) {
    parts.row({std::move(name), grouped(bytes), percent(bytes, all)});
    told += bytes;
  };
  part("header", header.length);
  part("types", header.types_length);
  if (header.layout_length != 0) part("layout", header.layout_length);
  part("strings", header.strings_length);
  if (told < all) part("gaps", all - told);
  parts.row({"all", grouped(all), percent(all, all)});
  parts.print();

  out << '\n';
  style.accent("Types: " + grouped(spec.type_count())) << '\n';
  if (spec.type_count() != 0) kinds(sum, header.types_length, out, style);
  if (sum.duplicates != 0)
    out << "  said twice: " << grouped(sum.duplicates) << (sum.duplicates == 1 ? " record, " : " records, ")
        << grouped(sum.duplicate_bytes) << " bytes, " << percent(sum.duplicate_bytes, header.types_length) << " of the types\n";

  const StringStatistics& strings = sum.strings;
  out << '\n';
  style.accent("Strings: " + grouped(strings.count)) << '\n';
  const auto counted = [](std::uint64_t count) { return grouped(count) + (count == 1 ? " byte" : " bytes"); };
  Table of_strings(out, style, {"", "strings", "bytes", "share"});
  const auto line = [&](std::string what, std::uint64_t count, std::uint64_t bytes) {
    of_strings.row({std::move(what), grouped(count), grouped(bytes), percent(bytes, strings.bytes)});
  };
  line("said twice", strings.duplicates, strings.duplicate_bytes);
  line("unused", strings.unused, strings.unused_bytes);
  line("all", strings.count, strings.bytes);
  of_strings.print();
  if (strings.longest_bytes != 0)
    out << "  longest: " << counted(strings.longest_bytes) << ", " << detail::quoted(strings.longest, room(request, 36))
        << '\n';

  if (sum.largest.empty()) return;
  out << '\n';
  style.accent("Largest structs and unions") << '\n';
  Table largest(out, style, {"type", "id", "members", "bytes"});
  for (const Composite& type : sum.largest) {
    const std::size_t longest = room(request, 42);
    std::string name = printable(detail::beginning(type.c_name(), longest + 1), longest);
    largest.row({std::string(noun(type.kind())) + ' ' + (name.empty() ? "(anonymous)" : name), std::to_string(type.id()),
                 grouped(type.vlen()), grouped(type.size())});
  }
  largest.print();
}

void ext_text(const Request& request, const Ext& ext, Sink& out) {
  Styled style(out, request.color);
  constexpr std::size_t most = 100;
  const ExtStatistics sum = statistics(ext);
  out << '\n';
  style.accent(".BTF.ext: " + grouped(sum.bytes) + (sum.bytes == 1 ? " byte" : " bytes")) << '\n';
  Table parts(out, style, {"part", "records", "bytes", "share"});
  const std::uint64_t told = sum.header + sum.functions + sum.lines + sum.relocations;
  parts.row({"header", "", grouped(sum.header), percent(sum.header, sum.bytes)});
  parts.row({"functions", grouped(ext.function_count()), grouped(sum.functions), percent(sum.functions, sum.bytes)});
  parts.row({"lines", grouped(ext.line_count()), grouped(sum.lines), percent(sum.lines, sum.bytes)});
  parts.row({"relocations", grouped(ext.relocation_count()), grouped(sum.relocations), percent(sum.relocations, sum.bytes)});
  if (told < sum.bytes) parts.row({"gaps", "", grouped(sum.bytes - told), percent(sum.bytes - told, sum.bytes)});
  parts.row({"all", grouped(std::uint64_t{ext.function_count()} + ext.line_count() + ext.relocation_count()),
             grouped(sum.bytes), percent(sum.bytes, sum.bytes)});
  parts.print();
  if (sum.sections.empty()) return;
  out << '\n';
  Table table(out, style, {"section", "functions", "lines", "relocations", "bytes", "share"});
  ExtSectionStatistics all, more;
  const auto add = [](const ExtSectionStatistics& s, ExtSectionStatistics& to) {
    to.functions += s.functions, to.lines += s.lines, to.relocations += s.relocations, to.bytes += s.bytes;
  };
  const auto row = [&](std::string name, const ExtSectionStatistics& s) {
    table.row({std::move(name), grouped(s.functions), grouped(s.lines), grouped(s.relocations), grouped(s.bytes),
               percent(s.bytes, sum.bytes)});
  };
  for (std::size_t i = 0; i < sum.sections.size(); ++i) {
    add(sum.sections[i], all);
    if (i < most) row(printable(sum.sections[i].name, room(request, 55)), sum.sections[i]);
    else add(sum.sections[i], more);
  }
  if (sum.sections.size() > most) row("(" + grouped(sum.sections.size() - most) + " more sections)", more);
  // What is no record: the header, a name and a count in front of the records of each section.
  if (all.bytes < sum.bytes) {
    const std::uint64_t heads = sum.bytes - all.bytes;
    table.row({"(headers)", "", "", "", grouped(heads), percent(heads, sum.bytes)});
  }
  all.bytes = sum.bytes;
  row("all", all);
  table.print();
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
    json.object(kind_noun(kind)).field("count", k.count).field("bytes", k.bytes).field("elements", k.elements);
    json.field("duplicates", k.duplicates).end_object();
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
  json.object("ext").field("bytes", sum.bytes).field("headerBytes", sum.header);
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
  style.strong(printable(request.source)) << ": " << grouped(object.container().size)
                                          << (object.container().size == 1 ? " byte\n" : " bytes\n");
  constexpr std::size_t most_specs = 10;
  for (std::size_t i = 0; i < std::min(specs.size(), most_specs); ++i) {
    out << '\n';
    if (specs.size() > 1) style.accent("BTF " + std::to_string(i + 1) + " of " + std::to_string(specs.size())) << '\n';
    spec_text(request, specs[i], ext_of(specs[i]), out);
  }
  if (specs.size() > most_specs) out << "\nand " << specs.size() - most_specs << " more BTFs\n";
  if (object.ext() != nullptr) ext_text(request, *object.ext(), out);
  return 0;
}

}  // namespace btfkit::command
