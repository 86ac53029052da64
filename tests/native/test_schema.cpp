// What --json prints is what core/schema says of it, by an independent validator (Debian's python3-jsonschema).
#include <unistd.h>

#include <fstream>

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

using namespace btfkit::test;

namespace {

/// Files of the project, and where there is a corpus of real ones those too.
std::vector<std::string> inputs() {
  std::vector<std::string> files;
  for (const char* name : {"sample.bpf.o", "sample.bpf.eb.o", "types.o", "types.btf", "types.eb.btf", "values.x86_64.o"})
    files.push_back(golden_path(name));
  if (fs::exists(shared_folder() / "corpus"))
    for (const char* folder : {"objects", "userspace"})
      for (const fs::path& path : corpus_files(folder)) files.push_back(path.string());
  return files;
}

Ran validate(const std::string& verb, const std::string& instances) {
  const std::string schema = BTFKIT_SOURCE_DIR "/core/schema/" + verb + ".json";
  return run(tool("jsonschema") + instances + " '" + schema + "' 2>&1");
}

}  // namespace

TEST_CASE("schema: what inspect, stat and disasm print as JSON satisfies theirs") {
  const fs::path folder = fs::temp_directory_path() / ("btfkit-schema-" + std::to_string(getpid()));
  fs::create_directories(folder);
  for (const std::string verb : {"inspect", "stat", "disasm"}) {
    std::string instances;
    std::size_t count = 0;
    for (const std::string& file : inputs()) {
      const Ran ran = run("'" BTFKIT_COMMAND "' " + verb + " '" + file + "' --json 2>/dev/null");
      if (ran.code != 0) continue;  // nothing that the verb is for
      const std::string instance = (folder / (verb + std::to_string(count++) + ".json")).string();
      std::ofstream(instance) << ran.out;
      instances += " -i '" + instance + "'";
    }
    CHECK(count >= (verb == "disasm" ? 2 : 6));
    const Ran ran = validate(verb, instances);
    INFO(ran.out.substr(0, 4000));
    CHECK(ran.code == 0);

    const std::string wrong = (folder / "wrong.json").string();
    std::ofstream(wrong) << R"({"source": "x", "size": "large"})";
    CHECK(validate(verb, " -i '" + wrong + "'").code != 0);  // the schema says something
  }
  fs::remove_all(folder);
}
