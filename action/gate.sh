#!/usr/bin/env bash
# Judges the run by the assertions in the config. The exit code of bench becomes an output: the last step decides.
#   GATE          true: the job has a gate
#   GATE_OPTIONS  options of bench gate, quoted as in a shell
#   RUN           the run folder; empty: nothing was measured
#   HISTORY       the folder of the history, with the runs to compare with
#   RESULTS       the folder that is kept: it gets what the gate says, and the run that --confirm measures
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/options.sh"

if [ "$GATE" != true ] || [ -z "$RUN" ]; then exit 0; fi

split_options "$GATE_OPTIONS"
# The gate looks for earlier runs, and measures again, in one folder.
earlier=$RESULTS/earlier
mkdir -p "$HISTORY/results" "$earlier"
for run in "$HISTORY"/results/[0-9]*/; do
  if [ -d "$run" ]; then ln -s "$run" "$earlier/$(basename "$run")"; fi
done
code=0
bench gate "$RUN" --out "$earlier" --junit "$RESULTS/gate.xml" "${options[@]}" > "$RESULTS/gate.txt" || code=$?
cat "$RESULTS/gate.txt"
find "$earlier" -type l -delete
find "$earlier" -mindepth 1 -maxdepth 1 -exec mv -t "$RESULTS" {} +
rmdir "$earlier"
echo "code=$code" >> "$GITHUB_OUTPUT"
