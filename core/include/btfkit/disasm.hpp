// The code of a BPF object, disassembled: instructions with the names, labels, source lines and CO-RE relocations that the
// object's symbols, relocations, BTF and .BTF.ext know of them.
#pragma once

#include <btfkit/instruction.hpp>
#include <btfkit/object.hpp>
#include <functional>
#include <map>

namespace btfkit {

/// A stretch of code: a function up to the next one, or what no function is known for. They do not overlap.
struct CodeRange {
  std::uint32_t section = 0;           ///< the index of its section
  std::uint64_t offset = 0, size = 0;  ///< bytes from the start of the section
  std::span<const Program> programs;   ///< the functions that start here: none, one, or several names of one
};

/// What an instruction refers to by a relocation or a call, beyond itself.
struct CodeReference {
  enum class Kind : std::uint8_t {
    Function,        ///< a function of the object, or one that another object is to define: called, or its address taken
    KernelFunction,  ///< an extern function that is not known to be another object's: a kfunc
    Extern,          ///< an extern that is no function and no map: a kernel variable, a .kconfig value
    Map,             ///< of the object, or one that another object is to define
    Variable,        ///< a variable, or a place in a section of data
    Common,          ///< a variable for which a linker is still to find room (-fcommon): no loader takes it
    Absolute,        ///< a number that has a name
  };
  Kind kind = Kind::Variable;
  std::string name;                 ///< "counters", ".rodata.str1.1"; control characters as \xNN, cut when it is huge
  std::int64_t offset = 0;          ///< bytes behind what `name` names
  std::uint32_t section = 0;        ///< the index of the section that it is in; 0: none, what another object defines too
  std::uint64_t place = 0;          ///< bytes from the start of that section
  std::optional<std::string> text;  ///< the beginning of a string that is there, for constants
};
/// "function", "kfunc", "extern", "map", "variable", "common", "absolute".
std::string_view to_string(CodeReference::Kind kind);

/// One instruction and what is known of it. Its parts live as long as the Object and only while the visitor looks at them.
struct CodeLine {
  Instruction instruction;
  std::string text;                            ///< as to_text has it, with names
  std::string label;                           ///< when a jump of the same range goes here
  std::optional<LineInfo> source;              ///< when another line of source begins here
  std::optional<Result<CoreRelocation>> core;  ///< an Error where .BTF.ext has a broken record
  std::optional<CodeReference> reference;
};

/// All code of an object. Cheap to make; immutable.
class Code {
 public:
  /// Errors: not_supported for anything but a BPF object.
  static Result<Code> of(Object object);

  /// By section and offset.
  [[nodiscard]] const std::vector<CodeRange>& ranges() const { return ranges_; }
  /// The ranges of the functions of that name, else those of the section of that name. Errors: not_found, with the nearest
  /// names.
  [[nodiscard]] Result<std::vector<CodeRange>> named(std::string_view name) const;

  /// Visits the instructions of a range in their order, until the visitor returns false. Labels are the names of the object's
  /// own symbols, but for the numbered ones of compilers: L1, L2... in the order of the code. Errors: those of the section's
  /// contents and relocations.
  Result<void> visit(const CodeRange& range, const std::function<bool(const CodeLine&)>& visitor) const;

 private:
  explicit Code(Object object);
  Object object_;
  std::vector<CodeRange> ranges_;
  std::vector<const Symbol*> by_place_;                                   // symbols of places in code, by section and value
  std::vector<const Symbol*> variables_;                                  // symbols of variables, the same way
  std::map<std::string_view, CodeReference::Kind> elsewhere_;             // maps and functions that are not in the object
  std::map<std::uint32_t, Result<std::vector<Relocation>>> relocations_;  // by section
};

}  // namespace btfkit
