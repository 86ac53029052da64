#include <btfkit/json.hpp>
#include <btfkit/match.hpp>

#include "json_writer.hpp"
#include "text.hpp"

namespace btfkit {

void json_string(Sink& out, std::string_view text) {
  out << '"';
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t length = detail::utf8_length(text.substr(at));
    if (length == 0) {
      out << "\xef\xbf\xbd";  // U+FFFD
    } else if (byte == '"' || byte == '\\') {
      out << '\\' << text[at];
    } else if (byte < 0x20 || byte == 0x7f) {
      out << "\\u00"
          << "0123456789abcdef"[byte >> 4] << "0123456789abcdef"[byte & 15];
    } else {
      out << text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  out << '"';
}

namespace {

using detail::JsonWriter;

/// Ends a list whose object has become too long, so that thousands of elements with one huge name take no more memory than
/// this.
bool full(const Sink& out) { return out.text().size() > json_longest; }

void tail(JsonWriter& json, const Sink& out, Type type) {
  match(
      type, [](Void) {},
      [&](Int t) {
        json.field("size", t.size()).array("encoding");
        if (t.is_signed()) json.value("signed");
        if (t.is_char()) json.value("char");
        if (t.is_bool()) json.value("bool");
        json.end_array().field("bitOffset", t.bit_offset()).field("bits", t.bits());
      },
      [&](Array t) { json.field("typeId", t.element_id()).field("indexTypeId", t.index_type_id()).field("count", t.count()); },
      [&](Composite t) {
        json.field("size", t.size()).array("members");
        for (const Member m : t.members()) {
          if (full(out)) break;
          json.object().field("name", m.name()).field("typeId", m.type_id()).field("bitOffset", m.bit_offset());
          if (m.bitfield_size() != 0) json.field("bitfieldSize", m.bitfield_size());
          json.end_object();
        }
        json.end_array();
      },
      [&](Enum t) {
        json.field("size", t.size()).field("signed", t.is_signed()).array("values");
        for (const EnumValue v : t.values()) {
          if (full(out)) break;
          const std::string value = v.is_signed() ? std::to_string(v.value()) : std::to_string(v.bits());
          json.object().field("name", v.name()).field("value", value).end_object();
        }
        json.end_array();
      },
      [&](Forward t) { json.field("union", t.is_union()); },
      [&](Func t) { json.field("typeId", t.target_id()).field("linkage", to_string(t.linkage())); },
      [&](FuncProto t) {
        json.field("returnTypeId", t.return_type_id()).array("params");
        for (const Param p : t.params()) {
          if (full(out) || p.index() == t.param_count()) break;
          json.object().field("name", p.name()).field("typeId", p.type_id()).end_object();
        }
        json.end_array().field("variadic", t.is_variadic());
      },
      [&](Var t) { json.field("typeId", t.target_id()).field("linkage", to_string(t.linkage())); },
      [&](Datasec t) {
        json.field("size", t.size()).array("variables");
        for (const SectionVar v : t.variables())
          json.object().field("typeId", v.type_id()).field("offset", v.offset()).field("size", v.size()).end_object();
        json.end_array();
        if (t.fixup_error() != nullptr) json.raw_field("error", to_json(*t.fixup_error()));
      },
      [&](Float t) { json.field("size", t.size()); },
      [&](DeclTag t) {
        json.field("typeId", t.target_id()).field("componentIndex", t.component_index());
        if (t.is_attribute()) json.field("attribute", true);
      },
      [&](TypeTag t) {
        json.field("typeId", t.target_id());
        if (t.is_attribute()) json.field("attribute", true);
      },
      [&](Referrer t) { json.field("typeId", t.target_id()); },
      [&](Unknown t) { json.field("rawKind", static_cast<unsigned>(t.kind())); });
}

}  // namespace

std::string to_json(Type type) {
  Sink out;
  JsonWriter json(out);
  json.object().field("id", type.id()).field("kind", noun(type.kind())).field("name", type.name());
  tail(json, out, type);
  if (full(out)) json.field("cut", true);
  json.end_object();
  return out.take();
}

std::string to_json(const Error& error) {
  Sink out;
  JsonWriter json(out);
  json.object().field("code", to_string(error.code)).field("message", error.message());
  if (!error.where.section.empty()) json.field("section", error.where.section);
  if (error.where.offset) json.field("offset", *error.where.offset);
  if (error.where.type_id) json.field("typeId", *error.where.type_id);
  if (!error.log.empty()) json.field("log", error.log);
  json.end_object();
  return out.take();
}

}  // namespace btfkit
