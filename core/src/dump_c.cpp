#include <algorithm>
#include <btfkit/dump.hpp>
#include <btfkit/match.hpp>
#include <utility>
#include <vector>

#include "c_order.hpp"
#include "c_text.hpp"
#include "dump_limit.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::CNames;
using detail::COrder;
using detail::CText;

constexpr std::string_view head =
    "#ifndef __VMLINUX_H__\n"
    "#define __VMLINUX_H__\n"
    "\n"
    "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
    "#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n"
    "#endif\n"
    "\n"
    "#ifndef __ksym\n"
    "#define __ksym __attribute__((section(\".ksyms\")))\n"
    "#endif\n"
    "\n"
    "#ifndef __weak\n"
    "#define __weak __attribute__((weak))\n"
    "#endif\n"
    "\n"
    "#ifndef __bpf_fastcall\n"
    "#if __has_attribute(bpf_fastcall)\n"
    "#define __bpf_fastcall __attribute__((bpf_fastcall))\n"
    "#else\n"
    "#define __bpf_fastcall\n"
    "#endif\n"
    "#endif\n"
    "\n";

constexpr std::string_view kfuncs_begin =
    "\n"
    "/* BPF kfuncs */\n"
    "#ifndef BPF_NO_KFUNC_PROTOTYPES\n";

constexpr std::string_view kfuncs_end =
    "#endif\n"
    "\n";

constexpr std::string_view foot =
    "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
    "#pragma clang attribute pop\n"
    "#endif\n"
    "\n"
    "#endif /* __VMLINUX_H__ */\n";

/// Prints definitions, each behind the declarations that it needs. The rules are libbpf's.
class Definitions {
 public:
  Definitions(Sink& out, const Spec& spec, bool as_bpftool, std::uint64_t max_bytes)
      : out_(out),
        data_(spec.data().get()),
        as_bpftool_(as_bpftool),
        links_(spec),
        order_(spec, links_),
        names_(*data_, links_.identifiers()),
        text_(out, *data_, {.names = &names_, .as_bpftool = as_bpftool, .max_bytes = max_bytes}),
        state_(spec.end_id()),
        needed_by_(spec.end_id(), spec.end_id()),
        steps_left_((std::uint64_t{1} << 16) + 64ULL * spec.end_id()) {}

  /// The type, as far as it needs a definition, and everything that it needs.
  void add(TypeId id) {
    queue_.clear();
    order_.add(id, queue_);
    for (const TypeId one : queue_) define(one);
  }
  /// An anonymous enum that something refers to, but nothing that was printed.
  void add_forgotten(Enum enumeration) {
    if (text_.has_written(enumeration)) return;
    text_.definition(enumeration);
    out_ << ";\n\n";
  }
  void add_kfunc(Func function, bool fastcall);
  [[nodiscard]] const detail::Links& links() const { return links_; }
  [[nodiscard]] COrder& order() { return order_; }
  [[nodiscard]] bool cut() const { return text_.cut() || out_.closed(); }

 private:
  /// `settled`: nothing that leads to the type needs anything any more.
  enum : std::uint8_t { emitting = 1, emitted = 2, declared = 4, settled = 8 };

  void define(TypeId id);
  void need(TypeId id, TypeId container, int depth) {
    if ((state_[id] & settled) == 0) need_new(id, container, depth);
  }
  void need_new(TypeId start, TypeId container, int depth);
  void need_members(Type composite, TypeId container, int depth);
  void no_order(Type type);

  Sink& out_;
  const detail::SpecData* data_;
  bool as_bpftool_;
  detail::Links links_;
  COrder order_;
  CNames names_;
  CText text_;
  std::vector<std::uint8_t> state_;
  std::vector<TypeId> queue_;
  std::vector<TypeId> needed_by_;  ///< of functions and anonymous types: the container whose needs of them were last seen to
  std::uint64_t steps_left_;       ///< hostile typedefs of functions that take functions ask for every one of them each
};

/// What has no place before itself.
void Definitions::no_order(Type type) {
  out_ << "/* type " << type.id() << ", " << noun(type.kind()) << ' ' << detail::in_comment(type.name())
       << (type.kind() == Kind::Typedef ? ", stands for itself: C has no such type */\n\n"
                                        : ", contains itself by value: C has no such type */\n\n");
}

void Definitions::define(TypeId id) {
  if ((state_[id] & emitted) != 0 || cut()) return;
  const Type type(data_, id);
  if (order_.has_no_order(id)) {
    no_order(type);
    state_[id] |= emitted;
    return;
  }
  if (Composite::is(type.kind())) {
    state_[id] |= emitting;
    need_members(type, id, 0);
    text_.definition(Composite(type));
    out_ << ";\n\n";
    state_[id] = static_cast<std::uint8_t>((state_[id] & ~emitting) | emitted);
  } else if (const auto enumeration = type.as<Enum>()) {
    // A distilled base keeps the sizes of enums, not their values.
    const bool only_size = enumeration->vlen() == 0 && enumeration->size() != 0 && links_[id].contained && !as_bpftool_;
    if (only_size) text_.definition_of_unknown(*enumeration);
    else text_.definition(*enumeration);
    out_ << ";\n\n";
    state_[id] |= emitted;
  } else {
    need(id, 0, 0);
  }
}

void Definitions::need_members(Type composite, TypeId container, int depth) {
  for (const Member member : Composite(composite).members()) need(member.type_id(), container, depth + 1);
}

/// Declares what a member or parameter of type `id` within the definition of `container` refers to; typedefs are defined.
void Definitions::need_new(TypeId start, TypeId container, int depth) {
  constexpr int deepest = 256;
  TypeId id = start;
  for (std::size_t links = 0; detail::leads_on.has(links_[id].kind); ++links) {
    if (links == 1024 || steps_left_ == 0) return;
    --steps_left_;
    id = links_[id].next;
  }
  const bool only_named = Composite::is(links_[id].kind) && links_[id].named;
  if (id == 0 || (state_[id] & emitted) != 0 || (only_named && (state_[id] & declared) != 0)) {
    state_[start] |= settled;
    return;
  }
  if (depth == deepest || steps_left_ == 0) return;
  --steps_left_;
  const Type type(data_, id);
  std::uint8_t& state = state_[id];
  const auto declare = [&] {
    text_.tagged(type);
    out_ << ";\n\n";
    state |= declared;
  };
  match(
      type,
      [&](Int i) {
        if (const std::string_view alias = detail::alias_of(i.name()); !alias.empty())
          out_ << "typedef " << alias << ' ' << i.name() << ";\n\n";
        state |= emitted;
      },
      [&](Enum) { state |= emitted; },
      [&](Forward f) {
        text_.tagged(f);
        out_ << ";\n\n";
        state |= emitted;
      },
      [&](Typedef t) {
        const bool inside_itself = (state & emitting) != 0;  // what it stands for needs its name
        state |= emitting;
        if (!inside_itself) need(t.target_id(), id, depth + 1);
        if ((state & declared) == 0 && t.name() != "__builtin_va_list") {
          text_.definition(t);
          out_ << ";\n\n";
        }
        state |= declared;
        if (!inside_itself) state |= emitted;
      },
      [&](Composite c) {
        const bool anonymous = *c.c_name() == '\0';
        if (anonymous && (state & emitting) == 0) {
          if (std::exchange(needed_by_[id], container) != container) need_members(c, container, depth);
        } else if (!anonymous && (state & declared) == 0 && id != container) {
          declare();
        }
      },
      [&](FuncProto f) {
        if (std::exchange(needed_by_[id], container) == container) return;
        need(f.return_type_id(), container, depth + 1);
        for (const Param param : f.params()) need(param.type_id(), container, depth + 1);
      },
      [](View) {});
}

void Definitions::add_kfunc(Func function, bool fastcall) {
  out_ << "extern " << (fastcall ? "__bpf_fastcall " : "");
  text_.declaration(function.target(), detail::SafeName(function.c_name()).text());
  out_ << " __weak __ksym;\n";
}

/// Functions that a declaration tag marks as callable by BPF programs, by name.
struct Kfuncs {
  std::vector<Func> functions;
  std::vector<TypeId> fastcall;  ///< ascending
};

Kfuncs kfuncs_of(const Spec& spec, const detail::Links& links) {
  Kfuncs found;
  for (const TypeId id : links.declaration_tags()) {
    const DeclTag tag(Type(spec.data().get(), id));
    if (tag.component_index() != -1) continue;
    const auto function = tag.target().as<Func>();
    if (!function) continue;
    if (tag.name() == "bpf_kfunc") found.functions.push_back(*function);
    if (tag.name() == "bpf_fastcall") found.fastcall.push_back(function->id());
  }
  detail::stable_sort(std::span(found.fastcall), std::less());
  detail::stable_sort(std::span(found.functions), [](Func a, Func b) { return a.name() < b.name(); });
  return found;
}

}  // namespace

Result<void> dump_c(Sink& out, const Spec& spec, const DumpOptions& options) {
  for (const TypeId id : options.types)
    if (auto type = spec.type(id); !type) return unexpected(type.error());
  const std::uint64_t start = out.total();
  const std::uint64_t most = start + detail::dump_limit(spec, options);

  out << head;
  Definitions definitions(out, spec, options.bpftool_defects, most);
  const auto too_long = [&](TypeId id) {
    return unexpected(ErrorCode::TooLarge, "the C text is longer than " + detail::grouped(most - start) + " bytes",
                      {"", {}, id, detail::printable(Type(spec.data().get(), id).name())});
  };
  const auto add_all = [&](const auto& ids) -> Result<void> {
    constexpr std::size_t ahead = 4;  // records lie all over memory: the processor fetches the next while this one is printed
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (i + ahead < ids.size()) __builtin_prefetch(Type(spec.data().get(), ids[i + ahead]).record());
      const TypeId id = ids[i];
      definitions.add(id);
      if (out.closed()) return {};
      if (definitions.cut()) return too_long(id);
    }
    return {};
  };
  std::vector<TypeId> ids = options.types;
  if (ids.empty() && options.by_id) {
    for (TypeId id = 1; id < spec.end_id(); ++id) ids.push_back(id);
  } else if (ids.empty()) {
    const detail::CSorter sorter(spec, definitions.links());
    ids = sorter.first();
    TypeId left_out = 0;
    if (options.bpftool_defects && !ids.empty()) {
      left_out = ids.front();
      ids.erase(ids.begin());
    }
    if (auto added = add_all(ids); !added || out.closed()) return added;
    ids = sorter.rest(definitions.order(), left_out);
  }
  if (auto added = add_all(ids); !added || out.closed()) return added;

  const detail::Links& links = definitions.links();
  if (options.types.empty()) {
    if (!options.bpftool_defects) {
      for (const TypeId id : links.nameless_enums()) definitions.add_forgotten(Enum(Type(spec.data().get(), id)));
    }
    out << kfuncs_begin;
    const Kfuncs kfuncs = kfuncs_of(spec, links);
    for (const Func function : kfuncs.functions) {
      if (definitions.cut()) return too_long(function.id());
      definitions.add_kfunc(function, std::binary_search(kfuncs.fastcall.begin(), kfuncs.fastcall.end(), function.id()));
    }
    out << kfuncs_end;
  }
  out << foot;
  return {};
}

}  // namespace btfkit
