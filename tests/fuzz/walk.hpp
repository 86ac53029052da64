// What every fuzz target does with an object that loaded: look at all of it, and check what must hold of any input.
#pragma once

#include <algorithm>
#include <btfkit/btfkit.hpp>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "json.hpp"

namespace btfkit::fuzz {

/// A rule that no input may break. Fuzzers call abort a finding.
inline void require(bool holds, const char* rule) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", rule);
  std::abort();
}

/// Whether `text` is the raw dump's: lines that begin with an id or a tab, and nothing that drives a terminal.
inline bool is_raw_text(std::string_view text) {
  char before = '\n';
  for (const char c : text) {
    if (before == '\n' && c != '[' && c != '\t') return false;
    if (c != '\n' && c != '\t' && (static_cast<unsigned char>(c) < 0x20 || c == '\x7f')) return false;
    before = c;
  }
  return before == '\n';
}

/// Whether `text` is what a header is made of: outside of comments and strings no byte that C has no use for, brackets in
/// pairs.
inline bool is_c(std::string_view text) {
  std::string open;
  bool in_comment = false, in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view two = text.substr(i, 2);
    if (c != '\n' && c != '\t' && (static_cast<unsigned char>(c) < 0x20 || c == '\x7f')) return false;
    if (in_comment) {
      if (two == "*/") in_comment = false, ++i;
    } else if (in_string) {
      if (c == '\\') ++i;
      else if (c == '"') in_string = false;
      else if (c == '\n') return false;
    } else if (two == "/*") {
      in_comment = true, ++i;
    } else if (two == "//") {
      return false;
    } else if (c == '"') {
      in_string = true;
    } else if (std::string_view("([{").find(c) != std::string_view::npos) {
      open += c == '(' ? ')' : c == '[' ? ']' : '}';
    } else if (std::string_view(")]}").find(c) != std::string_view::npos) {
      if (open.empty() || open.back() != c) return false;
      open.pop_back();
    }
  }
  return open.empty() && !in_comment && !in_string;
}

/// Whole dumps in bpftool's forms, short ones; what is short enough must be what it claims to be.
inline void dumps(const Spec& spec) {
  constexpr std::size_t most = 1 << 14, longest_name = std::size_t{6} << 20;
  for (unsigned choice = 0; choice < 8; ++choice) {
    DumpOptions options;
    options.bpftool_defects = (choice & 1) != 0;
    options.pretty = (choice & 2) != 0;
    options.max_bytes = most;
    if ((choice & 4) != 0) options.types = {spec.end_id() - 1, 0, spec.first_id() - 1, spec.end_id() / 2};
    for (const auto dump : {dump_raw, dump_json, dump_c}) {
      const bool json = dump == dump_json;
      const bool c = dump == dump_c;
      if (!json && !c && options.pretty) continue;
      options.by_id = c && options.pretty;
      Sink out;
      const auto dumped = dump(out, spec, options);
      const std::string_view text = out.text();
      require(text.find('\0') == std::string_view::npos, "a dump is text");
      if (!dumped) {
        require(dumped.error().code == ErrorCode::TooLarge && dumped.error().where.type_id, "a long dump says where it ends");
        require(c || (text.size() > most && text.size() < longest_name), "a dump ends soon after its limit");
        require(text.size() < longest_name, "a header ends soon after its limit");
        continue;
      }
      if (c) {
        require(is_c(text), "no name gets out of its place");
        continue;
      }
      require(text.size() <= most, "a dump keeps its limit");
      if (options.bpftool_defects) continue;
      require(json ? JsonCheck(text).passes() : text.empty() || is_raw_text(text), "no name gets out of its place");
    }
  }
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
    queries();
    round_trip();
    dumps(spec_);
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
    const std::string declaration = c_declaration(type, "x");
    name(declaration);
    budget_ -= static_cast<std::int64_t>(c.size() + json.size() + 2 * declaration.size() + 200);
    values(type);
    if (const auto composite = type.as<Composite>()) places(*composite), laid_out(*composite);
    for (const Reference& reference : spec_.referrers(type)) touch(reference.from.id() + reference.index), --budget_;
    for (const DeclTag tag : spec_.tags(type)) require(tag.target_id() == type.id(), "a type's tags are on it");
  }

  /// A few bytes as a value. (fuzz_value does more.)
  void values(Type type) {
    std::byte bytes[48];
    for (std::size_t i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<std::byte>(i % 3 == 0 ? 0 : i * 37 + type.id());
    for (const bool as_json : {false, true}) {
      Sink out;
      const DecodeOptions options{.zeros = (type.id() & 1) != 0, .partial = true, .max_bytes = 2048};
      const auto decoded = as_json ? decode_json(out, type, bytes, options) : decode(out, type, bytes, options);
      const auto inner = resolve(type);
      const auto section = inner ? inner->as<Datasec>() : std::nullopt;  // without variables it has nothing to say
      if (decoded) require(!out.text().empty() || (section && section->variables().empty()), "a value is text");
      else check_error(decoded.error());
      budget_ -= static_cast<std::int64_t>(out.text().size());
    }
  }

  /// Members by path and by offset lead to the same place.
  void places(Composite composite) {
    if (const auto at = members_at(composite, {.offset = composite.id() % 64, .length = 8}, 16)) {
      for (const Located& member : at->members) {
        const std::string path = member.path();
        name(path);
        budget_ -= static_cast<std::int64_t>(path.size() + 100);
      }
      for (const Gap& gap : at->gaps) name(gap.path()), touch(gap.bit_size);
    }
    int left = 8;
    for (const Member member : composite.members()) {
      if (left-- == 0) break;
      const std::string_view wanted = member.name();
      if (wanted.empty() || wanted.size() > 4096) continue;
      const auto found = member_at(composite, wanted);
      if (found) touch(found->bit_offset);
      else check_error(found.error());
    }
  }

  /// A layout adds up, its text is text, and no better order is larger.
  void laid_out(Composite type) {
    Layouts& layouts = type.id() % 4 == 0 ? expanded_ : layouts_;
    const auto made = layouts.layout(type);
    const auto packed = layouts.packed_size(type);
    require(made.has_value() == packed.has_value(), "what can be laid out can be packed");
    if (!made) return check_error(made.error());
    require(*packed <= type.size(), "a better order is not larger");
    std::size_t direct = 0;
    for (std::size_t i = 0; i < made->members.size(); i += made->members[i].nested + std::size_t{1}) {
      const LayoutMember& m = made->members[i];
      require(m.depth == 0 && m.nested < made->members.size() - i, "what is nested in a member follows it");
      ++direct;
    }
    require(direct == type.vlen(), "a layout has every member");
    Sink out;
    layout_text(out, *made, {.hex = type.id() % 8 == 1, .max_bytes = 4096});
    const std::string_view text = out.text();
    require(text.size() > 3 && text.substr(text.size() - 2) == ";\n" && text.find('\0') == std::string_view::npos,
            "a layout is text");
    budget_ -= static_cast<std::int64_t>(text.size() + made->members.size() * 64);
    if (type.vlen() > 64) return;
    const auto better = layouts.reorganize(type);
    require(better && better->layout.summary.size + better->saved == type.size() && better->order.size() == type.vlen(),
            "a better order has every member");
    std::vector<bool> seen(type.vlen());
    for (const std::uint32_t index : better->order) {
      require(index < type.vlen() && !seen[index], "a better order has every member once");
      seen[index] = true;
    }
  }

  /// Written as it was read; and in the other byte order, or with a layout section, it is still the same BTF.
  void round_trip() {
    const auto same = marshal(spec_);
    require(same && same->size() == spec_.bytes().size() && std::equal(same->begin(), same->end(), spec_.bytes().begin()),
            "what was read is what is written");
    MarshalOptions other;
    other.order = spec_.byte_order() == ByteOrder::Little ? ByteOrder::Big : ByteOrder::Little;
    reload(other);
    other.order.reset();
    other.layout = LayoutSection::Write;
    reload(other);
    for (const KernelVersion& version : {first_kernel, KernelVersion{5, 4}, KernelVersion{6, 12}, latest_kernel}) {
      MarshalOptions options = options_for(version);
      for (const AppliedRewrite& rewrite : applied_rewrites(spec_, options)) touch(rewrite.types);
      rewritten(options, version);
    }
    MarshalOptions swapped = options_for(first_kernel);
    swapped.order = other.order.value_or(spec_.byte_order() == ByteOrder::Little ? ByteOrder::Big : ByteOrder::Little);
    rewritten(swapped, first_kernel);
  }

  void rewritten(const MarshalOptions& options, const KernelVersion& version) {
    const auto bytes = marshal(spec_, options);
    if (!bytes) return check_error(bytes.error());
    const auto again = load_again(*bytes);
    require(again.has_value(), "what is rewritten for a kernel loads");
    require(again->spec().type_count() >= spec_.type_count(), "ids stay");
    const auto twice = marshal(again->spec(), options);
    require(twice && *twice == *bytes, "rewriting twice is rewriting once");
    for (const Refusal& refusal : refusals(again->spec(), {version, 50})) {
      require(!refusal.sentence.empty() && refusal.id < again->spec().end_id(), "a refusal says something of a type");
      touch(refusal.id);
    }
  }

  Result<Object> load_again(std::vector<std::byte> bytes) const {
    LoadOptions options;
    options.base = spec_.base();
    return Object::load(Source(Bytes::own(std::move(bytes)), "again"), options);
  }

  void reload(const MarshalOptions& options) {
    auto bytes = marshal(spec_, options);
    if (!bytes) return check_error(bytes.error());
    const auto again = load_again(std::move(*bytes));
    require(again && again->spec().type_count() == spec_.type_count(), "what is written loads");
    std::int64_t left = 1 << 18;
    auto theirs = again->spec().types().begin();
    for (const Type type : spec_.types()) {
      const Type other = *theirs;
      ++theirs;
      require(type.kind() == other.kind() && type.vlen() == other.vlen() && type.kind_flag() == other.kind_flag(),
              "kinds stay");
      if (Datasec::is(type.kind()) || left <= 0) continue;  // how an ELF completes those is not written
      const std::string json = to_json(type);
      require(json == to_json(other), "types stay");
      left -= static_cast<std::int64_t>(json.size());
    }
  }

  void check_error(const Error& error) { require(!error.message().empty(), "an Error says something"); }

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

  /// Every condition once: what is found is of the Spec, and conditions only take away.
  void queries() {
    Query query;
    query.anonymous = true;
    const std::size_t all = find_types(spec_, query).total;
    require(all == spec_.type_count(), "without conditions every type is found");
    std::vector<Type> some;
    for (const Type type : spec_.types())
      if (some.size() < 16 && (Composite::is(type.kind()) || Typedef::is(type.kind()))) some.push_back(type);
    const auto run = [&](auto change) {
      Query changed = query;
      change(changed);
      const QueryResult found = find_types(spec_, changed);
      require(found.total <= all, "conditions only take away");
      for (const FoundType& one : found.types) touch(one.type.id() + one.size.value_or(0) + one.saved.value_or(0));
    };
    run([&](Query& q) { q.contains = some; });
    run([&](Query& q) { q.pointers_to = some; });
    run([&](Query& q) { q.used_by = some; });
    run([](Query& q) { q.packable = true; });
    run([](Query& q) { q.holes = 1, q.order = QueryOrder::Saved; });
    run([](Query& q) { q.name = "*a*b*", q.order = QueryOrder::Name; });
    run([](Query& q) { q.tag = "*", q.size = 4; });
    run([](Query& q) { q.enumerator = "?*"; });
    run([](Query& q) { q.member = "*.*[0].*"; });
  }

  const Spec& spec_;
  Layouts layouts_{spec_, {.max_nested = 256}};
  Layouts expanded_{spec_, {.expand = true, .max_nested = 256}};
  std::uint64_t sum_ = 0;
  std::int64_t budget_ = 1 << 20;  // bytes of text
};

template <class Records>
void each_record(const Records& records) {
  std::uint32_t last = 0;
  for (const auto& record : records) {
    if (!record) continue;
    require(record->offset() % 8 == 0 && record->offset() >= last, "instructions ascend");
    last = record->offset();
  }
}

inline void walk_ext(const Object& object) {
  std::size_t sum = 0;
  for (const Program& program : object.programs()) {
    sum += program.name.size() + program.section_name.size() + (program.type ? program.type->name().size() : 0);
    if (program.symbol != nullptr) sum += program.symbol->name.size();
    if (const auto found = object.function_at(program.section, program.offset)) sum += found->name.size();
  }
  if (object.ext() == nullptr) return;
  for (const ExtSection& section : object.ext()->sections()) {
    sum += section.name().size();
    each_record(section.functions());
    each_record(section.lines());
    each_record(section.relocations());
    for (const auto& f : section.functions()) sum += f ? f->type().name().size() : f.error().message().size();
    for (const auto& l : section.lines())
      sum += l ? l->file().size() + l->text().size() + l->line() + l->column() : l.error().message().size();
    for (const auto& r : section.relocations())
      sum += r ? r->access().size() + r->root().name().size() + to_string(r->kind()).size() : r.error().message().size();
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{8}, std::uint64_t{24}, std::uint64_t{1} << 32}) {
      if (const auto f = section.function_at(offset)) require(f->offset() <= offset, "a function starts before what is in it");
      if (const auto l = section.line_at(offset)) require(l->offset() <= offset, "a line starts before what is in it");
      if (const auto r = section.relocation_at(offset)) require(r->offset() == offset, "a relocation is of one instruction");
    }
    require(object.ext()->section(section.name()).has_value(), "a section is found by its name");
  }
  require(sum != static_cast<std::size_t>(-1), "names are finite");
}

/// What a BPF object defines: all of it within its sections, and no more of it than the file has room for.
inline void walk_bpf(const Object& object) {
  std::size_t sum = 0;
  for (const Map& map : maps_of(object)) {
    sum += map.name.size() + map.slots.size() + map.unknown.size() + (map.error ? map.error->message().size() : 0);
    for (const DataReference& slot : map.slots) sum += slot.name.size();
  }
  for (const VariableSection& section : variables_of(object)) {
    std::uint32_t last = 0;
    for (const Variable& variable : section.variables) {
      require(variable.offset >= last, "variables ascend");
      require(!variable.initial || variable.initial->size() == variable.size, "a variable has its bytes or none");
      for (const DataReference& reference : variable.references)
        require(reference.offset < variable.size, "an address is within its variable");
      last = variable.offset;
    }
  }
  for (const Extern& found : externs_of(object)) sum += found.name.size();
  sum += licence_of(object).value_or("").size() + kernel_version_of(object).value_or(0);
  require(sum != static_cast<std::size_t>(-1), "names are finite");
}

/// The verbs that print what is found: bounded, and never a control character.
inline void find_and_locate(const Object& object) {
  std::optional<Composite> any;  // the last one, for it has most behind it
  for (const Composite type : object.spec().types<Composite>()) any = type;
  for (const bool json : {false, true}) {
    const auto run = [&](std::string verb, std::vector<std::string> arguments,
                         std::vector<std::pair<std::string, std::string>> options) {
      Sink out([](std::string_view text) {
        require(
            std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 || c == '\n'; }),
            "output is printable");
        return true;
      });
      Sink err;
      const int code = command::run({.verb = std::move(verb),
                                     .source = "fuzz",
                                     .arguments = std::move(arguments),
                                     .options = std::move(options),
                                     .json = json},
                                    object, out, err);
      require(code == 0 || (code == 1 && !err.text().empty()), "what is not found is said");
      out.flush();
    };
    run("find", {}, {{"anonymous", ""}, {"limit", "200"}});
    run("find", {"a"}, {{"packable", ""}});
    if (!any) continue;
    const std::string id = std::to_string(any->id());
    run("at", {id, "0", "0x3", std::to_string(any->size())}, {});
    if (any->name().size() < 4096 && any->vlen() != 0 && any->members()[0].name().size() < 4096)
      run("offset", {std::string(any->name()), std::string(any->name()) + '.' + std::string(any->members()[0].name())}, {});
  }
}

inline void inspect(const Object& object) {
  for (const bool json : {false, true}) {
    Sink out;
    Sink err;
    require(command::run({.verb = "inspect", .source = "fuzz", .arguments = {}, .json = json}, object, out, err) == 0,
            "every object has a summary");
    require(!out.text().empty() && err.text().empty(), "a summary is text on standard output");
    for (const Type type : object.spec().types()) {
      if (type.name().empty()) continue;
      Sink layout([](std::string_view) { return true; });
      Sink why;
      command::run({.verb = "layout", .source = "fuzz", .arguments = {std::string(type.name())}, .json = json}, object, layout,
                   why);
      require(layout.total() + why.total() != 0, "there is a layout or a message");
      Sink shown([](std::string_view) { return true; });
      require(command::run({.verb = "inspect", .source = "fuzz", .arguments = {std::string(type.name())}, .json = json}, object,
                           shown, err) == 0,
              "a type is shown by its name");
      break;
    }
  }
}

/// What a verb prints, up to 64 KiB; nothing when it is more.
inline std::optional<std::string> printed(command::Request request, const Object& object, bool color) {
  constexpr std::size_t most = 1 << 16;
  request.color = color;
  std::string text;
  Sink out([&](std::string_view piece) { return text.append(piece).size() <= most; });
  Sink err;
  command::run(request, object, out, err);
  out.flush();
  if (out.closed()) return std::nullopt;
  return text;
}

/// Colours are added to what is printed without them, and nothing else.
inline void colors(const Object& object) {
  for (const char* format : {"c", "raw", "json"}) {
    const command::Request request{.verb = "dump", .source = "fuzz", .arguments = {}, .options = {{"format", format}}};
    const auto plain = printed(request, object, false);
    const auto color = printed(request, object, true);
    if (!plain || !color) continue;
    std::string stripped;
    for (std::size_t i = 0; i < color->size(); ++i) {
      if ((*color)[i] == '\x1b') i = color->find('m', i);
      else stripped += (*color)[i];
    }
    require(stripped == *plain, "colours change no text");
  }
}

inline void walk(const Object& object) {
  if (object.specs().empty()) {
    require(object.container().elf_machine == 247 && object.btf().empty(), "only a BPF object may be without BTF");
    require(object.ext() == nullptr && object.spec().type_count() == 0, "what stands for no BTF says nothing");
    Walk(object.spec()).run();
  }
  std::size_t sum = 0;
  for (const Section& section : object.sections()) sum += section.name.size();
  for (const Symbol& symbol : object.symbols()) sum += symbol.name.size();
  for (const Error& warning : object.warnings()) sum += warning.message().size() + to_json(warning).size();
  require(sum != static_cast<std::size_t>(-1), "names are finite");
  if (object.distilled_base()) Walk(*object.distilled_base()).run();
  for (const Spec& spec : object.specs()) Walk(spec).run();
  walk_ext(object);
  walk_bpf(object);
  inspect(object);
  colors(object);
  find_and_locate(object);
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
