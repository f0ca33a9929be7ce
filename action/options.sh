# shellcheck shell=bash
# split_options TEXT: sets the array `options` to the words of a text that is quoted as in a shell. Nothing in it is
# expanded or run. A quote that is not closed is an error.
# shellcheck disable=SC2034
split_options() {
  local words
  options=()
  words=$(xargs -r printf '%s\n' <<< "$1")
  if [ -n "$words" ]; then mapfile -t options <<< "$words"; fi
}
