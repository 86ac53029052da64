// What CO-RE relocations speak of, against libbpf's own log of them: bpftool prints it while it looks for what a kernel's types
// must hold for an object.
#include <btfkit/btfkit.hpp>
#include <btfkit/kernel/open.hpp>

#include <map>
#include <regex>

#include "support/catch.hpp"
#include "support/shared.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// The local side of each relocation, by section and number in it, as libbpf has it but for the type's id and the words that
/// differ: an INT's name stands alone, "enum64" is "enum".
std::map<std::pair<std::string, std::uint32_t>, std::string> logged(const fs::path& object, const fs::path& kernel) {
  static const std::regex line(R"(prog '([^']*)': relo #(\d+): (<\w+>) \[\d+\] (\w+) (.*))");
  const fs::path made = fs::temp_directory_path() / ("btfkit-min-" + std::to_string(getpid()) + ".btf");
  const Ran ran = run(tool("bpftool") + " -d gen min_core_btf '" + kernel.string() + "' '" + made.string() + "' '" +
                      object.string() + "' 2>&1");
  fs::remove(made);
  std::map<std::pair<std::string, std::uint32_t>, std::string> texts;
  for (auto at = std::sregex_iterator(ran.out.begin(), ran.out.end(), line); at != std::sregex_iterator(); ++at) {
    const std::string word = (*at)[4] == "enum64" ? "enum" : (*at)[4].str();
    const std::string name = (*at)[5];
    texts[{(*at)[1], static_cast<std::uint32_t>(std::stoul((*at)[2]))}] =
        (*at)[3].str() + ' ' + (word == "int" ? name : word + ' ' + name);
  }
  return texts;
}

}  // namespace

TEST_CASE("relocation texts of every object are libbpf's") {
  const fs::path kernel = unpacked(corpus("kernels") / "amd64-6.12.107-cloud.btf.xz");
  std::map<std::string, std::size_t> compared;  // by kind
  std::size_t nameless = 0;
  for (const fs::path& file : corpus_files("objects")) {
    const auto object = kernel::open(file.string()).and_then([](const Source& source) { return Object::load(source); });
    if (!object || object->ext() == nullptr || object->ext()->relocation_count() == 0) continue;
    INFO(file.string());
    const auto expected = logged(file, kernel);
    for (const ExtSection& section : object->ext()->sections())
      for (const auto& relocation : section.relocations()) {
        REQUIRE(relocation);
        const auto found = expected.find({std::string(section.name()), relocation->index()});
        if (found == expected.end()) continue;
        const std::string text = core_relo_text(*relocation);
        static const std::regex anonymous("(void|ptr|const|volatile|array|func_proto|struct|union|enum) <anon>");
        std::smatch root;
        if (std::regex_search(found->second, root, anonymous)) {
          const std::string expected_end = root.suffix();
          INFO(text << " is " << found->second);
          CHECK(text.substr(text.size() - std::min(text.size(), expected_end.size())) == expected_end);
          ++nameless;
        } else {
          CHECK(text == found->second);
        }
        ++compared[std::string(to_string(relocation->kind()))];
      }
  }
  std::size_t all = 0;
  for (const auto& [kind, count] : compared) all += count;
  CHECK(compared.size() >= 12);
  CHECK(all > 1000);
  CHECK(nameless > 0);
}
