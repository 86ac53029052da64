// What every fuzz target does with an object that loaded: look at all of it, and check what must hold of any input.
#pragma once

#include <algorithm>
#include <btfkit/btfkit.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace btfkit::fuzz {

/// A rule that no input may break. Fuzzers call abort a finding.
inline void require(bool holds, const char* rule) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", rule);
  std::abort();
}

/// Every accessor of every type of one BTF.
class Walk {
 public:
  explicit Walk(const Spec& spec) : spec_(spec) {}

  void run() {
    require(spec_.first_id() >= 1 && spec_.first_id() <= spec_.end_id(), "ids ascend");
    require(!spec_.type(spec_.end_id()), "no type lies behind the last");
    for (const Type type : spec_.types()) {
      touch(type.id());
      name(type.name());
      by_kind(type);
      if (budget_ > 0) derived(type);
    }
    for (const Error& warning : spec_.warnings()) name(warning.message());
    touch(spec_.memory());
    lookups();
  }

 private:
  void touch(std::uint64_t value) { sum_ = sum_ * 31 + value; }
  void name(std::string_view text) {
    touch(text.size());
    if (!text.empty()) touch(static_cast<unsigned char>(text.front()) + static_cast<unsigned char>(text.back()));
  }
  void refers(Type owner, TypeId id, Type target) {
    require(id < spec_.end_id() && target.id() == id, "every reference leads to a type");
    require(target == owner.reference(id), "a type is itself however it is reached");
    touch(static_cast<std::uint64_t>(target.kind()));
  }

  void by_kind(Type type) {
    match(
        type, [&](Void) { require(false, "only id 0 is void"); },
        [&](Int t) {
          touch(t.size() + t.encoding() + t.bit_offset() + t.bits() + (t.is_signed() + t.is_char() + t.is_bool() != 0));
        },
        [&](Array t) {
          refers(t, t.element_id(), t.element()), refers(t, t.index_type_id(), t.index_type()), touch(t.count());
        },
        [&](Composite t) {
          for (const Member m : t.members()) {
            name(m.name());
            refers(t, m.type_id(), m.type());
            touch(m.bit_offset() + m.bitfield_size() + m.raw_bit_offset() + m.raw_bitfield_size());
          }
        },
        [&](Enum t) {
          for (const EnumValue v : t.values()) name(v.name()), touch(v.bits() + static_cast<std::uint64_t>(v.value()));
        },
        [&](Forward t) { touch(t.is_union()); },
        [&](FuncProto t) {
          refers(t, t.return_type_id(), t.return_type());
          for (const Param p : t.params()) name(p.name()), refers(t, p.type_id(), p.type());
          touch(t.is_variadic());
        },
        [&](Datasec t) {
          require(t.variables().size() == t.raw_variables().size(), "fixing up a DATASEC keeps its entries");
          for (const SectionVar v : t.variables()) refers(t, v.type_id(), v.type()), touch(v.offset() + v.size());
          for (const SectionVar v : t.raw_variables()) touch(v.offset() + v.size());
          touch(t.size() + t.raw_size());
          if (t.fixup_error() != nullptr) name(t.fixup_error()->message());
        },
        [&](DeclTag t) {
          refers(t, t.target_id(), t.target()), touch(static_cast<std::uint32_t>(t.component_index()) + t.is_attribute());
        },
        [&](Float t) { touch(t.size()); }, [&](Referrer t) { refers(t, t.target_id(), t.target()); },
        [&](Unknown t) { touch(static_cast<std::uint64_t>(t.kind())); });
  }

  /// Sizes and text: what costs more than a look, so only until the budget is spent.
  void derived(Type type) {
    if (auto size = size_of(type)) touch(*size);
    if (auto alignment = align_of(type))
      require(*alignment != 0 && (*alignment & (*alignment - 1)) == 0, "alignments are powers of two");
    if (auto plain = resolve(type))
      require(!Typedef::is(plain->kind()) && !Qualifier::is(plain->kind()), "resolve gets to the bottom");
    const std::string c = to_c(type, {.offsets = (type.id() & 1) != 0, .color = false, .max_bytes = 4096});
    require(!c.empty() && c.back() == '\n' && c.find('\0') == std::string::npos, "C is text");
    const std::string json = to_json(type);
    require(json.size() >= 2 && json.front() == '{' && json.back() == '}', "JSON is an object");
    name(c_declaration(type, "x"));
    budget_ -= static_cast<std::int64_t>(c.size() + json.size() + 200);
  }

  void lookups() {
    int left = 64;
    for (const Type type : spec_.types()) {
      if (type.name().empty()) continue;
      if (left-- == 0) return;
      const auto named = spec_.named(type.name());
      require(std::find(named.begin(), named.end(), type) != named.end(), "a type is among those with its name");
      const auto found = spec_.find(type.name(), type.kind());
      require(found ? found->kind() == type.kind() : found.error().code == ErrorCode::Ambiguous,
              "a type is found by name and kind");
    }
  }

  const Spec& spec_;
  std::uint64_t sum_ = 0;
  std::int64_t budget_ = 1 << 20;  // bytes of text
};

inline void inspect(const Object& object) {
  for (const bool json : {false, true}) {
    Sink out;
    Sink err;
    require(command::run({.verb = "inspect", .source = "fuzz", .arguments = {}, .json = json}, object, out, err) == 0,
            "every object has a summary");
    require(!out.text().empty() && err.text().empty(), "a summary is text on standard output");
    for (const Type type : object.spec().types()) {
      if (type.name().empty()) continue;
      Sink shown([](std::string_view) { return true; });
      require(command::run({.verb = "inspect", .source = "fuzz", .arguments = {std::string(type.name())}, .json = json}, object,
                           shown, err) == 0,
              "a type is shown by its name");
      break;
    }
  }
}

inline void walk(const Object& object) {
  require(!object.specs().empty(), "an object has a BTF");
  std::size_t sum = 0;
  for (const Section& section : object.sections()) sum += section.name.size();
  for (const Symbol& symbol : object.symbols()) sum += symbol.name.size();
  for (const Error& warning : object.warnings()) sum += warning.message().size() + to_json(warning).size();
  require(sum != static_cast<std::size_t>(-1), "names are finite");
  if (object.distilled_base()) Walk(*object.distilled_base()).run();
  for (const Spec& spec : object.specs()) Walk(spec).run();
  inspect(object);
}

/// An input that was refused must say why, in one printable line.
inline void check(const Error& error) {
  const std::string line = error.message();
  require(!error.text.empty() && line.size() < 8192, "an Error says something short");
  require(std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20; }),
          "an Error is one printable line");
  require(!to_json(error).empty(), "an Error has a JSON form");
}

inline void load_and_walk(Bytes bytes, const LoadOptions& options) {
  auto object = Object::load(Source(std::move(bytes), "fuzz"), options);
  object ? walk(*object) : check(object.error());
}

/// "Unpacks" by handing on what is there, so that what lies behind a compression header is reached without a decoder.
inline Result<Bytes> stored(Codec /*codec*/, const Bytes& packed, std::uint64_t max_size) {
  constexpr std::size_t magic = 6;  // a file's own magic number would make it compressed for ever
  Bytes rest = packed.size() > magic && packed.data()[0] != std::byte{0x9f} && packed.data()[0] != std::byte{0xeb}
                   ? packed.slice(magic, packed.size() - magic)
                   : packed;
  if (rest.size() > max_size) return unexpected(ErrorCode::TooLarge, "more than was announced");
  return rest;
}

}  // namespace btfkit::fuzz
