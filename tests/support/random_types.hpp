// C definitions that nobody would write, to be laid out by a compiler: every mixture of bitfields, padding, packing and
// alignment.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace btfkit::test {

/// What may occur in the definitions.
struct RandomTypes {
  bool wide = true;        ///< __int128, whose alignment machines with pointers of 8 bytes agree on
  bool attributes = true;  ///< packed and aligned structs, unions and members
  bool bitfields = true;
  bool unnamed = true;  ///< named structs as members without a name: for -fms-extensions
  unsigned definitions = 300;
};

/// The same seed gives the same text.
class TypeGenerator {
 public:
  TypeGenerator(std::uint32_t seed, const RandomTypes& options) : state_(seed * 2654435761U + 1), options_(options) {}

  std::string text() {
    std::string all;
    for (unsigned i = 0; i < options_.definitions; ++i) all += definition(i);
    return all;
  }

 private:
  unsigned below(unsigned n) {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<unsigned>((std::uint64_t{state_} * n) >> 32);
  }
  bool one_in(unsigned n) { return below(n) == 0; }
  template <std::size_t N>
  std::string any(const std::array<const char*, N>& choices) {
    return choices[below(N)];
  }

  std::string attribute() {
    if (!options_.attributes || !one_in(4)) return "";
    static constexpr std::array<const char*, 7> all = {"packed",     "packed",     "packed, aligned(2)", "packed, aligned(4)",
                                                       "aligned(4)", "aligned(8)", "aligned(32)"};
    return " __attribute__((" + any(all) + "))";
  }

  std::string scalar() {
    static constexpr std::array<const char*, 13> all = {
        "char", "unsigned char", "signed char", "short", "unsigned short", "int",   "unsigned int",
        "long", "unsigned long", "long long",   "_Bool", "float",          "double"};
    if (options_.wide && one_in(20)) return "unsigned __int128";
    return any(all);
  }

  std::string bitfield(const std::string& name) {
    struct Base {
      const char* type;
      unsigned bits;
    };
    static constexpr std::array<Base, 8> all = {{{"char", 8},
                                                 {"unsigned char", 8},
                                                 {"unsigned short", 16},
                                                 {"int", 32},
                                                 {"unsigned int", 32},
                                                 {"long long", 64},
                                                 {"_Bool", 1},
                                                 {"enum e32", 32}}};
    const Base base = all[below(all.size())];
    if (one_in(6)) return std::string(base.type) + ": " + std::to_string(below(base.bits + 1));
    // pahole writes one of full width as if it were none, wherever it begins.
    const unsigned bits = base.bits == 1 ? 1 : 1 + below(base.bits - 1);
    return std::string(base.type) + ' ' + name + ": " + std::to_string(bits);
  }

  std::string member(const std::string& name, unsigned level) {
    const unsigned choice = below(20);
    if (options_.bitfields && choice < 7) return bitfield(name);
    if (choice < 11 || (choice > 17 && defined_.empty())) return scalar() + ' ' + name + attribute();
    if (choice == 11) return "void *" + name;
    if (choice == 12) return "int (*" + name + ")(struct unknown *, int)";
    if (choice == 13) return scalar() + ' ' + name + '[' + std::to_string(below(4)) + ']';
    if (choice == 14) return scalar() + ' ' + name + "[2][" + std::to_string(1 + below(3)) + ']';
    if (choice == 15) return any(std::array<const char*, 3>{"enum e8 ", "enum e16 ", "enum e64 "}) + name;
    if (choice < 18 && level < 3) {
      const std::string inner = body(name, level + 1);
      const unsigned form = below(10);
      return inner + (form < 5 ? "" : form < 8 ? ' ' + name : form == 8 ? " *" + name : ' ' + name + "[2]");
    }
    if (defined_.empty()) return "al16 " + name;
    const Defined& type = defined_[below(static_cast<unsigned>(defined_.size()))];
    // Its members' names become ours, and must not do so twice.
    if (type.may_be_unnamed && one_in(3) && unnamed_.insert(type.name).second) return type.name;
    return type.name + ' ' + name + (one_in(4) ? '[' + std::to_string(below(3)) + ']' : std::string());
  }

  std::string body(const std::string& prefix, unsigned level) {
    const bool is_union = one_in(4);
    std::string text = is_union ? "union {" : "struct {";
    const unsigned members = 1 + below(6);
    for (unsigned i = 0; i < members; ++i)
      text += '\n' + std::string(level, '\t') + member(prefix + static_cast<char>('a' + i), level) + ';';
    return text + '\n' + std::string(level - 1, '\t') + '}' + attribute();
  }

  std::string definition(unsigned i) {
    std::string text;
    if (i == 0)
      text =
          "struct unknown;\nenum e8 { E8 = 3 } __attribute__((mode(byte)));\nenum e16 { E16 = 300 } __attribute__((mode(HI)));\n"
          "enum e32 { E32 };\nenum e64 { E64 = 1LL << 40 };\ntypedef short al16 __attribute__((aligned(16)));\n";
    unnamed_.clear();
    const std::string number = std::to_string(i);
    std::string made = body('m' + number, 1);
    const bool plain = options_.unnamed && unnamed_.empty();
    if (one_in(5)) {
      defined_.push_back({"t" + number, plain});
      return text + "typedef " + made + " t" + number + ";\n";
    }
    const std::string tag = made.substr(0, made.find(' '));
    defined_.push_back({tag + " s" + number, plain});
    return text + tag + " s" + number + made.substr(tag.size()) + ";\n";
  }

  struct Defined {
    std::string name;
    bool may_be_unnamed;
  };

  std::uint32_t state_;
  RandomTypes options_;
  std::vector<Defined> defined_;
  std::set<std::string> unnamed_;  // what the definition being made has as members without a name
};

}  // namespace btfkit::test
