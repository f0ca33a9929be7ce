#!/usr/bin/env bash
# Ends the job with the exit code of the run, or else of the gate.
#   RUN_CODE, GATE_CODE  empty: it did not take place
set -euo pipefail

if [ "${RUN_CODE:-1}" != 0 ]; then exit "${RUN_CODE:-1}"; fi
exit "${GATE_CODE:-0}"
