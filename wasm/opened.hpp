// An opened input, as JavaScript sees it.
#pragma once

#include <btfkit/btfkit.hpp>
#include <string>
#include <utility>
#include <vector>

#include "answers.hpp"
#include "columns.hpp"
#include "values.hpp"

namespace btfkit::wasm {

/// An input that is open.
class Opened {
 public:
  Opened(Object object, std::string name) : object_(std::move(object)), name_(std::move(name)) {}

  [[nodiscard]] std::uint32_t first_id() const { return spec().first_id(); }
  [[nodiscard]] std::uint32_t end_id() const { return spec().end_id(); }
  [[nodiscard]] const Spec& spec() const { return object_.spec(); }

  /// A verb of the command; its exit code. `options`: name, value, name, value... `load_ms` below 0: not known. `columns`
  /// of the terminal, 0 where the text goes elsewhere.
  /// `data`: for verbs that interpret bytes, as source_from takes it, or null. `write_output`: where bytes go that are not to
  /// go to standard output, or null.
  [[nodiscard]] int run(const std::string& verb, const val& arguments, const val& options, bool color, unsigned columns,
                        double load_ms, const val& data, const val& write_out, const val& write_err,
                        const val& write_output) const {
    command::Request request{
        .verb = verb, .source = name_, .arguments = emscripten::vecFromJSArray<std::string>(arguments), .color = color};
    const auto given = emscripten::vecFromJSArray<std::string>(options);
    for (std::size_t i = 0; i + 1 < given.size(); i += 2) request.options.emplace_back(given[i], given[i + 1]);
    request.json = command::asks_for_json(request);
    if (columns != 0) request.columns = columns;
    if (load_ms >= 0) request.load_ms = load_ms;
    if (!data.isNull()) request.data = source_from(data);
    Sink out(into(write_out)), err(into(write_err)), output(into(write_output));
    if (!write_output.isNull()) request.output = &output;
    const auto lacks = lacking(request);
    const int exit_code = lacks ? command::fail(*lacks, request, out, err) : command::run(request, object_, out, err);
    out.flush();
    err.flush();
    if (!write_output.isNull()) output.flush();
    return exit_code;
  }

  /// All types, or some (each an id or what command::types_by_text takes), as "c", "raw" or "json": "", or {"error"}.
  [[nodiscard]] std::string dump(const std::string& format, const val& types, bool by_id, bool pretty, bool defects,
                                 const val& write) const {
    DumpOptions options{.bpftool_defects = defects, .by_id = by_id, .pretty = pretty};
    for (const val& wanted : emscripten::vecFromJSArray<val>(types)) {
      if (wanted.isNumber()) {
        options.types.push_back(wanted.as<TypeId>());
        continue;
      }
      auto found = command::types_by_text(object_, wanted.as<std::string>());
      if (!found) return failed(found.error());
      for (const Type type : *found) options.types.push_back(type.id());
    }
    Sink out(into(write));
    const auto done = (format == "raw" ? dump_raw : format == "json" ? dump_json : dump_c)(out, spec(), options);
    out.flush();
    return done ? std::string() : failed(done.error());
  }

  /// See answers.hpp. `write` gets what is no text.
  [[nodiscard]] std::string ask(const std::string& what, const std::string& text, std::uint32_t id, int index,
                                const val& write) const {
    Sink data(into(write));
    std::string answer = wasm::answer(object_, {what, text, id, index}, data);
    data.flush();
    return answer;
  }

  /// Spec::search: {ids, total}; the ids are a view. `flags`: 1 prefix, 2 ignore case, 4 ranked, 8 own types only; `kinds`: a
  /// bit for each, 0 for all.
  val search(const std::string& text, unsigned flags, unsigned kinds, unsigned limit) {
    SearchOptions options;
    options.prefix = (flags & 1) != 0, options.ignore_case = (flags & 2) != 0;
    options.ranked = (flags & 4) != 0, options.own_only = (flags & 8) != 0;
    options.limit = limit;
    for (unsigned kind = 0; kind <= kind_count; ++kind)
      if ((kinds >> kind & 1) != 0) options.kinds.push_back(static_cast<Kind>(kind));
    const SearchResult found = spec().search(text, options);
    found_.clear();
    for (const Type type : found.types) found_.push_back(type.id());
    val made = val::object();
    made.set("ids", view(found_));
    made.set("total", static_cast<double>(found.total));
    return made;
  }

  /// The types of this level, or of all below it, and the strings that their names are in, as columns (package/src/columns.ts):
  /// all views.
  val columns(bool base) {
    columns_ = {};
    columns_.add(spec(), base ? 1 : first_id(), base ? first_id() : end_id());
    append_strings(base && spec().base() ? *spec().base()->data() : *spec().data());
    val made = val::object();
    made.set("kind", view(columns_.kind));
    made.set("vlen", view(columns_.vlen));
    made.set("sizeOrType", view(columns_.third));
    made.set("nameOffset", view(columns_.name_offset));
    made.set("strings", view(columns_.strings));
    made.set("memberStart", view(columns_.member_start));
    made.set("memberName", view(columns_.member_name));
    made.set("memberType", view(columns_.member_type));
    made.set("memberBitOffset", view(columns_.bit_offset));
    made.set("memberBitfieldSize", view(columns_.bitfield_size));
    return made;
  }

  /// Frees what the views of columns() and search() show.
  void drop_columns() { columns_ = {}, found_ = {}; }

  /// btfkit::rebase: {"mapped": [[from, to]...], "problems": [errors], "error"}; the BTF goes to `write`.
  [[nodiscard]] std::string rebase(const Opened& onto, const val& write) const {
    RebaseReport report;
    const auto moved = btfkit::rebase(spec(), onto.spec(), &report);
    std::string text = "{\"mapped\":[";
    for (const auto& [from, to] : report.mapped)
      text += (text.back() == '[' ? "[" : ",[") + std::to_string(from) + ',' + std::to_string(to) + ']';
    text += "],\"problems\":[";
    for (const Error& problem : report.problems) text += (text.back() == '[' ? "" : ",") + to_json(problem);
    text += ']';
    if (moved) write(bytes_view(moved->bytes().data(), moved->bytes().size()));
    else text += ",\"error\":" + to_json(moved.error());
    return text + '}';
  }

 private:
  /// A base's strings, then own ones, so that every name offset is an index.
  void append_strings(const detail::SpecData& data) {
    std::vector<const detail::SpecData*> levels;
    for (const auto* level = &data; level != nullptr; level = level->base) levels.push_back(level);
    auto& strings = columns_.strings;
    for (auto level = levels.rbegin(); level != levels.rend(); ++level)
      strings.insert(strings.end(), (*level)->strings, (*level)->strings + ((*level)->end_string - (*level)->first_string));
  }

  Object object_;
  std::string name_;
  Columns columns_;
  std::vector<std::uint32_t> found_;
};

}  // namespace btfkit::wasm
