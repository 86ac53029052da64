#include <algorithm>
#include <btfkit/btfkit.hpp>

#include "inspect.hpp"
#include "text.hpp"

namespace btfkit::command {
namespace {

using detail::JsonWriter;

/// Writes lists until there is more than anybody reads; `cut` says so.
class Lists {
 public:
  Lists(const Object& object, Sink& out, JsonWriter& json)
      : object_(object), out_(out), json_(json), limit_(detail::sane_output(object.container().size)) {}

  void programs() {
    const auto programs = object_.programs();
    const auto facts = facts_of(object_);
    json_.array("programs");
    for (std::size_t i = 0; i < programs.size() && go_on(); ++i) one(programs[i], facts[i]);
    json_.end_array();
  }

  void maps() {
    json_.array("maps");
    for (const Map& map : maps_of(object_)) {
      if (!go_on()) break;
      json_.object().field("name", map.name).field("section", map.section_name).field("offset", map.offset);
      if (map.variable) json_.field("typeId", map.variable->id());
      json_.field("legacy", map.legacy)
          .field("extern", map.is_extern)
          .field("pinnedByName", map.pinned_by_name)
          .field("holdsPrograms", map.holds_programs);
      definition(map.definition);
      if (map.inner) {
        json_.object("inner");
        definition(*map.inner);
        json_.end_object();
      }
      json_.array("slots");
      for (const DataReference& slot : map.slots)
        json_.object().field("index", slot.offset).field("name", slot.name).end_object();
      json_.end_array().array("unknown");
      for (const std::string_view member : map.unknown) json_.value(member);
      json_.end_array();
      error(map.error);
      json_.end_object();
    }
    json_.end_array();
  }

  void variables() {
    json_.array("variableSections");
    for (const VariableSection& section : variables_of(object_)) {
      if (!go_on()) break;
      json_.object().field("name", section.name).field("typeId", section.datasec.id()).field("size", section.datasec.size());
      if (section.section) json_.field("section", *section.section);
      json_.array("variables");
      for (const Variable& variable : section.variables) {
        if (!go_on()) break;
        one(variable);
      }
      json_.end_array();
      error(section.error);
      json_.end_object();
    }
    json_.end_array();
  }

  void externs() {
    json_.array("externs");
    for (const Extern& found : externs_of(object_)) {
      if (!go_on()) break;
      const auto function = found.type.as<Func>();
      json_.object().field("name", found.name).field("section", found.section_name).field("typeId", found.type.id());
      json_.field("function", function.has_value());
      json_.field("declaration", function ? prototype(*function) : declared(Referrer(found.type).target(), found.name));
      if (found.weak) json_.field("weak", *found.weak);
      json_.end_object();
    }
    json_.end_array();
  }

  void relocations() {
    json_.array("relocations");
    if (object_.ext() != nullptr)
      for (const ExtSection& section : object_.ext()->sections())
        for (const Result<CoreRelocation> relocation : section.relocations()) {
          if (!relocation) continue;
          if (!go_on()) break;
          json_.object().field("section", section.name()).field("offset", relocation->offset());
          json_.field("kind", to_string(relocation->kind())).field("typeId", relocation->root().id());
          json_.field("access", detail::beginning(relocation->c_access(), 400));
          json_.field("text", core_relo_text(*relocation)).end_object();
        }
    json_.end_array();
  }

  void functions() {
    const auto list = [&](const Func& function) {
      json_.object().field("name", detail::beginning(function.c_name(), 4096)).field("typeId", function.id());
      json_.field("prototype", prototype(function)).end_object();
    };
    json_.array("functions");
    for (const Spec& spec : object_.specs())
      for (const Func function : spec.types<Func>()) {
        if (!go_on()) break;
        list(function);
      }
    json_.end_array().array("kfuncs");
    for (const Spec& spec : object_.specs())
      for (const Func& function : kfuncs_of(spec)) {
        if (!go_on()) break;
        list(function);
      }
    json_.end_array();
  }

  void finish() {
    if (cut_) json_.field("cut", true);
  }

 private:
  bool go_on() {
    if (out_.total() > limit_) cut_ = true;
    return !cut_ && !out_.closed();
  }

  void error(const std::optional<Error>& error) {
    if (error) json_.raw_field("error", to_json(*error));
  }

  void one(const Program& program, const ProgramFacts& facts) {
    const ProgramKind kind = program_kind(program.section_name);
    json_.object().field("name", program.name).field("section", program.section_name);
    json_.field("subprogram", program.is_subprogram()).field("type", kind.type).field("attachType", kind.attach_type);
    json_.field("target", kind.target).field("sleepable", kind.sleepable).field("fragments", kind.fragments);
    json_.field("autoload", kind.autoload).field("offset", program.offset).field("instructions", program.size / 8);
    if (program.type) json_.field("typeId", program.type->id()).field("prototype", prototype(*program.type));
    json_.field("lines", facts.lines).field("relocations", facts.relocations);
    if (facts.file != nullptr) {
      json_.field("file", detail::beginning(facts.file, 4096)).field("line", facts.line);
      json_.field("lastLine", facts.last_line).field("sourceLines", facts.source_lines);
    }
    json_.end_object();
  }

  void definition(const MapDefinition& map) {
    json_.field("type", map.type).field("typeName", map_type_name(map.type));
    json_.field("keySize", map.key_size).field("valueSize", map.value_size).field("maxEntries", map.max_entries);
    json_.field("flags", map.flags).array("flagNames");
    for (unsigned bit = 0; bit < 32; ++bit)
      if ((map.flags >> bit & 1) != 0 && !map_flag_name(bit).empty()) json_.value(map_flag_name(bit));
    json_.end_array().field("numaNode", map.numa_node).field("extra", map.extra);
    if (map.key) json_.field("keyTypeId", map.key->id()).field("key", declared(*map.key));
    if (map.value) json_.field("valueTypeId", map.value->id()).field("value", declared(*map.value));
  }

  void one(const Variable& variable) {
    json_.object().field("name", variable.name).field("typeId", variable.type.id());
    json_.field("declaration", declared(variable.type.target(), variable.name));
    json_.field("linkage", to_string(variable.type.linkage())).field("offset", variable.offset).field("size", variable.size);
    if (!variable.lies_in.empty()) json_.field("liesIn", variable.lies_in);
    if (variable.initial && budget_.spend(variable)) {
      DecodeOptions options;
      options.max_bytes = std::uint64_t{1} << 20;
      const auto addresses = addresses_of(variable);
      options.addresses = addresses;
      Sink value;
      if (decode_json(value, variable.type.target(), variable.initial->span(), options)) json_.raw_field("value", value.text());
    }
    json_.array("references");
    for (const DataReference& reference : variable.references) {
      json_.object()
          .field("offset", reference.offset)
          .field("name", reference.name)
          .field("addend", static_cast<std::int64_t>(reference.addend));
      if (reference.text) json_.field("text", *reference.text);
      json_.end_object();
    }
    json_.end_array().end_object();
  }

  const Object& object_;
  ValueBudget budget_{object_};
  Sink& out_;
  JsonWriter& json_;
  std::uint64_t limit_;
  bool cut_ = false;
};

}  // namespace

void object_json(const Object& object, Sink& out, JsonWriter& json) {
  if (const auto licence = licence_of(object)) json.field("license", *licence);
  if (const auto version = kernel_version_of(object)) json.field("kernelVersion", *version);
  Lists lists(object, out, json);
  lists.programs();
  lists.maps();
  lists.variables();
  lists.externs();
  lists.relocations();
  lists.finish();
}

void program_json(const Object& object, Sink& out, JsonWriter& json) {
  if (!object.container().elf && object.spec().first_id() == 1) return;
  Lists lists(object, out, json);
  lists.functions();
  lists.variables();
  lists.finish();
}

}  // namespace btfkit::command
