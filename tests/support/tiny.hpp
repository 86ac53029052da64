// Correct tiny inputs whose words a test changes: a BTF and an ELF around sections, in either byte order.
#pragma once

#include <btfkit/btfkit.hpp>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace btfkit::test {

/// Appends numbers to a byte buffer in a byte order.
class Words {
 public:
  explicit Words(ByteOrder order) : order_(order) {}
  template <class T>
  Words& put(T value) {
    if (order_ != detail::host_order) {
      if constexpr (sizeof(T) > 1) value = detail::swapped(value);
    }
    const auto* at = reinterpret_cast<const std::byte*>(&value);
    bytes.insert(bytes.end(), at, at + sizeof value);
    return *this;
  }
  Words& text(std::string_view text) {
    const auto* at = reinterpret_cast<const std::byte*>(text.data());
    bytes.insert(bytes.end(), at, at + text.size());
    return *this;
  }
  std::vector<std::byte> bytes;

 private:
  ByteOrder order_;
};

/// A BTF under construction: add types, change words, make bytes.
struct TinyBtf {
  std::vector<std::uint32_t> words;  ///< the records
  std::string strings{'\0'};
  TypeId last = 0;
  std::uint32_t header_length = 24;
  std::uint8_t version = 1, flags = 0;
  std::uint16_t magic = 0xeb9f;
  std::string layout;  ///< bytes of a layout section; makes the header 32 bytes long when not empty
  std::uint32_t first_string = 0;

  /// A TinyBtf that continues `base`.
  static TinyBtf split(TypeId last_of_base, std::uint32_t strings_of_base) {
    TinyBtf btf;
    btf.last = last_of_base;
    btf.first_string = strings_of_base;
    btf.strings.clear();
    return btf;
  }

  std::uint32_t name(std::string_view text) {
    if (text.empty()) return 0;
    const auto at = static_cast<std::uint32_t>(strings.size());
    strings.append(text).push_back('\0');
    return first_string + at;
  }

  static std::uint32_t info(Kind kind, std::uint32_t vlen, bool kind_flag = false) {
    return vlen | static_cast<std::uint32_t>(kind) << 24 | (kind_flag ? 1U << 31 : 0);
  }

  /// A record: `third` is its size or type, `tail` the words behind it.
  TypeId add(Kind kind, std::string_view type_name, std::uint32_t third, const std::vector<std::uint32_t>& tail = {},
             std::uint32_t vlen = 0, bool kind_flag = false) {
    words.push_back(name(type_name));
    words.push_back(info(kind, vlen, kind_flag));
    words.push_back(third);
    words.insert(words.end(), tail.begin(), tail.end());
    return ++last;
  }

  TypeId integer(std::string_view type_name, std::uint32_t bytes, std::uint32_t encoding = 0) {
    return add(Kind::Int, type_name, bytes, {encoding << 24 | (bytes * 8)});
  }

  struct MemberWords {
    std::string_view name;
    TypeId type;
    std::uint32_t offset;
  };
  TypeId composite(Kind kind, std::string_view type_name, std::uint32_t bytes, const std::vector<MemberWords>& members,
                   bool kind_flag = false) {
    std::vector<std::uint32_t> tail;
    for (const MemberWords& m : members)
      for (const std::uint32_t word : {name(m.name), m.type, m.offset}) tail.push_back(word);
    return add(kind, type_name, bytes, tail, static_cast<std::uint32_t>(members.size()), kind_flag);
  }
  TypeId structure(std::string_view type_name, std::uint32_t bytes, const std::vector<MemberWords>& members,
                   bool kind_flag = false) {
    return composite(Kind::Struct, type_name, bytes, members, kind_flag);
  }

  [[nodiscard]] std::vector<std::byte> bytes(ByteOrder order = detail::host_order) const {
    Words out(order);
    const auto types_length = static_cast<std::uint32_t>(words.size() * 4);
    const auto strings_length = static_cast<std::uint32_t>(strings.size());
    const std::uint32_t length = layout.empty() ? header_length : std::max(header_length, 32U);
    out.put(magic).put(version).put(flags).put(length);
    const auto layout_length = static_cast<std::uint32_t>(layout.size());
    out.put(std::uint32_t{0}).put(types_length).put(types_length + layout_length).put(strings_length);
    if (!layout.empty()) out.put(types_length).put(layout_length);
    out.bytes.resize(length);
    for (const std::uint32_t word : words) out.put(word);
    return out.text(layout).text(strings).bytes;
  }

  [[nodiscard]] Result<Spec> load(ByteOrder order = detail::host_order) const {
    return Spec::load(Source(Bytes::own(bytes(order)), "tiny"));
  }
  [[nodiscard]] Result<Spec> load_on(const Spec& base, ByteOrder order = detail::host_order) const {
    LoadOptions options;
    options.base = base;
    return Spec::load(Source(Bytes::own(bytes(order)), "tiny split"), options);
  }

  /// One type of each kind; the ids are those of the wire's kind numbers, but ENUM64 first appears as 19.
  static TinyBtf one_of_each() {
    TinyBtf btf;
    btf.integer("int", 4, 1);                                                                      // 1
    btf.add(Kind::Pointer, "", 4);                                                                 // 2 -> struct point
    btf.add(Kind::Array, "", 0, {1, 1, 3});                                                        // 3 int[3]
    btf.structure("point", 8, {{"x", 1, 0}, {"y", 1, 32}});                                        // 4
    btf.composite(Kind::Union, "either", 12, {{"whole", 1, 0}, {"parts", 3, 0}});                  // 5
    btf.add(Kind::Enum, "color", 4, {btf.name("RED"), 0, btf.name("BLUE"), 0xffffffff}, 2, true);  // 6
    btf.add(Kind::Forward, "hidden", 0);                                                           // 7
    btf.add(Kind::Typedef, "point_t", 4);                                                          // 8
    btf.add(Kind::Volatile, "", 1);                                                                // 9
    btf.add(Kind::Const, "", 1);                                                                   // 10
    btf.add(Kind::Restrict, "", 2);                                                                // 11
    btf.add(Kind::Func, "move", 13, {}, 1);                                                        // 12 global
    btf.add(Kind::FuncProto, "", 1, {btf.name("p"), 2, 0, 0}, 2);                        // 13 int (struct point *p, ...)
    btf.add(Kind::Var, "origin", 4, {1});                                                // 14 global
    btf.add(Kind::Datasec, ".data", 8, {14, 0, 8}, 1);                                   // 15
    btf.add(Kind::Float, "double", 8);                                                   // 16
    btf.add(Kind::DeclTag, "nice", 4, {1});                                              // 17 on point.y
    btf.add(Kind::TypeTag, "user", 1);                                                   // 18
    btf.add(Kind::Enum64, "big", 8, {btf.name("HUGE_ONE"), 0x9abcdef0, 0x12345678}, 1);  // 19
    return btf;
  }
};

/// An ELF around sections, of any class and byte order.
struct TinyElf {
  struct Part {
    std::string name;
    std::vector<std::byte> bytes;
    std::uint32_t type = 1;  ///< SHT_PROGBITS
    std::uint64_t flags = 0;
    std::uint32_t link = 0;
    std::uint64_t size = 0;  ///< for NOBITS
    std::uint32_t info = 0;  ///< of relocations, which section they are for
  };
  struct Sym {
    std::string name;
    std::uint64_t value;
    std::uint16_t section;
    std::uint64_t size = 0;
    std::uint8_t type = 1;  ///< STT_OBJECT; 2 is STT_FUNC
  };

  bool is64 = true;
  ByteOrder order = ByteOrder::Little;
  std::uint16_t type = 1, machine = 247;
  std::vector<Part> parts;  ///< becomes sections 1, 2, ...
  std::vector<Sym> symbols;
  bool extended_numbering = false;

  /// The index that the section will have.
  std::uint16_t add(Part part) {
    parts.push_back(std::move(part));
    return static_cast<std::uint16_t>(parts.size());
  }

  [[nodiscard]] std::vector<std::byte> bytes() const {
    std::vector<Part> all = parts;
    if (!symbols.empty()) {
      Words table(order);
      std::string names(1, '\0');
      const auto entry = [&](std::uint32_t name, std::uint64_t value, std::uint16_t section, std::uint64_t size,
                             std::uint8_t info) {
        if (is64) table.put(name).put(info).put(std::uint8_t{0}).put(section).put(value).put(size);
        else
          table.put(name)
              .put(static_cast<std::uint32_t>(value))
              .put(static_cast<std::uint32_t>(size))
              .put(info)
              .put(std::uint8_t{0})
              .put(section);
      };
      entry(0, 0, 0, 0, 0);
      for (const Sym& s : symbols) {
        entry(static_cast<std::uint32_t>(names.size()), s.value, s.section, s.size, static_cast<std::uint8_t>(0x10 | s.type));
        names.append(s.name).push_back('\0');
      }
      all.push_back({".symtab", table.bytes, 2, 0, static_cast<std::uint32_t>(all.size() + 2), 0});
      all.push_back({".strtab", Words(order).text(names).bytes, 3, 0, 0, 0});
    }
    std::string names(1, '\0');
    std::vector<std::uint32_t> name_at;
    all.push_back({".shstrtab", {}, 3, 0, 0, 0});
    for (const Part& part : all) {
      name_at.push_back(static_cast<std::uint32_t>(names.size()));
      names.append(part.name).push_back('\0');
    }
    all.back().bytes = Words(order).text(names).bytes;

    const std::size_t header = is64 ? 64 : 52;
    std::vector<std::uint64_t> offsets;
    std::uint64_t at = header;
    for (const Part& part : all) {
      offsets.push_back(at);
      at = (at + part.bytes.size() + 7) / 8 * 8;
    }
    const auto count = static_cast<std::uint16_t>(all.size() + 1);
    const auto names_index = static_cast<std::uint16_t>(all.size());

    Words out(order);
    const auto word = [&](Words& to, std::uint64_t v) { is64 ? to.put(v) : to.put(static_cast<std::uint32_t>(v)); };
    out.text("\177ELF")
        .put(static_cast<std::uint8_t>(is64 ? 2 : 1))
        .put(static_cast<std::uint8_t>(order == ByteOrder::Little ? 1 : 2));
    out.put(std::uint8_t{1}).bytes.resize(16);
    out.put(type).put(machine).put(std::uint32_t{1});
    word(out, 0), word(out, 0), word(out, at);
    out.put(std::uint32_t{0}).put(static_cast<std::uint16_t>(header)).put(std::uint16_t{0}).put(std::uint16_t{0});
    out.put(static_cast<std::uint16_t>(is64 ? 64 : 40)).put(extended_numbering ? std::uint16_t{0} : count);
    out.put(extended_numbering ? std::uint16_t{0xffff} : names_index);
    for (std::size_t i = 0; i < all.size(); ++i) {
      out.bytes.resize(static_cast<std::size_t>(offsets[i]));
      out.bytes.insert(out.bytes.end(), all[i].bytes.begin(), all[i].bytes.end());
    }
    out.bytes.resize(static_cast<std::size_t>(at));
    const auto section = [&](std::uint32_t name, std::uint32_t kind, std::uint64_t flags, std::uint64_t offset,
                             std::uint64_t size, std::uint32_t link, std::uint32_t info) {
      out.put(name).put(kind);
      word(out, flags), word(out, 0), word(out, offset), word(out, size);
      out.put(link).put(info);
      word(out, 1), word(out, 0);
    };
    section(0, 0, 0, 0, extended_numbering ? count : 0, extended_numbering ? names_index : 0, 0);
    for (std::size_t i = 0; i < all.size(); ++i)
      section(name_at[i], all[i].type, all[i].flags, offsets[i], all[i].type == 8 ? all[i].size : all[i].bytes.size(),
              all[i].link, all[i].info);
    return out.bytes;
  }

  [[nodiscard]] Result<Object> load(const LoadOptions& options = {}) const {
    return Object::load(Source(Bytes::own(bytes()), "tiny.elf"), options);
  }
};

}  // namespace btfkit::test
