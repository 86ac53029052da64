// Ext: the .BTF.ext of an object. For each section with code: which function starts where, which source line an instruction
// comes from, and which instructions must be adjusted to the running kernel's types (CO-RE relocations). See FORMAT.md.
#pragma once

#include <btfkit/spec.hpp>
#include <memory>
#include <optional>
#include <string_view>

namespace btfkit {

namespace detail {
struct ExtData;  // ext.hpp in src
}  // namespace detail

/// What the three kinds of record have in common. Records are small values, valid while any copy of their Ext or Object lives.
class ExtRecord {
 public:
  /// Its number among the records of its kind in its section, from 0, in the order of their offsets.
  [[nodiscard]] std::uint32_t index() const { return index_; }
  /// Bytes from the start of the section to the instruction; a multiple of 8.
  [[nodiscard]] std::uint32_t offset() const { return offset_; }
  /// The same, counted in instructions of 8 bytes.
  [[nodiscard]] std::uint32_t instruction() const { return offset_ / 8; }

  ExtRecord(const detail::SpecData* spec, std::uint32_t index, std::uint32_t offset)
      : spec_(spec), index_(index), offset_(offset) {}

 protected:
  const detail::SpecData* spec_;

 private:
  std::uint32_t index_, offset_;
};

/// A function starts here.
class FuncInfo : public ExtRecord {
 public:
  [[nodiscard]] Func type() const { return Func(Type(spec_, type_)); }

  static Result<FuncInfo> read(const detail::ExtData& ext, std::uint32_t section, std::uint32_t index);

 private:
  FuncInfo(const ExtRecord& common, TypeId type) : ExtRecord(common), type_(type) {}
  TypeId type_;
};

/// From here on the instructions come from this line of source.
class LineInfo : public ExtRecord {
 public:
  /// The file's name as the compiler was given it; may be empty.
  [[nodiscard]] std::string_view file() const { return spec_->string(file_); }
  /// The line itself as the compiler read it, without its end; empty when it had no file to read.
  [[nodiscard]] std::string_view text() const { return spec_->string(text_); }
  // The same, NUL-terminated; saves measuring them.
  [[nodiscard]] const char* c_file() const { return spec_->string(file_); }
  [[nodiscard]] const char* c_text() const { return spec_->string(text_); }
  [[nodiscard]] std::uint32_t line() const { return packed_ >> 10; }      ///< from 1; 0: in no line. Modulo 2^22
  [[nodiscard]] std::uint32_t column() const { return packed_ & 0x3ff; }  ///< from 1; 0: unknown. Modulo 1024

  static Result<LineInfo> read(const detail::ExtData& ext, std::uint32_t section, std::uint32_t index);

 private:
  LineInfo(const ExtRecord& common, std::uint32_t file, std::uint32_t text, std::uint32_t packed)
      : ExtRecord(common), file_(file), text_(text), packed_(packed) {}
  std::uint32_t file_, text_, packed_;
};

/// What a CO-RE relocation asks of the running kernel's types, numbered as on the wire.
enum class CoreKind : std::uint8_t {
  FieldByteOffset = 0,
  FieldByteSize = 1,
  FieldExists = 2,
  FieldSigned = 3,
  FieldLeftShift = 4,  ///< of a 64-bit load, to cut a bitfield out of it
  FieldRightShift = 5,
  LocalTypeId = 6,  ///< in the object's own BTF
  TargetTypeId = 7,
  TypeExists = 8,
  TypeSize = 9,
  EnumValueExists = 10,
  EnumValue = 11,
  TypeMatches = 12,
};
inline constexpr std::uint32_t core_kind_count = 13;

/// As libbpf writes it in its log: "byte_off", "byte_sz", "field_exists", "signed", "lshift_u64", "rshift_u64",
/// "local_type_id", "target_type_id", "type_exists", "type_size", "enumval_exists", "enumval_value", "type_matches".
std::string_view to_string(CoreKind kind);

/// The instruction here is to be adjusted to the types of the kernel that the program is loaded into.
class CoreRelocation : public ExtRecord {
 public:
  /// The type that `access` starts from.
  [[nodiscard]] Type root() const { return {spec_, root_}; }
  /// As written: member, element and enumerator numbers with colons between them, "0:1:2"; "0" for the type itself.
  [[nodiscard]] std::string_view access() const { return spec_->string(access_); }
  /// The same, NUL-terminated; saves measuring it.
  [[nodiscard]] const char* c_access() const { return spec_->string(access_); }
  [[nodiscard]] CoreKind kind() const { return kind_; }

  static Result<CoreRelocation> read(const detail::ExtData& ext, std::uint32_t section, std::uint32_t index);

 private:
  CoreRelocation(const ExtRecord& common, TypeId root, std::uint32_t access, CoreKind kind)
      : ExtRecord(common), root_(root), access_(access), kind_(kind) {}
  TypeId root_;
  std::uint32_t access_;
  CoreKind kind_;
};

/// The records of one kind in one section by ascending offset, made on the fly:
///
///     for (Result<LineInfo> line : section.lines())
///
/// A broken record is an Error in its place and leaves the others alone: malformed for an offset that is no multiple of 8 or
/// beyond the section, a string or type that does not exist, a function's type that is no FUNC; not_supported for a relocation
/// kind newer than this library. The Error's place is the record's own in .BTF.ext.
template <class R>
class ExtRecords {
 public:
  class iterator {
   public:
    using value_type = Result<R>;
    using difference_type = std::ptrdiff_t;
    using reference = Result<R>;
    using pointer = void;
    using iterator_category = std::input_iterator_tag;
    iterator() = default;
    iterator(const detail::ExtData* ext, std::uint32_t section, std::uint32_t index)
        : ext_(ext), section_(section), index_(index) {}
    Result<R> operator*() const { return R::read(*ext_, section_, index_); }
    iterator& operator++() { return ++index_, *this; }
    iterator operator++(int) {
      iterator before = *this;
      ++index_;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) { return a.index_ == b.index_; }

   private:
    const detail::ExtData* ext_ = nullptr;
    std::uint32_t section_ = 0, index_ = 0;
  };

  ExtRecords(const detail::ExtData* ext, std::uint32_t section, std::uint32_t count)
      : ext_(ext), section_(section), count_(count) {}
  [[nodiscard]] std::uint32_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// `index` must be less than size().
  Result<R> operator[](std::uint32_t index) const { return R::read(*ext_, section_, index); }
  [[nodiscard]] iterator begin() const { return {ext_, section_, 0}; }
  [[nodiscard]] iterator end() const { return {ext_, section_, count_}; }

 private:
  const detail::ExtData* ext_;
  std::uint32_t section_, count_;
};

/// All that .BTF.ext says of one section with code. A handle, valid while any copy of its Ext or Object lives.
class ExtSection {
 public:
  /// The name of the ELF section.
  [[nodiscard]] std::string_view name() const;
  [[nodiscard]] ExtRecords<FuncInfo> functions() const;
  [[nodiscard]] ExtRecords<LineInfo> lines() const;
  [[nodiscard]] ExtRecords<CoreRelocation> relocations() const;

  // Lookups by the byte offset of an instruction. Errors: not_found, or that of the record that would be the answer.
  /// The function that the instruction belongs to: the last one that starts at or before it.
  [[nodiscard]] Result<FuncInfo> function_at(std::uint64_t offset) const;
  /// The line that the instruction comes from: the last one at or before it, unless another function starts between them.
  [[nodiscard]] Result<LineInfo> line_at(std::uint64_t offset) const;
  /// The relocation of that very instruction.
  [[nodiscard]] Result<CoreRelocation> relocation_at(std::uint64_t offset) const;

  ExtSection(const detail::ExtData* ext, std::uint32_t section) : ext_(ext), section_(section) {}

 private:
  const detail::ExtData* ext_;
  std::uint32_t section_;
};

/// The .BTF.ext of an object: immutable and cheap to copy. Its types and strings are those of the object's first Spec.
class Ext {
 public:
  /// The sections that have records, in the order of their first mention. Records that are spread over several places for one
  /// section are joined.
  [[nodiscard]] std::vector<ExtSection> sections() const;
  /// The section of that name, if it has records.
  [[nodiscard]] std::optional<ExtSection> section(std::string_view name) const;

  [[nodiscard]] std::uint32_t function_count() const;    ///< func info records of all sections, broken ones included
  [[nodiscard]] std::uint32_t line_count() const;        ///< line info records
  [[nodiscard]] std::uint32_t relocation_count() const;  ///< CO-RE relocation records
  /// The whole section as read, with what this library does not know of longer headers and records.
  [[nodiscard]] std::span<const std::byte> bytes() const;

  explicit Ext(std::shared_ptr<const detail::ExtData> data) : data_(std::move(data)) {}

 private:
  std::shared_ptr<const detail::ExtData> data_;
};

}  // namespace btfkit
