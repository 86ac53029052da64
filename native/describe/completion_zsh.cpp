#include "describe.hpp"

namespace btfkit::describe {
namespace {

constexpr std::string_view before = R"zsh(#compdef btfkit
# zsh completion for btfkit. Made from the verbs' own descriptions.

# Adds types of the file that the line names (its first argument, in $line) that begin as the word does: "types", "paths"
# (behind which a member may follow) or "names" of all kinds. None when they are too many to choose from.
_btfkit_types() {
  local offer=$1 file=${(Q)line[1]} prefix=${(Q)PREFIX} kind='' found given
  local -a names kinds base suffix
  case $offer in
    types) kinds=(--kind struct --kind union --kind enum --kind typedef) ;;
    paths) kinds=(--kind struct --kind union --kind typedef) suffix=(-S '') ;;
  esac
  if [[ $offer != names && $prefix == (struct|union|enum|typedef)' '* ]]; then
    kind=${prefix%% *}' ' prefix=${prefix#* }
    kinds=(--kind ${kind% })
  fi
  file=${file/#\~\//$HOME/}
  [[ $file == (kernel|(kernel|id|prog|map):*) || -f $file && -r $file ]] && [[ $prefix != *[*?]* ]] || return 1
  given=${(Q)opt_args[--base]:-${(Q)opt_args[-B]}}
  [[ -z $given ]] || base=(--base ${given/#\~\//$HOME/})
  found=$(command btfkit find $file $prefix'*' $kinds $base --json --limit 2000 </dev/null 2>/dev/null) || return 1
  [[ $found == '{"total":'<0-2000>,* ]] || return 1
  names=(${(fu)"$(grep -o '"name":"[^"\\]*"' <<<$found | cut -d'"' -f4)"})
  names=($kind$^names)
  compadd "${suffix[@]}" -a names
}

_btfkit() {
  local curcontext=$curcontext state
  local -a line words_of_verb
  local -A opt_args
  _arguments -C '(- *)'{-h,--help}'[print help]' '(- *)--version[print the version]' '1: :->verb' '*:: :->arguments'
  case $state in
    verb)
)zsh";

/// Inside '...'.
std::string quoted(std::string text) { return replaced(std::move(text), "'", "'\\''"); }

/// The text of a specification of _arguments.
std::string spec_text(std::string_view text) {
  return quoted(replaced(replaced(replaced(replaced(std::string(text), "\\", "\\\\"), ":", "\\:"), "[", "\\["), "]", "\\]"));
}

std::string action(const Offered& offered) {
  switch (offered.offer) {
    case Offer::Nothing: return " ";
    case Offer::Files: return "_files";
    case Offer::Types: return " _btfkit_types types";  // the blank: called with these arguments alone
    case Offer::Paths: return " _btfkit_types paths";
    case Offer::Names: return " _btfkit_types names";
    case Offer::Words: break;
  }
  return '(' + joined(offered.words) + ')';
}

void option_spec(Sink& out, const command::Option& option) {
  const std::string longer = "--" + std::string(option.name);
  const std::string letter = option.letter != 0 ? std::string("-") + option.letter : std::string();
  const bool valued = !option.value.empty();
  const std::string names =
      letter.empty() ? longer + (valued ? "=" : "") : "{" + letter + (valued ? "+," : ",") + longer + (valued ? "=}" : "}");
  const std::string rest =
      '[' + spec_text(option.help) + ']' + (valued ? ':' + spec_text(option.value) + ':' + action(offered(option)) : "");
  out << " \\\n        ";
  if (letter.empty()) out << '\'' << (option.repeatable ? "*" : "") << names << rest << '\'';
  else if (option.repeatable) out << "'*'" << names << '\'' << rest << '\'';
  else out << "'(" << letter << ' ' << longer << ")'" << names << '\'' << rest << '\'';
}

void verb_branch(Sink& out, const command::Verb& verb, std::string_view word, std::string_view indent) {
  out << indent << word << ")\n" << indent << "  _arguments '(- *)'{-h,--help}'[print help]'";
  for (const command::Option& option : verb.options) option_spec(out, option);
  int index = 0;
  for (const command::Positional& p : verb.positionals) {
    ++index;
    out << " \\\n        '" << (p.repeatable ? "*" : std::to_string(index)) << (p.required || p.repeatable ? ":" : "::")
        << spec_text(p.name) << ':' << action(offered(p)) << '\'';
  }
  out << '\n' << indent << "  ;;\n";
}

void word_list(Sink& out, const std::vector<std::pair<std::string, std::string>>& rows, std::string_view indent) {
  out << indent << "words_of_verb=(";
  for (const auto& [word, help] : rows)
    out << '\n' << indent << "  '" << word << ':' << quoted(replaced(help, ":", "\\:")) << '\'';
  out << ")\n" << indent << "_describe verb words_of_verb\n";
}

}  // namespace

std::string zsh_completion(Verbs verbs) {
  Sink out;
  const auto first = first_words(verbs);
  out << before;
  word_list(out, first, "      ");
  out << "      ;;\n    arguments)\n      case $words[1] in\n";
  for (const auto& [word, help] : first) {
    const auto second = second_words(verbs, word);
    if (second.empty()) {
      for (const command::Verb& verb : verbs)
        if (verb.name == word) verb_branch(out, verb, word, "        ");
      continue;
    }
    out << "        " << word << ")\n          if ((CURRENT == 2)); then\n";
    word_list(out, second, "            ");
    out << "          else\n            shift words\n            ((CURRENT--))\n            case $words[1] in\n";
    for (const command::Verb& verb : verbs)
      if (verb.name.starts_with(word + ' ')) verb_branch(out, verb, verb.name.substr(word.size() + 1), "              ");
    out << "            esac\n          fi\n          ;;\n";
  }
  out << "      esac\n      ;;\n  esac\n}\n\n_btfkit \"$@\"\n";
  return out.take();
}

}  // namespace btfkit::describe
