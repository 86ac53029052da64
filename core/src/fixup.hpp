// DATASECs that a compiler left incomplete: their sizes and offsets are in the ELF's section headers and symbols.
#pragma once

#include <btfkit/object.hpp>

namespace btfkit::detail {

/// Does any own DATASEC of an ELF's BTF wait for the linker or loader to fill in its size?
bool needs_fixup(const SpecData& data);

/// Completes what needs_fixup speaks of, as an overlay: the words as read stay. What can't be completed carries its own Error
/// and is listed among the warnings; the rest is completed all the same. Rules: libbpf's, by section name (.ksyms, .kconfig).
void fix_datasecs(SpecData& data, const std::vector<Section>& sections, const std::vector<Symbol>& symbols);

}  // namespace btfkit::detail
