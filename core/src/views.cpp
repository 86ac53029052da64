#include <algorithm>
#include <btfkit/size.hpp>
#include <btfkit/type.hpp>

namespace btfkit {
namespace {

const detail::FixedDatasec* fixed_of(const Datasec& datasec) {
  const auto& fixed = datasec.data()->fixed;
  const auto at = std::lower_bound(fixed.begin(), fixed.end(), datasec.id(),
                                   [](const detail::FixedDatasec& f, TypeId id) { return f.id < id; });
  return at != fixed.end() && at->id == datasec.id() ? &*at : nullptr;
}

}  // namespace

/// The older encoding of a bitfield: kind_flag is 0 and the member's INT says where its bits are (Linux
/// Documentation/bpf/btf.rst).
Member::Legacy Member::legacy() const {
  const Legacy plain{word(2), 0};
  const auto type = resolve(this->type());
  const auto integer = type ? type->as<Int>() : std::nullopt;
  if (!integer) return plain;
  const bool whole =
      integer->bit_offset() == 0 && (integer->bits() == 0 || integer->bits() >= std::uint64_t{integer->size()} * 8);
  return whole ? plain : Legacy{word(2) + integer->bit_offset(), integer->bits()};
}

std::string_view to_string(Linkage linkage) {
  switch (linkage) {
    case Linkage::Static: return "static";
    case Linkage::Global: return "global";
    case Linkage::Extern: return "extern";
  }
  return "(unknown)";
}

std::uint32_t FuncProto::param_count() const {
  const auto all = params();
  const bool marker = !all.empty() && all[all.size() - 1].type_id() == 0 && all[all.size() - 1].name().empty();
  return all.size() - (marker ? 1 : 0);
}

bool FuncProto::is_variadic() const { return vlen() > 1 && param_count() < vlen(); }

std::uint32_t Datasec::size() const {
  const auto* fixed = fixed_of(*this);
  return fixed != nullptr ? fixed->size : raw_size();
}

Elements<SectionVar> Datasec::variables() const {
  const auto* fixed = fixed_of(*this);
  if (fixed == nullptr) return raw_variables();
  return {data(), static_cast<const std::byte*>(static_cast<const void*>(fixed->words.data())), vlen(), 12, kind_flag()};
}

const Error* Datasec::fixup_error() const {
  const auto* fixed = fixed_of(*this);
  return fixed != nullptr && fixed->error ? &*fixed->error : nullptr;
}

}  // namespace btfkit
