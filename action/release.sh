#!/usr/bin/env bash
# Makes the files of a release that install.sh downloads: one archive for each
# platform, and their checksums.
#
#   action/release.sh VERSION FOLDER [OS_ARCH]...
#
# VERSION is what action/version says, so that a tag cannot name another release
# than the one that its action installs.
set -euo pipefail

version=$1 folder=$2
shift 2
if [ $# = 0 ]; then set -- linux_amd64 linux_arm64 darwin_amd64 darwin_arm64 windows_amd64; fi
here=$(cd "$(dirname "$0")/.." && pwd)
if [ "$version" != "$(cat "$here/action/version")" ]; then
  echo "action/version is $(cat "$here/action/version"), and not $version: change it in the commit that is tagged" >&2
  exit 1
fi

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
for platform in "$@"; do
  name=hcsync
  case $platform in windows_*) name=hcsync.exe ;; esac
  work=$(mktemp -d)
  (cd "$here" && CGO_ENABLED=0 GOOS=${platform%_*} GOARCH=${platform#*_} go build -trimpath -ldflags=-s -o "$work/$name" ./cmd/hcsync)
  cp "$here/LICENSE" "$here/README.md" "$work/"
  tar -czf "$folder/hcsync_${version}_$platform.tar.gz" -C "$work" "$name" LICENSE README.md
  rm -r "$work"
done
cd "$folder"
sha256sum hcsync_"$version"_*.tar.gz >checksums.txt
