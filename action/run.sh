#!/usr/bin/env bash
# Measures, into the folder RESULTS. The exit code of bench becomes an output and not that of the step: what was
# measured is reported and kept in any case, and the last step decides.
#   RUN_OPTIONS      options of bench run, quoted as in a shell
#   TIMEOUT_MINUTES  a run that takes longer gets SIGTERM: it ends as a partial one, and cleans up
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/options.sh"

rm -rf "$RESULTS"
split_options "$RUN_OPTIONS"
code=0
timeout --preserve-status --kill-after 2m "${TIMEOUT_MINUTES}m" \
  bench run --out "$RESULTS" "${options[@]}" || code=$?

runs=("$RESULTS"/[0-9]*/)
[ -d "${runs[-1]}" ] || runs=('')
{
  echo "code=$code"
  echo "run=${runs[-1]%/}"
} >> "$GITHUB_OUTPUT"
