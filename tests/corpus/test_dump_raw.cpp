// Raw text and JSON against bpftool's own, byte for byte, over every file of the corpus that both can read.
#include <unistd.h>

#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>
#include <cstring>

#include "support/load.hpp"
#include "support/odd.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

std::string text_of(Result<void> (*dump)(Sink&, const Spec&, const DumpOptions&), const Spec& spec,
                    const DumpOptions& options) {
  Sink out;
  REQUIRE(dump(out, spec, options));
  return out.take();
}

/// Where two texts differ first, with what stands around it; empty when they are the same.
std::string difference(const std::string& ours, const std::string& theirs) {
  if (ours == theirs) return {};
  std::size_t at = 0;
  while (at < ours.size() && at < theirs.size() && ours[at] == theirs[at]) ++at;
  const std::size_t from = at < 60 ? 0 : at - 60;
  return "at byte " + std::to_string(at) + ": ours " + ours.substr(from, 120) + "\ntheirs " + theirs.substr(from, 120);
}

/// How many values are wrong in `theirs`, JSON that is otherwise the same: unsigned 32-bit ones that it extends by their sign.
std::size_t sign_extended(const std::string& ours, const std::string& theirs) {
  std::size_t found = 0, mine = 0, other = 0;
  while (mine < ours.size() && other < theirs.size()) {
    if (ours[mine] == theirs[other]) {
      ++mine, ++other;
      continue;
    }
    std::size_t digits = 0;  // that are the same by chance
    while (std::isdigit(static_cast<unsigned char>(ours[mine - digits - 1])) != 0) ++digits;
    const std::uint64_t right = std::strtoull(ours.c_str() + mine - digits, nullptr, 10);
    const std::uint64_t wrong = std::strtoull(theirs.c_str() + other - digits, nullptr, 10);
    const auto low = static_cast<std::uint32_t>(right);
    CHECK((right == low && low >> 31 == 1 && wrong == (right | 0xffffffff00000000)));
    const std::size_t key = ours.rfind(':', mine);
    CHECK(ours.substr(key - 5, 5) == "\"val\"");
    while (mine < ours.size() && std::isdigit(static_cast<unsigned char>(ours[mine])) != 0) ++mine;
    while (other < theirs.size() && std::isdigit(static_cast<unsigned char>(theirs[other])) != 0) ++other;
    if (++found > 100'000) break;
  }
  CHECK(ours.size() - mine == theirs.size() - other);
  return found;
}

/// All three forms of one BTF; false when bpftool can't read the file. `arguments` stand before "btf dump", `behind` follow.
bool compare(const fs::path& file, const Spec& spec, const std::string& arguments = {}, const std::vector<TypeId>& types = {}) {
  std::string behind;
  for (const TypeId id : types) behind += " root_id " + std::to_string(id);
  const auto theirs = [&](const std::string& form) {
    return run(tool("bpftool") + ' ' + form + ' ' + arguments + " btf dump file '" + file.string() + '\'' + behind +
               " 2>/dev/null");
  };
  const Ran raw = theirs("");
  if (raw.code != 0) return false;
  DumpOptions options;
  options.types = types;
  CHECK(difference(text_of(dump_raw, spec, options), raw.out) == "");  // no name of the corpus is hostile
  for (const bool pretty : {false, true}) {
    options.pretty = pretty;
    const Ran json = theirs(pretty ? "-p" : "-j");
    REQUIRE(json.code == 0);
    options.bpftool_defects = true;
    CHECK(difference(text_of(dump_json, spec, options), json.out) == "");
    options.bpftool_defects = false;
    const std::string right = text_of(dump_json, spec, options);
    if (right != json.out) CHECK(sign_extended(right, json.out) > 0);
  }
  return true;
}

/// 7.6 or newer, by what it can do.
bool is_recent() { return run(tool("bpftool") + " btf help 2>&1").out.find("root_id") != std::string::npos; }

/// A file that is gone with its test case.
struct Temporary {
  fs::path path;
  Temporary(const std::string& name, const std::vector<std::byte>& bytes)
      : path(fs::temp_directory_path() / ("btfkit-" + std::to_string(getpid()) + '-' + name)) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    CHECK(std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
    std::fclose(file);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() { fs::remove(path); }
};

}  // namespace

TEST_CASE("raw text and JSON of every corpus kernel are bpftool's") {
  std::size_t kernels = 0;
  for (const fs::path& file : corpus_files("kernels")) {
    CAPTURE(file);
    const fs::path plain = unpacked(file);
    const auto object = load(plain);
    REQUIRE(object);
    CHECK(compare(plain, object->spec()));
    ++kernels;
  }
  CHECK(kernels > 0);
}

TEST_CASE("raw text and JSON of the running kernel are bpftool's") {
  const fs::path file = "/sys/kernel/btf/vmlinux";
  if (!fs::exists(file)) SKIP("this kernel has no BTF");
  const auto object = load(file);
  REQUIRE(object);
  CHECK(compare(file, object->spec()));
}

TEST_CASE("raw text and JSON of every module are bpftool's") {
  std::size_t modules = 0;
  for (const char* folder : {"amd64-7.3.4-cloud", "amd64-6.12.107", "s390x-6.12.107"}) {
    const fs::path kernel = unpacked(corpus("kernels") / (std::string(folder) + ".btf.xz"));
    const Spec base = load(kernel)->spec();
    for (const fs::path& file : corpus_files(std::string("modules/") + folder)) {
      CAPTURE(file);
      const fs::path plain = unpacked(file);
      const auto object = load(plain, base);
      REQUIRE(object);
      CHECK(compare(plain, object->spec(), "-B '" + kernel.string() + '\''));
      ++modules;
    }
  }
  CHECK(modules > 10);
  for (const char* folder : {"modules/amd64-6.12.107-cloud-oot", "modules/amd64-6.1.176-cloud-distilled"})
    for (const fs::path& file : corpus_files(folder)) {
      CAPTURE(file);
      const fs::path plain = unpacked(file);
      const auto object = load(plain);
      REQUIRE(object);
      CHECK((compare(plain, object->spec()) || !is_recent()));  // older ones don't look for .BTF.base
    }
}

TEST_CASE("raw text and JSON of every object and program are bpftool's") {
  std::size_t compared = 0;
  std::string unread;
  for (const char* folder : {"objects", "userspace"})
    for (const fs::path& file : corpus_files(folder)) {
      CAPTURE(file);
      const auto object = load(file);
      if (!object) continue;  // has no BTF
      if (compare(file, object->spec())) ++compared;
      else unread += file.filename().string() + ' ';
    }
  CHECK(compared > 50);
  CHECK(unread == "13_types_btf_zlib.o 13_types_btf_zstd.o ");  // compressed sections
}

TEST_CASE("raw text and JSON of swapped, split and relocated BTF are bpftool's") {
  const fs::path variants = corpus("variants"), kernels = corpus("kernels");
  const fs::path swapped = unpacked(variants / "amd64-6.12.107-cloud.swapped-be.btf.xz");
  CHECK(compare(swapped, load(swapped)->spec()));
  const fs::path distilled = variants / "amd64-6.12.107-veth.distilled-base.btf";
  CHECK(compare(distilled, load(distilled)->spec()));
  const std::pair<fs::path, fs::path> splits[] = {
      {variants / "amd64-6.12.107-veth.distilled-split.btf", distilled},
      {variants / "amd64-6.12.107-veth.relocated-to-6.12.107-cloud.btf", unpacked(kernels / "amd64-6.12.107-cloud.btf.xz")},
      {variants / "amd64-6.12.107-veth.swapped-be.btf", unpacked(kernels / "amd64-6.12.107.btf.xz")}};
  for (const auto& [file, base] : splits) {
    CAPTURE(file);
    const auto object = load(file, load(base)->spec());
    REQUIRE(object);
    CHECK(compare(file, object->spec(), "-B '" + base.string() + '\''));
  }
}

TEST_CASE("some types are printed in bpftool's order") {
  if (!is_recent()) SKIP("this bpftool has no root_id");
  const fs::path kernel = unpacked(corpus("kernels") / "amd64-6.12.107.btf.xz");
  const Spec base = load(kernel)->spec();
  CHECK(compare(kernel, base, {}, {1, 20000, 3, 0, 77, base.end_id() - 1}));
  const fs::path module = unpacked(corpus("modules") / "amd64-6.12.107" / "veth.ko.xz");
  const auto split = load(module, base);
  REQUIRE(split);
  CHECK(compare(module, split->spec(), "-B '" + kernel.string() + '\'',
                {split->spec().end_id() - 1, 5, split->spec().first_id()}));
}

TEST_CASE("rare words are printed as bpftool does, in both byte orders") {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const Temporary file("odd.btf", odd_records().bytes(order));
    CHECK(compare(file.path, load(file.path)->spec()));
  }
}

TEST_CASE("hostile names are bpftool's only where its defects are wanted") {
  const Temporary file("hostile.btf", hostile_names().bytes());
  const Spec spec = load(file.path)->spec();
  for (const char* form : {"", "-j", "-p"}) {
    CAPTURE(form);
    const Ran theirs = run(tool("bpftool") + ' ' + form + " btf dump file " + file.path.string());
    REQUIRE(theirs.code == 0);
    DumpOptions options;
    options.pretty = form == std::string_view("-p");
    const auto dump = *form == '\0' ? dump_raw : dump_json;
    CHECK(text_of(dump, spec, options) != theirs.out);
    if (*form != '\0' && !is_recent()) continue;  // older ones write a backslash as \n and an apostrophe as \'
    options.bpftool_defects = true;
    CHECK(difference(text_of(dump, spec, options), theirs.out) == "");
  }
}

TEST_CASE("an independent parser reads the JSON of hostile names and gets them back") {
  if (run("python3 -c 'import json'").code != 0) SKIP("python3 is not installed");
  const Spec spec = *hostile_names().load();
  std::string expected;  // the name of each type, in hexadecimal; one that is not UTF-8 has U+FFFD in it
  for (const Type type : spec.types()) {
    const std::string name(type.name().empty() ? "(anon)" : type.name());
    for (const char c : name) {
      char digits[3];
      std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
      expected += digits;
    }
    expected += '\n';
  }
  for (const bool pretty : {false, true}) {
    const std::string text = text_of(dump_json, spec, {.pretty = pretty});
    const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
    const Temporary file("hostile.json", {bytes, bytes + text.size()});
    const Ran parsed =
        run("python3 -c 'import json, sys\n"
            "for t in json.loads(open(sys.argv[1], \"rb\").read().decode(\"utf-8\", \"strict\"))[\"types\"]:\n"
            "  print(t[\"name\"].encode().hex())' " +
            file.path.string());
    REQUIRE(parsed.code == 0);
    std::size_t same = 0, replaced = 0, mine = 0, other = 0;
    while (mine < expected.size() && other < parsed.out.size()) {
      const std::size_t end = expected.find('\n', mine), others_end = parsed.out.find('\n', other);
      const std::string name = expected.substr(mine, end - mine), read = parsed.out.substr(other, others_end - other);
      const bool broken = read.find("efbfbd") != std::string::npos;
      broken ? ++replaced : ++same;
      if (!broken) CHECK(read == name);
      mine = end + 1, other = others_end + 1;
    }
    CHECK(same + replaced == spec.type_count());
    CHECK(replaced == std::size_t{3} * 5);  // three names that are not UTF-8, on five types each
    CHECK((mine == expected.size() && other == parsed.out.size()));
  }
}
