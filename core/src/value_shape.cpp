#include "value_shape.hpp"

#include <btfkit/c_decl.hpp>
#include <btfkit/json.hpp>
#include <btfkit/match.hpp>
#include <btfkit/size.hpp>

#include "c_spelling.hpp"
#include "text.hpp"

namespace btfkit::detail {
namespace {

constexpr int deepest = 64;  // anonymous structs in one another

bool is_char(Type element) {
  const auto plain = resolve(element);
  const auto integer = plain ? plain->as<Int>() : std::nullopt;
  return integer && integer->size() == 1 && !integer->is_bool() && (integer->is_char() || is_word(integer->c_name(), "char"));
}

/// At least three single bits; whatever else there is lies at or above the highest of them (masks, ALL = 7) or is 0.
bool is_flags(Enum enumeration) {
  std::uint64_t highest = 0;
  std::uint64_t lowest_mask = UINT64_MAX;
  unsigned bits = 0;
  for (const EnumValue value : enumeration.values()) {
    const std::uint64_t number = value.bits();
    if (number == 0) continue;
    if ((number & (number - 1)) != 0) {
      lowest_mask = std::min(lowest_mask, number);
    } else {
      ++bits;
      highest = std::max(highest, number);
    }
  }
  return bits >= 3 && lowest_mask > highest;
}

std::string no_size(Type type) {
  return type.is_void() ? std::string("void has no size") : "a " + std::string(noun(type.kind())) + " has no size";
}

}  // namespace

const Shape& Shapes::of(Type type) {
  std::unique_ptr<Shape>& known = known_[type.id()];
  if (!known) known = std::make_unique<Shape>(make(type));
  return *known;
}

Shape Shapes::make(Type declared) {
  const auto plain = resolve(declared);
  Shape shape{.type = plain ? *plain : declared};
  cost_ += sizeof shape;
  const auto size = plain ? size_of(*plain) : Result<std::uint64_t>(unexpected(plain.error()));
  if (!size) {
    shape.nothing = size.error().text;
    return shape;
  }
  shape.size = *size;
  const auto reading = [&](Reading how) { shape.reading = how; };
  match(
      *plain, [&](Int t) { reading(t.is_bool() ? Reading::Bool : Reading::Integer); }, [&](Float) { reading(Reading::Float); },
      [&](Pointer) { reading(Reading::Pointer); },
      [&](Enum t) {
        reading(Reading::Enumerator);
        shape.flags = is_flags(t);
        cost_ += t.vlen();
      },
      [&](Array t) {
        reading(Reading::Array);
        shape.count = t.count();
        shape.text = is_char(t.element());
      },
      [&](Composite t) {
        reading(Reading::Composite);
        add_members(shape, t, 0, true, 0);
        if (syntax_ == ValueSyntax::Json) label_for_json(shape);
      },
      [&](Datasec t) {
        reading(Reading::Section);
        add_variables(shape, t);
        if (syntax_ == ValueSyntax::Json) label_for_json(shape);
      },
      [&](View t) { shape.nothing = no_size(t); });
  shape.cast = cast(declared, shape);
  cost_ += shape.cast.size();
  return shape;
}

std::string Shapes::cast(Type type, const Shape& shape) const {
  if (!names_ || syntax_ == ValueSyntax::Json || shape.reading == Reading::Section) return {};
  const Cast spelled = c_cast(type);
  if (syntax_ == ValueSyntax::C) {
    if (shape.reading == Reading::Array) return {};  // C has no values of array type
    if (!spelled.is_c) return shape.reading == Reading::Pointer ? "(void *)" : "";
  }
  return '(' + spelled.text + ')';
}

void Shapes::add(Shape& shape, Field field) {
  cost_ += sizeof field + field.label.size();
  if (!exhausted()) shape.fields.push_back(std::move(field));
}

void Shapes::add_members(Shape& shape, Composite composite, std::uint64_t bit_offset, bool last, int depth) {
  const bool in_place = syntax_ == ValueSyntax::Json || (syntax_ == ValueSyntax::C && names_);
  for (const Member member : composite.members()) {
    cost_ += 16;
    if (exhausted()) return;
    const bool is_last = last && (composite.is_union() || member.index() + 1 == composite.vlen());
    const std::uint64_t offset = bit_offset + member.bit_offset();
    const bool nameless = *member.c_name() == '\0';
    if (nameless && in_place && depth < deepest) {
      const auto plain = resolve(member.type());
      if (const auto inner = plain ? plain->as<Composite>() : std::nullopt) {
        add_members(shape, *inner, offset, is_last, depth + 1);
        continue;
      }
    }
    const std::string_view name = shown_name(member.c_name());
    Field field{name, {}, member.type(), offset, member.bitfield_size(), is_last};
    if (names_ && !nameless && syntax_ != ValueSyntax::Json)
      field.label = '.' + (syntax_ == ValueSyntax::C ? c_identifier(name) : std::string(name)) + " = ";
    add(shape, std::move(field));
  }
}

void Shapes::add_variables(Shape& shape, Datasec section) {
  const auto variables = section.variables();
  for (const SectionVar entry : variables) {
    if (exhausted()) return;
    const auto variable = entry.type().as<Var>();
    const bool last = entry.index() + 1 == variables.size();
    Field field{shown_name(entry.type().c_name()), {}, variable ? variable->target() : entry.type(),
                std::uint64_t{entry.offset()} * 8, 0,  last};
    if (variable && syntax_ != ValueSyntax::Json) field.label = variable_label(*variable);
    add(shape, std::move(field));
  }
}

bool Shapes::is_open(const Shape& root) {
  constexpr std::size_t enough = 64;  // real ones are a few levels deep
  std::vector<const Shape*> look{&root};
  for (std::size_t at = 0; at < look.size(); ++at) {
    if (look[at]->reading == Reading::Array && look[at]->count == 0) return true;
    if (look[at]->reading != Reading::Composite) continue;
    for (const Field& field : look[at]->fields)
      if (field.last && look.size() < enough) look.push_back(&of(field));
  }
  return false;
}

std::string Shapes::variable_label(Var variable) const {
  const std::string linkage = variable.linkage() == Linkage::Static   ? "static "
                              : variable.linkage() == Linkage::Extern ? "extern "
                                                                      : "";
  if (syntax_ == ValueSyntax::Libbpf)
    return linkage + c_cast(variable.target()).text + ' ' + std::string(shown_name(variable.c_name())) + " = ";
  return linkage + c_declaration(variable.target(), shown_name(variable.c_name())) + " = ";
}

void Shapes::label_for_json(Shape& shape) {
  std::unordered_map<std::string_view, std::size_t> seen;
  for (Field& field : shape.fields) {
    Sink label;
    const std::size_t times = ++seen[field.name];
    if (field.name.empty()) json_string(label, '#' + std::to_string(&field - shape.fields.data()));
    else if (times == 1) json_string(label, field.name);
    else json_string(label, std::string(field.name) + '#' + std::to_string(times));
    label << ':';
    field.label = label.take();
    cost_ += field.label.size() + field.name.size();
    if (exhausted()) return;
  }
}

}  // namespace btfkit::detail
