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

using namespace btfkit;
using emscripten::typed_memory_view;
using emscripten::val;

namespace {

std::string quoted(std::string_view text) {
  Sink out;
  json_string(out, text);
  return out.take();
}

std::string failed(const Error& error) { return "{\"error\":" + to_json(error) + '}'; }

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

/// An opened input.
class Opened {
 public:
  Opened(Object object, std::string name) : object_(std::move(object)), name_(std::move(name)) {}

  [[nodiscard]] std::uint32_t first_id() const { return spec().first_id(); }
  [[nodiscard]] std::uint32_t end_id() const { return spec().end_id(); }
  [[nodiscard]] const Spec& spec() const { return object_.spec(); }

  /// A verb of the command; its exit code. `options`: name, value, name, value... `load_ms` below 0: not known.
  /// `data`: for verbs that interpret bytes, as source_from takes it, or null. `write_output`: where bytes go that are not to
  /// go to standard output, or null.
  [[nodiscard]] int run(const std::string& verb, const val& arguments, const val& options, bool color, double load_ms,
                        const val& data, const val& write_out, const val& write_err, const val& write_output) const {
    command::Request request{
        .verb = verb, .source = name_, .arguments = emscripten::vecFromJSArray<std::string>(arguments), .color = color};
    const auto given = emscripten::vecFromJSArray<std::string>(options);
    for (std::size_t i = 0; i + 1 < given.size(); i += 2) request.options.emplace_back(given[i], given[i + 1]);
    request.json = command::asks_for_json(request);
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

  /// One type as JSON, or {"error"}.
  [[nodiscard]] std::string type(std::uint32_t id) const {
    auto found = spec().type(id);
    return found ? to_json(*found) : failed(found.error());
  }

  /// One type as C; `id` was checked by the caller.
  [[nodiscard]] std::string c(std::uint32_t id, bool offsets) const {
    auto found = spec().type(id);
    return found ? to_c(*found, {.offsets = offsets}) : std::string();
  }

  /// {"id"} or {"error"}. An empty kind: any.
  [[nodiscard]] std::string find(const std::string& name, const std::string& kind) const {
    const auto wanted = kind == "unknown" ? std::optional(static_cast<Kind>(kind_count)) : kind_from(kind);
    auto found = wanted ? spec().find(name, *wanted) : spec().find<Type>(name);
    return found ? "{\"id\":" + std::to_string(found->id()) + '}' : failed(found.error());
  }

  /// The ids of all types with that name, as a JSON array.
  [[nodiscard]] std::string named(const std::string& name) const {
    std::string ids = "[";
    for (const Type type : spec().named(name)) ids += (ids.size() > 1 ? "," : "") + std::to_string(type.id());
    return ids + ']';
  }

  /// Four columns over the own types and the strings their names are in: {kind, vlen, sizeOrType, nameOffset, strings}, all
  /// views.
  val columns() {
    const auto& data = *spec().data();
    kind_.clear(), vlen_.clear(), third_.clear(), name_offset_.clear();
    for (auto* words : {&vlen_, &third_, &name_offset_}) words->reserve(spec().type_count());
    kind_.reserve(spec().type_count());
    for (const Type type : spec().types()) {
      kind_.push_back(static_cast<std::uint8_t>(type.kind()));
      vlen_.push_back(type.vlen());
      third_.push_back(detail::load32(type.record() + 8));
      name_offset_.push_back(detail::load32(type.record()));
    }
    strings_.clear();
    append_strings(data);
    val made = val::object();
    made.set("kind", view(kind_));
    made.set("vlen", view(vlen_));
    made.set("sizeOrType", view(third_));
    made.set("nameOffset", view(name_offset_));
    made.set("strings", view(strings_));
    return made;
  }

  /// Frees what the views of columns() show.
  void drop_columns() { kind_ = {}, vlen_ = {}, third_ = {}, name_offset_ = {}, strings_ = {}; }

 private:
  /// A base's strings, then own ones, so that every name offset is an index.
  void append_strings(const detail::SpecData& data) {
    std::vector<const detail::SpecData*> levels;
    for (const auto* level = &data; level != nullptr; level = level->base) levels.push_back(level);
    for (auto level = levels.rbegin(); level != levels.rend(); ++level)
      strings_.insert(strings_.end(), (*level)->strings, (*level)->strings + ((*level)->end_string - (*level)->first_string));
  }

  Object object_;
  std::string name_;
  std::vector<std::uint8_t> kind_, strings_;
  std::vector<std::uint32_t> vlen_, third_, name_offset_;
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

std::string help(const std::string& verb) { return command::help(verb); }
std::string verbs() { return command::verbs_json(); }

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
      .function("type", &Opened::type)
      .function("c", &Opened::c)
      .function("find", &Opened::find)
      .function("named", &Opened::named)
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
  emscripten::function("verbs", &verbs);
  emscripten::function("help", &help);
  emscripten::function("fail", &fail);
}
