#include "describe.hpp"

#include <algorithm>
#include <btfkit/kind.hpp>

namespace btfkit::describe {
namespace {

Offered offered_for(std::string_view placeholder) {
  if (placeholder == "FILE" || placeholder == "FOLDER") return {Offer::Files, {}};
  if (placeholder == "TYPE") return {Offer::Types, {}};
  if (placeholder == "PATH") return {Offer::Paths, {}};
  if (placeholder == "PATTERN") return {Offer::Names, {}};
  if (placeholder == "KIND") {
    Offered kinds{Offer::Words, {}};
    for (const KindRow& row : kind_table)
      if (row.noun != "void") kinds.words.emplace_back(row.noun);
    return kinds;
  }
  return {Offer::Nothing, {}};
}

}  // namespace

Offered offered(const command::Option& option) {
  if (!option.choices.empty()) return {Offer::Words, split(option.choices)};
  return offered_for(option.value);
}

Offered offered(const command::Positional& positional) { return offered_for(positional.name); }

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    parts.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return parts;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::vector<std::pair<std::string, std::string>> first_words(Verbs verbs) {
  std::vector<std::pair<std::string, std::string>> words;
  for (const command::Verb& verb : verbs) {
    const std::string first(verb.name.substr(0, verb.name.find(' ')));
    if (std::any_of(words.begin(), words.end(), [&](const auto& word) { return word.first == first; })) continue;
    std::string summary(verb.summary);
    if (const auto second = second_words(verbs, first); !second.empty()) {
      summary.clear();
      for (const auto& [word, help] : second) summary += (summary.empty() ? "" : ", ") + word;
    }
    words.emplace_back(first, summary);
  }
  return words;
}

std::vector<std::pair<std::string, std::string>> second_words(Verbs verbs, std::string_view first) {
  std::vector<std::pair<std::string, std::string>> words;
  for (const command::Verb& verb : verbs) {
    const std::size_t space = verb.name.find(' ');
    if (space != std::string_view::npos && verb.name.substr(0, space) == first)
      words.emplace_back(std::string(verb.name.substr(space + 1)), std::string(verb.summary));
  }
  return words;
}

}  // namespace btfkit::describe
