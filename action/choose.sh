#!/usr/bin/env bash
# Chooses between a release and the action's own source. A release is what was
# asked for, or what the action's ref names (uses: …@v1.4.0).
set -euo pipefail

version=${HCSYNC_VERSION#v}
if [ -z "$version" ]; then
  case ${HCSYNC_REF:-} in
    v[0-9]*.[0-9]*.[0-9]*) version=${HCSYNC_REF#v} ;;
    *) version=source ;;
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
