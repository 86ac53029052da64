// The command's man page and completions, made from the descriptions of its verbs when it is built. (describe_main.cpp writes
// them to files; nothing of this is in the command.)
//
// All take any verbs, in the order in which they shall stand. A verb's name may be two words ("kernel list"): the first is then
// completed before the second.
#pragma once

#include <btfkit/command.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btfkit::describe {

using Verbs = std::span<const command::Verb>;

/// What the page says besides the verbs.
struct Edition {
  std::string_view version;
  std::string_view date;         ///< of the release: 2026-11-22
  std::string_view inputs = {};  ///< what FILE may be besides: command::Platform::inputs
};

/// btfkit(1) in man(7)'s language.
std::string man_page(Verbs verbs, const Edition& edition);

/// For /usr/share/bash-completion/completions/btfkit: needs bash 4.4, and not the bash-completion library.
std::string bash_completion(Verbs verbs);
/// For a folder of zsh's $fpath, as _btfkit.
std::string zsh_completion(Verbs verbs);
/// For a folder of fish's $fish_complete_path, as btfkit.fish.
std::string fish_completion(Verbs verbs);

/// What a shell can offer for a word. Types are looked up in the input that the line names, if that is a plain file or
/// BTF in the kernel.
enum class Offer {
  Nothing,
  Words,  ///< the choices
  Files,
  Types,  ///< structs, unions, enums and typedefs, also as 'struct NAME'
  Paths,  ///< structs, unions and typedefs, behind which ".member" may follow
  Names,  ///< of types of all kinds
};
struct Offered {
  Offer offer;
  std::vector<std::string> words;  ///< for Offer::Words
};

/// By the placeholder that help shows ("FILE", "TYPE"), and an option's choices.
Offered offered(const command::Option& option);
Offered offered(const command::Positional& positional);

/// The parts of a list with commas.
std::vector<std::string> split(std::string_view list);

/// Words with spaces between them.
std::string joined(const std::vector<std::string>& words);

/// Whole text with every `from` replaced.
std::string replaced(std::string text, std::string_view from, std::string_view to);

/// The first words of verbs, each once, with what `btfkit --help` says of the verb; the first words of two-word verbs with the
/// second words listed.
std::vector<std::pair<std::string, std::string>> first_words(Verbs verbs);
/// The second words of the verbs that begin with that word; empty for verbs of one word.
std::vector<std::pair<std::string, std::string>> second_words(Verbs verbs, std::string_view first);

}  // namespace btfkit::describe
