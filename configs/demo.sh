#!/bin/sh
# A shipped case: start the tool endpoints that its job names, on free ports, and rehearse it.
#
#     configs/demo.sh PROGRAM [CASE]       CASE is the name of a job in this folder (default: catalog)
#
# A job that reads ${NAME_URL} needs `rftsim tools name`. Of a case that is named, the report follows.
set -eu
program=$(realpath "$1")
name=${2-catalog}
cd "$(dirname "$0")/.."
job=configs/$name.yaml
if [ ! -f "$job" ]; then
    cases=$(cd configs && for f in *.yaml; do printf ' %s' "${f%.yaml}"; done)
    echo "demo: there is no case '$name'; there are:$cases" >&2
    exit 2
fi
scratch=$(mktemp -d)
endpoints=
finish() {
    for pid in $endpoints; do
        kill "$pid" 2>/dev/null || true
    done
    rm -rf "$scratch"
}
trap finish EXIT

serve() {
    "$program" tools "$1" >"$scratch/url" 2>"$scratch/log" &
    endpoint=$!
    endpoints="$endpoints $endpoint"
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
}

wanted=$(sed -n -e '/^ *#/d' -e 's/.*[$]{\([A-Z]*\)_URL}.*/\1/p' "$job" | sort -u)
for upper in $wanted; do
    tool=$(echo "$upper" | tr '[:upper:]' '[:lower:]')
    serve "$tool"
    url=$(cat "$scratch/url")
    export "${upper}_URL=$url"
    rm "$scratch/url"
    echo "\$ export ${upper}_URL=$url     # rftsim tools $tool"
done
if [ $# -lt 2 ]; then
    echo "\$ rftsim run $job"
    "$program" run "$job"
else
    out=runs/$name-$(date -u +%Y%m%d-%H%M%S)
    echo "\$ rftsim run $job --out $out"
    status=0
    "$program" run "$job" --out "$out" || status=$?
    case $status in
    0 | 1 | 4) # it ran, and has something to tell
        echo
        echo "\$ rftsim report $out"
        "$program" report "$out" || true
        ;;
    esac
    exit "$status"
fi
