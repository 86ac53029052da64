// `btfkit layout`: structs and unions as pahole shows them.
//
// With --json an array with one object for each type:
//   {"id", "kind", "name", "alias" (the typedef of an anonymous type), "size", "cacheLine", "cacheLines", "lastCacheLine",
//    "summary": {...}, "preHole", "preBitHole", "forcedAlignment", "forcedAlignments", "forcedHoles", "forcedHoleBytes",
//    "memberTypes": {"withHoles", "holes", "withBitHoles", "bitHoles", "withPadding", "padding", "withBitPadding",
//                    "bitPadding", "withFlexibleArray", "embeddingFlexibleArray"},
//    "unexplainedBits", "members": [...]}
// A summary is {"size", "memberCount", "memberBytes", "bitfieldBits", "holes", "holeBytes", "bitHoles", "holeBits", "padding",
// "bitPadding", "alignment", "packed", "flexibleArray", "embedsFlexibleArray"}. A member is {"name", "typeId", "type",
// "offset", "size", "alignment", "bitfieldSize" and "bitPosition" of bitfields, "hole", "bitHole", "forcedAlignment",
// "newCacheLine", "wastes": what its type does, a summary, "shown": the type whose members follow with its summary, "pointee",
// "cut", "members"}; what is 0, false or empty is left out of members. "membersCut": there are more than fit. Units and meaning
// are those of layout.hpp. With --reorganize "saved" (bytes), "savedLines" and "order" (indices of the members as they are)
// come before the members, which are in the new order.
#include <algorithm>
#include <btfkit/btfkit.hpp>

#include "json_writer.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

using detail::JsonWriter;

/// A struct or union that was asked for, and the typedef by which it is known when it has no name.
struct Wanted {
  Composite type;
  std::string_view alias;
};

std::optional<Wanted> laid_out(Type type) {
  const auto resolved = resolve(type);
  if (!resolved) return std::nullopt;
  const auto composite = resolved->as<Composite>();
  if (!composite) return std::nullopt;
  return Wanted{*composite, *composite->c_name() == '\0' && Typedef::is(type.kind()) ? detail::shown_name(type.c_name())
                                                                                     : std::string_view()};
}

/// What a name or id stands for, each struct once. Errors: not_found; invalid_argument when it is something else.
Result<std::vector<Wanted>> wanted(const Object& object, std::string_view text) {
  auto types = types_by_text(object, text);
  if (!types) return unexpected(std::move(types.error()));
  std::vector<Wanted> found;
  for (const Type type : *types) {
    const auto one = laid_out(type);
    if (one && std::none_of(found.begin(), found.end(), [&](const Wanted& w) { return w.type == one->type; }))
      found.push_back(*one);
  }
  if (found.empty()) {
    const Type type = types->front();
    return unexpected(ErrorCode::InvalidArgument,
                      "it is no struct or union (" + std::string(noun(type.kind())) + "), so it has no layout; see 'inspect'",
                      {"", {}, type.id(), detail::printable(type.c_name())});
  }
  return found;
}

// ---- JSON ------------------------------------------------------------------------------------------------------------------

void summary_json(JsonWriter& json, const LayoutSummary& s) {
  json.field("size", s.size).field("memberCount", s.members).field("memberBytes", s.member_bytes);
  json.field("bitfieldBits", s.bitfield_bits).field("holes", s.holes).field("holeBytes", s.hole_bytes);
  json.field("bitHoles", s.bit_holes).field("holeBits", s.hole_bits).field("padding", s.padding);
  json.field("bitPadding", s.bit_padding).field("alignment", s.alignment).field("packed", s.packed);
  json.field("flexibleArray", s.flexible_array).field("embedsFlexibleArray", s.embeds_flexible_array);
}

template <class N>
void unless_zero(JsonWriter& json, std::string_view name, N number) {
  if (number != N{}) json.field(name, number);
}

/// `limit`: members behind so many bytes of output are left out.
void members_json(JsonWriter& json, const Sink& out, std::uint64_t limit, const Layout& layout, std::size_t first,
                  std::size_t end) {
  json.array("members");
  bool cut = false;
  for (std::size_t i = first; i < end; i += layout.members[i].nested + 1) {
    const LayoutMember& m = layout.members[i];
    cut = out.total() > limit;
    if (cut) break;
    json.object();
    if (*m.member.c_name() != '\0') json.field("name", detail::shown_name(m.member.c_name()));
    json.field("typeId", m.member.type_id());
    if (m.shown == LayoutMember::none) json.field("type", c_declaration(m.member.type()));
    json.field("offset", m.offset).field("size", m.size);
    if (m.bitfield_size != 0) json.field("bitfieldSize", m.bitfield_size).field("bitPosition", m.bit_position);
    json.field("alignment", m.alignment);
    unless_zero(json, "hole", m.hole);
    unless_zero(json, "bitHole", m.bit_hole);
    unless_zero(json, "forcedAlignment", m.forced_alignment);
    unless_zero(json, "newCacheLine", m.new_cache_line);
    if (m.wasteful != LayoutMember::none) {
      json.object("wastes");
      summary_json(json, layout.wasteful[m.wasteful]);
      json.end_object();
    }
    if (m.shown != LayoutMember::none) {
      const ShownType& shown = layout.shown[m.shown];
      json.object("shown")
          .field("id", shown.type.id())
          .field("kind", noun(shown.type.kind()))
          .field("name", detail::shown_name(shown.type.c_name()));
      summary_json(json, shown.summary);
      unless_zero(json, "preHole", shown.pre_hole);
      unless_zero(json, "preBitHole", shown.pre_bit_hole);
      unless_zero(json, "forcedAlignment", shown.forced_alignment);
      json.end_object();
      unless_zero(json, "pointee", m.pointee);
      unless_zero(json, "cut", m.cut);
      members_json(json, out, limit, layout, i + 1, i + 1 + m.nested);
    }
    json.end_object();
  }
  json.end_array();
  if (cut) json.field("membersCut", true);
}

void layout_json(JsonWriter& json, const Sink& out, std::uint64_t limit, const Layout& layout, std::string_view alias,
                 const Reorganized* reorganized) {
  json.object()
      .field("id", layout.type.id())
      .field("kind", noun(layout.type.kind()))
      .field("name", detail::shown_name(layout.type.c_name()));
  if (!alias.empty()) json.field("alias", alias);
  json.field("size", layout.summary.size).field("cacheLine", layout.cache_line).field("cacheLines", layout.cache_lines());
  json.field("lastCacheLine", layout.last_cache_line()).object("summary");
  summary_json(json, layout.summary);
  json.end_object().field("preHole", layout.pre_hole).field("preBitHole", layout.pre_bit_hole);
  json.field("forcedAlignment", layout.forced_alignment).field("forcedAlignments", layout.forced.members);
  json.field("forcedHoles", layout.forced.holes).field("forcedHoleBytes", layout.forced.hole_bytes).object("memberTypes");
  json.field("withHoles", layout.member_types.with_holes).field("holes", layout.member_types.holes);
  json.field("withBitHoles", layout.member_types.with_bit_holes).field("bitHoles", layout.member_types.bit_holes);
  json.field("withPadding", layout.member_types.with_padding).field("padding", layout.member_types.padding);
  json.field("withBitPadding", layout.member_types.with_bit_padding).field("bitPadding", layout.member_types.bit_padding);
  json.field("withFlexibleArray", layout.member_types.with_flexible_array);
  json.field("embeddingFlexibleArray", layout.member_types.embedding_flexible_array).end_object();
  json.field("unexplainedBits", layout.unexplained_bits);
  if (reorganized != nullptr) {
    json.field("saved", reorganized->saved).field("savedLines", reorganized->saved_lines).array("order");
    for (const std::uint32_t index : reorganized->order) json.number(index);
    json.end_array();
  }
  members_json(json, out, limit, layout, 0, layout.members.size());
  json.end_object();
}

// ---- the verb --------------------------------------------------------------------------------------------------------------

void saved_text(Sink& out, const Reorganized& reorganized) {
  const Layout& layout = reorganized.layout;
  if (reorganized.saved == 0) {
    out << "/* no other order of its members is known to be smaller */\n";
    return;
  }
  out << "/* saves " << detail::counted(reorganized.saved, "byte");
  if (reorganized.saved_lines != 0) out << " and " << detail::counted(reorganized.saved_lines, "cache line");
  out << ": " << layout.summary.size << " instead of " << layout.summary.size + reorganized.saved << " bytes */\n";
}

/// Prints one type after another.
class Show {
 public:
  Show(const Request& request, const Object& object, Sink& out, Sink& err, std::uint32_t cache_line)
      : request_(request), out_(out), err_(err), json_(out), reorganize_(request.has("reorganize")) {
    options_.expand = request.has("expand");
    options_.cache_line = cache_line;
    text_.hex = request.has("hex");
    text_.color = request.color;
    limit_ = detail::sane_output(object.container().size);
    if (writes_json(request)) json_.array();
  }

  /// Everything that an argument stands for.
  void some(const std::vector<Wanted>& types) {
    for (const Wanted& wanted : types) {
      if (!writes_json(request_) && !first_) out_ << '\n';
      if (!writes_json(request_) && types.size() > 1) {
        Styled(out_, request_.color).faint("/* type " + std::to_string(wanted.type.id()) + " */");
        out_ << '\n';
      }
      one(wanted, Spec(wanted.type.data()->shared_from_this()));
    }
  }

  /// Every struct and union with a name; of those to be reorganized, only what gets smaller.
  void all(const Spec& spec) {
    for (const Composite type : spec.types<Composite>()) {
      if (*type.c_name() == '\0') continue;
      if (reorganize_ && layouts_of(spec).packed_size(type).value_or(UINT64_MAX) >= type.size()) continue;
      if (!one({type, {}}, spec)) return;
    }
  }

  int end() {
    if (writes_json(request_)) json_.end_array(), out_ << '\n';
    if (errors_ > most_errors) err_ << "btfkit: and " << errors_ - most_errors << " more\n";
    return errors_ == 0 && !stopped_ ? 0 : 1;
  }

 private:
  static constexpr std::uint64_t most_errors = 10;

  Layouts& layouts_of(const Spec& spec) {
    if (!layouts_ || !(spec == spec_)) {
      layouts_.emplace(spec, options_);
      spec_ = spec;
    }
    return *layouts_;
  }

  /// False once there is no point in going on.
  bool one(const Wanted& wanted, const Spec& spec) {
    if (stopped_ || out_.closed()) return false;
    if (out_.total() > limit_) {
      err_ << "btfkit: the output is cut at " << detail::grouped(limit_) << " bytes\n";
      stopped_ = true;
      return false;
    }
    first_ = false;
    if (reorganize_) {
      const auto better = layouts_of(spec).reorganize(wanted.type);
      if (!better) return failed(wanted, better.error());
      if (writes_json(request_)) layout_json(json_, out_, limit_, better->layout, wanted.alias, &*better);
      else print(better->layout, wanted), saved_text(out_, *better);
      return true;
    }
    if (!layout_) layout_ = Layout{{wanted.type}};
    const auto done = layouts_of(spec).layout(wanted.type, *layout_);
    if (!done) return failed(wanted, done.error());
    if (writes_json(request_)) layout_json(json_, out_, limit_, *layout_, wanted.alias, nullptr);
    else print(*layout_, wanted);
    return true;
  }

  void print(const Layout& layout, const Wanted& wanted) {
    text_.alias = wanted.alias;
    layout_text(out_, layout, text_);
  }

  /// One broken type does not keep the others from being shown.
  bool failed(const Wanted& wanted, const Error& error) {
    if (++errors_ <= most_errors) err_ << "btfkit: " << detail::printable(request_.source) << ": " << error.message() << '\n';
    if (writes_json(request_))
      json_.object()
          .field("id", wanted.type.id())
          .field("name", detail::shown_name(wanted.type.c_name()))
          .raw_field("error", to_json(error))
          .end_object();
    return true;
  }

  const Request& request_;
  Sink& out_;
  Sink& err_;
  JsonWriter json_;
  LayoutOptions options_;
  LayoutTextOptions text_;
  bool reorganize_;
  std::optional<Spec> spec_;  ///< that layouts_ are of
  std::optional<Layouts> layouts_;
  std::optional<Layout> layout_;
  std::uint64_t limit_ = 0;  ///< bytes: a hostile file may hold thousands of huge types
  std::uint64_t errors_ = 0;
  bool first_ = true;
  bool stopped_ = false;
};

}  // namespace

int layout(const Request& request, const Object& object, Sink& out, Sink& err) {
  const std::string_view line = request.value("cache-line", "64");
  const std::uint64_t cache_line = number_from(line).value_or(0);
  if (cache_line == 0 || cache_line > 65536) {
    err << "btfkit: --cache-line: '" << detail::printable(line) << "' is no number of bytes from 1 to 65536\n";
    return 2;
  }
  std::vector<std::vector<Wanted>> types;
  for (const std::string& text : request.arguments) {
    auto found = wanted(object, text);
    if (!found) return fail(found.error(), request, out, err);
    types.push_back(std::move(*found));
  }
  Show show(request, object, out, err, static_cast<std::uint32_t>(cache_line));
  for (const auto& some : types) show.some(some);
  if (types.empty())
    for (const Spec& spec : object.specs()) show.all(spec);
  return show.end();
}

}  // namespace btfkit::command
