/** Shells for which there is a script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/*
 * Each script only asks `tstack __complete WORD…`, which answers `word<TAB>text` lines and, last,
 * `:4` (offer exactly these) or `:0` (offer files). So the scripts never grow old.
 */

const BASH = `# bash completion for tstack; load it with:  source <(tstack completion bash)
_tstack() {
  local cur words cword out line directive
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n =: cur words cword
  else
    cur=\${COMP_WORDS[COMP_CWORD]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
  fi
  out=$(tstack __complete "\${words[@]:1:cword-1}" "$cur" 2>/dev/null) || return
  directive=\${out##*:}
  COMPREPLY=()
  if [ "$directive" = 0 ]; then
    local prefix=
    case $cur in --*=*) prefix=\${cur%%=*}=; cur=\${cur#*=} ;; esac
    while IFS= read -r line; do COMPREPLY+=("$prefix$line"); done < <(compgen -f -- "$cur")
    compopt -o filenames 2>/dev/null
    return
  fi
  while IFS= read -r line; do
    case $line in :*) ;; *) COMPREPLY+=("\${line%%$'\\t'*}") ;; esac
  done <<< "$out"
}
complete -F _tstack tstack
`;

const ZSH = `#compdef tstack
# zsh completion for tstack; put it into a file _tstack in your $fpath, or:
#   source <(tstack completion zsh)
_tstack() {
  local out line directive
  local -a candidates
  out=$(tstack __complete "\${(@)words[2,CURRENT]}" 2>/dev/null) || return
  directive=\${out##*:}
  if [[ $directive == 0 ]]; then
    _files
    return
  fi
  while IFS= read -r line; do
    [[ $line == :* ]] && continue
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done <<< "$out"
  _describe 'tstack' candidates
}
if [[ $funcstack[1] == _tstack ]]; then _tstack "$@"; else compdef _tstack tstack; fi
`;

const FISH = `# fish completion for tstack; load it with:  tstack completion fish | source
function __tstack_complete
    set -l words (commandline -opc)
    set -l out (tstack __complete $words[2..-1] (commandline -ct) 2>/dev/null)
    or return
    if test "$out[-1]" = ":0"
        __fish_complete_path (commandline -ct)
    else
        string match -v -- ':*' $out
    end
end
complete -c tstack -f -a '(__tstack_complete)'
`;

/** The script a shell sources. */
export const COMPLETION_SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
};
