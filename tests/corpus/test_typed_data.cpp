// Values against libbpf's btf_dump__dump_type_data, for every type of a kernel that libbpf has a value for, on pseudo-random
// bytes. What differs has a cause that is listed here, and libbpf is wrong in every one of them.
#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

#if __has_include(<bpf/btf.h>) && defined(BTFKIT_LIBBPF)

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <map>
#include <random>
#include <unordered_map>

using namespace btfkit;
using namespace btfkit::test;

namespace {

// ---- what libbpf 1.1 does wrong --------------------------------------------------------------------------------------------

enum Cause : unsigned {
  byte_arrays = 1U << 0,
  nested_zeros = 1U << 1,
  signed_bitfields = 1U << 2,
  enum_bits = 1U << 3,
  high_enumerators = 1U << 4,
  unaligned_enums = 1U << 5,
  crossing_bitfields = 1U << 6,
  floats = 1U << 7,
  signed_enums = 1U << 8,
};
struct Explanation {
  Cause cause;
  const char* what;
};
constexpr Explanation explanations[] = {
    {byte_arrays,
     "an array of bytes: its first zero ends it, and zeros and single bytes of what follows are then shown as if in it"},
    {nested_zeros, "a struct in a struct: not shown when only its first member is zero"},
    {signed_bitfields, "a signed bitfield: shown without its sign"},
    {enum_bits, "an enumeration in a bitfield: whether it is zero is read from the whole bytes, its sign is lost"},
    {high_enumerators, "an enumerator of 2^31 and more, or an ENUM of 8 bytes: its name is not found, its number is cut"},
    {unaligned_enums, "an enumeration in a packed struct: always read as 0"},
    {crossing_bitfields, "a bitfield that ends behind the bytes of its type's size: its last bits are lost"},
    {floats, "a float: six decimal places whatever its size"},
    {signed_enums, "a number of a signed enumeration that has no name: neither comma nor newline behind it"},
};

/// The causes that may show in a value of a type, by what it has in it.
class Causes {
 public:
  unsigned of(Type type) {
    const auto plain = resolve(type);
    if (!plain) return 0;
    const auto known = known_.find(plain->id());
    if (known != known_.end()) return known->second;
    known_[plain->id()] = 0;
    return known_[plain->id()] = look(*plain);
  }

 private:
  unsigned look(Type type) {
    return match(
        type, [](Float) -> unsigned { return floats; },
        [](Enum e) -> unsigned {
          bool high = e.size() == 8 && !e.is_64();
          for (const EnumValue value : e.values()) high = high || (!e.is_64() && !e.is_signed() && value.bits() >> 31 != 0);
          return (high ? high_enumerators : 0U) | (e.is_signed() ? signed_enums : 0U);
        },
        [&](Array a) -> unsigned {
          const auto element = resolve(a.element());
          const auto integer = element ? element->as<Int>() : std::nullopt;
          return of(a.element()) | (integer && integer->size() == 1 ? byte_arrays : 0U);
        },
        [&](Composite c) -> unsigned {
          unsigned found = 0;
          for (const Member member : c.members()) {
            found |= of(member.type());
            const auto inner = resolve(member.type());
            if (!inner) continue;
            const std::uint32_t bits = member.bitfield_size();
            if (Composite::is(inner->kind()) || Array::is(inner->kind())) found |= nested_zeros;
            const auto integer = inner->as<Int>();
            if (integer && bits != 0 && integer->is_signed()) found |= signed_bitfields;
            if (integer && bits != 0 && member.bit_offset() % 8 + bits > integer->size() * 8) found |= crossing_bitfields;
            if (Enum::is(inner->kind()) && bits != 0) found |= enum_bits;
            const auto alignment = align_of(c);
            if (Enum::is(inner->kind()) && alignment && *alignment == 1) found |= unaligned_enums;
          }
          return found;
        },
        [&](Var v) -> unsigned { return of(v.target()); }, [](View) -> unsigned { return 0; });
  }
  std::unordered_map<TypeId, unsigned> known_;
};

// ---- the two side by side --------------------------------------------------------------------------------------------------

void append(void* context, const char* format, va_list arguments) {
  auto& text = *static_cast<std::string*>(context);
  char piece[4096];
  const int length = std::vsnprintf(piece, sizeof piece, format, arguments);
  if (length > 0) text.append(piece, std::min<std::size_t>(static_cast<std::size_t>(length), sizeof piece - 1));
}

/// Spellings that mean the same: a null pointer, no parameters (newer versions write void too), an anonymous enum, and the
/// numbers that libbpf gives to names it has met.
std::string plain(std::string text, bool of_libbpf) {
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
  };
  if (of_libbpf) {
    replace("(nil)", "0x0");
    replace("()", "(void)");
    replace("(enum )", "(enum)");
    replace("(enum  *", "(enum *");
  }
  for (std::size_t at = 0; (at = text.find("___", at)) != std::string::npos;) {
    std::size_t end = at + 3;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    const bool name_ends = end == text.size() || (text[end] != '_' && (text[end] < 'a' || text[end] > 'z'));
    if (end != at + 3 && name_ends) text.erase(at, end - at);
    else at += 3;
  }
  return text;
}

struct Way {
  const char* name;
  bool compact, zeros, names;
  bool only_high;  ///< all bytes from 0x81 to 0xfe: none is zero and none is a character
  unsigned excused;
};
constexpr unsigned always =
    signed_bitfields | enum_bits | high_enumerators | unaligned_enums | crossing_bitfields | floats | signed_enums;
constexpr Way ways[] = {
    {"high bytes", false, false, true, true, always | byte_arrays | nested_zeros},  // bits are zero all the same
    {"high bytes, zeros shown, compact", true, true, true, true, always},
    {"high bytes, zeros shown, without names", false, true, false, true, always},
    {"any bytes, zeros shown", false, true, true, false, always | byte_arrays},
    {"any bytes", false, false, true, false, always | byte_arrays | nested_zeros},
};

std::vector<std::byte> pseudo_random(std::size_t size, bool only_high) {
  std::minstd_rand random(4711);
  std::vector<std::byte> data(size);
  bool zeros = false;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t number = static_cast<std::uint32_t>(random()) >> 8;
    if (i % 8 == 0) zeros = number % 4 == 0;  // whole words are zero too
    if (only_high) data[i] = static_cast<std::byte>(0x81 + number % 0x7e);
    else data[i] = zeros || number % 5 == 0 ? std::byte{0} : static_cast<std::byte>(number % 256);
  }
  return data;
}

struct Tally {
  int same = 0, unsupported = 0, unexplained = 0;
  std::map<const char*, int> explained;
};

void compare(const std::string& name, const Spec& spec, const Way& way) {
  const auto blob = spec.bytes();
  btf* theirs = btf__new(blob.data(), static_cast<std::uint32_t>(blob.size()));
  REQUIRE(libbpf_get_error(theirs) == 0);
  libbpf_set_print(nullptr);
  btf__set_pointer_size(theirs, spec.pointer_size());
  std::string printed;
  btf_dump* dump = btf_dump__new(theirs, append, &printed, nullptr);
  REQUIRE(libbpf_get_error(dump) == 0);
  btf_dump_type_data_opts options{};
  options.sz = sizeof options;
  options.compact = way.compact;
  options.emit_zeroes = way.zeros;
  options.skip_names = !way.names;

  constexpr std::size_t largest = 16384;
  constexpr std::size_t beyond = 16;  // libbpf reads all bytes of a bitfield's type
  const std::vector<std::byte> data = pseudo_random(largest + beyond, way.only_high);
  Causes causes;
  Tally tally;
  for (const Type type : spec.types()) {
    const auto size = size_of(type);
    if (!size || *size > largest || type.kind() == Kind::Datasec || type.kind() == Kind::DeclTag) continue;
    printed.clear();
    if (btf_dump__dump_type_data(dump, type.id(), data.data(), static_cast<std::size_t>(*size) + beyond, &options) < 0) {
      ++tally.unsupported;
      continue;
    }
    Sink ours;
    const auto decoded =
        decode(ours, type, std::span(data).first(static_cast<std::size_t>(*size)),
               {.compact = way.compact, .zeros = way.zeros, .names = way.names, .strings = false, .libbpf_form = true});
    REQUIRE(decoded);
    const std::string mine = plain(ours.take(), false);
    const std::string libbpf = plain(printed, true);
    if (mine == libbpf) {
      ++tally.same;
      continue;
    }
    const unsigned found = causes.of(type) & way.excused;
    const auto* first = std::find_if(std::begin(explanations), std::end(explanations),
                                     [&](const Explanation& e) { return (found & e.cause) != 0; });
    if (first != std::end(explanations)) {
      ++tally.explained[first->what];
      continue;
    }
    if (++tally.unexplained > 3) continue;
    std::size_t at = 0;
    while (at < mine.size() && at < libbpf.size() && mine[at] == libbpf[at]) ++at;
    at -= std::min<std::size_t>(at, 100);
    UNSCOPED_INFO(name << ", " << way.name << ": type " << type.id() << ' ' << type.name()
                       << "\n  btfkit: " << mine.substr(at, 200) << "\n  libbpf: " << libbpf.substr(at, 200));
    FAIL_CHECK("a difference without a cause");
  }
  btf_dump__free(dump);
  btf__free(theirs);
  std::printf("%s, %s: %d types alike, libbpf has no value of %d\n", name.c_str(), way.name, tally.same, tally.unsupported);
  for (const auto& [what, times] : tally.explained) std::printf("  %6d differ: %s\n", times, what);
  CHECK(tally.unexplained == 0);
  CHECK(tally.same > 1000);
}

Spec kernel_spec(const std::string& path) {
  LoadOptions options;
  options.decode = kernel::decode;
  const auto source = kernel::open(path);
  if (!source) SKIP(path + ": " + source.error().message());
  auto spec = Spec::load(*source, options);
  REQUIRE(spec);
  return *spec;
}

}  // namespace

TEST_CASE("values of all types of a kernel are those of libbpf, or libbpf is known to be wrong") {
  const Spec spec = kernel_spec((corpus("kernels") / "amd64-6.12.107.btf.xz").string());
  for (const Way& way : ways) compare("amd64-6.12.107", spec, way);
}

TEST_CASE("values of all types of a 32-bit kernel are those of libbpf") {
  const Spec spec = kernel_spec((corpus("kernels") / "i386-6.1.176-pae-dbg-pahole132.btf.xz").string());
  for (const Way& way : ways) compare("i386-6.1.176", spec, way);
}

TEST_CASE("values of all types of the running kernel are those of libbpf") {
  const Spec spec = kernel_spec("/sys/kernel/btf/vmlinux");
  for (const Way& way : ways) compare("running kernel", spec, way);
}

#else

TEST_CASE("values are those of libbpf") { SKIP("libbpf (libbpf-dev) was not found when this was built"); }

#endif
