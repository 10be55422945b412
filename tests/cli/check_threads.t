# However many threads read a file, the same bytes are printed.
python3 - <<'END'
import json, random
r = random.Random(1)
texts = ["let me think", "plain", "", "a\u0007", "x\\nY\\nZ", "caf\ufffd", "One two three four five six seven eight nine"]
tool = {"type": "function", "function": {"name": "look up", "parameters": {"type": "object"}}}
with open("train.jsonl", "w") as file:
    for i in range(12000):
        row = {"messages": [{"role": "user", "content": r.choice(texts) + ("x" * r.randrange(2000))}], "answer": "%d" % (i % 5000)}
        if i % 97 == 0:
            row["tools"] = [tool]
        if i % 1001 == 1000:
            row["answer"] = i
        if i % 1511 == 1510:
            del row["answer"]
        if i % 701 == 700:
            row["messages"].append({"role": "assistant", "content": "done"})
        if i % 911 == 910:
            row["key"] = "AKIA" + "2345ABCD6789EFGH"
        line = json.dumps(row)
        file.write("\n" if i % 800 == 799 else line[: len(line) // 2] + "\n" if i % 1303 == 1302 else line + "\n")
END
head -n 300 train.jsonl | tail -n 60 >valid.jsonl
cat >job.yaml <<'END'
model: o4-mini-2025-04-16
training_file: train.jsonl
validation_file: valid.jsonl
method:
  type: reinforcement
  reinforcement:
    tools: [{name: lookup, server_url: "https://tools.example.com/lookup"}]
    grader: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}
    hyperparameters: {n_epochs: 1, eval_interval: 5}
END
test "$(wc -c <train.jsonl)" -gt 9000000 || echo "too small to be cut into blocks"
for format in "" --json "--stats --json"; do
    for n in 1 2 4 7; do
        # shellcheck disable=SC2086
        rftsim check job.yaml $format --threads "$n" >"out$n" 2>/dev/null
        cmp out1 "out$n"
    done
done
rftsim check job.yaml --threads 4 | sed -n '/errors,/,$p'
grep -c 2345ABCD out1
