#!/usr/bin/env bash
# Measures, into the folder RESULTS. The exit code of bench becomes an output and not that of the step: what was
# measured is reported and kept in any case, and the last step decides.
#   RUN_OPTIONS      options of bench run, quoted as in a shell
#   TIMEOUT_MINUTES  a run that takes longer gets SIGTERM: it ends as a partial one, and cleans up
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/options.sh"

split_options run-options "$RUN_OPTIONS"
whole_number timeout-minutes "$TIMEOUT_MINUTES" minutes
rm -rf "$RESULTS"
# A job that was cancelled may have left containers on the runner. Runs that live are spared.
bench clean >&2 || true
code=0
# In the foreground, bench alone gets the signal, and once: a second one ends it before it has cleaned up.
timeout --foreground --preserve-status --kill-after 2m "${TIMEOUT_MINUTES}m" \
  bench run --out "$RESULTS" "${options[@]}" || code=$?

runs=("$RESULTS"/[0-9]*/)
if [ ! -d "${runs[-1]}" ]; then
  runs=('')
  if [ "$code" = 0 ]; then
    # Such as --help, or an --out of its own.
    echo "bench run ended well, and there is no run in $RESULTS. Take out of run-options what keeps it from measuring there: $RUN_OPTIONS" >&2
    code=2
  fi
fi
{
  echo "code=$code"
  echo "run=${runs[-1]%/}"
} >> "$GITHUB_OUTPUT"
