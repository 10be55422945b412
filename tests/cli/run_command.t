# Policies that are programs: the two examples of docs/policies.md as they stand there, on the shipped
# job, and the same results at any number of threads; a program that is not there.
. "$CASES/lib.sh"
catalog
sed -e '/^  policy:/,/^      - answer/d' -e 's#\.\./datasets#datasets#' configs/catalog.yaml >base.yaml

# The first block of a language with a first line for the system, as a program.
example() {
    awk -v fence="\`\`\`$1" '$0 == "```" { on = 0 } on { print } $0 == fence { on = 1 }' "$ROOT/docs/policies.md" >"$2"
    chmod +x "$2"
}

play() {
    sed "s|^simulation:|simulation:\n  policy: {type: command, argv: [./$1]}|" base.yaml >"$1.yaml"
    rftsim run "$1.yaml" --out "$1-1" -t 1 2>&1 | sed -n '/^  policy/,/^  grader/p; /^outcomes/,/^$/p; /^rewards/,/^$/p'
    for t in 2 5; do
        rftsim run "$1.yaml" --out "$1-$t" -t "$t" --concurrency 7 --quiet >/dev/null
        results "$1-1/results.csv" >one
        results "$1-$t/results.csv" >many
        cmp one many && echo "the same on $t threads"
    done
}
echo "== in Python"
example python policy.py
wc -l <policy.py
play policy.py
echo "== in a shell"
example sh policy.sh
wc -l <policy.sh
play policy.sh
echo "== half of it"
sed "s|^simulation:|simulation:\n  policy: {type: mixture, policies: [{weight: 1, policy: {type: command, argv: [./policy.py]}}, {weight: 1, policy: {type: random}}]}|" base.yaml >half.yaml
rftsim run half.yaml --out half-1 -t 1 2>&1 | sed -n '/^  policy/,/^  grader/p; /^rewards/,/^$/p'
rftsim run half.yaml --out half-2 -t 2 --quiet >/dev/null
results half-1/results.csv >one
results half-2/results.csv >many
cmp one many && echo "the same on 2 threads"
echo "== not there"
sed "s|^simulation:|simulation:\n  policy: {type: command, argv: [./polciy.py]}|" base.yaml >none.yaml
rftsim check none.yaml | grep '^  policy'
rftsim run none.yaml --out none -t 2 --quiet | grep steps | still
rftsim run none.yaml --out none2 >/dev/null 2>said
echo "exit $?"
tail -n 2 said
