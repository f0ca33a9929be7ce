#!/usr/bin/env bash
# Judges the run by the assertions in the config. The exit code of bench becomes an output: the last step decides.
#   GATE             true: the job has a gate
#   GATE_OPTIONS     options of bench gate, quoted as in a shell
#   RUN              the run folder; empty: nothing was measured
#   HISTORY          the folder of the history, with the runs to compare with
#   RESULTS          the folder that is kept: it gets what the gate says. The run that --confirm measures lands beside RUN
#   TIMEOUT_MINUTES  a gate that takes longer gets SIGTERM: it ends what --confirm measures, and judges without that
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/options.sh"

if [ "$GATE" != true ] || [ -z "$RUN" ]; then exit 0; fi

split_options "$GATE_OPTIONS"
code=0
timeout --preserve-status --kill-after 2m "${TIMEOUT_MINUTES}m" \
  bench gate "$RUN" --out "$HISTORY/results" --junit "$RESULTS/gate.xml" "${options[@]}" > "$RESULTS/gate.txt" || code=$?
cat "$RESULTS/gate.txt"
echo "code=$code" >> "$GITHUB_OUTPUT"
