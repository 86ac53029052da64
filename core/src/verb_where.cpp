// `btfkit offset`: where a member is. `btfkit at`: what member is at an offset.
//
// offset --json: an array with one object for each path: {"query", "root" (a type id), "path", "access" (the steps as a CO-RE
// access string), "offset" (bytes; of a bitfield, those before its first bit), "bitOffset", "size", "bitfieldSize" (of
// bitfields), "typeId", "type", "steps": [{"name" ("" for anonymous members) or "index", "in" (a type id), "offset" (bytes),
// "typeId"}]}, or {"query", "error"}.
// at --json: an array with one object for each type and offset: {"id", "name", "size", "offset", "complete", "members": [as
// above, without query and steps], "gaps": [{"kind": "hole" or "padding", "in", "path" (of what it is in), "bitOffset",
// "bitSize"}]}, or {"id", "name", "offset", "error"}.
#include <algorithm>
#include <btfkit/btfkit.hpp>

#include "json_writer.hpp"
#include "text.hpp"
#include "verbs.hpp"

namespace btfkit::command {
namespace {

using detail::JsonWriter;
using detail::printable;

constexpr std::size_t longest_text = 400;  // bytes of a type or path that are shown

std::string both(std::uint64_t number) { return std::to_string(number) + " (0x" + detail::hex(number) + ')'; }

/// "struct task_struct", "typedef atomic_t".
std::string root_text(Type root) {
  const std::string name = root.name().empty() ? "(anonymous)" : printable(root.c_name(), longest_text);
  return std::string(noun(root.kind())) + ' ' + name;
}

/// One step of a path: what it enters.
struct Entered {
  Type type;
  std::uint64_t bit_offset;  ///< from the start of the root
  std::string_view name;     ///< of a member
};

std::vector<Entered> entered(const Located& at) {
  std::vector<Entered> all;
  std::uint64_t bit_offset = 0;
  for (const PathStep& step : at.steps) {
    if (const auto array = step.in.as<Array>()) {
      bit_offset += size_of(array->element()).value_or(0) * 8 * step.index;
      all.push_back({array->element(), bit_offset, {}});
    } else {
      const Member member = Composite(step.in).members()[step.index];
      bit_offset += member.bit_offset();
      all.push_back({member.type(), bit_offset, member.name()});
    }
  }
  return all;
}

std::string access_string(const Located& at) {
  std::string text = "0";
  for (const PathStep& step : at.steps) text += ':' + std::to_string(step.index);
  return text;
}

std::string path_text(const Located& at) {
  const std::string path = at.path();
  return path.empty() ? "(anonymous)" : printable(path, longest_text);
}

// ---- JSON ------------------------------------------------------------------------------------------------------------------

/// The fields of a member; the object is open.
void located_json(JsonWriter& json, const Located& at) {
  json.field("root", at.root.id()).field("path", at.path()).field("access", access_string(at));
  json.field("offset", at.bit_offset / 8).field("bitOffset", at.bit_offset).field("size", at.size);
  if (at.bitfield_size != 0) json.field("bitfieldSize", at.bitfield_size);
  json.field("typeId", at.type.id()).field("type", c_declaration(at.type));
}

void steps_json(JsonWriter& json, const Located& at) {
  const std::vector<Entered> all = entered(at);
  json.array("steps");
  for (std::size_t i = 0; i < all.size(); ++i) {
    json.object().field("in", at.steps[i].in.id());
    if (Array::is(at.steps[i].in.kind())) json.field("index", at.steps[i].index);
    else json.field("name", all[i].name);
    json.field("offset", all[i].bit_offset / 8).field("typeId", all[i].type.id()).end_object();
  }
  json.end_array();
}

// ---- offset ----------------------------------------------------------------------------------------------------------------

void line(Sink& out, std::uint64_t bytes, std::size_t depth, std::string_view text) {
  const std::string hexadecimal = "0x" + detail::hex(bytes);
  out.right(bytes, 8) << "  " << hexadecimal;
  out.pad(hexadecimal.size() < 8 ? 8 - hexadecimal.size() : 0).pad(2 + 2 * depth) << text << '\n';
}

void offset_text(const Located& at, std::string_view query, Sink& out, Styled style) {
  style.strong(printable(query, longest_text)) << ": ";
  if (at.bitfield_size != 0)
    out << detail::counted(at.bitfield_size, "bit") << " at bit offset " << at.bit_offset << ", bit " << at.bit_offset % 8
        << " of byte " << both(at.bit_offset / 8);
  else out << "offset " << both(at.bit_offset / 8) << ", " << (at.size == 0 ? "no size" : "size " + std::to_string(at.size));
  out << ", " << declared(at.type) << '\n';
  line(out, 0, 0, root_text(at.root));
  constexpr std::size_t deepest = 24;  // levels that are indented
  const std::vector<Entered> all = entered(at);
  std::string name;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (Array::is(at.steps[i].in.kind())) name += '[' + std::to_string(at.steps[i].index) + ']';
    else name = all[i].name;
    std::string text = Array::is(at.steps[i].in.kind()) ? declared(all[i].type) + ' ' + printable(name, longest_text)
                                                        : declared(all[i].type, name);
    if (i + 1 == all.size() && at.bitfield_size != 0) text += ':' + std::to_string(at.bitfield_size);
    line(out, all[i].bit_offset / 8, std::min(i + 1, deepest), text);
  }
}

/// In the first of the file's BTFs that has it. "id 42.path" as in types_by_text.
Result<Located> located(const Object& object, std::string_view path) {
  const std::size_t end = std::min(path.find_first_of(".["), path.size());
  if (const auto id = id_from(path.substr(0, end))) {
    const auto root = object.spec().type(*id);
    if (!root) return unexpected(root.error());
    const std::string_view rest = path.substr(end);
    return member_at(*root, rest.substr(0, 1) == "." ? rest.substr(1) : rest);
  }
  auto first = member_at(object.spec(), path);
  for (std::size_t i = 1; !first && i < object.specs().size(); ++i)
    if (auto found = member_at(object.specs()[i], path)) return found;
  return first;
}

// ---- at --------------------------------------------------------------------------------------------------------------------

/// One line of what is at an offset.
struct Row {
  std::string place, size, path, type;
  bool gap;
};

std::string place_text(std::uint64_t bit_offset) {
  return both(bit_offset / 8) + (bit_offset % 8 == 0 ? "" : " bit " + std::to_string(bit_offset % 8));
}

std::string amount_text(std::uint64_t bits) {
  return bits % 8 == 0 ? detail::counted(bits / 8, "byte") : detail::counted(bits, "bit");
}

std::vector<Row> rows_of(const Occupants& found, std::uint64_t offset) {
  std::vector<Row> rows;
  for (const Located& at : found.members) {
    const std::uint64_t into = offset - std::min(offset, at.bit_offset / 8);
    const bool bits = at.bitfield_size != 0;
    rows.push_back({place_text(at.bit_offset), bits ? detail::counted(at.bitfield_size, "bit") : amount_text(at.size * 8),
                    path_text(at) + (bits || into == 0 ? "" : " + " + std::to_string(into)), declared(at.type), false});
  }
  for (const Gap& gap : found.gaps) {
    const std::string path = gap.path();
    const std::string what = gap.padding ? "(padding" : "(hole";
    rows.push_back({place_text(gap.bit_offset), amount_text(gap.bit_size),
                    what + (path.empty() ? ")" : " in " + printable(path, longest_text) + ")"), "", true});
  }
  return rows;
}

void at_text(Type type, std::uint64_t offset, const Occupants& found, Sink& out, Styled style) {
  style.strong(root_text(type)) << " + " << both(offset) << ", size " << size_of(type).value_or(0) << '\n';
  const std::vector<Row> rows = rows_of(found, offset);
  std::size_t place_width = 0;
  std::size_t size_width = 0;
  std::size_t path_width = 0;
  for (const Row& row : rows) {
    place_width = std::max(place_width, row.place.size());
    size_width = std::max(size_width, row.size.size());
    if (!row.gap) path_width = std::max(path_width, std::min<std::size_t>(row.path.size(), 40));
  }
  for (const Row& row : rows) {
    out << "  " << row.place;
    out.pad(place_width - row.place.size() + 2) << row.size;
    out.pad(size_width - row.size.size() + 2);
    if (row.gap) style.warning(row.path) << '\n';
    else {
      out << row.path;
      out.pad(path_width > row.path.size() ? path_width - row.path.size() : 0) << "  ";
      style.faint(row.type) << '\n';
    }
  }
  if (!found.complete) out << "  and more\n";
}

void at_json(JsonWriter& json, const Occupants& found) {
  json.field("complete", found.complete).array("members");
  for (const Located& at : found.members) {
    json.object();
    located_json(json, at);
    json.end_object();
  }
  json.end_array().array("gaps");
  for (const Gap& gap : found.gaps)
    json.object()
        .field("kind", gap.padding ? "padding" : "hole")
        .field("in", gap.in.id())
        .field("path", gap.path())
        .field("bitOffset", gap.bit_offset)
        .field("bitSize", gap.bit_size)
        .end_object();
  json.end_array();
}

/// The types of that name that have a size: functions and the like may be called so too.
Result<std::vector<Type>> sized_types(const Object& object, std::string_view text) {
  auto types = types_by_text(object, text);
  if (!types) return types;
  auto first_error = size_of(types->front());
  types->erase(std::remove_if(types->begin(), types->end(), [](Type type) { return !size_of(type); }), types->end());
  if (types->empty()) return unexpected(std::move(first_error.error()));
  return types;
}

int complain(const Error& error, const Request& request, Sink& err) {
  err << "btfkit: " << printable(request.source) << ": " << error.message() << '\n';
  return 1;
}

}  // namespace

std::string declared(Type type, std::string_view name) {
  std::string text = c_declaration(type, name);
  if (const std::size_t open = text.find('{'); open != std::string::npos)
    if (const std::size_t close = text.rfind('}'); close != std::string::npos && close > open)
      text = text.substr(0, open) + "{...}" + text.substr(close + 1);
  return printable(text, longest_text);
}

int offset(const Request& request, const Object& object, Sink& out, Sink& err) {
  int code = 0;
  bool first = true;
  JsonWriter json(out);
  if (writes_json(request)) json.array();
  for (const std::string& path : request.arguments) {
    const auto found = located(object, path);
    if (writes_json(request)) json.object().field("query", path);
    if (!found) {
      code = complain(found.error(), request, err);
      if (writes_json(request)) json.raw_field("error", to_json(found.error()));
    } else if (writes_json(request)) {
      located_json(json, *found);
      steps_json(json, *found);
    } else {
      offset_text(*found, path, out << (first ? "" : "\n"), Styled(out, request.color));
      first = false;
    }
    if (writes_json(request)) json.end_object();
  }
  if (writes_json(request)) json.end_array(), out << '\n';
  return code;
}

int at(const Request& request, const Object& object, Sink& out, Sink& err) {
  if (request.arguments.size() < 2) return err << "btfkit: at: give a type and an offset in it, in bytes\n", 2;
  std::vector<std::uint64_t> offsets;
  for (std::size_t i = 1; i < request.arguments.size(); ++i) {
    const auto number = number_from(request.arguments[i]);
    if (!number || *number > UINT64_MAX / 8) {
      err << "btfkit: at: '" << printable(request.arguments[i]) << "' is no offset in bytes; write it as 1448 or 0x5a8\n";
      return 2;
    }
    offsets.push_back(*number);
  }
  const auto types = sized_types(object, request.arguments.front());
  if (!types) return fail(types.error(), request, out, err);

  int code = 0;
  bool first = true;
  JsonWriter json(out);
  if (writes_json(request)) json.array();
  for (const Type type : *types) {
    if (out.closed() || out.total() > 64 * ((std::uint64_t{1} << 20) + object.container().size)) break;
    for (const std::uint64_t offset : offsets) {
      const auto found = members_at(type, BitRange::bytes(offset));
      if (writes_json(request)) json.object().field("id", type.id()).field("name", type.name()).field("offset", offset);
      if (!found) {
        code = complain(found.error(), request, err);
        if (writes_json(request)) json.raw_field("error", to_json(found.error()));
      } else if (writes_json(request)) {
        json.field("size", size_of(type).value_or(0));
        at_json(json, *found);
      } else {
        at_text(type, offset, *found, out << (first ? "" : "\n"), Styled(out, request.color));
        first = false;
      }
      if (writes_json(request)) json.end_object();
    }
  }
  if (writes_json(request)) json.end_array(), out << '\n';
  return code;
}

}  // namespace btfkit::command
