// The WebAssembly face of core: thin and flat. Ids, numbers, JSON texts and typed-array views cross the border; names,
// iteration and comfort are package/src's. No function here throws or prints; failures are JSON objects with an "error".
//
// A view (typed_memory_view) is only good until the next call into the module: memory may grow. The TypeScript side copies at
// once. Long texts leave in pieces, through a function `write(bytes) -> boolean` that must neither throw nor call back: bytes,
// because a piece may end within a character.
#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <btfkit/btfkit.hpp>
#include <new>

#include "answers.hpp"
#include "building.hpp"

using namespace btfkit;
using emscripten::typed_memory_view;
using emscripten::val;
using wasm::failed;

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

template <class T>
val view(const std::vector<T>& column) {
  return val(typed_memory_view(column.size(), column.data()));
}
/// As Uint8Array.
val bytes_view(const void* bytes, std::size_t size) {
  return val(typed_memory_view(size, static_cast<const std::uint8_t*>(bytes)));
}

/// A Sink's way into JavaScript; false once nobody reads any more.
Sink::Flush into(const val& write) {
  return [&write](std::string_view text) { return write(bytes_view(text.data(), text.size())).as<bool>(); };
}

/// {code, text, section?, offset?, typeId?, typeName?} as an Error.
Error error_from(const val& error) {
  const auto has = [&](const char* key) { return !error[key].isUndefined(); };
  const auto string = [&](const char* key) { return has(key) ? error[key].as<std::string>() : std::string(); };
  Error made{ErrorCode::System, string("text"), {string("section"), {}, {}, string("typeName")}};
  for (int code = 0; code <= static_cast<int>(ErrorCode::System); ++code)
    if (to_string(static_cast<ErrorCode>(code)) == string("code")) made.code = static_cast<ErrorCode>(code);
  if (has("offset")) made.where.offset = static_cast<std::uint64_t>(error["offset"].as<double>());
  if (has("typeId")) made.where.type_id = static_cast<std::uint32_t>(error["typeId"].as<double>());
  return made;
}

/// Bytes that JavaScript reads: {name, size, read(offset, room)}; `read` fills the room, or answers with why it can't, as
/// error_from takes it.
Source source_from(const val& data) {
  const auto read = [data](std::uint64_t offset, std::uint64_t length) -> Result<Bytes> {
    std::vector<std::byte> bytes(static_cast<std::size_t>(length));
    const val why = data.call<val>("read", static_cast<double>(offset), bytes_view(bytes.data(), bytes.size()));
    if (!why.isNull()) return unexpected(error_from(why));
    return Bytes::own(std::move(bytes));
  };
  return {static_cast<std::uint64_t>(data["size"].as<double>()), read, data["name"].as<std::string>()};
}

/// Types as columns. Members are those of structs and unions, and the parameters of prototypes.
struct Columns {
  std::vector<std::uint8_t> kind, bitfield_size, strings;
  std::vector<std::uint32_t> vlen, third, name_offset, member_start, member_name, member_type, bit_offset;

  void add(Type type) {
    kind.push_back(static_cast<std::uint8_t>(type.kind()));
    vlen.push_back(type.vlen());
    third.push_back(detail::load32(type.record() + 8));
    name_offset.push_back(type.name_offset());
    member_start.push_back(static_cast<std::uint32_t>(member_name.size()));
    if (const auto composite = type.as<Composite>()) {
      for (const Member m : composite->members()) add(m.name_offset(), m.type_id(), m.bit_offset(), m.bitfield_size());
    } else if (const auto prototype = type.as<FuncProto>()) {
      std::uint32_t left = prototype->param_count();
      for (const Param p : prototype->params())
        if (left != 0) --left, add(p.name_offset(), p.type_id(), 0, 0);
    }
  }

  [[nodiscard]] val views() const {
    val made = val::object();
    made.set("kind", view(kind));
    made.set("vlen", view(vlen));
    made.set("sizeOrType", view(third));
    made.set("nameOffset", view(name_offset));
    made.set("strings", view(strings));
    made.set("memberStart", view(member_start));
    made.set("memberName", view(member_name));
    made.set("memberType", view(member_type));
    made.set("memberBitOffset", view(bit_offset));
    made.set("memberBitfieldSize", view(bitfield_size));
    return made;
  }

 private:
  void add(std::uint32_t name, TypeId type, std::uint32_t bits, std::uint32_t size) {
    member_name.push_back(name);
    member_type.push_back(type);
    bit_offset.push_back(bits);
    bitfield_size.push_back(static_cast<std::uint8_t>(size));
  }
};

/// An opened input.
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
    const int exit_code = command::run(request, object_, out, err);
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
    const TypeId first = base ? 1 : first_id();
    const TypeId end = base ? first_id() : end_id();
    for (auto* words : {&columns_.vlen, &columns_.third, &columns_.name_offset}) words->reserve(end - first);
    columns_.kind.reserve(end - first);
    columns_.member_start.reserve(end - first + 1);
    for (TypeId id = first; id < end; ++id) columns_.add(Type(spec().data().get(), id));
    columns_.member_start.push_back(static_cast<std::uint32_t>(columns_.member_name.size()));
    append_strings(base && spec().base() ? *spec().base()->data() : *spec().data());
    return columns_.views();
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

/// A BTF that is being built.
class Building {
 public:
  Building(const Opened* base, unsigned max_elements, bool share_suffixes, unsigned pointer_size)
      : base_(base != nullptr ? std::optional(base->spec()) : std::nullopt),
        builder_(make(base_, {max_elements, share_suffixes, static_cast<std::uint8_t>(pointer_size)})) {}

  TypeId apply(const std::string& recipe, const std::string& names) { return wasm::apply(builder_, recipe, names); }
  TypeId copy(const Opened& from, TypeId id) {
    const auto type = from.spec().type(id);
    return type ? builder_.copy(*type) : 0;  // the package asks for none that does not exist
  }

  /// "", or {"error"}; the BTF goes to `write`.
  [[nodiscard]] std::string build(const val& write) const {
    const auto built = builder_.build();
    if (!built) return failed(built.error());
    write(bytes_view(built->bytes().data(), built->bytes().size()));
    return {};
  }

 private:
  static Builder make(const std::optional<Spec>& base, const BuilderOptions& options) {
    return base ? Builder(*base, options) : Builder(options);
  }

  std::optional<Spec> base_;
  Builder builder_;
};

std::string fact(const std::string& what, const std::string& text, unsigned number) { return wasm::fact(what, text, number); }

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
  emscripten::class_<Building>("Building")
      .constructor<const Opened*, unsigned, bool, unsigned>(emscripten::allow_raw_pointers())
      .function("apply", &Building::apply)
      .function("copy", &Building::copy)
      .function("build", &Building::build);
  emscripten::function("fact", &fact);
  emscripten::function("fail", &fail);
}
