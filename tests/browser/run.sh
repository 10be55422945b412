#!/bin/sh
# The report pages in Chromium: run.sh PAGES FOLDER, with PAGES the program that writes them and
# FOLDER where packages and screenshots go. What cannot be had here is said and skipped; not in CI.
set -eu
here=$(dirname "$0")
pages=$1
folder=$2

skip() {
    echo "browser: skipped: $1"
    [ -z "${CI:-}" ] || exit 1
    exit 0
}

for program in chromium node npm; do
    command -v "$program" >/dev/null || skip "there is no $program; apt-get install chromium nodejs npm"
done
mkdir -p "$folder"
if ! cmp -s "$here/package-lock.json" "$folder/installed"; then
    cp "$here/package.json" "$here/package-lock.json" "$folder"
    (cd "$folder" && npm ci --silent --no-audit --no-fund) || skip "npm ci failed in $folder"
    cp "$here/package-lock.json" "$folder/installed"
fi
exec node "$here/run.mjs" "$pages" "$folder"
