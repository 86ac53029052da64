// README.md's table of features and kernels says what the booted kernels said.
#include <btfkit/kernel/features.hpp>
#include <fstream>

#include "reports.hpp"
#include "support/catch.hpp"

using namespace btfkit;
using namespace btfkit::test;

namespace {

/// The cells of "| a | b |".
std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> all;
  for (std::size_t at = 1; at < line.size();) {
    const std::size_t end = std::min(line.find('|', at), line.size());
    const std::size_t from = line.find_first_not_of(' ', at);
    all.push_back(from >= end ? "" : line.substr(from, line.find_last_not_of(' ', end - 1) + 1 - from));
    at = end + 1;
  }
  return all;
}

/// The lines of the table behind the marker.
std::vector<std::vector<std::string>> readme_table() {
  std::ifstream file(BTFKIT_SOURCE_DIR "/README.md");
  std::vector<std::vector<std::string>> table;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "<!-- table: kernels -->") inside = true;
    else if (inside && (line.empty() || line.front() != '|')) break;
    else if (inside) table.push_back(cells(line));
  }
  return table;
}

std::string cell(const Report& kernel, const kernel::Feature& feature) {
  const std::string name(feature.name);
  if (fact(kernel, "probe " + name).number == static_cast<long>(kernel::Answer::Yes)) return "yes";
  const auto rewritten = kernel.facts.find("rewritten " + name);
  return rewritten != kernel.facts.end() && rewritten->second.number == 0 ? "rewritten" : "no";
}

}  // namespace

TEST_CASE("README's table of features is what the kernels say") {
  std::vector<std::vector<std::string>> expected{{"", "", "since"}};
  for (const Report& kernel : kernels()) expected.front().push_back(kernel.version());
  expected.emplace_back(expected.front().size(), "---");
  for (const kernel::Feature& feature : kernel::feature_table) {
    expected.push_back({'`' + std::string(feature.name) + '`', std::string(feature.what), to_string(feature.since)});
    for (const Report& kernel : kernels()) expected.back().push_back(cell(kernel, feature));
  }
  std::vector<std::vector<std::string>> table = readme_table();
  const bool comparable = !table.empty() && table.front() == expected.front();
  if (!comparable && std::getenv("BTFKIT_KERNELS") != nullptr) SKIP("BTFKIT_KERNELS has other kernels than README's table");
  std::string text;
  for (const auto& line : expected) {
    for (const std::string& word : line) text += "|" + (word == "---" ? word : word.empty() ? " " : " " + word + " ");
    text += "|\n";
  }
  const std::string wanted = BTFKIT_KERNEL_REPORTS "/table.md";
  std::ofstream(wanted) << text;
  INFO("the table as it should be is in " << wanted);
  CHECK(table == expected);
}
