// btfkit against Debian's libbpf, on real files and on seeded mutations of small ones. libbpf is asked in a child process: it
// does not claim to stand hostile input. Whatever libbpf accepts and btfkit refuses must be one of the rules listed here; what
// both accept they must agree on, type by type.
#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

#if __has_include(<bpf/btf.h>) && defined(BTFKIT_LIBBPF)

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <random>

using namespace btfkit;
using namespace btfkit::test;

namespace {

// ---- what may be refused ---------------------------------------------------------------------------------------------------

/// What libbpf 1.1 accepts and btfkit refuses, by the text of btfkit's Error, and why.
struct Rule {
  std::string_view text;
  std::string_view why;
};
constexpr Rule rules[] = {
    {"refers to type ", "libbpf 1.1 checks no type id (1.3 and later check most of them)"},
    {"refers to string offset ", "nor string offsets"},
    {"version ", "nor the header's version"},
    {"flags 0x", "nor its flags"},
    {" elements need ", "24 bits of the info word are the vlen now; libbpf 1.1 knows 16 and ignores the other 8"},
    {"is unknown and the BTF has no layout for it",
     "7 bits of the info word are the kind now; libbpf 1.1 knows 5 and ignores the other 2"},
    {"section headers of ", "libelf does not mind the size of a section header that the ELF header gives"},
    {"section headers at 0x", "libelf makes do with the section headers that there are"},
    {"of section names", "a section whose name is out of range: libbpf stops at .BTF and does not get to those behind it"},
};

const Rule* rule_for(const Error& error) {
  for (const Rule& rule : rules)
    if (error.message().find(rule.text) != std::string::npos) return &rule;
  return nullptr;
}

// ---- libbpf, in a child ----------------------------------------------------------------------------------------------------

struct Input {
  std::vector<std::byte> bytes;
  std::optional<Object> base;  ///< what a split BTF continues
  bool own_base = false;       ///< it came with that base; btfkit finds it by itself, libbpf 1.1 does not know of such
};

bool is_elf(const std::vector<std::byte>& bytes) { return bytes.size() >= 4 && std::memcmp(bytes.data(), "\177ELF", 4) == 0; }

/// nullptr when libbpf refuses it.
btf* open_by_libbpf(const Input& input) {
  btf* base = nullptr;
  if (input.base) {
    const auto blob = input.base->spec().bytes();
    base = btf__new(blob.data(), static_cast<std::uint32_t>(blob.size()));
    if (libbpf_get_error(base) != 0) return nullptr;
  }
  const int file = memfd_create("differential", 0);
  if (write(file, input.bytes.data(), input.bytes.size()) != static_cast<ssize_t>(input.bytes.size())) return nullptr;
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  btf* opened = is_elf(input.bytes) ? btf__parse_elf_split(path.c_str(), base) : btf__parse_raw_split(path.c_str(), base);
  return libbpf_get_error(opened) == 0 ? opened : nullptr;
}

/// Says where the first difference is; empty: none.
class Comparison {
 public:
  Comparison(const Spec& ours, btf* theirs) : spec_(ours), btf_(theirs) {}

  std::string run() {
    if (btf__type_cnt(btf_) != spec_.end_id())
      return "ids end at " + std::to_string(spec_.end_id()) + ", libbpf's at " + std::to_string(btf__type_cnt(btf_));
    btf__set_pointer_size(btf_, spec_.pointer_size());  // for an ELF libbpf has its class decide, whatever `long` says
    for (const Type type : spec_.types()) {
      at_ = type.id();
      const btf_type* theirs = btf__type_by_id(btf_, at_);
      if (theirs == nullptr) return place("libbpf has no such type");
      // Bits that older kernels reserved: btfkit reads a longer vlen or a newer kind there.
      if ((theirs->info & 0x60ff0000) != 0) return "wider";
      same("kind", static_cast<std::uint32_t>(type.kind()), btf_kind(theirs));
      same("vlen", type.vlen(), btf_vlen(theirs));
      same("kind_flag", type.kind_flag(), btf_kflag(theirs));
      name(type.name(), theirs->name_off);
      if (const auto size = size_of(type);
          size && !Datasec::is(type.kind())) {  // a DATASEC's is completed from the ELF: see tail
        const std::int64_t other = btf__resolve_size(btf_, at_);
        if (other >= 0) same("size", *size, static_cast<std::uint64_t>(other));
      }
      tail(type, theirs);
      if (!difference_.empty()) return difference_;
    }
    return {};
  }

 private:
  [[nodiscard]] std::string place(const std::string& text) const { return "type " + std::to_string(at_) + ": " + text; }
  void same(const char* what, std::uint64_t ours, std::uint64_t theirs) {
    if (ours != theirs && difference_.empty())
      difference_ = place(std::string(what) + " is " + std::to_string(ours) + ", libbpf says " + std::to_string(theirs));
  }
  void name(std::string_view ours, std::uint32_t offset) {
    const char* theirs = btf__str_by_offset(btf_, offset);
    if ((theirs == nullptr || ours != theirs) && difference_.empty())
      difference_ = place("its name or that of an element differs");
  }

  void tail(Type type, const btf_type* theirs) {
    match(
        type,
        [&](Int t) {
          same("encoding", t.encoding(), btf_int_encoding(theirs));
          same("bit offset", t.bit_offset(), btf_int_offset(theirs));
          same("bits", t.bits(), btf_int_bits(theirs));
        },
        [&](Array t) {
          same("element type", t.element_id(), btf_array(theirs)->type);
          same("index type", t.index_type_id(), btf_array(theirs)->index_type);
          same("count", t.count(), btf_array(theirs)->nelems);
        },
        [&](Composite t) {
          same("bytes", t.size(), theirs->size);
          for (const Member m : t.members()) {
            name(m.name(), btf_members(theirs)[m.index()].name_off);
            same("member type", m.type_id(), btf_members(theirs)[m.index()].type);
            same("member offset", m.raw_bit_offset(), btf_member_bit_offset(theirs, m.index()));
            same("bitfield size", m.raw_bitfield_size(), btf_member_bitfield_size(theirs, m.index()));
          }
        },
        [&](Enum t) {
          same("bytes", t.size(), theirs->size);
          for (const EnumValue v : t.values()) {
            name(v.name(), t.is_64() ? btf_enum64(theirs)[v.index()].name_off : btf_enum(theirs)[v.index()].name_off);
            if (t.is_64()) same("value", v.bits(), btf_enum64_value(&btf_enum64(theirs)[v.index()]));
            else same("value", v.bits() & 0xffffffff, static_cast<std::uint32_t>(btf_enum(theirs)[v.index()].val));
          }
        },
        [&](FuncProto t) {
          same("return type", t.return_type_id(), theirs->type);
          for (const Param p : t.params()) {
            name(p.name(), btf_params(theirs)[p.index()].name_off);
            same("parameter type", p.type_id(), btf_params(theirs)[p.index()].type);
          }
        },
        [&](Var t) {
          same("type", t.target_id(), theirs->type);
          same("linkage", static_cast<std::uint32_t>(t.linkage()), btf_var(theirs)->linkage);
        },
        [&](Datasec t) {
          same("bytes", t.raw_size(), theirs->size);  // libbpf completes a DATASEC only when it opens a whole object
          for (const SectionVar v : t.raw_variables()) {
            same("variable", v.type_id(), btf_var_secinfos(theirs)[v.index()].type);
            same("offset", v.offset(), btf_var_secinfos(theirs)[v.index()].offset);
            same("variable size", v.size(), btf_var_secinfos(theirs)[v.index()].size);
          }
        },
        [&](DeclTag t) {
          same("type", t.target_id(), theirs->type);
          same("component", static_cast<std::uint32_t>(t.component_index()),
               static_cast<std::uint32_t>(btf_decl_tag(theirs)->component_idx));
        },
        [&](Float t) { same("bytes", t.size(), theirs->size); }, [&](Referrer t) { same("type", t.target_id(), theirs->type); },
        [](View) {});
  }

  const Spec& spec_;
  btf* btf_;
  TypeId at_ = 0;
  std::string difference_;
};

struct Answer {
  enum { Accepts, Refuses, Differs, Wider, Crashes } what;
  std::string text;
};

/// What libbpf makes of an input, and where that differs from `ours`, if there is one.
constexpr std::string_view libbpf_returned = "libbpf returned. ";

Answer ask_libbpf(const Input& input, const Spec* ours) {
  int ends[2];
  if (pipe(ends) != 0) return {Answer::Differs, "no pipe"};
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = memfd_create("stderr", 0);
    dup2(nowhere, STDERR_FILENO);
    alarm(20);
    libbpf_set_print(nullptr);
    std::string text = "refuses";
    btf* opened = open_by_libbpf(input);
    if (write(ends[1], libbpf_returned.data(), libbpf_returned.size()) < 0) _exit(1);
    if (opened != nullptr) {
      const std::string difference = ours != nullptr ? Comparison(*ours, opened).run() : std::string();
      text = difference.empty() ? "accepts" : difference;
    }
    const bool written = write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  char chunk[4096];
  for (ssize_t got = 0; (got = read(ends[0], chunk, sizeof chunk)) > 0;) text.append(chunk, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  const bool returned = text.rfind(libbpf_returned, 0) == 0;
  const bool ended = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  // A crash behind libbpf's return is in the comparison, and so may be ours.
  if (!ended) return {returned ? Answer::Differs : Answer::Crashes, "the child ended with status " + std::to_string(status)};
  text.erase(0, libbpf_returned.size());
  if (text == "accepts") return {Answer::Accepts, {}};
  if (text == "refuses") return {Answer::Refuses, {}};
  if (text == "wider") return {Answer::Wider, {}};
  return {Answer::Differs, text};
}

// ---- the two side by side --------------------------------------------------------------------------------------------------

class Tally {
 public:
  /// Compares one input; false when the two disagree without a reason.
  void compare(const std::string& name, const Input& input) {
    LoadOptions options;
    options.decode = kernel::decode;
    if (input.base && !input.own_base) options.base = input.base->spec();
    const auto ours = Object::load(Source(Bytes::copy(input.bytes), name), options);
    const Answer theirs = ask_libbpf(input, ours ? &ours->spec() : nullptr);
    ++inputs_;
    switch (theirs.what) {
      case Answer::Accepts:
        if (ours) {
          ++agreed_;
        } else {
          ++only_libbpf_;
          const Rule* rule = rule_for(ours.error());
          INFO(name << ": libbpf accepts it, btfkit says: " << ours.error().message());
          CHECK(rule != nullptr);
        }
        break;
      case Answer::Refuses: ++(ours ? only_btfkit_ : neither_); break;
      case Answer::Wider: ++wider_; break;
      case Answer::Crashes: ++crashed_; break;
      case Answer::Differs: {
        INFO(name << ": " << theirs.text);
        CHECK(theirs.what != Answer::Differs);
        break;
      }
    }
  }

  void print(const char* what) const {
    std::printf(
        "%s: %d inputs, %d agreed on, %d refused by both, %d only by btfkit (by rule), %d only by libbpf, %d with bits libbpf 1.1 ignores, %d crashed libbpf\n",
        what, inputs_, agreed_, neither_, only_libbpf_, only_btfkit_, wider_, crashed_);
  }
  [[nodiscard]] int agreed() const { return agreed_; }
  [[nodiscard]] int crashed() const { return crashed_; }

 private:
  int inputs_ = 0, agreed_ = 0, neither_ = 0, only_libbpf_ = 0, only_btfkit_ = 0, wider_ = 0, crashed_ = 0;
};

/// A file without the compression around it.
std::vector<std::byte> contents(const fs::path& path) {
  auto bytes = read_file(path.string());
  REQUIRE(bytes);
  const std::string extension = path.extension().string();
  const auto codec = extension == ".xz"    ? std::optional(Codec::Xz)
                     : extension == ".gz"  ? std::optional(Codec::Gzip)
                     : extension == ".zst" ? std::optional(Codec::Zstd)
                                           : std::nullopt;
  if (!codec) return std::move(*bytes);
  auto plain = kernel::decode(*codec, Bytes::own(std::move(*bytes)), std::uint64_t{1} << 30);
  if (!plain) SKIP(plain.error().message());
  return {plain->span().begin(), plain->span().end()};
}

std::optional<Object> load_base(const fs::path& path) {
  auto object = Object::load(Source(Bytes::own(contents(path)), path.string()));
  if (!object) return std::nullopt;
  return *object;
}

/// The base of a module: its own distilled one, or the kernel that its folder is named after.
void add_base(Input& input, const fs::path& path) {
  const fs::path kernel = corpus("kernels") / (path.parent_path().filename().string() + ".btf.xz");
  if (fs::exists(kernel)) {
    input.base = load_base(kernel);
    return;
  }
  LoadOptions options;
  options.decode = kernel::decode;
  const auto own = Object::load(Source(Bytes::copy(input.bytes), path.string()), options);
  if (!own || !own->distilled_base()) return;
  input.base = *Object::load(Source(Bytes::copy(own->distilled_base()->bytes()), "distilled base"));
  input.own_base = true;
}

}  // namespace

TEST_CASE("libbpf and btfkit agree on kernels") {
  Tally tally;
  for (const fs::path& path : corpus_files("kernels")) tally.compare(path.filename().string(), {contents(path), {}});
  tally.print("kernels");
  CHECK(tally.agreed() > 0);
}

TEST_CASE("libbpf and btfkit agree on objects and programs") {
  for (const char* folder : {"objects", "userspace"}) {
    Tally tally;
    for (const fs::path& path : corpus_files(folder)) tally.compare(path.string(), {contents(path), {}});
    tally.print(folder);
    CHECK(tally.agreed() > 0);
  }
}

TEST_CASE("libbpf and btfkit agree on modules") {
  Tally tally;
  for (const fs::path& path : corpus_files("modules")) {
    Input input{contents(path), {}};
    add_base(input, path);
    if (!input.base) continue;  // a module whose kernel is not there
    tally.compare(path.string(), input);
  }
  tally.print("modules");
  CHECK(tally.agreed() > 0);
}

TEST_CASE("libbpf and btfkit agree on 2,000 mutations of small files") {
  std::vector<std::vector<std::byte>> seeds;
  for (const char* name : {"types.btf", "types.eb.btf", "types.o", "types.eb.o", "sample.bpf.btf", "sample.bpf.eb.btf",
                           "sample.bpf.o", "sample.bpf.eb.o"}) {
    const Bytes bytes = golden(name);
    seeds.emplace_back(bytes.span().begin(), bytes.span().end());
  }
  if (fs::exists(shared_folder() / "corpus"))
    for (const fs::path& path : corpus_files("objects"))
      if (fs::file_size(path) < 20'000) seeds.push_back(contents(path));

  Tally tally;
  std::mt19937 random(20'240'229);
  constexpr std::uint32_t limits[] = {0, 1, 2, 3, 0xff, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000, 0xffffffff};
  for (std::size_t i = 0; i < 2000; ++i) {
    Input input{seeds[i % seeds.size()], {}};
    REQUIRE(input.bytes.size() >= 4);
    // In an ELF mostly words of its BTF: the first thing that looks like it to the end.
    std::size_t from = 0;
    if (is_elf(input.bytes) && i % 4 != 0) {
      const std::string_view text = detail::as_text(input.bytes);
      const std::size_t btf = std::min(text.find("\x9f\xeb\x01"), text.find("\xeb\x9f\x01"));
      if (btf != std::string_view::npos) from = btf;
    }
    const std::size_t at = from + random() % ((input.bytes.size() - from) / 4) * 4;
    std::uint32_t word = detail::load32(input.bytes.data() + at);
    switch (random() % 4) {
      case 0: word ^= 1U << (random() % 32); break;
      case 1: word += static_cast<std::uint32_t>(random() % 7) - 3; break;
      case 2: word = limits[random() % std::size(limits)]; break;
      default: word = static_cast<std::uint32_t>(random() % 256); break;
    }
    std::memcpy(input.bytes.data() + at, &word, 4);
    tally.compare("mutation " + std::to_string(i) + " at " + std::to_string(at), input);
  }
  tally.print("mutations");
  CHECK(tally.crashed() < 20);  // libbpf may crash on hostile input, but not on everything
  CHECK(tally.agreed() > 0);
}

#else

TEST_CASE("libbpf and btfkit agree") { SKIP("libbpf (libbpf-dev) was not found when this was built"); }

#endif
