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
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/options.sh"
readonly attempts=5
whole_number history-runs "$HISTORY_RUNS" runs
# A star would be a pattern, which fits other branches.
if ! git check-ref-format "refs/heads/$HISTORY_BRANCH"; then
  echo "history-branch is '$HISTORY_BRANCH': no branch can have this name." >&2
  exit 2
fi

# Credentials that are missing or wrong fail, and are not asked for.
export GIT_TERMINAL_PROMPT=0
if [ -n "${TOKEN:-}" ]; then
  # Variables, and not arguments that other processes see. The token is sent to this repository alone, and in the place of
  # what the machine's settings would send: the empty value drops that.
  export GIT_CONFIG_COUNT=2
  export GIT_CONFIG_KEY_0=http.$HISTORY_REMOTE.extraheader GIT_CONFIG_VALUE_0=
  export GIT_CONFIG_KEY_1=$GIT_CONFIG_KEY_0
  GIT_CONFIG_VALUE_1="Authorization: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 -w 0)"
  export GIT_CONFIG_VALUE_1
fi

# Another repository must not take the place of the history.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
# Settings of a machine that would keep a commit from being made or pushed, or change its files.
in_history() {
  git -C "$HISTORY" -c user.name=bench -c user.email=bench@localhost -c core.hooksPath=/dev/null \
    -c commit.gpgSign=false -c push.gpgSign=false -c core.autocrlf=false "$@"
}

# The commands of fetch and push are joined by &&: bash ignores `set -e` in a function that is called by `if`.

# The branch that is not there yet begins empty.
fetch() {
  published=
  local code=0 own=
  rm -rf "$HISTORY" && git init --quiet "$HISTORY" && in_history remote add origin "$HISTORY_REMOTE" || return
  in_history ls-remote --exit-code --heads origin "refs/heads/$HISTORY_BRANCH" > /dev/null || code=$?
  # 2: the repository answers, and has no such branch.
  if ((code == 0)); then
    in_history fetch --quiet --depth 1 origin "refs/heads/$HISTORY_BRANCH" &&
      in_history checkout --quiet FETCH_HEAD &&
      own=$(in_history ls-tree -r --name-only HEAD | sed -E '/^results\/[0-9]{8}T[0-9]{6}Z-[a-z0-9]{4}\/(run|summary)\.json$/d') &&
      published=$(in_history rev-parse HEAD) || return
  elif ((code != 2)); then
    echo "$HISTORY_REMOTE cannot be read." >&2
    return 1
  fi
  # The branch is replaced as a whole. One that has anything else in it is somebody's work.
  if [ -n "$own" ]; then
    echo "The branch $HISTORY_BRANCH has files of its own, such as ${own%%$'\n'*}. Name another one for the history." >&2
    exit 2
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

push() {
  in_history checkout --quiet --orphan new &&
    # Forced: files that the machine ignores belong to it as well.
    in_history add --all --force &&
    in_history commit --quiet --message "Runs until $(basename "$RUN")" &&
    # Refused where the branch is not what was fetched; without a commit there: where there is one now.
    in_history push --quiet --force-with-lease="$HISTORY_BRANCH:$published" origin "HEAD:refs/heads/$HISTORY_BRANCH"
}

case $1 in
  fetch)
    fetch
    if [ -z "$published" ]; then echo "There is no branch $HISTORY_BRANCH yet: its history begins with this run."; fi
    ;;
  publish)
    if [ -z "$RUN" ] || [ ! -f "$RUN/run.json" ] || [ ! -f "$RUN/summary.json" ]; then
      echo 'No run to keep: it ended before it had a summary.'
      exit 0
    fi
    for ((attempt = 1; attempt <= attempts; attempt++)); do
      if fetch; then
        add_run
        if push; then exit 0; fi
      elif ((attempt < attempts)); then
        sleep $((10 * attempt))
      fi
    done
    echo "The run could not be published to the branch $HISTORY_BRANCH of $HISTORY_REMOTE in $attempts attempts." >&2
    echo 'The token needs the permission contents:write, and the branch must not be protected.' >&2
    exit 1
    ;;
esac
