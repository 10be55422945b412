# Every shipped job, as rftsim check sees it: nothing, or what the case is there to show.
export CATALOG_URL=http://127.0.0.1:9/tool RETAIL_URL=http://127.0.0.1:9/tool
for job in "$ROOT"/configs/*.yaml; do
    echo "== ${job##*/}"
    (cd "$ROOT" && rftsim check "configs/${job##*/}") >told 2>&1
    echo "exit $?"
    grep -E '^configs|^datasets|errors?, ' told
done
