#include "programs.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "elf.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit {
namespace detail {
namespace {

constexpr std::size_t longest_searched = 4096;  // names that are looked up in the BTF; the kernel allows 511 bytes

bool earlier(const Program& a, const Program& b) { return std::tie(a.section, a.offset) < std::tie(b.section, b.offset); }

Program program_at(const Section& section, std::uint64_t offset) {
  Program program;
  program.section_name = section.name;
  program.section = section.index;
  program.offset = offset;
  return program;
}

/// Cut as symbols' names are: many functions may share one huge name.
std::string_view name_of(const Func& func) {
  constexpr std::size_t longest = std::size_t{64} * 1024;
  const char* name = func.data()->string(load32(func.record()));
  const void* end = std::memchr(name, 0, longest);
  return {name, end == nullptr ? longest : static_cast<std::size_t>(static_cast<const char*>(end) - name)};
}

std::vector<Program> from_symbols(const Object::Data& object) {
  std::vector<Program> programs;
  for (const Symbol& symbol : object.symbols) {
    if (symbol.type != stt_func || symbol.section >= object.sections.size()) continue;
    const Section& section = object.sections[symbol.section];
    const std::uint64_t offset = symbol.value - section.address;
    if (!is_code(section) || symbol.value < section.address || offset >= section.size) continue;
    Program program = program_at(section, offset);
    program.name = symbol.name;
    program.size = symbol.size;
    program.symbol = &symbol;
    programs.push_back(program);
  }
  stable_sort(std::span(programs), earlier);
  return programs;
}

/// Gives the functions that have one their func info's type; a func info without a symbol is a function too.
void add_func_info(std::vector<Program>& programs, const Object::Data& object) {
  const std::size_t with_symbol = programs.size();
  std::set<const char*> joined;  // sections may share a name: .BTF.ext speaks of the first
  for (const Section& section : object.sections) {
    if (!is_code(section)) continue;
    const auto ext = object.ext->section(section.name);
    if (!ext || !joined.insert(ext->name().data()).second) continue;
    std::optional<std::uint32_t> previous;
    for (const Result<FuncInfo> info : ext->functions()) {
      if (!info || info->offset() >= section.size || previous == info->offset()) continue;
      previous = info->offset();
      Program found = program_at(section, info->offset());
      const auto begin = programs.begin(), end = begin + static_cast<std::ptrdiff_t>(with_symbol);
      const auto [first, last] = std::equal_range(begin, end, found, earlier);
      std::for_each(first, last, [&](Program& p) { p.type = info->type(); });
      if (first != last) continue;
      found.name = name_of(info->type());
      found.type = info->type();
      programs.push_back(found);
    }
  }
  stable_sort(std::span(programs), earlier);
}

/// A section with code and no function is one without a name: all symbols were stripped.
void add_nameless(std::vector<Program>& programs, const Object::Data& object) {
  std::vector<Program> nameless;
  for (const Section& section : object.sections) {
    if (!is_code(section) || section.size == 0) continue;
    const auto in_it = std::partition_point(programs.begin(), programs.end(),
                                            [&](const Program& program) { return program.section < section.index; });
    if (in_it == programs.end() || in_it->section != section.index) nameless.push_back(program_at(section, 0));
  }
  programs.insert(programs.end(), nameless.begin(), nameless.end());
  std::stable_sort(programs.begin(), programs.end(), earlier);
}

/// A function that .BTF.ext does not know has the type of its name, if the BTF has one only.
void add_types_by_name(std::vector<Program>& programs, const Spec& spec) {
  std::map<std::string_view, std::optional<Func>> known;  // many symbols may share one name
  for (Program& program : programs) {
    if (program.type || program.name.empty() || program.name.size() > longest_searched) continue;
    const auto [entry, is_new] = known.try_emplace(program.name);
    if (is_new)
      if (const auto func = spec.find<Func>(program.name)) entry->second = *func;
    program.type = entry->second;
  }
}

/// Sizes that no symbol says, and none beyond the section.
void complete_sizes(std::vector<Program>& programs, const std::vector<Section>& sections) {
  std::uint64_t next = 0;  // where the next function of the section starts
  for (std::size_t i = programs.size(); i-- > 0;) {
    Program& program = programs[i];
    const bool last = i + 1 == programs.size() || programs[i + 1].section != program.section;
    if (last) next = sections[program.section].size;
    else if (programs[i + 1].offset != program.offset) next = programs[i + 1].offset;
    program.size =
        program.size == 0 ? next - program.offset : std::min(program.size, sections[program.section].size - program.offset);
  }
}

}  // namespace

std::vector<Program> find_programs(const Object::Data& object) {
  std::vector<Program> programs = from_symbols(object);
  if (object.ext) add_func_info(programs, object);
  add_nameless(programs, object);
  add_types_by_name(programs, object.specs.empty() ? *object.no_types : object.specs.front());
  complete_sizes(programs, object.sections);
  return programs;
}

}  // namespace detail

Result<Program> Object::function_at(std::uint32_t section, std::uint64_t offset) const {
  const auto& programs = data_->programs;
  if (section >= data_->sections.size())
    return unexpected(ErrorCode::NotFound,
                      "no section " + std::to_string(section) + ", there are " + std::to_string(data_->sections.size()));
  Program wanted;
  wanted.section = section;
  wanted.offset = offset;
  const auto behind = std::upper_bound(programs.begin(), programs.end(), wanted, detail::earlier);
  if (behind != programs.begin()) {
    const auto found = std::lower_bound(programs.begin(), behind, *(behind - 1), detail::earlier);
    if (found->section == section && offset - found->offset < found->size) return *found;
  }
  return unexpected(ErrorCode::NotFound, "no function at 0x" + detail::hex(offset) + " of section '" +
                                             detail::printable(data_->sections[section].name, 100) + "'");
}

}  // namespace btfkit
