#include "describe.hpp"

namespace btfkit::describe {
namespace {

constexpr std::string_view before = R"fish(# fish completion for btfkit. Made from the verbs' own descriptions.

# The line before the cursor: the verb in $verb, its arguments that are no options in $given, the base in $base.
function __btfkit_line --no-scope-shadowing
    set verb ''
    set given
    set base
    set -l valued
    set -l wants ''
    for word in (commandline -opc)[2..-1]
        if test -n "$wants"
            contains -- $wants -B --base; and set base $word
            set wants ''
        else if test -z "$verb"
            string match -q -- '-*' $word; or set verb $word
            set valued (__btfkit_valued "$verb")
        else if contains -- "$verb" (__btfkit_pairs)
            set verb "$verb $word"
            set valued (__btfkit_valued "$verb")
        else if contains -- $word $valued
            set wants $word
        else if string match -q -- '--base=*' $word
            set base (string replace -- --base= '' $word)
        else if not string match -q -- '-?*' $word
            set -a given $word
        end
    end
end

# Whether the verb is $argv[1], and $argv[2], where given, the place of the argument at the cursor ("3..": that or later ones).
function __btfkit_at
    set -l verb
    set -l given
    set -l base
    __btfkit_line
    test "$verb" = "$argv[1]"; or return 1
    set -q argv[2]; or return 0
    set -l place (math (count $given) + 1)
    if string match -q -- '*..' $argv[2]
        test $place -ge (string replace .. '' $argv[2])
    else
        test $place -eq $argv[2]
    end
end

# The types of the line's file that begin as the word does: types, paths or names. None when they are too many to choose from.
function __btfkit_types
    set -l verb
    set -l given
    set -l base
    __btfkit_line
    set -l prefix (string unescape -- (commandline -ct); or commandline -ct | string trim -l -c '\'"')
    set prefix (string replace -r -- '^--[a-z-]+=' '' "$prefix")
    set -l kind ''
    set -l kinds --kind struct --kind union --kind typedef
    switch $argv[1]
        case types
            set -a kinds --kind enum
        case names
            set kinds
    end
    if test $argv[1] != names; and string match -qr -- '^(struct|union|enum|typedef) ' "$prefix"
        set kind (string replace -r -- ' .*' ' ' "$prefix")
        set prefix (string replace -r -- '^[a-z]+ ' '' "$prefix")
        set kinds --kind (string trim -- $kind)
    end
    set -l file (string replace -r -- '^~/' "$HOME/" "$given[1]")
    string match -qr -- '^(kernel|(kernel|id|prog|map):.*)$' "$file"; or test -f "$file" -a -r "$file"; or return
    string match -qr -- '[*?]' "$prefix"; and return
    set -q base[1]; and set base --base (string replace -r -- '^~/' "$HOME/" $base[1])
    set -l found (command btfkit find $file "$prefix*" $kinds $base --json --limit 2000 </dev/null 2>/dev/null); or return
    set -l total (string match -r -- '^{"total":([0-9]+)' "$found")[2]
    test -n "$total"; and test "$total" -le 2000; or return
    string match -ar -- '"name":"[^"\\\\]*"' "$found" | string replace -r -- '"name":"(.*)"' "$kind\$1" | sort -u
end

)fish";

/// A single-quoted word.
std::string quoted(std::string_view text) {
  return '\'' + replaced(replaced(std::string(text), "\\", "\\\\"), "'", "\\'") + '\'';
}

std::string spelled(const command::Option& option) {
  return (option.letter != 0 ? std::string("-") + option.letter + ' ' : "") + "--" + std::string(option.name);
}

/// What `complete` is told about the value of an option or the word at a place.
std::string source(const Offered& offered) {
  switch (offered.offer) {
    case Offer::Nothing: return "";
    case Offer::Files: return " -F";
    case Offer::Types: return " -a '(__btfkit_types types)'";
    case Offer::Paths: return " -a '(__btfkit_types paths)'";
    case Offer::Names: return " -a '(__btfkit_types names)'";
    case Offer::Words: break;
  }
  return " -a " + quoted(joined(offered.words));
}

std::string when(std::string_view verb, std::string_view place = {}) {
  std::string test = "__btfkit_at \"" + std::string(verb) + '"';
  if (!place.empty()) test += ' ' + std::string(place);
  return "complete -c btfkit -n " + quoted(test);
}

void verb_lines(Sink& out, const command::Verb& verb) {
  out << "\n# " << verb.name << '\n';
  int index = 0;
  for (const command::Positional& p : verb.positionals) {
    const std::string place = std::to_string(++index) + (p.repeatable ? ".." : "");
    if (const std::string from = source(offered(p)); !from.empty()) out << when(verb.name, place) << from << '\n';
  }
  for (const command::Option& option : verb.options) {
    out << when(verb.name);
    if (option.letter != 0) out << " -s " << option.letter;
    out << " -l " << option.name;
    if (!option.value.empty()) out << (offered(option).offer == Offer::Files ? " -r" : " -x") << source(offered(option));
    out << " -d " << quoted(option.help) << '\n';
  }
}

}  // namespace

std::string fish_completion(Verbs verbs) {
  Sink out;
  const auto first = first_words(verbs);
  out << before << "# Options of a verb that take a value.\nfunction __btfkit_valued\n    switch $argv[1]\n";
  for (const command::Verb& verb : verbs) {
    std::string valued;
    for (const command::Option& option : verb.options)
      if (!option.value.empty()) valued += ' ' + spelled(option);
    if (!valued.empty())
      out << "        case " << quoted(verb.name) << "\n            string split ' ' --"
          << " '" << valued.substr(1) << "'\n";
  }
  out << "    end\nend\n\n# First words of verbs of two words.\nfunction __btfkit_pairs\n";
  for (const auto& [word, help] : first)
    if (!second_words(verbs, word).empty()) out << "    echo " << word << '\n';
  out << "end\n\ncomplete -c btfkit -f\ncomplete -c btfkit -s h -l help -d 'print help'\n";
  out << when("") << " -l version -d 'print the version'\n";
  for (const auto& [word, help] : first) {
    out << when("") << " -a " << word << " -d " << quoted(help) << '\n';
    for (const auto& [second, second_help] : second_words(verbs, word))
      out << when(word) << " -a " << second << " -d " << quoted(second_help) << '\n';
  }
  for (const command::Verb& verb : verbs) verb_lines(out, verb);
  return out.take();
}

}  // namespace btfkit::describe
