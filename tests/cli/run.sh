#!/bin/sh
# The program from outside: run every tests/cli/*.t and compare with the .out file beside it.
#
#     tests/cli/run.sh PROGRAM [--update]
#
# A .t is a shell script that runs in an empty folder, with rftsim first on PATH, $CASES the folder
# of the .t files and $ROOT the tree's. What it prints, then its standard error under a rule, then
# its exit status make the golden text; --update rewrites it, and the diff is to be read.
# Times, rates, ports and dates differ from run to run: lib.sh has `still` to blank them.
set -u
program=$(realpath "$1") || exit 1
update=${2-}
CASES=$(cd "$(dirname "$0")" && pwd)
ROOT=$(cd "$CASES/../.." && pwd)
PATH=$(dirname "$program"):$PATH
LC_ALL=C
export CASES ROOT PATH LC_ALL
unset CATALOG_URL RETAIL_URL NO_COLOR 2>/dev/null
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0
for t in "$CASES"/*.t; do
    rm -rf "$scratch/in"
    mkdir "$scratch/in"
    (cd "$scratch/in" && sh "$t" >"$scratch/out" 2>"$scratch/err")
    status=$?
    { cat "$scratch/out"; echo '-- stderr'; cat "$scratch/err"; echo "-- exit $status"; } >"$scratch/all"
    if [ "$update" = --update ]; then
        cp "$scratch/all" "${t%.t}.out"
    elif diff -u "${t%.t}.out" "$scratch/all"; then
        passed=$((passed + 1))
    else
        echo "FAIL $t"
        failed=$((failed + 1))
    fi
done
echo "cli: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
