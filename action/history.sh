#!/usr/bin/env bash
# The history of a nightly job: a branch of one commit, with a folder for each run.
#   history.sh fetch     gets the branch into the folder HISTORY
#   history.sh publish   adds the run in RUN to it, without the measured slices, and pushes it
#
# The branch has one commit, which each night replaces, and at most HISTORY_RUNS runs: neither a clone nor the
# repository grows without end. Two jobs that publish at once do not lose a run: git refuses the push of the slower
# one, which then adds its run to what the other one published.
#   HISTORY_BRANCH  its name; empty: no history is kept
#   HISTORY_RUNS    how many runs it keeps, 1 or more
#   HISTORY_REMOTE  URL of the repository
#   TOKEN           for pushing to it; empty: git's own credentials
set -euo pipefail

if [ -z "$HISTORY_BRANCH" ]; then exit 0; fi
readonly attempts=5
if [[ ! $HISTORY_RUNS =~ ^[1-9][0-9]*$ ]]; then
  echo "history-runs is '$HISTORY_RUNS': it must be a number of runs, 1 or more." >&2
  exit 2
fi

if [ -n "${TOKEN:-}" ]; then
  # A variable, and not an argument that other processes see.
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraheader
  GIT_CONFIG_VALUE_0="Authorization: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 -w 0)"
  export GIT_CONFIG_VALUE_0
fi

in_history() {
  git -C "$HISTORY" -c user.name=bench -c user.email=bench@localhost "$@"
}

# The branch that is not there yet begins empty.
fetch() {
  rm -rf "$HISTORY"
  git init --quiet "$HISTORY"
  in_history remote add origin "$HISTORY_REMOTE"
  published=
  local code=0
  in_history ls-remote --exit-code --heads origin "refs/heads/$HISTORY_BRANCH" > /dev/null || code=$?
  if ((code == 0)); then
    in_history fetch --quiet --depth 1 origin "refs/heads/$HISTORY_BRANCH"
    in_history checkout --quiet FETCH_HEAD
    # The branch is replaced as a whole. One that has anything else in it is somebody's work.
    if [ "$(in_history ls-tree --name-only HEAD)" != results ]; then
      echo "The branch $HISTORY_BRANCH has files of its own. Name another one for the history." >&2
      exit 2
    fi
    published=$(in_history rev-parse HEAD)
  elif ((code != 2)); then
    # 2: the repository answers, and has no such branch.
    echo "$HISTORY_REMOTE cannot be read." >&2
    exit 1
  fi
  mkdir -p "$HISTORY/results"
}

add_run() {
  local folder
  folder=$HISTORY/results/$(basename "$RUN")
  mkdir -p "$folder"
  cp "$RUN/run.json" "$RUN/summary.json" "$folder/"
  local runs=("$HISTORY"/results/[0-9]*/)
  if ((${#runs[@]} > HISTORY_RUNS)); then rm -r "${runs[@]:0:${#runs[@]}-HISTORY_RUNS}"; fi
}

# Joined by &&: bash ignores `set -e` in a function that is called by `if`.
push() {
  in_history checkout --quiet --orphan new &&
    in_history add --all &&
    in_history commit --quiet --message "Runs until $(basename "$RUN")" &&
    # Refused where the branch is not what was fetched; without a commit there: where there is one now.
    in_history push --quiet --force-with-lease="$HISTORY_BRANCH:$published" origin "HEAD:refs/heads/$HISTORY_BRANCH"
}

case $1 in
  fetch) fetch ;;
  publish)
    if [ -z "$RUN" ] || [ ! -f "$RUN/summary.json" ]; then
      echo 'No run to keep: it ended before it had a summary.'
      exit 0
    fi
    for ((attempt = 1; ; attempt++)); do
      fetch
      add_run
      if push; then break; fi
      if ((attempt == attempts)); then
        echo "The branch $HISTORY_BRANCH could not be pushed to $HISTORY_REMOTE in $attempts attempts." >&2
        exit 1
      fi
    done
    ;;
esac
