// match: the one switch over kinds. A handler per view; leaving out a kind does not compile.
#pragma once

#include <btfkit/type.hpp>

namespace btfkit {
namespace detail {
template <class... Handlers>
struct Overload : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overload(Handlers...) -> Overload<Handlers...>;
}  // namespace detail

/// Calls the handler that fits the type's view best and returns what it returns. A handler may take a view (Struct), a group
/// (Composite: Struct and Union; Qualifier: Volatile, Const, Restrict; Referrer: all that refer to one type) or View (any).
///
///     match(type, [](Struct s) { ... }, [](Array a) { ... }, [](View other) { ... });
template <class... Handlers>
decltype(auto) match(Type type, Handlers&&... handlers) {
  auto overload = detail::Overload{std::forward<Handlers>(handlers)...};
  switch (type.kind()) {
    case Kind::Void: return overload(Void(type));
    case Kind::Int: return overload(Int(type));
    case Kind::Pointer: return overload(Pointer(type));
    case Kind::Array: return overload(Array(type));
    case Kind::Struct: return overload(Struct(type));
    case Kind::Union: return overload(Union(type));
    case Kind::Enum:
    case Kind::Enum64: return overload(Enum(type));
    case Kind::Forward: return overload(Forward(type));
    case Kind::Typedef: return overload(Typedef(type));
    case Kind::Volatile: return overload(Volatile(type));
    case Kind::Const: return overload(Const(type));
    case Kind::Restrict: return overload(Restrict(type));
    case Kind::Func: return overload(Func(type));
    case Kind::FuncProto: return overload(FuncProto(type));
    case Kind::Var: return overload(Var(type));
    case Kind::Datasec: return overload(Datasec(type));
    case Kind::Float: return overload(Float(type));
    case Kind::DeclTag: return overload(DeclTag(type));
    case Kind::TypeTag: return overload(TypeTag(type));
  }
  return overload(Unknown(type));
}

}  // namespace btfkit
