#include "answers.hpp"

#include <btfkit/btfkit.hpp>

#include "json.hpp"

namespace btfkit::wasm {
namespace {

using detail::JsonWriter;

template <class T>
std::string field(std::string_view name, const Result<T>& result) {
  if (!result) return failed(result.error());
  Json json;
  json.object().field(name, *result).end_object();
  return json.take();
}

std::string ids(const auto& types) {
  Json json;
  json.array();
  for (const auto& type : types) json.number(type.id());
  json.end_array();
  return json.take();
}

// ---- one type --------------------------------------------------------------------------------------------------------------

/// Three lists of equal length: there may be 100,000.
std::string referrers(const Spec& spec, Type type) {
  const std::vector<Reference> all = spec.referrers(type);
  Json json;
  json.object().array("from");
  for (const Reference& reference : all) json.number(reference.from.id());
  json.end_array().array("role");
  for (const Reference& reference : all) json.number(static_cast<unsigned>(reference.role));
  json.end_array().array("index");
  for (const Reference& reference : all) json.number(reference.index);
  json.end_array().array("roles");
  for (unsigned role = 0; role <= static_cast<unsigned>(Role::Tagged); ++role) json.value(to_string(static_cast<Role>(role)));
  json.end_array().end_object();
  return json.take();
}

std::string about_type(const Spec& spec, const Question& question) {
  const auto found = spec.type(question.id);
  if (!found) return failed(found.error());
  const Type type = *found;
  if (question.what == "type") return to_json(type);
  if (question.what == "c") return to_c(type, {.offsets = question.index == 1});
  if (question.what == "declaration") return c_declaration(type, question.text);
  if (question.what == "referrers") return referrers(spec, type);
  if (question.what == "size") return field("size", size_of(type));
  if (question.what == "alignment") return field("alignment", align_of(type));
  if (question.what == "resolve") {
    const auto resolved = resolve(type);
    return resolved ? ids(std::array{*resolved}) : failed(resolved.error());
  }
  return ids(question.index < 0 ? spec.tags(type) : spec.tags(type, static_cast<std::uint32_t>(question.index)));
}

// ---- all types -------------------------------------------------------------------------------------------------------------

std::string find(const Spec& spec, const Question& question) {
  const auto found =
      question.index < 0 ? spec.find<Type>(question.text) : spec.find(question.text, static_cast<Kind>(question.index));
  return found ? ids(std::array{*found}) : failed(found.error());
}

// ---- .BTF.ext --------------------------------------------------------------------------------------------------------------

void access(JsonWriter& json, const CoreRelocation& relocation) {
  const auto access = core_access(relocation);
  if (!access) {
    json.raw_field("accessError", to_json(access.error()));
    return;
  }
  json.field("element", access->element).field("path", access->path()).field("targetId", access->type.id());
  json.field("bitOffset", access->bit_offset);
  if (access->bitfield_size != 0) json.field("bitfieldSize", access->bitfield_size);
  if (const auto& value = access->enumerator)
    json.field("enumerator", value->name())
        .field("value", value->is_signed() ? std::to_string(value->value()) : std::to_string(value->bits()));
}

template <class R>
void records(JsonWriter& json, std::string_view name, const ExtRecords<R>& all) {
  json.array(name);
  for (const Result<R> record : all) {
    json.object();
    if (!record) {
      json.raw_field("error", to_json(record.error())).end_object();
      continue;
    }
    json.field("index", record->index()).field("offset", record->offset()).field("instruction", record->instruction());
    if constexpr (std::is_same_v<R, FuncInfo>) {
      json.field("typeId", record->type().id());
    } else if constexpr (std::is_same_v<R, LineInfo>) {
      json.field("file", record->file()).field("line", record->line()).field("column", record->column());
      json.field("text", record->text());
    } else {
      json.field("kind", to_string(record->kind())).field("typeId", record->root().id()).field("access", record->access());
      json.field("text", core_relo_text(*record));
      access(json, *record);
    }
    json.end_object();
  }
  json.end_array();
}

std::string ext(const Object& object, std::string_view wanted) {
  Json json;
  json.array();
  if (object.ext() != nullptr)
    for (const ExtSection& section : object.ext()->sections()) {
      if (!wanted.empty() && section.name() != wanted) continue;
      json.object().field("name", section.name());
      records(json, "functions", section.functions());
      records(json, "lines", section.lines());
      records(json, "relocations", section.relocations());
      json.end_object();
    }
  json.end_array();
  return json.take();
}

// ---- the ELF ---------------------------------------------------------------------------------------------------------------

std::string sections(const Object& object) {
  Json json;
  json.array();
  for (const Section& s : object.sections()) {
    json.object().field("index", s.index).field("name", s.name).field("type", s.type).field("flags", s.flags);
    json.field("address", s.address).field("offset", s.offset).field("size", s.size).field("link", s.link);
    json.field("info", s.info).field("alignment", s.alignment).field("entrySize", s.entry_size).end_object();
  }
  json.end_array();
  return json.take();
}

std::string symbols(const Object& object) {
  Json json;
  json.array();
  for (const Symbol& s : object.symbols()) {
    json.object().field("index", s.index).field("name", s.name).field("value", s.value).field("size", s.size);
    json.field("section", s.section).field("type", unsigned{s.type}).field("binding", unsigned{s.binding}).end_object();
  }
  json.end_array();
  return json.take();
}

std::string relocations(const Object& object, std::uint32_t section) {
  const auto found = object.relocations(section);
  if (!found) return failed(found.error());
  Json json;
  json.array();
  for (const Relocation& r : *found) {
    json.object().field("offset", r.offset).field("type", r.type);
    if (r.symbol != nullptr) json.field("symbol", r.symbol->index).field("name", r.symbol->name);
    if (r.addend) json.field("addend", *r.addend);
    json.end_object();
  }
  json.end_array();
  return json.take();
}

std::string contents(const Object& object, std::uint32_t section, Sink& data) {
  const auto bytes = object.contents(section);
  if (!bytes) return failed(bytes.error());
  data << std::string_view(static_cast<const char*>(static_cast<const void*>(bytes->data())), bytes->size());
  return {};
}

// ---- facts -----------------------------------------------------------------------------------------------------------------

std::vector<std::byte> bytes_of(std::string_view digits) {
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(digit(digits[i]) << 4 | digit(digits[i + 1])));
  return bytes;
}

std::string instructions(const std::vector<std::byte>& code, ByteOrder order) {
  Json json;
  json.array();
  for (std::size_t at = 0; at < code.size();) {
    const Instruction in = decode_instruction(std::span(code).subspan(at), order, at);
    json.object().field("index", at / 8).field("offset", in.offset).field("length", unsigned{in.length});
    json.field("opcode", unsigned{in.opcode}).field("class", in.opcode_class()).field("operation", in.operation->name);
    json.field("dst", unsigned{in.dst}).field("src", unsigned{in.src}).field("off", in.off).field("imm", in.imm);
    if (in.operation->form == Form::LoadImmediate) json.field("imm64", std::to_string(in.imm64));
    json.field("width", unsigned{in.width}).field("text", to_text(in));
    if (in.unused_fields) json.field("unusedFields", true);
    if (const auto target = in.target()) json.field("target", *target);
    json.end_object();
    at += in.length;
  }
  json.end_array();
  return json.take();
}

std::string quoted(std::string_view text) {
  Json json;
  json.value(text);
  return json.take();
}

std::string kind_of_program(std::string_view section) {
  const ProgramKind kind = program_kind(section);
  Json json;
  json.object().field("type", kind.type).field("attachType", kind.attach_type).field("target", kind.target);
  json.field("sleepable", kind.sleepable).field("fragments", kind.fragments).field("autoload", kind.autoload).end_object();
  return json.take();
}

std::string version(std::string_view text) {
  const auto kernel = KernelVersion::parse(text);
  if (!kernel) return failed(kernel.error());
  Json json;
  json.object().field("major", kernel->major).field("minor", kernel->minor).field("patch", kernel->patch).end_object();
  return json.take();
}

}  // namespace

std::string failed(const Error& error) { return "{\"error\":" + to_json(error) + '}'; }

std::string answer(const Object& object, const Question& question, Sink& data) {
  const Spec& spec = object.spec();
  const std::string_view what = question.what;
  if (what == "find") return find(spec, question);
  if (what == "named") return ids(spec.named(question.text));
  if (what == "essential") return ids(spec.with_essential_name(question.text));
  if (what == "refusals") return refusals(spec, question.text);
  if (what == "ext") return ext(object, question.text);
  if (what == "sections") return sections(object);
  if (what == "symbols") return symbols(object);
  if (what == "relocations") return relocations(object, question.id);
  if (what == "contents") return contents(object, question.id, data);
  return about_type(spec, question);
}

std::string fact(std::string_view what, std::string_view text, std::uint32_t number) {
  if (what == "instructions") return instructions(bytes_of(text), number == 1 ? ByteOrder::Big : ByteOrder::Little);
  if (what == "helper") return quoted(helper_name(number));
  if (what == "map_type") return quoted(map_type_name(number));
  if (what == "map_flag") return quoted(map_flag_name(number));
  if (what == "program_kind") return kind_of_program(text);
  if (what == "essential_name") return quoted(essential_name(text));
  if (what == "kernel_version") return version(text);
  return fact_of_whole(what, text);
}

}  // namespace btfkit::wasm
