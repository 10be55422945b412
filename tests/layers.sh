#!/bin/sh
# Fail on an #include that points up or sideways: a folder may include itself and those below it.
# The order is docs/ARCHITECTURE.md's; folders of one line do not know each other.
cd "$(dirname "$0")/.." || exit 1
ranks='base 0
net 1
job 2  stats 2
model 2.5
grader 3  tools 3  policy 3
run 4  check 4
store 5
train 6
report 7
view 8
demo 8
cli 9
main.c 10'
grep -rn --include='*.[ch]' '^#include "' sim grader tools | awk -F'[:"]' -v ranks="$ranks" '
    BEGIN {
        n = split(ranks, word, /[ \n]+/)
        for (i = 1; i < n; i += 2)
            rank[word[i]] = word[i + 1]
    }
    function layer(path, part) {
        split(path, part, "/")
        if (part[1] == "sim" || (part[1] == "tools" && part[2] == "demo"))
            return part[2]
        return part[1]
    }
    {
        from = layer($1)
        to = layer($4)
        if (!(from in rank) || !(to in rank)) {
            print $1 ":" $2 ": no rank for " (from in rank ? to : from) " in tests/layers.sh"
            bad = 1
        } else if (from != to && rank[to] + 0 >= rank[from] + 0) {
            print $1 ":" $2 ": " from " may not include " to
            bad = 1
        }
    }
    END { exit bad }' && echo "layers: no #include points up"
