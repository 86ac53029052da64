// Legal BTF that compilers don't write: every rare word a printer must have an answer for, and names made to deceive.
#pragma once

#include "tiny.hpp"

namespace btfkit::test {

/// One type of each kind (ids 1 to 19), then records with flags, encodings, linkages and numbers at their limits (20 on).
inline TinyBtf odd_records() {
  TinyBtf btf = TinyBtf::one_of_each();
  const std::uint32_t empty = btf.name("x") + 1;  // a name of no characters is not the same as none
  btf.structure("", 4, {{"", 1, 0}});             // 20
  btf.words[btf.words.size() - 6] = btf.words[btf.words.size() - 3] = empty;
  for (const std::uint32_t encoding : {0U, 2U, 3U, 4U, 15U})  // 21 to 25
    btf.integer("i", 4, encoding);
  btf.add(Kind::Int, "bits", 4, {0xf1U << 24 | 7 << 16 | 3});                                         // 26
  btf.structure("kind_flag", 8, {{"a", 1, 3U << 24 | 5}, {"b", 1, 32}, {"", 1, 0xffffffffU}}, true);  // 27
  btf.structure("legacy", 8, {{"a", 26, 0xffffffffU}});                                               // 28
  btf.composite(Kind::Union, "none", 0, {}, true);                                                    // 29
  for (const bool is_signed : {false, true}) {                                                        // 30 to 33
    const std::uint32_t m1 = btf.name("M1"), min = btf.name("MIN"), max = btf.name("MAX");
    btf.add(Kind::Enum, "e", 4, {m1, 0xffffffff, min, 0x80000000, max, 0x7fffffff}, 3, is_signed);
    btf.add(Kind::Enum64, "e64", 8, {m1, 0xffffffff, 0xffffffff, min, 0, 0x80000000, max, 5, 1}, 3, is_signed);
  }
  btf.add(Kind::Enum, "declared", 0);                         // 34
  for (const std::uint32_t linkage : {0U, 2U, 3U, 70000U}) {  // 35 to 42
    btf.add(Kind::Func, "f", 13, {}, linkage);
    btf.add(Kind::Var, "v", 1, {linkage});
  }
  btf.add(Kind::FuncProto, "", 0);                                                      // 43
  btf.add(Kind::FuncProto, "named", 1, {btf.name("a"), 1, 0, 0, btf.name("c"), 0}, 3);  // 44
  btf.add(Kind::Datasec, ".x", 0, {0, 0, 0, 12, 1, 2, 14, 0xffffffff, 3, 2, 4, 5}, 4);  // 45
  btf.add(Kind::Datasec, ".none", 0);                                                   // 46
  btf.add(Kind::DeclTag, "t", 4, {0xffffffff}, 5, true);                                // 47
  btf.add(Kind::TypeTag, "t", 4, {}, 0, true);                                          // 48
  btf.add(Kind::Forward, "u", 0, {}, 0, true);                                          // 49
  btf.add(Kind::Pointer, "named", 0, {}, 3, true);                                      // 50
  btf.add(Kind::Float, "f", 0xffffffff);                                                // 51
  return btf;
}

/// Names that would forge lines or members, drive a terminal, or end a JSON string; some are UTF-8, some nearly so.
inline TinyBtf hostile_names() {
  TinyBtf btf;
  btf.integer("int", 4, 1);
  const std::string_view names[] = {
      "a\n[2] INT 'int' size=4",
      "\x1b[31mred\x1b]0;title\x07",
      "\r\t\b\f\v\x01\x1f\x7f",
      "\"},{\"id\":7,\"x\":\"",
      "back\\slash\\",
      "it's",
      "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9d",
      "\xc2\x9bm",              // U+009B, ESC [ in one character
      "\xff\xfe",               // never UTF-8
      "\xc0\x80 \xed\xa0\x80",  // overlong, a surrogate
      "cut\xe2\x82",            // the end of a character is missing
      "</script><!--",
      "\xe2\x80\xae .txt",  // U+202E, right to left: text to a terminal, kept as it is
  };
  for (const std::string_view name : names) {
    btf.structure(name, 4, {{name, 1, 0}});
    btf.add(Kind::Enum, name, 4, {btf.name(name), 1}, 1);
    const TypeId proto = btf.add(Kind::FuncProto, "", 1, {btf.name(name), 1}, 1);
    btf.add(Kind::Func, name, proto);
    const TypeId var = btf.add(Kind::Var, name, 1, {1});
    btf.add(Kind::Datasec, name, 4, {var, 0, 4}, 1);
  }
  return btf;
}

}  // namespace btfkit::test
