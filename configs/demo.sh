#!/bin/sh
# The main job on shipped data: start the catalogue endpoint on a free port, rehearse against it.
#
#     configs/demo.sh PROGRAM
set -eu
program=$(realpath "$1")
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
endpoint=
finish() {
    [ -z "$endpoint" ] || kill "$endpoint" 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT

"$program" tools catalog >"$scratch/url" 2>"$scratch/log" &
endpoint=$!
tries=0
until [ -s "$scratch/url" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$endpoint" 2>/dev/null; then
        cat "$scratch/log" >&2
        echo "demo: the tool endpoint did not start" >&2
        exit 3
    fi
    sleep 0.05
done
CATALOG_URL=$(cat "$scratch/url")
export CATALOG_URL
echo "\$ export CATALOG_URL=$CATALOG_URL     # rftsim tools catalog"
echo "\$ rftsim run configs/catalog.yaml"
"$program" run configs/catalog.yaml
