// Queries: the types of a BTF that satisfy conditions, with the numbers by which one compares them.
#pragma once

#include <btfkit/spec.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace btfkit {

/// What results are sorted by: ids and names ascending, numbers with the largest first. Equal ones by id.
enum class QueryOrder : std::uint8_t { Id, Name, Size, Members, Saved, Holes };

/// Conditions that all must hold; those that are left as they are say nothing. Types in it are of the Spec that is asked or of
/// its base; where there are several in one list, any of them will do.
///
/// "By value" is through typedefs, qualifiers, type tags and arrays, not through pointers. Conditions on members look through
/// anonymous members, as C does. Texts with `*` or `?` are globs over whole names of at most 4 KiB, others are exact.
struct Query {
  /// A glob; else the very name or, where no type of that name is among the results, a text contained in it.
  std::string_view name;
  NamePredicate name_where;    ///< in addition: regular expressions and what else there are no words for
  std::vector<Kind> kinds;     ///< any of these
  std::uint32_t holes = 0;     ///< structs with at least so many holes (see layout.hpp)
  std::uint64_t size = 0;      ///< types of at least so many bytes
  bool packable = false;       ///< structs that another order of the members makes smaller
  std::vector<Type> contains;  ///< structs and unions that have one of these by value, at any depth
  /// Structs and unions with a member that is (or is an array of) a pointer to one of these; functions and prototypes with such
  /// a parameter or return type; variables of such a type. The pointer may be a typedef, and may point to a typedef of it.
  std::vector<Type> pointers_to;
  /// What the definition of one of these refers to: the nearest types with a name, through everything without one.
  std::vector<Type> used_by;
  std::string_view member;  ///< structs and unions with such a member; may be a path, as `se.vruntime`; arrays need no index
  std::string_view enumerator;  ///< enums with such a value
  std::string_view tag;         ///< types with such a declaration tag, on themselves or a member or parameter
  bool own_only = true;         ///< leave out the base's types
  /// Structs, unions and enums that have no name, not even by a typedef, are results too.
  bool anonymous = false;
  std::optional<QueryOrder> order;  ///< otherwise by what a packable struct saves, else by id
  std::size_t limit = 0;            ///< at most so many types; 0: all
};

/// One result. Handles and names live as long as the Spec.
struct FoundType {
  Type type;
  std::optional<Typedef> alias;       ///< the first of a struct, union or enum that has no name
  std::optional<std::uint64_t> size;  ///< bytes; nothing for what has no size
  /// Members of a struct or union, values of an enum, parameters of a function, entries of a section; nothing for others.
  std::optional<std::uint32_t> members;
  std::optional<std::uint32_t> holes;  ///< of a struct, when the query asks or sorts by it
  std::optional<std::uint64_t> saved;  ///< bytes: what another order of a struct's members saves; as above
};

struct QueryResult {
  std::vector<FoundType> types;
  std::size_t total = 0;  ///< how many there are without the limit
};

/// The types that satisfy `query`. It can't fail: a struct without a layout (it contains itself, or what has no size) has
/// neither holes nor a better order. A few milliseconds for a kernel, whatever is asked.
QueryResult find_types(const Spec& spec, const Query& query);

}  // namespace btfkit
