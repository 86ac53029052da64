// Where each type leads on to: what printers of whole BTFs ask again and again, packed so that it stays in the cache.
#pragma once

#include <btfkit/spec.hpp>
#include <vector>

namespace btfkit::detail {

/// The kinds that only lead on to another type in a declarator: pointers, arrays, qualifiers and type tags.
inline constexpr KindSet leads_on{KindSet::of<Pointer>().bits | KindSet::of<Qualifier>().bits | KindSet::of<TypeTag>().bits |
                                  KindSet::of<Array>().bits};

/// The kinds that may have to be defined or lead on to one that has.
inline constexpr KindSet is_sortable{leads_on.bits | KindSet::of<Typedef>().bits | KindSet::of<Composite>().bits |
                                     KindSet::of<Enum>().bits | KindSet::of<Forward>().bits | KindSet::of<FuncProto>().bits |
                                     KindSet::of<Int>().bits | KindSet::of<Float>().bits};

/// The id of the type that one of leads_on, a typedef or a function (what it returns) leads on to.
inline TypeId led_to(Type type) { return type.kind() == Kind::Array ? Array(type).element_id() : Referrer(type).target_id(); }

/// By id, void included.
class Links {
 public:
  explicit Links(const Spec& spec);

  struct Row {
    TypeId next = 0;  ///< of leads_on and typedefs: what they lead on to; of others the type itself
    Kind kind = Kind::Void;
    bool named : 1 = false;    ///< functions are not looked at
    bool settled : 1 = false;  ///< certainly needs nothing but what stands on its own in sortable()
    bool based : 1 = false;    ///< certainly leads on to a number, enum, struct, union or function
    bool contained = false;    ///< it is the type of a member
    bool referenced = false;   ///< by another type, not only as what a function returns
  };
  const Row& operator[](TypeId id) const { return rows_[id]; }
  [[nodiscard]] TypeId size() const { return static_cast<TypeId>(rows_.size()); }
  /// A pointer to a struct or union with a name, perhaps a qualified one: what half of all members are.
  [[nodiscard]] bool points_to_named(TypeId id) const {
    if (rows_[id].kind != Kind::Pointer) return false;
    Row target = rows_[rows_[id].next];
    if (target.kind == Kind::Const) target = rows_[target.next];
    return target.named && (target.kind == Kind::Struct || target.kind == Kind::Union);
  }
  /// What definitions may be asked for: types with names, enums, and all that is not settled. Ascending.
  [[nodiscard]] const std::vector<TypeId>& sortable() const { return sortable_; }
  /// The enumerators and typedefs of all types.
  [[nodiscard]] std::size_t identifiers() const { return identifiers_; }
  /// Ascending.
  [[nodiscard]] const std::vector<TypeId>& nameless_enums() const { return nameless_enums_; }
  [[nodiscard]] const std::vector<TypeId>& declaration_tags() const { return declaration_tags_; }

 private:
  std::vector<Row> rows_;
  std::vector<TypeId> sortable_, nameless_enums_, declaration_tags_;
  std::size_t identifiers_ = 0;
};

}  // namespace btfkit::detail
