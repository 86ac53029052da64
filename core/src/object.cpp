#include <algorithm>

#include "elf.hpp"
#include "object_data.hpp"
#include "sorted.hpp"
#include "text.hpp"

namespace btfkit {

Result<Object> Object::load(const Source& source) { return load(source, {}); }

namespace {

void answer(Loader& loader, Result<Bytes> bytes) {
  if (bytes) loader.feed(std::move(*bytes));
  else loader.fail(std::move(bytes.error()));
}

Result<Bytes> unpack(const LoadOptions& options, const NeedDecode& need) {
  if (options.decode) return options.decode(need.codec, need.packed, need.max_size);
  return unexpected(ErrorCode::NotSupported,
                    "compressed with " + std::string(to_string(need.codec)) + ", and there is no decoder for it");
}

}  // namespace

Result<Object> Object::load(const Source& source, const LoadOptions& options) {
  Loader loader(source.size(), options);
  while (true) {
    Step step = loader.step();
    if (std::holds_alternative<Done>(step)) return loader.take();
    if (auto* error = std::get_if<Error>(&step)) return unexpected(std::move(*error));
    if (auto* need = std::get_if<NeedBytes>(&step)) answer(loader, source.read(need->offset, need->length));
    else if (auto* packed = std::get_if<NeedDecode>(&step)) answer(loader, unpack(options, *packed));
  }
}

Result<Spec> Spec::load(const Source& source) { return load(source, {}); }

Result<Spec> Spec::load(const Source& source, const LoadOptions& options) {
  LoadOptions with_btf = options;
  with_btf.without_btf = false;
  auto object = Object::load(source, with_btf);
  if (!object) return unexpected(object.error());
  return object->spec();
}

Result<Spec> Spec::load_split(const Source& source, const Spec& base) {
  LoadOptions options;
  options.base = base;
  return load(source, options);
}

const std::vector<Spec>& Object::specs() const { return data_->specs; }
const Spec& Object::spec() const { return data_->specs.empty() ? *data_->no_types : data_->specs.front(); }
const Bytes& Object::btf() const { return data_->btf; }
const std::optional<Spec>& Object::distilled_base() const { return data_->distilled_base; }
const Container& Object::container() const { return data_->container; }
std::span<const Section> Object::sections() const { return data_->sections; }
std::span<const Symbol> Object::symbols() const { return data_->symbols; }
const Ext* Object::ext() const { return data_->ext ? &*data_->ext : nullptr; }
std::span<const Program> Object::programs() const { return data_->programs; }
std::span<const Error> Object::warnings() const { return data_->warnings; }

Result<Bytes> Object::contents(std::uint32_t section) const {
  if (section >= data_->sections.size())
    return unexpected(ErrorCode::NotFound,
                      "no section " + std::to_string(section) + ", there are " + std::to_string(data_->sections.size()));
  const Section& wanted = data_->sections[section];
  const Where where{detail::printable(wanted.name, 100), {}, {}, {}};
  if (wanted.type == detail::sht_nobits)
    return unexpected(ErrorCode::Malformed, "the section has no bytes in the file (NOBITS)", where);
  if (data_->container.elf_machine != detail::em_bpf || !detail::is_kept(wanted))
    return unexpected(ErrorCode::NotFound, "the bytes of the section were not kept", where);
  if (wanted.size == 0) return Bytes();
  const std::uint64_t end = data_->kept_at + data_->kept.size();
  if (wanted.offset < data_->kept_at || wanted.offset > end || wanted.size > end - wanted.offset)
    return unexpected(
        ErrorCode::Malformed,
        std::to_string(wanted.size) + " bytes at 0x" + detail::hex(wanted.offset) + " leave the file: is it truncated?", where);
  return data_->kept.slice(static_cast<std::size_t>(wanted.offset - data_->kept_at), static_cast<std::size_t>(wanted.size));
}

Result<std::vector<Relocation>> Object::relocations(std::uint32_t section) const {
  std::vector<Relocation> entries;
  const auto& all = data_->relocation_sections;
  for (auto at = std::lower_bound(all.begin(), all.end(), std::pair{section, std::uint32_t{0}});
       at != all.end() && at->first == section; ++at) {
    const auto bytes = contents(at->second);
    if (!bytes) return unexpected(bytes.error());
    const Section& source = data_->sections[at->second];
    if (entries.size() > data_->kept.size() / 8)
      return unexpected(ErrorCode::TooLarge, "more relocations of one section than the file has room for",
                        {detail::printable(source.name, 100), {}, {}, {}});
    detail::read_relocations(source, *bytes, spec().byte_order(), data_->container.elf_class == 64, data_->symbols, entries);
  }
  detail::stable_sort(std::span(entries), [](const Relocation& a, const Relocation& b) { return a.offset < b.offset; });
  return entries;
}

}  // namespace btfkit
