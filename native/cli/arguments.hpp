// A verb's command line, split by CLI11. What is wrong with it is said in the words of wasm/package/src/cli.ts, to the byte:
// tests/node/command.test.mjs compares.
#pragma once

#include <btfkit/command.hpp>
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace btfkit::cli {

/// What one verb's command line said; allowed by the verb's table, unless it asks for help.
struct Arguments {
  bool help = false;
  std::vector<std::string> positionals;  ///< none is empty
  std::map<std::string, bool, std::less<>> flags;
  std::map<std::string, std::vector<std::string>, std::less<>> values;

  [[nodiscard]] bool has(std::string_view flag) const;
  /// What the option was given; empty when it was not.
  [[nodiscard]] std::string value(std::string_view option) const;
};

/// `words` are those behind the verb. Otherwise what is wrong, a sentence.
tl::expected<Arguments, std::string> parse(const command::Verb& verb, std::vector<std::string> words);

}  // namespace btfkit::cli
