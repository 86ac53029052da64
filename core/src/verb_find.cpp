// `btfkit find`: the types that satisfy conditions, one a line.
//
// With --json {"total", "types": [...]}: a type is {"id", "kind", "name" ("" when it has none), "alias" (the typedef of a type
// without a name), "inside" (where such a type stands, when it has no typedef either), "type" (other types without a name, as
// C), "size", "members", "holes", "saved"}; what a type does not have is left out, and holes and saved when nothing asks for
// them. "btf" is the number of the BTF, from 1, in files with several. Units and meaning are those of query.hpp.
#include <algorithm>
#include <array>
#include <btfkit/btfkit.hpp>
#include <cstring>

#include "json_writer.hpp"
#include "name_pattern.hpp"
#include "nearest.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

// ---- the request -----------------------------------------------------------------------------------------------------------

constexpr std::array<std::pair<std::string_view, QueryOrder>, 6> orders = {{{"id", QueryOrder::Id},
                                                                            {"name", QueryOrder::Name},
                                                                            {"size", QueryOrder::Size},
                                                                            {"members", QueryOrder::Members},
                                                                            {"saved", QueryOrder::Saved},
                                                                            {"holes", QueryOrder::Holes}}};

/// "fwd", "FWD" and "forward" are one kind.
std::optional<Kind> kind_spelled(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const auto kind = kind_from(text);
  return kind ? kind : kind_from(capitals);
}

/// Reads options one by one; the first that is wrong stays in `wrong`.
class Asked {
 public:
  Asked(const Request& request, const Object& object) : request_(request), object_(object) {}

  std::string wrong;           ///< a usage error
  std::optional<Error> error;  ///< a type that does not exist

  void number(std::string_view option, std::uint64_t most, std::uint64_t& into) {
    if (!request_.has(option)) return;
    const std::string_view text = request_.value(option);
    const auto number = number_from(text);
    if (number && *number <= most) into = *number;
    else refuse(option, "'" + detail::printable(text) + "' is no number from 0 to " + std::to_string(most));
  }
  void text(std::string_view option, std::string_view& into) {
    into = request_.value(option);
    if (request_.has(option) && into.empty()) refuse(option, "the name is empty");
  }
  void types(std::string_view option, std::vector<Type>& into) {
    if (!request_.has(option) || error) return;
    auto found = types_by_text(object_, request_.value(option));
    if (found) into = std::move(*found);
    else error = std::move(found.error());
  }
  void kinds(std::vector<Kind>& into) {
    for (const std::string_view text : request_.values("kind")) {
      const auto kind = kind_spelled(text);
      if (!kind || *kind == Kind::Void) {
        std::string all;
        for (std::size_t i = 1; i < kind_count; ++i) all += (i == 1 ? "" : ", ") + std::string(kind_table[i].noun);
        return refuse("kind", "no kind '" + detail::printable(text) + "'; there are " + all);
      }
      into.push_back(*kind);
      if (*kind == Kind::Enum) into.push_back(Kind::Enum64);  // a matter of encoding
    }
  }
  void order(std::optional<QueryOrder>& into) {
    if (!request_.has("sort")) return;
    for (const auto& [name, order] : orders)
      if (name == request_.value("sort")) into = order;
    if (!into)
      refuse("sort", "'" + detail::printable(request_.value("sort")) + "' is none of id, name, size, members, saved, holes");
  }

 private:
  void refuse(std::string_view option, const std::string& why) {
    if (wrong.empty()) wrong = "--" + std::string(option) + ": " + why;
  }

  const Request& request_;
  const Object& object_;
};

Query query_of(const Request& request, Asked& asked) {
  Query query;
  if (!request.arguments.empty()) query.name = request.arguments.front();
  std::uint64_t holes = 0;
  std::uint64_t limit = 0;
  asked.kinds(query.kinds);
  asked.number("holes", UINT32_MAX, holes);
  asked.number("size-ge", UINT64_MAX, query.size);
  asked.number("limit", UINT32_MAX, limit);
  asked.order(query.order);
  asked.text("with-member", query.member);
  asked.text("enumerator", query.enumerator);
  asked.text("tag", query.tag);
  if (!asked.wrong.empty()) return query;
  asked.types("contains", query.contains);
  asked.types("pointers-to", query.pointers_to);
  asked.types("used-by", query.used_by);
  query.holes = static_cast<std::uint32_t>(holes);
  query.limit = static_cast<std::size_t>(limit);
  query.packable = request.has("packable");
  query.anonymous = request.has("anonymous");
  query.own_only = !request.has("with-base");
  return query;
}

// ---- names -----------------------------------------------------------------------------------------------------------------

constexpr std::size_t longest_name = 400;  // bytes that are shown

/// What is shown of a name. It is not measured: thousands of types may share one huge name.
std::string shown_name(Type type) {
  const char* name = type.data()->string(detail::load32(type.record()));
  const void* end = std::memchr(name, '\0', longest_name + 1);
  return detail::printable(
      {name, end == nullptr ? longest_name + 1 : static_cast<std::size_t>(static_cast<const char*>(end) - name)}, longest_name);
}

/// The nearest type with a name that something without one is a part of; empty when there is none near.
std::string inside(const Spec& spec, Type type) {
  constexpr int highest = 16;
  constexpr std::size_t most_referrers = 64;  // what is anonymous has few
  for (int left = highest; left != 0; --left) {
    const std::size_t count = spec.referrer_count(type);
    if (count == 0 || count > most_referrers) return {};
    type = spec.referrers(type).front().from;
    if (type.kind() == Kind::TypeTag || type.kind() == Kind::DeclTag) continue;
    if (std::string name = shown_name(type); !name.empty()) return name;
  }
  return {};
}

bool can_be_anonymous(Type type) { return Composite::is(type.kind()) || Enum::is(type.kind()); }

// ---- printing --------------------------------------------------------------------------------------------------------------

struct Column {
  std::string_view title;
  std::optional<std::uint64_t> (*value)(const FoundType&);
  std::size_t width = 0;
};

std::size_t digits(std::uint64_t number) { return std::to_string(number).size(); }

/// The numbers behind the kind: those that any of the types has.
std::vector<Column> columns_of(const std::vector<FoundType>& types) {
  using Number = std::optional<std::uint64_t>;
  std::vector<Column> used;
  for (Column column :
       {Column{"size", [](const FoundType& f) { return f.size; }}, Column{"saved", [](const FoundType& f) { return f.saved; }},
        Column{"holes", [](const FoundType& f) { return f.holes ? Number(*f.holes) : Number(); }},
        Column{"members", [](const FoundType& f) { return f.members ? Number(*f.members) : Number(); }}}) {
    for (const FoundType& found : types)
      if (const auto value = column.value(found)) column.width = std::max({column.width, column.title.size(), digits(*value)});
    if (column.width != 0) used.push_back(column);
  }
  return used;
}

class Table {
 public:
  Table(const Spec& spec, const std::vector<FoundType>& types, Sink& out, bool color)
      : spec_(spec), types_(types), out_(out), style_(out, color), columns_(columns_of(types)) {
    for (const FoundType& found : types) {
      kind_width_ = std::max(kind_width_, noun(found.type.kind()).size());
      id_width_ = std::max(id_width_, digits(found.type.id()));
    }
  }

  /// False when there is more than `limit` bytes of output.
  bool print(std::uint64_t limit) {
    std::string title = std::string(id_width_ - 2, ' ') + "id  kind" + std::string(kind_width_ - 4, ' ');
    for (const Column& column : columns_)
      title += std::string(column.width - column.title.size() + 2, ' ') + std::string(column.title);
    style_.faint(title + "  name") << '\n';
    for (const FoundType& found : types_) {
      if (out_.closed()) return true;
      if (out_.total() > limit) return false;
      line(found);
    }
    return true;
  }

 private:
  void line(const FoundType& found) {
    const std::string_view kind = noun(found.type.kind());
    out_.right(found.type.id(), id_width_) << "  " << kind;
    out_.pad(kind_width_ - kind.size());
    for (const Column& column : columns_) {
      out_ << "  ";
      if (const auto value = column.value(found)) out_.right(*value, column.width);
      else out_.pad(column.width);
    }
    out_ << "  ";
    name(found);
    out_ << '\n';
  }

  void name(const FoundType& found) {
    if (std::string name = shown_name(found.type); !name.empty()) {
      style_.strong(name);
    } else if (found.alias) {
      style_.faint("typedef ");
      style_.strong(shown_name(*found.alias));
    } else if (can_be_anonymous(found.type)) {
      const std::string where = inside(spec_, found.type);
      style_.faint(where.empty() ? "(anonymous)" : "(in " + where + ")");
    } else {
      out_ << declared(found.type);
    }
  }

  const Spec& spec_;
  const std::vector<FoundType>& types_;
  Sink& out_;
  Styled style_;
  std::vector<Column> columns_;
  std::size_t kind_width_ = 4, id_width_ = 2;
};

void type_json(detail::JsonWriter& json, const Spec& spec, std::size_t number, const FoundType& found) {
  json.object();
  if (number != 0) json.field("btf", number);
  const std::string_view name = found.type.name();
  json.field("id", found.type.id()).field("kind", noun(found.type.kind())).field("name", name);
  if (found.alias) {
    json.field("alias", found.alias->name());
  } else if (name.empty() && can_be_anonymous(found.type)) {
    if (const std::string where = inside(spec, found.type); !where.empty()) json.field("inside", where);
  } else if (name.empty()) {
    json.field("type", c_declaration(found.type));
  }
  if (found.size) json.field("size", *found.size);
  if (found.members) json.field("members", *found.members);
  if (found.holes) json.field("holes", *found.holes);
  if (found.saved) json.field("saved", *found.saved);
  json.end_object();
}

std::string nothing_found(const Object& object, const Query& query) {
  std::string text = "no type satisfies all conditions";
  if (query.name.empty()) return text;
  text = "no type's name " + std::string(detail::is_glob(query.name) ? "fits '" : "contains '") +
         detail::printable(query.name) + "'";
  detail::Nearest nearest(query.name);
  const NamePredicate near = [&](std::string_view candidate) { return nearest.is_near(candidate); };
  for (const Spec& spec : object.specs())
    for (const Type type : spec.search(near).types)
      nearest.offer(detail::beginning(type.c_name(), detail::Nearest::longest + 1));
  const bool more = !query.kinds.empty() || query.holes != 0 || query.size != 0 || query.packable || !query.contains.empty() ||
                    !query.pointers_to.empty() || !query.used_by.empty() || !query.member.empty() ||
                    !query.enumerator.empty() || !query.tag.empty();
  return more ? text + " and satisfies the other conditions" : text + nearest.suggestion();
}

}  // namespace

int find(const Request& request, const Object& object, Sink& out, Sink& err) {
  Asked asked(request, object);
  const Query query = query_of(request, asked);
  if (!asked.wrong.empty()) return err << "btfkit: " << asked.wrong << '\n', 2;
  if (asked.error) return fail(*asked.error, request, out, err);

  const auto& specs = object.specs();
  std::vector<QueryResult> results;
  std::size_t total = 0;
  std::size_t shown = 0;
  for (const Spec& spec : specs) {
    results.push_back(find_types(spec, query));
    total += results.back().total;
    shown += results.back().types.size();
  }
  const std::uint64_t limit = detail::sane_output(object.container().size);
  bool cut = false;
  detail::JsonWriter json(out);
  if (writes_json(request)) json.object().field("total", total).array("types");
  for (std::size_t i = 0; i < specs.size() && !cut; ++i) {
    const auto& types = results[i].types;
    if (writes_json(request)) {
      for (std::size_t at = 0; at < types.size() && !cut; ++at) {
        type_json(json, specs[i], specs.size() > 1 ? i + 1 : 0, types[at]);
        cut = out.total() > limit;
      }
    } else if (!types.empty()) {
      if (specs.size() > 1) out << "BTF " << i + 1 << " of " << specs.size() << '\n';
      cut = !Table(specs[i], types, out, request.color).print(limit);
    }
  }
  if (writes_json(request)) json.end_array().end_object(), out << '\n';
  if (cut) err << "btfkit: the output is cut at " << detail::grouped(limit) << " bytes\n";
  if (total == 0) {
    err << "btfkit: " << detail::printable(request.source) << ": " << nothing_found(object, query) << '\n';
    return 1;
  }
  if (shown < total) err << "btfkit: " << detail::grouped(total - shown) << " more are not shown\n";
  if (!query.name.empty() && !detail::is_glob(query.name) && results.front().total != 0 &&
      results.front().types.front().type.name() == query.name) {
    Query wider = query;
    const std::string glob = '*' + std::string(query.name) + '*';
    wider.name = glob;
    if (const std::size_t all = find_types(object.spec(), wider).total; all > results.front().total)
      err << "btfkit: '" << detail::printable(glob) << "' finds " << detail::grouped(all - results.front().total) << " more\n";
  }
  return cut ? 1 : 0;
}

}  // namespace btfkit::command
