#include <algorithm>
#include <btfkit/btfkit.hpp>

#include "text.hpp"
#include "value_c.hpp"
#include "value_json.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

/// The one type of that name that has values. A struct or union goes before a typedef of the same name, a base's type before
/// that of a BTF split on it.
Result<Type> type_to_decode(const Object& object, std::string_view text) {
  auto named = types_by_text(object, text);
  if (!named) return unexpected(named.error());
  std::vector<Type> types;
  for (const Type type : *named)
    if (size_of(type)) types.push_back(type);
  if (types.empty()) return unexpected(size_of(named->front()).error());
  const auto composite = [](Type t) { return Composite::is(t.kind()); };
  if (std::any_of(types.begin(), types.end(), composite)) std::erase_if(types, std::not_fn(composite));
  const auto* level = types.front().data();
  types.erase(std::remove_if(types.begin(), types.end(), [&](Type t) { return t.data() != level; }), types.end());
  if (types.size() == 1) return types.front();
  std::string list;
  constexpr std::size_t most = 8;
  for (std::size_t i = 0; i < std::min(types.size(), most); ++i)
    list += (i == 0 ? "" : ", ") + std::string(noun(types[i].kind())) + ' ' + std::to_string(types[i].id());
  return unexpected(ErrorCode::Ambiguous, std::to_string(types.size()) + " types are called '" + detail::printable(text) +
                                              "', give the id of one: " + list + (types.size() > most ? ", ..." : ""));
}

/// Which values, and where their bytes are.
struct Extent {
  std::uint64_t at = 0;     // bytes into the data
  std::uint64_t count = 1;  // 0: as many as there are
  bool several = false;     // a count was given: values are numbered
};

/// Nothing when an option makes no sense, which `err` then says.
std::optional<Extent> extent(const Request& request, Sink& err) {
  Extent extent;
  const auto read = [&](std::string_view option, std::uint64_t& to) {
    const std::string_view text = request.value(option);
    const auto value = number_from(text);
    if (value) to = *value;
    else err << "btfkit: --" << option << ": '" << detail::printable(text) << "' is no number\n";
    return value.has_value();
  };
  if (request.has("at") && !read("at", extent.at)) return std::nullopt;
  extent.several = request.has("count");
  if (request.value("count") == "all") extent.count = 0;
  else if (extent.several && !read("count", extent.count)) return std::nullopt;
  return extent;
}

DecodeOptions options_of(const Request& request) {
  DecodeOptions options;
  if (request.has("order")) options.order = request.value("order") == "big" ? ByteOrder::Big : ByteOrder::Little;
  options.compact = request.has("compact");
  options.zeros = request.has("zeros");
  options.names = !request.has("no-names");
  options.strings = !request.has("no-strings") && !request.has("compat");
  options.partial = request.has("partial");
  options.libbpf_form = request.has("compat");
  return options;
}

/// Prints values one by one, reading about a megabyte at a time.
class Values {
 public:
  Values(const Request& request, Sink& out, Type type, std::uint64_t size)
      : request_(request), out_(out), text_(options_of(request)), json_(options_of(request)), type_(type), size_(size) {}

  /// One value; a flexible array at its end goes on to the end of the data.
  Result<void> one(std::uint64_t at) {
    const std::uint64_t there = request_.data->size() - at;
    detail::Shapes shapes(detail::ValueSyntax::Json, true);
    return print(at, shapes.is_open(shapes.of(type_)) ? there : std::min(there, size_));
  }

  /// `count` values.
  Result<void> several(std::uint64_t at, std::uint64_t count) {
    if (request_.json) out_ << '[';
    for (std::uint64_t i = 0; i < count && !out_.closed(); ++i) {
      if (request_.json) out_ << (i == 0 ? "\n" : ",\n");
      else Styled(out_, request_.color).faint("/* " + std::to_string(i) + " at 0x" + detail::hex(at) + " */") << '\n';
      auto printed = print(at, std::min(size_, request_.data->size() - at));
      if (!printed) return printed;
      at += size_;
    }
    if (request_.json) out_ << "\n]\n";
    return {};
  }

 private:
  Result<void> print(std::uint64_t at, std::uint64_t length) {
    if (at < chunk_at_ || at - chunk_at_ > chunk_.size() || length > chunk_.size() - (at - chunk_at_)) {
      constexpr std::uint64_t enough = std::uint64_t{1} << 20;
      auto read = request_.data->read(at, std::min(std::max(length, enough), request_.data->size() - at));
      if (!read) return unexpected(read.error());
      chunk_ = std::move(*read);
      chunk_at_ = at;
    }
    const auto bytes = chunk_.span().subspan(static_cast<std::size_t>(at - chunk_at_), static_cast<std::size_t>(length));
    auto printed = request_.json ? json_.print(out_, type_, bytes) : text_.print(out_, type_, bytes);
    if (printed && !(request_.json && request_.has("count"))) out_ << '\n';
    return printed;
  }

  const Request& request_;
  Sink& out_;
  detail::CValues text_;
  detail::JsonValues json_;
  Type type_;
  std::uint64_t size_;
  Bytes chunk_;  // of the data, from chunk_at_ on
  std::uint64_t chunk_at_ = 0;
};

}  // namespace

int decode(const Request& request, const Object& object, Sink& out, Sink& err) {
  const auto failed = [&](const Error& error) { return fail(error, request, out, err); };
  const auto wanted = extent(request, err);
  if (!wanted) return 2;
  if (!request.data) return failed({ErrorCode::InvalidArgument, "no bytes were given", {}});
  const auto type = type_to_decode(object, request.arguments.front());
  if (!type) return failed(type.error());
  const std::uint64_t size = *size_of(*type);
  const std::uint64_t all = request.data->size();
  const auto too_short = [&](std::string text) {
    return failed({ErrorCode::InvalidArgument, std::move(text), {"", {}, type->id(), detail::printable(type->c_name())}});
  };
  if (wanted->at > all)
    return too_short("offset 0x" + detail::hex(wanted->at) + " is behind the end of the data, which have " +
                     detail::counted(all, "byte"));
  const std::uint64_t given = all - wanted->at;

  Values values(request, out, *type, size);
  if (!wanted->several) {
    const auto printed = values.one(wanted->at);
    return printed ? 0 : failed(printed.error());
  }
  std::uint64_t count = wanted->count;
  if (size == 0) return too_short("has no bytes, so that there is nothing to count");
  if (count == 0) count = given / size;
  if (count == 0 || count > given / size)
    return too_short("needs " + detail::counted(size, "byte") + (count > 1 ? " " + std::to_string(count) + " times" : "") +
                     ", " + std::to_string(given) + " given");
  const auto printed = values.several(wanted->at, count);
  if (!printed) {
    // What has been printed can't be taken back, so that the error is no part of it.
    err << "btfkit: " << detail::printable(request.data->name()) << ": " << printed.error().message() << '\n';
    return 1;
  }
  if (wanted->count == 0 && given % size != 0)
    err << "btfkit: " << detail::printable(request.data->name()) << ": " << detail::counted(given % size, "byte")
        << " left over at the end, a value has " << size << '\n';
  return 0;
}

}  // namespace btfkit::command
