# complete.bash FILE WORD...: what bash is offered behind the words, as its readline splits them (also at "=" and ":"), one a
# line; completions are read from FILE. COMP_LINE in the environment is the line, where blanks alone do not part its words.
# shellcheck source=/dev/null
source "$1"
shift
compopt() { printf '<compopt %s>\n' "$*"; } # works during a completion only
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE=${COMP_LINE-$*}
COMP_POINT=${#COMP_LINE}
_btfkit
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
