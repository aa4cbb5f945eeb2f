#!/usr/bin/env bash
# Runs one command of hcsync for a step. Inputs come in the environment, never in
# the text of a script, so that nothing in them is executed.
set -uo pipefail

fail() {
  echo "::error::$1"
  echo "exit-code=1" >>"$GITHUB_OUTPUT"
  exit 1
}

cd "$HCSYNC_DIR" || fail "working-directory: there is no such folder"
read -r -d '' -a more <<<"$HCSYNC_ARGS" || true
label=${HCSYNC_TARGET:-intercom}
label=${label//[^A-Za-z0-9_-]/-}
echo "label=$label" >>"$GITHUB_OUTPUT"

target=()
if [ -n "$HCSYNC_TARGET" ] && [ "$HCSYNC_COMMAND" != lint ]; then target=(--target "$HCSYNC_TARGET"); fi

# A target may name a variable of its own for its token. Where hcsync.yaml cannot
# be read, the command itself says so, with the line.
variable=$("$HCSYNC" token-variable "${target[@]}" 2>/dev/null) || variable=INTERCOM_ACCESS_TOKEN
if [ -n "$variable" ] && [ -n "$HCSYNC_TOKEN" ]; then export "$variable=$HCSYNC_TOKEN"; fi
unset HCSYNC_TOKEN
[ -z "$HCSYNC_API_URL" ] || export INTERCOM_API_URL=$HCSYNC_API_URL

args=("$HCSYNC_COMMAND" --output github "${target[@]}")
case $HCSYNC_COMMAND in
  plan)
    folder=$RUNNER_TEMP/hcsync-plan-$label
    mkdir -p "$folder"
    echo "plan-folder=$folder" >>"$GITHUB_OUTPUT"
    if [ -n "$variable" ] && [ -z "${!variable:-}" ]; then
      args+=(--offline)
    else
      args+=(--out "$folder/plan.json")
    fi
    if [ "$HCSYNC_COMMENT" = true ] && [ "${GITHUB_EVENT_NAME:-}" = pull_request ]; then args+=(--comment); fi
    ;;
  push) args+=(--yes --partial) ;;
  pull) if [ "$HCSYNC_COMMIT" = true ]; then args+=(--pull-request); fi ;;
  lint | status) ;;
  *) fail "command: is plan, push, pull, lint or status" ;;
esac

"$HCSYNC" "${args[@]}" "${more[@]}"
code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$code"
