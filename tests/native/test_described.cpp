// The man page and the completions that are made from the verbs' descriptions: what man, bash, zsh and fish make of them.
#include <array>
#include <btfkit/kind.hpp>
#include <filesystem>
#include <fstream>

#include "describe.hpp"
#include "support/files.hpp"
#include "support/shared.hpp"

namespace {

using namespace btfkit;
using namespace btfkit::test;

std::string quoted(const std::string& word) { return '\'' + describe::replaced(word, "'", "'\\''") + '\''; }

/// A folder with files made from some verbs, removed in the end.
class Made {
 public:
  explicit Made(describe::Verbs verbs) {
    std::string name = (fs::temp_directory_path() / "btfkit-described-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    write("btfkit.1", describe::man_page(verbs, {"1.2.3", "2026-11-22"}));
    write("btfkit.bash", describe::bash_completion(verbs));
    write("_btfkit", describe::zsh_completion(verbs));
    write("btfkit.fish", describe::fish_completion(verbs));
  }
  ~Made() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name), std::ios::binary) << text; }

  /// Runs a command with ours first on its path; both outputs.
  [[nodiscard]] std::string run(const std::string& command) const {
    return test::run("PATH=" + quoted(fs::path(BTFKIT_COMMAND).parent_path().string()) + ":$PATH " + command + " 2>&1").out;
  }

 private:
  fs::path folder_;
};

// Two words, text with every quote, and options of every sort.
constexpr std::array odd_positionals = {
    command::Positional{"FILE", ".begins with a dot, \"quotes\" 'all' `of` [it]: \\ and $(expansions)", true},
    command::Positional{"OFFSET", "nothing to offer", false, true}};
constexpr std::array odd_options = {
    command::Option{"mode", 'm', "MODE", "it's [one] of: a \\ b", "fast,slow", true},
    command::Option{"quiet", 'q', "", "don't \"say\" $HOME or `id`", ""},
};
constexpr std::array odd_examples = {command::Example{"kernel show 'a b' \\ -q", ".of all that is odd"}};
constexpr std::array odd_verbs = {
    command::Verb{"plain", "one word's verb", odd_positionals, odd_options, odd_examples, nullptr},
    command::Verb{"kernel list", "what's there: [all]", {}, odd_options, odd_examples, nullptr},
    command::Verb{"kernel show", "one of them", odd_positionals, odd_options, odd_examples, nullptr},
};

std::string bash(const Made& made, const std::vector<std::string>& words, const std::string& line = {}) {
  std::string command = line.empty() ? "" : "COMP_LINE=" + quoted(line) + ' ';
  command += tool("bash") + " " BTFKIT_SOURCE_DIR "/tests/support/complete.bash " + quoted(made.path("btfkit.bash"));
  for (const std::string& word : words) command += ' ' + quoted(word);
  return made.run(command);
}

std::string zsh(const Made& made, const std::string& line) {
  return made.run("timeout 20 " + tool("zsh") + " -f " BTFKIT_SOURCE_DIR "/tests/support/complete.zsh " +
                  quoted(made.path("")) + ' ' + quoted(line));
}

/// Without what fish shows beside the words.
std::string fish(const Made& made, const std::string& line) {
  return made.run("HOME=" + quoted(made.path("")) + " LINE=" + quoted(line) + ' ' + tool("fish") + " --no-config -c " +
                  quoted("source " + made.path("btfkit.fish") + "; complete -C \"$LINE\"") + " | cut -f1");
}

const std::string object = golden_path("types.o");

}  // namespace

TEST_CASE("the man page: man and mandoc have nothing to warn of, and it names everything") {
  const bool odd = GENERATE(false, true);
  const describe::Verbs verbs = odd ? describe::Verbs(odd_verbs) : command::verbs();
  const Made made(verbs);
  SECTION("man") {
    CHECK(made.run("LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=80 " + tool("man") + " --warnings=w -l " + made.path("btfkit.1") +
                   " 2>&1 >/dev/null")
              .empty());
  }
  SECTION("mandoc") { CHECK(made.run(tool("mandoc") + " -T lint -W warning " + made.path("btfkit.1")).empty()); }
  SECTION("its text") {
    const std::string text = made.run(tool("mandoc") + " -T ascii -O width=80 " + made.path("btfkit.1") + " | col -bx");
    const auto shows = [&](std::string_view part) {
      std::string words;  // lines break where they must
      for (const char c : text)
        if (c != '\n' && (c != ' ' || words.back() != ' ')) words += c;
        else if (c == '\n' && (words.empty() || words.back() != ' ')) words += ' ';
      return words.find(part) != std::string::npos;
    };
    for (const command::Verb& verb : verbs) {
      CHECK(shows("btfkit " + std::string(verb.name) + ' '));
      for (const command::Option& option : verb.options) CHECK(shows("--" + std::string(option.name)));
      for (const command::Example& example : verb.examples) CHECK(shows("btfkit " + std::string(example.arguments)));
      for (const command::Positional& p : verb.positionals) CHECK(shows(p.help.substr(1)));
    }
    for (const char* heading : {"NAME", "SYNOPSIS", "EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO"})
      CHECK_THAT(text, ContainsSubstring("\n" + std::string(heading) + "\n"));
    CHECK_THAT(text, ContainsSubstring("btfkit 1.2.3") && ContainsSubstring("2026-11-22"));
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) CHECK(text.find('\n', at) - at <= 80);
  }
}

TEST_CASE("bash completes verbs, options, values, files and types") {
  const Made made(command::verbs());
  CHECK(bash(made, {"btfkit", "in"}) == "inspect\n");
  std::string verbs;
  for (const command::Verb& verb : command::verbs()) verbs.append(verb.name).append("\n");
  CHECK(bash(made, {"btfkit", ""}) == verbs + "--help\n--version\n");
  CHECK(bash(made, {"btfkit", "layout", "--re"}) == "--reorganize\n");
  CHECK(bash(made, {"btfkit", "dump", object, "--format", ""}) == "c\nraw\njson\n");
  CHECK(bash(made, {"btfkit", "dump", "--format", "=", "r"}, "btfkit dump --format=r") == "raw\n");
  CHECK(bash(made, {"btfkit", "dump", "--format", "="}, "btfkit dump --format=") == "c\nraw\njson\n");
  CHECK(bash(made, {"btfkit", "find", object, "--kind", "uni"}) == "union\n");
  const std::string files = "<compopt -o default>\n";
  CHECK(bash(made, {"btfkit", "inspect", ""}) == files);
  CHECK(bash(made, {"btfkit", "inspect", "-B", "v"}) == files);
  CHECK(bash(made, {"btfkit", "decode", object, "u8", "--data", ""}) == files);
  CHECK(bash(made, {"btfkit", "at", object, "list_head", ""}).empty());
  CHECK(bash(made, {"btfkit", "nothing", ""}).empty());

  CHECK(bash(made, {"btfkit", "layout", object, "li"}) == "list_head\n");
  CHECK(bash(made, {"btfkit", "layout", "--cache-line", "5", object, "bits", "li"}) == "list_head\n");
  CHECK(bash(made, {"btfkit", "find", "--contains", "li"}).empty());
  CHECK(bash(made, {"btfkit", "find", object, "--contains", "li"}) == "list_head\n");
  CHECK(bash(made, {"btfkit", "inspect", object, "'struct li"}) == "struct list_head\n");
  CHECK(bash(made, {"btfkit", "inspect", object, "struct\\ li"}) == "struct\\ list_head\n");
  CHECK(bash(made, {"btfkit", "offset", object, "list"}) == "<compopt -o nospace>\nlist_head\n");
  CHECK_THAT(bash(made, {"btfkit", "find", object, "unsigned\\ c"}), StartsWith("unsigned\\ char\n"));
  CHECK_THAT(bash(made, {"btfkit", "find", object, "\"unsigned c"}), StartsWith("unsigned char\n"));
}

TEST_CASE("completing runs nothing that stands in the line, and reads plain files only") {
  const Made made(command::verbs());
  const std::string spaced = made.path("a 'b' $c.o");
  fs::copy_file(object, spaced);
  CHECK(bash(made, {"btfkit", "layout", quoted(spaced), "li"}) == "list_head\n");
  CHECK_THAT(zsh(made, "btfkit layout " + quoted(spaced) + " li"), StartsWith("list_head"));
  CHECK(fish(made, "btfkit layout \"" + describe::replaced(spaced, "$", "\\$") + "\" li") == "list_head\n");

  const std::string touched = made.path("touched");
  for (const std::string& word : {"$(touch " + touched + ")", "`touch " + touched + "`", "'; touch " + touched + "; '"}) {
    bash(made, {"btfkit", "layout", word, "li"});
    bash(made, {"btfkit", "layout", object, word});
    bash(made, {"btfkit", "layout", object, "--base", word, "li"});
    zsh(made, "btfkit layout " + quoted(word) + " li");
    zsh(made, "btfkit layout " + object + " " + quoted(word));
    fish(made, "btfkit layout " + quoted(word) + " li");
  }
  CHECK_FALSE(fs::exists(touched));
  REQUIRE(test::run("mkfifo " + quoted(made.path("pipe"))).code == 0);  // reading one would wait forever
  CHECK(bash(made, {"btfkit", "layout", made.path("pipe"), "li"}).empty());
  CHECK(bash(made, {"btfkit", "layout", "-", "li"}).empty());
  CHECK(bash(made, {"btfkit", "layout", made.path("absent"), "li"}).empty());
  CHECK(bash(made, {"btfkit", "layout", made.path("_btfkit"), "li"}).empty());
}

TEST_CASE("zsh completes verbs, options, values, files and types") {
  const Made made(command::verbs());
  CHECK(zsh(made, "btfkit in") == "inspect\n");
  for (const command::Verb& verb : command::verbs())
    CHECK_THAT(zsh(made, "btfkit "), ContainsSubstring(std::string(verb.name) + '\n'));
  CHECK(zsh(made, "btfkit layout --re") == "--reorganize\n");
  CHECK(zsh(made, "btfkit dump x --format ra") == "raw\n");
  CHECK(zsh(made, "btfkit dump --format=ra") == "raw\n");
  CHECK(zsh(made, "btfkit find x --kind uni") == "union\n");
  CHECK(zsh(made, "btfkit inspect " BTFKIT_SOURCE_DIR "/tests/golden/types.b") == "types.btf\n");
  CHECK(zsh(made, "btfkit inspect " + object + " li") == "list_head\n");
  CHECK(zsh(made, "btfkit layout --cache-line 5 " + object + " bits li") == "list_head\n");
  CHECK(zsh(made, "btfkit inspect " + object + " 'struct li") == "struct list_head\n");
  CHECK(zsh(made, "btfkit offset " + object + " list") == "list_head\n");
  CHECK(zsh(made, "btfkit find " + object + " --contains li") == "list_head\n");
}

TEST_CASE("fish completes verbs, options, values, files and types") {
  const Made made(command::verbs());
  CHECK(fish(made, "btfkit in") == "inspect\n");
  for (const command::Verb& verb : command::verbs())
    CHECK_THAT(fish(made, "btfkit "), ContainsSubstring(std::string(verb.name) + '\n'));
  CHECK(fish(made, "btfkit layout --re") == "--reorganize\n");
  CHECK(fish(made, "btfkit dump x --format ra") == "raw\n");
  CHECK(fish(made, "btfkit dump --format=ra") == "--format=raw\n");
  CHECK(fish(made, "btfkit find x --kind uni") == "union\n");
  CHECK(fish(made, "btfkit inspect " BTFKIT_SOURCE_DIR "/tests/golden/types.b") == golden_path("types.btf") + "\n");
  CHECK(fish(made, "btfkit inspect " + object + " li") == "list_head\n");
  CHECK(fish(made, "btfkit layout --cache-line 5 " + object + " bits li") == "list_head\n");
  CHECK(fish(made, "btfkit inspect " + object + " 'struct li") == "struct list_head\n");
  CHECK(fish(made, "btfkit offset " + object + " list") == "list_head\n");
  CHECK(fish(made, "btfkit find " + object + " --contains li") == "list_head\n");
}

TEST_CASE("completions of verbs of two words, and of texts with every quote") {
  const Made made(odd_verbs);
  CHECK(made.run(tool("bash") + " -n " + made.path("btfkit.bash")).empty());
  CHECK(bash(made, {"btfkit", "ker"}) == "kernel\n");
  CHECK(bash(made, {"btfkit", "kernel", ""}) == "list\nshow\n--help\n");
  CHECK(bash(made, {"btfkit", "kernel", "show", "--m"}) == "--mode\n");
  CHECK(bash(made, {"btfkit", "kernel", "show", "-m", ""}) == "fast\nslow\n");
  CHECK(bash(made, {"btfkit", "kernel", "show", ""}) == "<compopt -o default>\n");
  CHECK(bash(made, {"btfkit", "kernel", "list", ""}).empty());
  SECTION("zsh") {
    CHECK(made.run(tool("zsh") + " -n " + made.path("_btfkit")).empty());
    CHECK(zsh(made, "btfkit ker") == "kernel\n");
    CHECK(zsh(made, "btfkit kernel ") == "list\nshow\n");
    CHECK(zsh(made, "btfkit kernel show --m") == "--mode\n");
    CHECK(zsh(made, "btfkit kernel show -m f") == "fast\n");
    CHECK(zsh(made, "btfkit plain --mode=s") == "slow\n");
  }
  SECTION("fish") {
    CHECK(made.run(tool("fish") + " -n " + made.path("btfkit.fish")).empty());
    CHECK(fish(made, "btfkit ker") == "kernel\n");
    CHECK(fish(made, "btfkit kernel ") == "list\nshow\n");
    CHECK(fish(made, "btfkit kernel show --m") == "--mode\n");
    CHECK(fish(made, "btfkit kernel show -m f") == "fast\n");
    CHECK(fish(made, "btfkit plain --mode=s") == "--mode=slow\n");
  }
}
