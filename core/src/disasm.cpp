#include <btfkit/disasm.hpp>

#include <algorithm>
#include <btfkit/bpf_object.hpp>
#include <tuple>

#include "code_names.hpp"
#include "elf.hpp"
#include "nearest.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit {
namespace {

using detail::shown_name;

constexpr std::uint8_t stt_notype = 0, stt_object = 1;

bool has_code(const Section& section) { return detail::is_code(section) && section.size != 0; }

/// The functions of one section one behind the other, with what lies before and between them.
void add_ranges(const Section& section, std::span<const Program> programs, std::vector<CodeRange>& ranges) {
  const auto add = [&](std::uint64_t from, std::uint64_t to, std::span<const Program> named) {
    if (from < to) ranges.push_back({section.index, from, to - from, named});
  };
  std::uint64_t done = 0;
  while (!programs.empty()) {
    const std::uint64_t start = programs.front().offset;
    std::size_t same = 0;
    std::uint64_t end = start;
    for (; same < programs.size() && programs[same].offset == start; ++same) end = std::max(end, start + programs[same].size);
    if (same < programs.size()) end = std::min(end, programs[same].offset);
    add(done, start, {});
    add(start, end, programs.first(same));
    done = end;
    programs = programs.subspan(same);
  }
  add(done, section.size, {});
}

/// Where the jumps of a range go within it, in bytes from the start of the section.
std::vector<std::uint64_t> targets_in(const CodeRange& range, std::span<const std::byte> code, ByteOrder order) {
  std::vector<std::uint64_t> targets;
  for (std::size_t at = 0; at < code.size();) {
    const Instruction in = decode_instruction(code.subspan(at), order, range.offset + at);
    const auto target = in.target();
    if (target && in.operation->form != Form::CallFunction && *target >= static_cast<std::int64_t>(range.offset) &&
        static_cast<std::uint64_t>(*target) - range.offset < range.size)
      targets.push_back(static_cast<std::uint64_t>(*target));
    at += in.length;
  }
  detail::stable_sort(std::span(targets), std::less());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  return targets;
}

bool by_place(const Symbol* a, const Symbol* b) { return std::tie(a->section, a->value) < std::tie(b->section, b->value); }

/// "; there are a, b and 5 more"
std::string first_names(const std::vector<CodeRange>& ranges) {
  constexpr std::size_t most = 8;
  std::string text;
  std::size_t count = 0;
  for (const CodeRange& range : ranges) {
    if (range.programs.empty() || range.programs.front().name.empty() || ++count > most) continue;
    text += (count == 1 ? "; there are " : ", ") + shown_name(range.programs.front().name);
  }
  return count <= most ? text : text + " and " + std::to_string(count - most) + " more";
}

std::string reference_text(const CodeReference& reference) {
  return reference.name + (reference.offset == 0  ? ""
                           : reference.offset > 0 ? " + " + std::to_string(reference.offset)
                                                  : " - " + std::to_string(0 - static_cast<std::uint64_t>(reference.offset)));
}

}  // namespace

std::string_view to_string(CodeReference::Kind kind) {
  constexpr std::string_view names[] = {"function", "kfunc", "extern", "map", "variable", "common", "absolute"};
  return names[static_cast<std::size_t>(kind)];
}

Result<Code> Code::of(Object object) {
  if (object.container().elf_machine != detail::em_bpf)
    return unexpected(ErrorCode::NotSupported, object.container().elf ? "no BPF object: its code is for another machine"
                                                                      : "raw BTF has no code, only an object has");
  return Code(std::move(object));
}

Code::Code(Object object) : object_(std::move(object)) {
  std::span<const Program> programs = object_.programs();
  // Sections may share their bytes: no more entries than an honest file of that size has.
  const std::uint64_t most_entries = object_.container().size * 4 + 65536;
  std::uint64_t entries = 0;
  const Result<std::vector<Relocation>> too_many =
      unexpected(ErrorCode::TooLarge, "the sections before have more relocations than the file has room for");
  for (const Section& section : object_.sections()) {
    if (!has_code(section)) continue;
    while (!programs.empty() && programs.front().section < section.index) programs = programs.subspan(1);
    std::size_t own = 0;
    while (own < programs.size() && programs[own].section == section.index) ++own;
    add_ranges(section, programs.first(own), ranges_);
    auto relocations = entries > most_entries ? too_many : object_.relocations(section.index);
    if (relocations) entries += relocations->size();
    if (!relocations || !relocations->empty()) relocations_.emplace(section.index, std::move(relocations));
  }
  for (const Extern& found : externs_of(object_))
    if (Func::is(found.type.kind()))
      elsewhere_.emplace(found.name,
                         found.section_name.empty() ? CodeReference::Kind::Function : CodeReference::Kind::KernelFunction);
  for (const Map& map : maps_of(object_))
    if (map.is_extern) elsewhere_.emplace(map.name, CodeReference::Kind::Map);
  for (const Symbol& symbol : object_.symbols()) {
    if (!symbol.has_section() || symbol.name.empty()) continue;
    if (symbol.type == stt_notype) by_place_.push_back(&symbol);
    if (symbol.type == stt_object) variables_.push_back(&symbol);
  }
  detail::stable_sort(std::span(by_place_), by_place);
  detail::stable_sort(std::span(variables_), by_place);
}

Result<std::vector<CodeRange>> Code::named(std::string_view name) const {
  std::vector<CodeRange> found;
  detail::Nearest nearest(name);
  for (const CodeRange& range : ranges_)
    for (const Program& program : range.programs) {
      if (program.name.empty()) continue;
      nearest.offer(program.name);
      if (program.name != name) continue;
      found.push_back(range);
      break;
    }
  if (!found.empty()) return found;
  for (const CodeRange& range : ranges_) {
    const std::string_view section = object_.sections()[range.section].name;
    nearest.offer(section);
    if (section == name) found.push_back(range);
  }
  if (!found.empty()) return found;
  std::string suggestion = nearest.suggestion();
  if (suggestion.empty()) suggestion = first_names(ranges_);
  return unexpected(ErrorCode::NotFound, "no function or section with code is called '" + shown_name(name) + '\'' + suggestion);
}

Result<void> Code::visit(const CodeRange& range, const std::function<bool(const CodeLine&)>& visitor) const {
  const Section& section = object_.sections()[range.section];
  const auto contents = object_.contents(range.section);
  if (!contents) return unexpected(contents.error());
  std::span<const Relocation> relocations;
  if (const auto known = relocations_.find(range.section); known != relocations_.end()) {
    if (!known->second) return unexpected(known->second.error());
    relocations = *known->second;
  }
  const auto code = contents->span().subspan(static_cast<std::size_t>(range.offset), static_cast<std::size_t>(range.size));
  const ByteOrder order = object_.spec().byte_order();
  const std::vector<std::uint64_t> targets = targets_in(range, code, order);
  const auto label_at = [&](std::uint64_t target) {
    Symbol wanted;
    wanted.section = range.section;
    wanted.value = target + section.address;
    const auto symbol = std::lower_bound(by_place_.begin(), by_place_.end(), &wanted, by_place);
    if (symbol != by_place_.end() && !by_place(&wanted, *symbol)) {
      const std::string_view name = (*symbol)->name;
      if (name.substr(0, 3) != "LBB" && name.substr(0, 2) != ".L") return shown_name(name);
    }
    const auto found = std::lower_bound(targets.begin(), targets.end(), target);
    if (found == targets.end() || *found != target) return std::string();
    return 'L' + std::to_string(found - targets.begin() + 1);
  };

  const auto ext = object_.ext() == nullptr ? std::nullopt : object_.ext()->section(section.name);
  detail::CodeNames names(object_, range.section, relocations, {elsewhere_, variables_});
  const Result<LineInfo> no_record = unexpected(ErrorCode::NotFound, "");
  std::tuple<const char*, std::uint32_t> previous{nullptr, 0};  // file and number of the line shown last
  for (std::size_t at = 0; at < code.size();) {
    CodeLine line{decode_instruction(code.subspan(at), order, range.offset + at), {}, {}, {}, {}, {}};
    const Instruction& in = line.instruction;
    if (const auto record = ext ? ext->line_at(in.offset) : no_record;
        record && record->offset() == in.offset && record->line() != 0) {
      const std::tuple now{record->c_file(), record->line()};
      if (now != previous) line.source = *record;
      previous = now;
    }
    if (ext)
      if (auto record = ext->relocation_at(in.offset); record || record.error().code != ErrorCode::NotFound)
        line.core = std::move(record);
    if (std::binary_search(targets.begin(), targets.end(), in.offset)) line.label = label_at(in.offset);
    line.reference = names.reference(in);

    OperandNames operands;
    if (const auto target = in.target(); target && *target >= 0 && in.operation->form != Form::CallFunction)
      operands.target = label_at(static_cast<std::uint64_t>(*target));
    if (line.reference && !line.reference->name.empty())
      (in.operation->form == Form::LoadImmediate ? operands.value : operands.callee) = reference_text(*line.reference);
    line.text = to_text(in, operands);
    if (!visitor(line)) break;
    at += in.length;
  }
  return {};
}

}  // namespace btfkit
