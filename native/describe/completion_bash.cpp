#include "describe.hpp"

namespace btfkit::describe {
namespace {

constexpr std::string_view before = R"(# bash completion for btfkit. Made from the verbs' own descriptions.

# What a word is without its quotes and backslashes. Words with expansions are left alone: completing must run nothing.
_btfkit_unquoted() {
  local word=$1 i char quote=''
  REPLY=''
  [[ $word != '~/'* ]] || { REPLY=$HOME/; word=${word:2}; }
  for ((i = 0; i < ${#word}; i++)); do
    char=${word:i:1}
    [[ $quote == "'" || $char != [\$\`] ]] || return 1
    if [[ $quote && $char == "$quote" ]]; then
      quote=''
    elif [[ $quote ]]; then
      [[ $quote$char != '"\' || ${word:i+1:1} != [\$\`\"\\] ]] || { ((++i)); char=${word:i:1}; }
      REPLY+=$char
    elif [[ $char == [\'\"] ]]; then
      quote=$char
    else
      [[ $char != '\' ]] || { ((++i)); char=${word:i:1}; }
      REPLY+=$char
    fi
  done
}

# _btfkit_types FILE PREFIX [ARGUMENT...]: FILE's types that begin so, one a line; none when they are too many to choose from.
_btfkit_types() {
  local file=$1 prefix=$2 found most=2000
  shift 2
  [[ $file == kernel || $file == @(kernel|id|prog|map):* || -f $file && -r $file ]] && [[ $prefix != *[*?]* ]] || return 1
  found=$(command btfkit find "$file" "$prefix*" "$@" --json --limit "$most" </dev/null 2>/dev/null) || return 1
  [[ $found =~ ^\{\"total\":([0-9]+) ]] && ((BASH_REMATCH[1] <= most)) || return 1
  grep -o '"name":"[^"\\]*"' <<<"$found" | cut -d'"' -f4 | sort -u
}

_btfkit() {
  local -a words=() found=() base=() values=()
  local -A takes=()
  local rest=${COMP_LINE:0:COMP_POINT} piece cur quote='' whole i
  local verb='' named=1 options='' positionals='' offer='' file='' count=0 kind=''
  COMPREPLY=()

  # Words as the shell has them; COMP_WORDS are also split at "=" and ":".
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=${COMP_WORDS[i]}
    if ((i == 0)) || [[ $rest == [[:blank:]]* ]]; then words+=("$piece"); else words[-1]+=$piece; fi
    rest=${rest#"${rest%%[![:blank:]]*}"}
    rest=${rest#"$piece"}
  done
  whole=${words[-1]}
  [[ $piece != [=:] ]] || piece=''
  cur=$whole
)";

constexpr std::string_view after = R"(
  # Arguments before this one: the file, how many there are, the base, and an option that waits for its value.
  for ((i = named + 1; i < ${#words[@]} - 1; i++)); do
    case ${words[i]} in
      --base=*) _btfkit_unquoted "${words[i]#--base=}" && base=(--base "$REPLY") ;;
      -?*)
        if [[ ${takes[${words[i]}]+valued} ]]; then
          if ((i + 2 == ${#words[@]})); then offer=${takes[${words[i]}]:-nothing}; fi
          case ${words[i]} in -B | --base) _btfkit_unquoted "${words[i + 1]}" && base=(--base "$REPLY") ;; esac
          ((++i))
        fi
        ;;
      *) ((count++)) || { _btfkit_unquoted "${words[i]}" && file=$REPLY; } ;;
    esac
  done
  if [[ ! $offer && $cur == --*=* && ${takes[${cur%%=*}]+valued} ]]; then
    offer=${takes[${cur%%=*}]:-nothing}
    cur=${cur#*=}
  elif [[ ! $offer && $cur == -?* || $cur == - ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    return
  fi
  if [[ ! $offer ]]; then
    read -ra values <<<"$positionals"
    ((count < ${#values[@]})) || [[ $positionals != *... ]] || count=$((${#values[@]} - 1))
    offer=${values[count]-nothing}
  fi

  case ${offer%...} in
    nothing) ;;
    files) compopt -o default ;; # the shell's own way with file names
    types | paths | names)
      [[ $cur != [\'\"]* ]] || { quote=${cur:0:1}; }
      _btfkit_unquoted "$cur" || return
      case $offer in
        names*) ;;
        types*) values=(--kind struct --kind union --kind enum --kind typedef) ;;
        paths*) values=(--kind struct --kind union --kind typedef) ;;
      esac
      [[ $offer != names* ]] || values=()
      if [[ $offer != names* && $REPLY =~ ^(struct|union|enum|typedef)\ (.*)$ ]]; then
        kind=${BASH_REMATCH[1]}' ' REPLY=${BASH_REMATCH[2]}
        values=(--kind "${kind% }")
      fi
      mapfile -t found < <(_btfkit_types "$file" "$REPLY" "${values[@]}" "${base[@]}")
      for i in "${!found[@]}"; do
        rest=$kind${found[i]}
        if [[ ! $quote ]]; then printf -v rest %q "$rest"; elif [[ $rest == *[$quote\$\`!]* ]]; then continue; fi
        [[ $piece == "$whole" || $quote ]] || rest=${rest#"${cur%"$piece"}"}
        COMPREPLY+=("$rest")
      done
      [[ $offer != paths* ]] || compopt -o nospace
      ;;
    *) mapfile -t COMPREPLY < <(compgen -W "${offer//,/ }" -- "$cur") ;;
  esac
}
complete -F _btfkit btfkit
)";

std::string name_of(const Offered& offered) {
  switch (offered.offer) {
    case Offer::Nothing: return "nothing";
    case Offer::Files: return "files";
    case Offer::Types: return "types";
    case Offer::Paths: return "paths";
    case Offer::Names: return "names";
    case Offer::Words: break;
  }
  return replaced(joined(offered.words), " ", ",");
}

std::string words_of(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::string text;
  for (const auto& [word, help] : rows) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// A branch of `case $verb`.
void verb_branch(Sink& out, const command::Verb& verb) {
  out << "    '" << verb.name << "')\n      options='";
  for (const command::Option& option : verb.options) out << "--" << option.name << ' ';
  out << "--help'\n      takes=(";
  for (const command::Option& option : verb.options) {
    if (option.value.empty()) continue;
    const std::string offer = name_of(offered(option));
    if (option.letter != 0) out << "[-" << option.letter << "]=" << offer << ' ';
    out << "[--" << option.name << "]=" << offer << ' ';
  }
  out << ")\n      positionals='";
  for (const command::Positional& p : verb.positionals)
    out << (&p == verb.positionals.data() ? "" : " ") << name_of(offered(p)) << (p.repeatable ? "..." : "");
  out << "'\n      ;;\n";
}

}  // namespace

std::string bash_completion(Verbs verbs) {
  Sink out;
  const auto first = first_words(verbs);
  out << before;
  out << "\n  if ((${#words[@]} == 2)); then\n    mapfile -t COMPREPLY < <(compgen -W '" << words_of(first)
      << " --help --version' -- \"$cur\")\n    return\n  fi\n  verb=${words[1]}\n";
  for (const auto& [word, help] : first) {
    const auto second = second_words(verbs, word);
    if (second.empty()) continue;
    out << "  if [[ $verb == " << word
        << " ]]; then\n    if ((${#words[@]} == 3)); then\n      mapfile -t COMPREPLY < <(compgen -W '" << words_of(second)
        << " --help' -- \"$cur\")\n      return\n    fi\n    verb+=\" ${words[2]}\" named=2\n  fi\n";
  }
  out << "  case $verb in\n";
  for (const command::Verb& verb : verbs) verb_branch(out, verb);
  out << "    *) return ;;\n  esac\n" << after;
  return out.take();
}

}  // namespace btfkit::describe
