// One BTF for each feature, word by word: what a kernel says of these, asked with the bare system call, is what the library's
// probes, which have blobs and calls of their own, are compared with.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "support/tiny.hpp"

namespace btfkit::test {

/// How long records of each kind are, from kind 0 on: {words behind the first three, in bytes; bytes of an element; flags}.
inline std::string layout_of_all_kinds() {
  constexpr unsigned char sizes[20][2] = {{0, 0}, {4, 0}, {0, 0}, {12, 0}, {0, 12}, {0, 12}, {0, 8}, {0, 0}, {0, 0}, {0, 0},
                                          {0, 0}, {0, 0}, {0, 0}, {0, 8},  {4, 0},  {0, 12}, {0, 0}, {4, 0}, {0, 0}, {0, 12}};
  std::string bytes;
  for (const auto& [fixed, element] : sizes) {
    bytes.push_back(static_cast<char>(fixed));
    bytes.push_back(static_cast<char>(element));
    bytes.append(2, '\0');
  }
  return bytes;
}

inline std::vector<std::pair<std::string_view, TinyBtf>> feature_blobs() {
  std::vector<std::pair<std::string_view, TinyBtf>> all;
  const auto blob = [&](std::string_view name) -> TinyBtf& {
    TinyBtf& btf = all.emplace_back(name, TinyBtf()).second;
    btf.integer("int", 4, 1);  // 1
    return btf;
  };
  const auto section = [](TinyBtf& btf, std::string_view name) {
    btf.add(Kind::Var, "counter", 1, {0});
    btf.add(Kind::Datasec, name, 4, {btf.last, 0, 4}, 1);
  };
  blob("btf");
  for (const std::uint32_t linkage : {0U, 1U}) {
    TinyBtf& btf = blob(linkage == 0 ? "func" : "func_linkage");
    btf.add(Kind::FuncProto, "", 1, {btf.name("argument"), 1}, 1);
    btf.add(Kind::Func, "run", 2, {}, linkage);
  }
  section(blob("datasec"), ".bss");
  blob("floats").add(Kind::Float, "double", 8);
  for (const bool is_attribute : {false, true}) {
    TinyBtf& btf = blob(is_attribute ? "tag_kind_flag" : "decl_tag");
    btf.structure("point", 8, {{"x", 1, 0}, {"y", 1, 32}});
    btf.add(Kind::DeclTag, "nice", 2, {1}, 0, is_attribute);
  }
  {
    TinyBtf& btf = blob("type_tag");
    btf.add(Kind::TypeTag, "user", 1);
    btf.add(Kind::Pointer, "", 2);
  }
  {
    TinyBtf& btf = blob("enum64");
    btf.add(Kind::Enum64, "big", 8, {btf.name("HUGE_ONE"), 0x9abcdef0, 0x12345678}, 1);
  }
  section(blob("question_mark_names"), "?.struct_ops");
  blob("layout").layout = layout_of_all_kinds();
  {
    TinyBtf& btf = blob("long_vlen");
    std::vector<std::uint32_t> members;
    for (std::uint32_t i = 0; i < 0x10000; ++i) members.insert(members.end(), {0, 1, i * 32});
    btf.add(Kind::Struct, "long", 0x40000, members, 0x10000);
  }
  return all;
}

/// Every kind, and everything else that has a rewrite, in one BTF.
inline TinyBtf every_kind() {
  TinyBtf btf = TinyBtf::one_of_each();
  btf.add(Kind::Var, "ops", 4, {1});
  btf.add(Kind::Datasec, "?.struct_ops", 8, {btf.last, 0, 8}, 1);
  btf.add(Kind::DeclTag, "packed", 4, {0xffffffff}, 0, true);
  btf.add(Kind::TypeTag, "noderef", 1, {}, 0, true);
  return btf;
}

}  // namespace btfkit::test
