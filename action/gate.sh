#!/usr/bin/env bash
# Judges the run by the assertions in the config. The exit code of bench becomes an output: the last step decides.
#   gate.sh check   refuses inputs that cannot be read, and a directory without a config, before anything is measured
#   gate.sh judge   judges
#
#   GATE             true or false: whether the job has a gate
#   GATE_OPTIONS     options of bench gate, quoted as in a shell
#   RUN              the run folder; empty: nothing was measured
#   HISTORY          the folder of the history, with the runs to compare with
#   RESULTS          the folder that is kept: it gets what the gate says, and its notes. The run that --confirm measures lands beside RUN
#   TIMEOUT_MINUTES  a gate that takes longer gets SIGTERM: it ends what --confirm measures, and judges without that
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/options.sh"

case $GATE in
  true) ;;
  false) exit 0 ;;
  *)
    # Anything else, such as yes, would switch the gate off unseen.
    echo "gate is '$GATE': it must be true or false." >&2
    exit 2
    ;;
esac
split_options gate-options "$GATE_OPTIONS"
whole_number timeout-minutes "$TIMEOUT_MINUTES" minutes
if [ ! -f bench.config.yaml ] && [ ! -f bench.config.yml ] && [ ! -f bench.config.json ]; then
  echo "gate is true, and there is no bench.config.yaml (.yml, .json) in $PWD. Write the assertions there, or name the directory in working-directory." >&2
  exit 2
fi
if [ "$1" = check ] || [ -z "$RUN" ]; then exit 0; fi

# In the log as they come, and kept for the summary.
exec {notes}> >(tee "$RESULTS/gate-notes.txt" >&2)
code=0
timeout --foreground --preserve-status --kill-after 2m "${TIMEOUT_MINUTES}m" \
  bench gate "$RUN" --out "$HISTORY/results" --junit "$RESULTS/gate.xml" "${options[@]}" \
  > "$RESULTS/gate.txt" 2>&"$notes" || code=$?
# The notes are whole when tee has ended.
exec {notes}>&-
wait "$!"
cat "$RESULTS/gate.txt"
if [ "$code" = 0 ] && [ ! -f "$RESULTS/gate.xml" ]; then
  # Such as --help.
  echo "bench gate ended well, and judged nothing into $RESULTS/gate.xml. Take out of gate-options what keeps it from that: $GATE_OPTIONS" >&2
  code=2
  # The summary shows no verdict.
  : > "$RESULTS/gate.txt"
fi
echo "code=$code" >> "$GITHUB_OUTPUT"
