#!/usr/bin/env bash
# Builds the action's own source, or downloads a release for this platform and
# holds it against the release's checksums.
set -euo pipefail

fail() {
  echo "::error::$1"
  exit 1
}

folder=$RUNNER_TEMP/hcsync-bin
mkdir -p "$folder"
name=hcsync
if [ "$RUNNER_OS" = Windows ]; then name=hcsync.exe; fi

if [ "$HCSYNC_VERSION" = source ]; then
  (cd "$HCSYNC_ACTION" && CGO_ENABLED=0 go build -trimpath -o "$folder/$name" ./cmd/hcsync)
  echo "hcsync=$folder/$name" >>"$GITHUB_OUTPUT"
  exit 0
fi

case $RUNNER_OS in
  Linux) os=linux ;;
  macOS) os=darwin ;;
  Windows) os=windows ;;
  *) fail "there is no release for ${RUNNER_OS}; use version: source" ;;
esac
case $RUNNER_ARCH in
  X64) arch=amd64 ;;
  ARM64) arch=arm64 ;;
  *) fail "there is no release for ${RUNNER_ARCH}; use version: source" ;;
esac
if [ $os-$arch = windows-arm64 ]; then arch=amd64; fi # Windows runs it all the same

# All names are without a folder from here on: tar takes the colon of C:\… for a
# host, and sha256sum marks a backslash.
cd "$folder"
archive=hcsync_${HCSYNC_VERSION}_${os}_${arch}.tar.gz
rm -f -- "$name" "$archive" checksums.txt
for file in "$archive" checksums.txt; do
  curl --fail --silent --show-error --location --proto-redir =https --retry 3 --max-time 300 \
    --output "$file" "$HCSYNC_RELEASES/v$HCSYNC_VERSION/$file" ||
    fail "$HCSYNC_RELEASES/v$HCSYNC_VERSION/$file cannot be downloaded; is $HCSYNC_VERSION a release?"
done

sum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }
want=$(awk -v file="$archive" '$2 == file || $2 == "*" file { print $1 }' checksums.txt)
if [ -z "$want" ] || [ "$(sum "$archive")" != "$want" ]; then
  rm -f -- "$archive"
  fail "$archive is not what checksums.txt of release $HCSYNC_VERSION says; nothing was run"
fi
tar -xzf "$archive" "$name"
echo "hcsync=$folder/$name" >>"$GITHUB_OUTPUT"
