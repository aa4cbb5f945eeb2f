#!/usr/bin/env bash
# Chooses between a release and the action's own source. A release is what was
# asked for, or what a tag names (uses: …@v1, …@v1.4.0): the runner puts the
# action into a folder of that name, and action/version says which release this
# is. github.action_ref is not asked: in an action that uses this one it is the
# other's.
set -euo pipefail

version=${HCSYNC_VERSION#v}
if [ -z "$version" ]; then
  version=source
  here=$(cat "$HCSYNC_ACTION/action/version")
  case v$here in
    "${HCSYNC_ACTION##*[/\\]}" | "${HCSYNC_ACTION##*[/\\]}".*) version=$here ;;
  esac
fi
case $version in
  source) ;;
  *[!0-9A-Za-z.+-]* | [!0-9]*)
    echo "::error::version: not a release such as 1.4.0, nor \"source\""
    exit 1
    ;;
esac
{
  echo "version=$version"
  echo "source=$([ "$version" = source ] && echo true || echo false)"
} >>"$GITHUB_OUTPUT"
