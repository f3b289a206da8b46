# bash completion for grantgate (bash 3.2 or later). It runs nothing but `grantgate complete`: what is being typed is
# handed over as it is and never evaluated.

__grantgate_complete() {
  local line="${COMP_LINE:0:${COMP_POINT}}" IFS=$' \t\n' words cur out last kept value
  read -r -a words <<< "$line"
  case "$line" in *[[:space:]]) words+=("") ;; esac
  cur="${words[${#words[@]} - 1]}"
  out="$(grantgate complete -- "${words[@]:1}" 2> /dev/null)"
  # The last line is a colon and a number, of which 2 means: no space behind it.
  last="${out##*:}"
  case "$last" in "" | *[!0-9]*) last=0 ;; esac
  # Bash begins a new word behind these, and wants no more than what follows.
  kept=""
  case "$cur" in *[=:]*) kept="${cur%"${cur##*[=:]}"}" ;; esac
  COMPREPLY=()
  while IFS=$'\t' read -r value _; do
    case "$value" in
      "" | :*) ;;
      "$cur"*) COMPREPLY+=("${value#"$kept"}") ;;
    esac
  done <<< "$out"
  case "${COMPREPLY[0]-}" in */) last=2 ;; esac
  if [ "$((last & 2))" -ne 0 ]; then compopt -o nospace 2> /dev/null; fi
  return 0
}

complete -F __grantgate_complete grantgate
