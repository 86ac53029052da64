# complete.zsh FOLDER LINE: what a real zsh offers when tab is pressed behind LINE, one a line; completions are read from FOLDER.
# A second zsh is driven through a pseudo terminal; its compadd prints what it is given that fits.
zmodload zsh/zpty || exit 4
zpty inner zsh -f -i
write() { zpty -w inner "$1" }
write "PROMPT= RPROMPT=; fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -D -u"
write 'bindkey "^I" complete-word; zstyle ":completion:*" insert-tab false; zstyle ":completion:*" list-separator ""; LISTMAX=0'
write 'compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a fits; builtin compadd -O fits "$@"
  (($#fits)) && print -rl -- "fits:"$^fits
  builtin compadd "$@"
}
begin() { print -r -- BEGIN-OFFERS }
finish() { print -r -- END-OFFERS; exit }
compprefuncs=(begin) comppostfuncs=(finish)
print -r -- RE"ADY"'
zpty -r inner text '*READY*' || exit 3
zpty -n -w inner "$2"$'\t'
zpty -r inner text '*END-OFFERS*' || exit 3
for line in ${(f)${text#*BEGIN-OFFERS}}; do
  [[ $line != fits:* ]] || print -r -- ${${line#fits:}%$'\r'}
done
zpty -d inner
