#include <btfkit/loader.hpp>

#include <algorithm>
#include <cassert>
#include <map>

#include "elf.hpp"
#include "ext.hpp"
#include "find_btf.hpp"
#include "fixup.hpp"
#include "header.hpp"
#include "object_data.hpp"
#include "programs.hpp"
#include "rebase.hpp"
#include "records.hpp"
#include "sorted.hpp"
#include "text.hpp"
#include "window.hpp"
#include "wrapping.hpp"

namespace btfkit {
namespace detail {
namespace {

constexpr std::size_t most_specs = 10000;  // that one section may hold

}  // namespace
}  // namespace detail

using namespace detail;

struct Loader::State {
  State(std::uint64_t size, LoadOptions given) : options(std::move(given)), wrapping(size) { object.container.size = size; }

  // What has been gathered. A stage that stops for bytes runs again from its start; what was expensive is kept here.
  LoadOptions options;
  Wrapping wrapping;
  std::optional<Step> pending;
  std::optional<Error> failure;                     ///< why the input could not be unpacked
  std::uint32_t decoding = 0;                       ///< the section that a NeedDecode speaks of; 0: the whole input
  std::map<std::uint32_t, Result<Bytes>> unpacked;  ///< compressed sections, by index, or why they could not be
  std::vector<std::shared_ptr<SpecData>> unsealed;  ///< checked records that wait for the ELF's facts
  Object::Data object;

  Step advance();
  Wanted<void> run();
  void forget();
  Result<void> search(std::span<const std::byte> bytes);
  Wanted<void> open_elf();
  Wanted<void> open_btf(const ElfFile& elf, const Section& section);
  Wanted<Bytes> contents(const ElfFile& elf, const Section& section);
  Wanted<std::optional<Bytes>> ext_contents(const ElfFile& elf);
  Wanted<void> read_base(const ElfFile& elf);
  Result<void> read_specs(Bytes section);
  Wanted<void> read_facts(const ElfFile& elf);
  Wanted<void> keep_contents(const ElfFile& elf);
  void seal(ByteOrder order);
};

Loader::Loader(std::uint64_t input_size, LoadOptions options)
    : state_(std::make_unique<State>(input_size, std::move(options))) {}
Loader::~Loader() = default;
Loader::Loader(Loader&&) noexcept = default;
Loader& Loader::operator=(Loader&&) noexcept = default;

Step Loader::step() {
  State& s = *state_;
  if (!s.pending) s.pending = s.advance();
  return *s.pending;
}

void Loader::feed(Bytes bytes) {
  State& s = *state_;
  const auto pending = std::exchange(s.pending, std::nullopt).value_or(Done{});
  const auto refuse = [&](const std::string& wanted) {
    s.pending = Error{ErrorCode::InvalidArgument, "fed " + counted(bytes.size(), "byte") + ", " + wanted, {}};
  };
  if (const auto* need = std::get_if<NeedBytes>(&pending)) {
    if (bytes.size() != need->length) return refuse(std::to_string(need->length) + " were asked for");
    s.wrapping.input().add(need->offset, std::move(bytes));
  } else if (const auto* packed = std::get_if<NeedDecode>(&pending)) {
    if (s.decoding != 0 && bytes.size() != packed->max_size) {
      s.unpacked.emplace(s.decoding,
                         unexpected(ErrorCode::Malformed, "unpacks to " + counted(bytes.size(), "byte") + ", its header says " +
                                                              std::to_string(packed->max_size)));
      return;
    }
    if (bytes.size() > packed->max_size)
      return refuse("at most " + std::to_string(packed->max_size) + " unpacked ones were asked for");
    if (s.decoding != 0) {
      s.unpacked.emplace(s.decoding, std::move(bytes));
    } else {
      s.wrapping.enter(packed->codec, std::move(bytes));
    }
  } else {
    refuse("none were asked for");
  }
}

void Loader::fail(Error why) {
  State& s = *state_;
  const auto pending = std::exchange(s.pending, std::nullopt).value_or(Done{});
  if (!std::holds_alternative<NeedDecode>(pending)) s.pending = std::move(why);
  else if (s.decoding != 0) s.unpacked.emplace(s.decoding, unexpected(std::move(why)));
  else s.failure = std::move(why);
}

Object Loader::take() {
  assert(state_->pending && std::holds_alternative<Done>(*state_->pending));
  return Object(std::make_shared<const Object::Data>(std::move(state_->object)));
}

/// Runs the stages: again with the next place that may hold the kernel, where the one before in a kernel image did not.
Step Loader::State::advance() {
  while (true) {
    auto why = std::exchange(failure, std::nullopt);
    if (!why) {
      auto done = run();
      if (done) return Done{};
      if (!std::holds_alternative<Error>(done.error()))
        return std::visit([](auto& need) { return Step(std::move(need)); }, done.error());
      why = std::get<Error>(std::move(done.error()));
    }
    if (!wrapping.try_next(*why)) return std::move(*why);
    forget();
  }
}

/// The path through the stages: what is it, its BTF sections, records, the facts that complete them, sealed.
Wanted<void> Loader::State::run() {
  decoding = 0;
  const auto content = wrapping.peel(options.max_decoded);
  if (!content) return stop(content.error());
  if (*content == Content::Elf) {
    if (auto ok = open_elf(); !ok) return ok;
  } else {
    auto whole = wrapping.input().get(0, wrapping.input().size());
    if (!whole) return stop(whole.error());
    auto ok = *content == Content::Btf ? read_specs(std::move(*whole)) : search(whole->span());
    if (!ok) return stop(ok.error());
    seal(host_order);
  }
  object.container.wrappers = wrapping.codecs();
  object.container.kernel_image = wrapping.kernel_image();
  return {};
}

/// What was found in the wrong place.
void Loader::State::forget() {
  object.distilled_base.reset();
  object.kept = {};
  object.relocation_sections.clear();
  object.warnings.clear();
  unpacked.clear();
  unsealed.clear();
}

/// The BTF that is somewhere in a kernel as it lies in memory.
Result<void> Loader::State::search(std::span<const std::byte> bytes) {
  const bool partial = std::exchange(options.partial, false);  // a large file has many places that look like damaged BTF
  for (const BtfPlace& place : find_btf(bytes))
    if (unsealed.empty()) static_cast<void>(read_specs(Bytes::copy(bytes.subspan(place.offset, place.size))));
  options.partial = partial;
  if (unsealed.empty()) return unexpected(wrapping.without_btf());
  return {};
}

Wanted<void> Loader::State::open_elf() {
  const Window& input = wrapping.input();
  auto elf = read_elf(input);
  if (!elf) return stop(elf.error());
  if (unsealed.empty()) {
    const Section* section = elf->find(".BTF");
    if (section == nullptr) {
      if (auto kernel = wrapping.peel(*elf, options.max_decoded); !kernel) return kernel;
      if (!options.without_btf || elf->container.elf_machine != em_bpf || elf->sections.empty())
        return stop(no_btf(elf->sections, elf->container.elf_machine));
    } else if (auto ok = open_btf(*elf, *section); !ok) {
      return ok;
    }
  }
  auto ext = ext_contents(*elf);
  if (!ext && !std::holds_alternative<Error>(ext.error())) return stop(ext.error());
  if (auto ok = keep_contents(*elf); !ok) return ok;
  if (auto ok = read_facts(*elf); !ok) return ok;  // the last that may stop: it adds warnings
  std::optional<ElfNames> names;
  for (const auto& spec : unsealed) {
    if (needs_fixup(*spec)) {
      if (!names) names.emplace(elf->sections, object.symbols);
      fix_datasecs(*spec, *names);
    }
    if (spec->pointer_size == 0) spec->pointer_size = elf->container.elf_class == 32 ? 4 : 8;
  }
  elf->container.size = object.container.size;
  object.container = std::move(elf->container);
  object.sections = std::move(elf->sections);
  object.section_names = std::move(elf->names);
  seal(elf->order);
  if (!ext) object.warnings.push_back(std::get<Error>(ext.error()));
  else if (*ext) object.ext = read_ext(std::move(**ext), object.specs.front(), object.sections, object.warnings);
  if (object.container.elf_machine == em_bpf) object.programs = find_programs(object);
  return {};
}

Wanted<void> Loader::State::open_btf(const ElfFile& elf, const Section& section) {
  auto bytes = contents(elf, section);
  if (!bytes) return stop(bytes.error());
  if (auto ok = read_base(elf); !ok) return ok;
  const auto order = order_by_magic(bytes->span());
  if (order && *order != elf.order)
    return stop(ErrorCode::Malformed, std::string("the ELF is ") + to_string(elf.order) + ", its BTF is " + to_string(*order),
                {".BTF", 0, {}, {}});
  if (auto ok = read_specs(std::move(*bytes)); !ok) return stop(ok.error());
  return {};
}

/// A section's bytes, unpacked when it is compressed.
Wanted<Bytes> Loader::State::contents(const ElfFile& elf, const Section& section) {
  if (const auto done = unpacked.find(section.index); done != unpacked.end()) {
    if (done->second) return *done->second;
    Error why = done->second.error();
    if (why.where.section.empty()) why.where.section = std::string(section.name);
    return stop(std::move(why));
  }
  auto stored = section_bytes(wrapping.input(), section);
  if (!stored || !is_compressed(section, *stored)) return stored;
  auto packing = compression_of(elf, section, *stored);
  if (!packing) return stop(packing.error());
  if (packing->unpacked_size > options.max_decoded)
    return stop(ErrorCode::TooLarge,
                "unpacks to " + std::to_string(packing->unpacked_size) + " bytes, " + std::to_string(options.max_decoded) +
                    " are allowed",
                {std::string(section.name), 0, {}, {}});
  decoding = section.index;
  return stop(NeedDecode{packing->codec, stored->slice(packing->header_size, stored->size() - packing->header_size),
                         packing->unpacked_size});
}

/// The bytes of .BTF.ext, where there is one.
Wanted<std::optional<Bytes>> Loader::State::ext_contents(const ElfFile& elf) {
  const Section* section = elf.find(".BTF.ext");
  if (section == nullptr) return std::nullopt;
  if (unsealed.empty())
    return stop(ErrorCode::NotFound, "it means nothing without .BTF, which the file has not", {".BTF.ext", {}, {}, {}});
  auto bytes = contents(elf, *section);
  if (!bytes) return stop(bytes.error());
  return std::move(*bytes);
}

/// A module that carries its own distilled base is read on that, and then moved onto the base that options give.
Wanted<void> Loader::State::read_base(const ElfFile& elf) {
  const Section* section = elf.find(".BTF.base");
  if (section == nullptr || object.distilled_base) return {};
  auto bytes = contents(elf, *section);
  if (!bytes) return stop(bytes.error());
  const auto in_base = [](Error error) {
    if (error.where.section.substr(0, 4) == ".BTF") error.where.section.insert(4, ".base");
    return stop(std::move(error));
  };
  std::optional<Error> damage;
  auto header = read_header(*bytes, false, options.partial ? &damage : nullptr);
  if (!header) return in_base(header.error());
  LoadOptions alone;
  alone.pointer_size = options.pointer_size;
  alone.partial = options.partial;
  auto data = read_records(*bytes, *header, alone);
  if (!data) return in_base(data.error());
  if (damage) (*data)->damage = std::move(damage);
  if ((*data)->pointer_size == 0) (*data)->pointer_size = elf.container.elf_class == 32 ? 4 : 8;
  object.distilled_base = Spec(std::move(*data));
  return {};
}

/// Every BTF of a section: a linker that knows nothing of BTF puts several one after the other.
Result<void> Loader::State::read_specs(Bytes section) {
  LoadOptions with_base = options;
  if (object.distilled_base) with_base.base = object.distilled_base;
  object.btf = section;
  while (true) {
    std::optional<Error> damage;
    auto header = read_header(section, with_base.base.has_value(), options.partial ? &damage : nullptr);
    auto data =
        header ? read_records(section, *header, with_base) : Result<std::shared_ptr<SpecData>>(unexpected(header.error()));
    if (!data && unsealed.empty()) return unexpected(data.error());
    if (!data) {  // the first one is whole; what follows only looked like another
      object.warnings.push_back({ErrorCode::Malformed,
                                 counted(section.size(), "byte") + " behind the BTF begin like another one but are none (" +
                                     data.error().message() + "); they are ignored",
                                 {".BTF", {}, {}, {}}});
      break;
    }
    const bool cut = damage.has_value();
    if (cut) (*data)->damage = std::move(damage);
    const std::size_t end = declared_size(*header);
    unsealed.push_back(std::move(*data));
    if (cut) break;  // nobody knows where it would have ended
    if (unsealed.size() == most_specs) {
      object.warnings.push_back({ErrorCode::TooLarge,
                                 "the section holds more than " + std::to_string(most_specs) + " BTFs; the others are ignored",
                                 {".BTF", {}, {}, {}}});
      break;
    }

    // Zeroes may pad up to the next one.
    const auto rest = section.span().subspan(end);
    const auto next = std::find_if(rest.begin(), rest.end(), [](std::byte b) { return b != std::byte{0}; });
    if (next == rest.end()) break;
    const std::size_t at = end + static_cast<std::size_t>(next - rest.begin());
    section = section.slice(at, section.size() - at);
    if (order_by_magic(section.span()) != header->order) {
      object.warnings.push_back({ErrorCode::Malformed,
                                 counted(section.size(), "byte") + " behind the BTF are no BTF; they are ignored",
                                 {".BTF", end, {}, {}}});
      break;
    }
  }
  if (object.distilled_base && options.base) {
    for (auto& data : unsealed) {
      auto moved = rebase_records(Spec(data), *options.base);
      if (!moved) return unexpected(moved.error());
      data = std::move(*moved);
    }
  }
  if (unsealed.size() > 1)
    object.warnings.push_back(
        {ErrorCode::NotSupported,
         "the section holds " + std::to_string(unsealed.size()) + " BTFs one after the other; most tools see only the first",
         {".BTF", {}, {}, {}}});
  return {};
}

/// The symbols, when they will be looked at. A broken table costs only what needs it.
Wanted<void> Loader::State::read_facts(const ElfFile& elf) {
  const bool wanted = (elf.container.elf_machine == em_bpf && elf.container.elf_type == et_rel) ||
                      std::any_of(unsealed.begin(), unsealed.end(), [](const auto& spec) { return needs_fixup(*spec); });
  if (!wanted) return {};
  auto table = read_symbols(wrapping.input(), elf);
  if (!table) {
    const auto* error = std::get_if<Error>(&table.error());
    if (error == nullptr) return stop(table.error());
    object.warnings.push_back(*error);
    return {};
  }
  object.symbols = std::move(table->symbols);
  object.symbol_names = std::move(table->names);
  return {};
}

/// A BPF object's code, data and relocations, asked for in one piece: there may be thousands of sections.
Wanted<void> Loader::State::keep_contents(const ElfFile& elf) {
  if (elf.container.elf_machine != em_bpf) return {};
  const Window& input = wrapping.input();
  std::uint64_t begin = input.size(), end = 0;
  object.relocation_sections.clear();
  for (const Section& section : elf.sections) {
    if (!is_kept(section)) continue;
    if (section.type != sht_progbits) object.relocation_sections.emplace_back(section.info, section.index);
    if (section.offset > input.size() || section.size > input.size() - section.offset) continue;  // an Error on use
    begin = std::min(begin, section.offset);
    end = std::max(end, section.offset + section.size);
  }
  stable_sort(std::span(object.relocation_sections), std::less());
  if (end <= begin) return {};
  auto bytes = input.get(begin, end - begin);
  if (!bytes) return stop(bytes.error());
  object.kept = std::move(*bytes);
  object.kept_at = begin;
  return {};
}

/// From here on nothing changes. What stands for a BTF that is not there speaks the file's byte order.
void Loader::State::seal(ByteOrder order) {
  for (auto& spec : unsealed) {
    if (spec->pointer_size == 0) spec->pointer_size = 8;
    object.specs.emplace_back(std::move(spec));
  }
  if (!object.specs.empty()) return;
  auto none = std::make_shared<SpecData>();
  none->image = empty_btf(order);
  none->header = *read_header(none->image, false);
  none->strings = "";
  none->end_string = 1;
  none->pointer_size = object.container.elf_class == 32 ? 4 : 8;
  object.no_types = Spec(std::move(none));
}

bool lacks_base(const Error& error) {
  const std::string_view text = error.text;
  return text.size() >= base_hint.size() && text.substr(text.size() - base_hint.size()) == base_hint;
}

}  // namespace btfkit
