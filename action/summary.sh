#!/usr/bin/env bash
# Writes the summary on the job's page. Of a complete run that passes the gate it is what the gate said: one line, where
# all checks hold.
#   RUN                  the run folder; empty: nothing was measured
#   RUN_CODE, GATE_CODE  exit codes; empty: it did not take place
set -euo pipefail

# What the gate said, a line a line. Its texts are shown as they are: `<!--` in a reason would hide all that follows.
gate_said() {
  # Two spaces end a line in Markdown.
  sed -e 's/[][\\`*_<>&~|#]/\\&/g' -e 's/$/  /' "$RESULTS/gate.txt"
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
