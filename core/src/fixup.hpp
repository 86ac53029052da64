// DATASECs that a compiler left incomplete: their sizes and offsets are in the ELF's section headers and symbols.
#pragma once

#include <btfkit/object.hpp>
#include <map>

namespace btfkit::detail {

/// Sections by name and symbols by section and name; of equal ones the first. Thousands of DATASECs may ask.
class ElfNames {
 public:
  ElfNames(const std::vector<Section>& sections, const std::vector<Symbol>& symbols);
  /// nullptr when there is none of that name.
  [[nodiscard]] const Section* section(std::string_view name) const;
  [[nodiscard]] const Symbol* symbol(std::uint32_t section, std::string_view name) const;
  /// A symbol whose section index is beyond the ELF's last section.
  [[nodiscard]] const Symbol* stray(std::string_view name) const;

 private:
  static constexpr std::uint32_t nowhere = Symbol::reserved;
  struct Key {
    std::uint32_t section;
    std::string_view name;
    /// Lengths before characters, and no characters when both are one place: names of an ELF may overlap and be long.
    friend bool operator<(const Key& a, const Key& b) {
      if (a.section != b.section) return a.section < b.section;
      if (a.name.size() != b.name.size()) return a.name.size() < b.name.size();
      return a.name.data() != b.name.data() && a.name < b.name;
    }
  };
  std::map<Key, const Section*> sections_;
  std::map<Key, const Symbol*> symbols_;
};

/// Does any own DATASEC of an ELF's BTF wait for the linker or loader to fill in its size?
bool needs_fixup(const SpecData& data);

/// The externs of .kconfig, which have no section: they are laid out one behind the other.
Result<FixedDatasec> laid_out(const Datasec& datasec);

/// Completes what needs_fixup speaks of, as an overlay: the words as read stay. What can't be completed carries its own Error
/// and is listed among the warnings; the rest is completed all the same. Rules: libbpf's, by section name (.ksyms, .kconfig).
void fix_datasecs(SpecData& data, const ElfNames& names);

}  // namespace btfkit::detail
