#!/usr/bin/env bash
# Runs one command of hcsync for a step. Inputs come in the environment, never in
# the text of a script, so that nothing in them is executed. Arguments are
# gathered in "$@": arrays that may be empty are an error in the bash of macOS.
set -uo pipefail

fail() {
  echo "::error::$1"
  echo "exit-code=1" >>"$GITHUB_OUTPUT"
  exit 1
}

case $HCSYNC_COMMAND in
  plan | push | pull | lint | status) ;;
  *) fail "command: is plan, push, pull, lint or status" ;;
esac
cd -- "$HCSYNC_DIR" || fail "working-directory: there is no such folder"
label=${HCSYNC_TARGET:-intercom}
label=${label//[^A-Za-z0-9_-]/-}
label=${label:0:80}
echo "label=$label" >>"$GITHUB_OUTPUT"

set -- --output github
if [ -n "$HCSYNC_TARGET" ] && [ "$HCSYNC_COMMAND" != lint ]; then set -- "$@" --target "$HCSYNC_TARGET"; fi

# A target may name a variable of its own for its token. Where hcsync.yaml cannot
# be read, the command itself says so, with the line.
variable=$("$HCSYNC" token-variable ${HCSYNC_TARGET:+--target "$HCSYNC_TARGET"} 2>/dev/null) || variable=INTERCOM_ACCESS_TOKEN
if [ -n "$variable" ] && [ -n "$HCSYNC_TOKEN" ]; then export "$variable=$HCSYNC_TOKEN"; fi
unset HCSYNC_TOKEN
[ -z "$HCSYNC_API_URL" ] || export INTERCOM_API_URL="$HCSYNC_API_URL"

log=/dev/null
case $HCSYNC_COMMAND in
  plan)
    folder=$RUNNER_TEMP/hcsync-plan-$label
    mkdir -p "$folder"
    log=$folder/plan.txt
    echo "plan-folder=$folder" >>"$GITHUB_OUTPUT"
    if [ -n "$variable" ] && [ -z "${!variable:-}" ]; then
      set -- "$@" --offline
    else
      set -- "$@" --out "$folder/plan.json"
    fi
    if [ "$HCSYNC_COMMENT" = true ] && [ "${GITHUB_EVENT_NAME:-}" = pull_request ]; then set -- "$@" --comment; fi
    ;;
  push) set -- "$@" --yes --partial ;;
  pull) if [ "$HCSYNC_COMMIT" = true ]; then set -- "$@" --pull-request; fi ;;
esac

set -f # the words of args are no patterns
# shellcheck disable=SC2086 # they are split at spaces and lines
"$HCSYNC" "$HCSYNC_COMMAND" "$@" $HCSYNC_ARGS | tee "$log"
code=${PIPESTATUS[0]}
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
