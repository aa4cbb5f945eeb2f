#!/usr/bin/env bash
# Builds the action's own source, or downloads a release for this platform and
# holds it against the release's checksums.
set -euo pipefail

folder=${RUNNER_TEMP:-$(mktemp -d)}/hcsync-bin
mkdir -p "$folder"
name=hcsync

if [ "$HCSYNC_VERSION" = source ]; then
  if [ "${RUNNER_OS:-}" = Windows ]; then name=hcsync.exe; fi
  (cd "$HCSYNC_ACTION" && CGO_ENABLED=0 go build -trimpath -o "$folder/$name" ./cmd/hcsync)
  echo "hcsync=$folder/$name" >>"$GITHUB_OUTPUT"
  exit 0
fi

case ${RUNNER_OS:-Linux} in
  Linux) os=linux ;;
  macOS) os=darwin ;;
  Windows) os=windows name=hcsync.exe ;;
  *) echo "::error::no release for ${RUNNER_OS}; use version: source" && exit 1 ;;
esac
case ${RUNNER_ARCH:-X64} in
  X64) arch=amd64 ;;
  ARM64) arch=arm64 ;;
  *) echo "::error::no release for ${RUNNER_ARCH}; use version: source" && exit 1 ;;
esac

archive=hcsync_${HCSYNC_VERSION}_${os}_${arch}.tar.gz
base=${HCSYNC_RELEASES:-https://github.com/hcsync/hcsync/releases/download}/v$HCSYNC_VERSION
for file in "$archive" checksums.txt; do
  curl --fail --silent --show-error --location --retry 3 --max-time 300 --output "$folder/$file" "$base/$file" || {
    echo "::error::$base/$file cannot be downloaded; is $HCSYNC_VERSION a release?"
    exit 1
  }
done

sum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }
want=$(awk -v file="$archive" '$2 == file || $2 == "*" file { print $1 }' "$folder/checksums.txt")
if [ -z "$want" ] || [ "$(sum "$folder/$archive")" != "$want" ]; then
  rm -f "$folder/$archive"
  echo "::error::$archive is not what checksums.txt of release $HCSYNC_VERSION says; nothing was run"
  exit 1
fi
tar -xzf "$folder/$archive" -C "$folder" "$name"
echo "hcsync=$folder/$name" >>"$GITHUB_OUTPUT"
