#!/usr/bin/env bash
# Writes the summary on the job's page. Of a complete run that passes the gate it is what the gate said: one line, where
# all checks hold.
#   RUN                  the run folder; empty: nothing was measured
#   RUN_CODE, GATE_CODE  exit codes; empty: it did not take place
set -euo pipefail

# Texts are shown as they are: `<!--` in a reason would hide all that follows.
as_text() {
  sed -e 's/[][\\`*_<>&~|#]/\\&/g' "$@"
}

# The verdict first, then a list: what does not hold, and what else a reader must know, such as another kernel.
gate_said() {
  echo "**$(tail -n 1 "$RESULTS/gate.txt" | as_text)**"
  local more
  more=$(head -n -1 "$RESULTS/gate.txt" | as_text -e 's/^/- /'
    if [ "$GATE_CODE" != 0 ]; then grep -A 1 '^warning: ' "$RESULTS/gate-notes.txt" | grep -v '^--$' | as_text -e '/^warning: /s/^/- /' || true; fi)
  if [ -n "$more" ]; then printf '\n%s\n' "$more"; fi
}

summary() {
  if [ -z "$RUN" ] || [ ! -f "$RUN/summary.md" ]; then
    echo 'No summary: the run ended before it had written one. Its log says why.'
  elif [ "$RUN_CODE" = 0 ] && [ "$GATE_CODE" = 0 ]; then
    gate_said
  else
    if [ -n "$GATE_CODE" ]; then
      # Empty: bench could not judge, and said why to stderr.
      if [ -s "$RESULTS/gate.txt" ]; then gate_said; else echo 'The gate could not judge the run. Its log says why.'; fi
      echo
    fi
    cat "$RUN/summary.md"
  fi
}
summary >> "$GITHUB_STEP_SUMMARY"
