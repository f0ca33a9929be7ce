# shellcheck shell=bash
# split_options INPUT TEXT: sets the array `options` to the words of a text that is quoted as in a shell. Nothing in it is
# expanded or run. A quote that is not closed is an error, which names the input of the action.
# shellcheck disable=SC2034
split_options() {
  local words
  options=()
  if ! words=$(xargs -r printf '%s\n' <<< "$2"); then
    echo "$1 is '$2': close each quote in it, on the line that it begins on." >&2
    return 2
  fi
  if [ -n "$words" ]; then mapfile -t options <<< "$words"; fi
}

# whole_number INPUT TEXT WHAT: refuses a text that is no number from 1 to 999999. bash would evaluate an expression, and
# wrap a number that is too large.
whole_number() {
  if [[ $2 =~ ^[1-9][0-9]{0,5}$ ]]; then return; fi
  echo "$1 is '$2': it must be a number of $3, from 1 to 999999." >&2
  return 2
}
