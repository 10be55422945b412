# shellcheck shell=sh
# Helpers for the .t files: . "$CASES/lib.sh"

# Blank what differs from run to run: times, rates, ports.
still() {
    sed -E -e 's/( +([0-9.]+|-)){2} +[0-9.]+$/  T  T  T/' \
        -e 's/^( +[0-9]+) +[0-9]+ +[0-9]+   (\S+ \(.*tools\))$/\1  R  R   \2/' \
        -e 's/(steps|evaluated) in [0-9.]+ s/\1 in T s/' \
        -e 's/127\.0\.0\.1:[0-9]+/127.0.0.1:PORT/g'
}

# A results.csv without what is a time.
results() {
    python3 -c '
import csv, sys
rows = list(csv.reader(open(sys.argv[1])))
kept = [i for i, name in enumerate(rows[0])
        if "duration" not in name and "latency" not in name and name != "timestamp"]
for row in rows:
    print(*(row[i] for i in kept), sep=",")' "$1"
}

# rftsim grade with its times blanked, and its own exit status.
grade() {
    rftsim grade "$@" >told
    told=$?
    sed -E -e 's/^( +time +)[0-9.]+ m?s$/\1T/' -e 's/"(execution_time|seconds)":[0-9.e-]+/"\1":"T"/g' told
    return "$told"
}

# Serve a shipped endpoint: its name, then options. It is gone when the test is.
serve() {
    ln -s "$ROOT/datasets" datasets
    cp -r "$ROOT/configs" configs
    rftsim tools "$@" >url 2>log &
    endpoint=$!
    trap 'kill $endpoint 2>/dev/null' EXIT
    tries=0
    until [ -s url ] || [ "$tries" -ge 200 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
}

# The main job, its rows, and an endpoint for it.
catalog() {
    serve catalog --data datasets/catalog/products.jsonl "$@"
    CATALOG_URL=$(cat url)
    export CATALOG_URL
}

# The return desk likewise.
retail() {
    serve retail --data datasets/retail/desk.jsonl "$@"
    RETAIL_URL=$(cat url)
    export RETAIL_URL
}

# A small job that is right but for what its arguments change: sed expressions over it.
small_job() {
    cat >job.yaml <<'END'
model: o4-mini-2025-04-16
training_file: rows.jsonl
validation_file: valid.jsonl
method:
  type: reinforcement
  reinforcement:
    tools:
      - {name: lookup, server_url: "${LOOKUP_URL}"}
    max_episode_steps: 4
    grader: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}
    hyperparameters: {n_epochs: 1, eval_interval: 5}
simulation:
  concurrency: 4
  policy: {type: scripted, turns: [{call: lookup, arguments: {q: "{{item.q}}"}}, {answer: "{{calls[0].output}}"}]}
END
    for change in "$@"; do
        sed -i "$change" job.yaml
    done
    i=0
    while [ "$i" -lt 20 ]; do
        i=$((i + 1))
        echo "{\"messages\":[{\"role\":\"user\",\"content\":\"find $i\"}],\"q\":\"$i\",\"answer\":\"$i\"}"
    done >rows.jsonl
    head -n 10 rows.jsonl >valid.jsonl
}
