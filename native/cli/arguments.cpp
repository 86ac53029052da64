#include "arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace btfkit::cli {
namespace {

using Misuse = tl::unexpected<std::string>;

const command::Option* find(const command::Verb& verb, std::string_view name) {
  const auto found = std::find_if(verb.options.begin(), verb.options.end(), [&](const auto& o) { return o.name == name; });
  return found == verb.options.end() ? nullptr : &*found;
}

/// What CLI11 takes in another way than others do: a flag's value, and "--option=", whose value is the empty text behind it.
tl::expected<void, std::string> settle_equals(const command::Verb& verb, std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::size_t equals = words[i].find('=');
    if (words[i].substr(0, 2) != "--" || equals == std::string::npos) continue;
    const command::Option* option = find(verb, std::string_view(words[i]).substr(2, equals - 2));
    if (option == nullptr && words[i].substr(0, equals) != "--help") continue;
    if (option == nullptr || option->value.empty()) return Misuse(words[i].substr(0, equals) + " takes no value");
    if (equals + 1 != words[i].size()) continue;
    words[i].pop_back();
    words.insert(words.begin() + static_cast<std::ptrdiff_t>(++i), std::string());
  }
  return {};
}

/// The option that is the last word, or the last letter of it.
std::string last_option(const command::Verb& verb, const std::string& word) {
  if (word.substr(0, 2) == "--") return word;
  for (const command::Option& option : verb.options)
    if (option.letter == word.back()) return "--" + std::string(option.name);
  return word;
}

/// The first word that is an option and none of the verb's; empty: none.
std::string unknown_option(const std::vector<std::string>& left, const std::vector<std::string>& words) {
  for (const std::string& option : left) {
    if (option == "--") continue;
    // Of letters that stand together only the rest is left.
    const auto word = std::find_if(words.begin(), words.end(), [&](const std::string& w) {
      return w == option || (w.size() > option.size() && w[0] == '-' && w[1] != '-' &&
                             w.compare(w.size() - option.size() + 1, std::string::npos, option, 1) == 0);
    });
    return word == words.end() ? option : *word;
  }
  return {};
}

tl::expected<void, std::string> check(const command::Verb& verb, const Arguments& arguments) {
  for (const command::Option& option : verb.options) {
    const auto found = arguments.values.find(option.name);
    if (found == arguments.values.end()) continue;
    const std::string name = "--" + std::string(option.name);
    if (!option.repeatable && found->second.size() > 1)
      return Misuse(name + " is given " + std::to_string(found->second.size()) + " times");
    if (option.choices.empty()) continue;
    const std::vector<std::string> choices = CLI::detail::split(std::string(option.choices), ',');
    for (const std::string& value : found->second)
      if (std::find(choices.begin(), choices.end(), value) == choices.end())
        return Misuse(name + ": '" + value + "' is none of " + CLI::detail::join(choices, ", "));
  }
  const std::size_t given = arguments.positionals.size();
  for (std::size_t i = given; i < verb.positionals.size(); ++i)
    if (verb.positionals[i].required) return Misuse(std::string(verb.positionals[i].name) + " is missing");
  if (given > verb.positionals.size() && (verb.positionals.empty() || !verb.positionals.back().repeatable))
    return Misuse('\'' + arguments.positionals[verb.positionals.size()] + "' is one argument too many");
  return {};
}

}  // namespace

bool Arguments::has(std::string_view flag) const {
  const auto found = flags.find(flag);
  return found != flags.end() && found->second;
}

std::string Arguments::value(std::string_view option) const {
  const auto found = values.find(option);
  return found == values.end() || found->second.empty() ? std::string() : found->second.back();
}

tl::expected<Arguments, std::string> parse(const command::Verb& verb, std::vector<std::string> words) {
  if (auto settled = settle_equals(verb, words); !settled) return Misuse(settled.error());
  Arguments arguments;
  CLI::App app;
  app.allow_extras();  // unknown options, for words of our own
  app.add_option("words", arguments.positionals);
  for (const command::Option& option : verb.options) {
    std::string names = "--" + std::string(option.name);
    if (option.letter != 0) names = std::string("-") + option.letter + ',' + names;
    const std::string name(option.name);
    if (option.value.empty()) app.add_flag(names, arguments.flags[name]);
    else app.add_option(names, arguments.values[name])->allow_extra_args(false);
  }
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // from the end: so it wants them
  } catch (const CLI::CallForHelp&) {
    arguments.help = true;
    return arguments;
  } catch (const CLI::ArgumentMismatch&) {  // only the last word can lack what should be behind it
    return Misuse(last_option(verb, words.back()) + " needs a value");
  } catch (const CLI::ParseError& error) {
    return Misuse(error.what());
  }
  if (const std::string unknown = unknown_option(app.remaining(), words); !unknown.empty())
    return Misuse("unknown option '" + unknown.substr(0, unknown.find('=')) + '\'');
  for (auto given = arguments.values.begin(); given != arguments.values.end();)
    given = given->second.empty() ? arguments.values.erase(given) : std::next(given);
  auto& positionals = arguments.positionals;
  positionals.erase(std::remove(positionals.begin(), positionals.end(), std::string()), positionals.end());
  if (auto allowed = check(verb, arguments); !allowed) return Misuse(allowed.error());
  return arguments;
}

}  // namespace btfkit::cli
