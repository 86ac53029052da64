// What of one BTF is missing or different in another that was made of it by way of C.
#pragma once

#include <algorithm>
#include <map>

#include "shape.hpp"

namespace btfkit::test {

struct Difference {
  std::string type;  ///< "struct foo"
  std::string expected, got;
};

inline std::ostream& operator<<(std::ostream& out, const Difference& d) {
  return out << d.type << "\n    expected: " << d.expected.substr(0, 400) << "\n         got: " << d.got.substr(0, 400);
}

/// What C can name, or see in anonymous form: enumerators.
inline bool is_defined_in_c(Type type) {
  if (const auto e = type.as<Enum>()) return e->vlen() != 0;
  return (Composite::is(type.kind()) && !type.name().empty()) || type.kind() == Kind::Typedef;
}

inline std::string c_name(Type type) {
  const char* tag = match(
      type, [](Struct) { return "struct "; }, [](Union) { return "union "; }, [](Enum) { return "enum "; },
      [](View) { return "typedef "; });
  return tag + plain_name(type.name());
}

/// Every struct, union, enum and typedef of `source`, its bases' included, that `made` has not, or has otherwise.
inline std::vector<Difference> differences(const Spec& source, const Spec& made) {
  struct Candidate {
    std::vector<std::string> lines;
    bool found = false;
  };
  // Those of one name (or of none) are told apart by what they are.
  std::map<std::string, std::vector<Candidate>> there;
  for (const Type t : made.all_types())
    if (is_defined_in_c(t)) there[c_name(t)].push_back({layout_lines(t)});
  std::vector<Difference> all;
  for (const Type t : source.all_types()) {
    if (!is_defined_in_c(t) || t.name() == "__builtin_va_list") continue;  // the compiler's own
    const auto expected = layout_lines(t);
    auto& candidates = there[c_name(t)];
    const auto same =
        std::find_if(candidates.begin(), candidates.end(), [&](const Candidate& c) { return !c.found && c.lines == expected; });
    if (same != candidates.end()) {
      same->found = true;
      continue;
    }
    const auto nearest = std::find_if(candidates.begin(), candidates.end(), [](const Candidate& c) { return !c.found; });
    if (nearest == candidates.end() || t.name().empty()) {
      std::string lines;
      for (const std::string& line : expected) lines += line + "; ";
      all.push_back({c_name(t), lines, "no such type"});
      continue;
    }
    const auto [at, other] = std::mismatch(expected.begin(), expected.end(), nearest->lines.begin(), nearest->lines.end());
    all.push_back(
        {c_name(t), at == expected.end() ? "nothing more" : *at, other == nearest->lines.end() ? "nothing more" : *other});
  }
  return all;
}

}  // namespace btfkit::test
