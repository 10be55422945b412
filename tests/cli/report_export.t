# an exported evaluation in the service's shape (6.6): 4 rows x 3 samples, one call each
cat >make.py <<'FIN'
import json, sys
scores = [[0, .5, 1], [1, 1, 1], [0, 0, 0], [.25, 1, 0]]
items = []
def span(kind, start, **data):
    at = f"2026-01-01T00:00:0{start}.000000+00:00"
    end = f"2026-01-01T00:00:0{start + 1}.000000+00:00"
    return {"id": f"span_176722560{start}.0_176722560{start + 1}.0", "object": "trace.span", "trace_id": trace,
            "parent_id": None, "started_at": at, "ended_at": end, "span_data": {"type": kind, **data},
            "error": None, "created_at": end}
for row, of_row in enumerate(scores):
    for sample, score in enumerate(of_row):
        trace = "trace_%032x" % (row * 3 + sample)
        call = {"role": "assistant", "content": '{"q":"%d"}' % row, "recipient": "functions.lookup"}
        said = {"role": "assistant", "content": "it is %d" % row, "recipient": "all"}
        spans = [span("GENERATION", 0, input=[], output=[call], model=None, model_config=None, usage=None),
                 span("FUNCTION", 1, name="functions.lookup", input=call["content"], output="found %d" % row,
                      mcp_data=None),
                 span("GENERATION", 2, input=[], output=[said], model=None, model_config=None, usage=None)]
        tool_call = {"type": "function", "function": {"name": "lookup", "arguments": call["content"]}, "id": ""}
        items.append({
            "id": "outputitem_%d" % len(items), "status": "pass" if score >= .5 else "fail",
            "results": [{"score": score, "name": "judge-22415264-f1de-4c39-aafa-681234567890"}],
            "sample": {"input": [], "output": [{"content": said["content"], "role": "assistant",
                                                "tool_calls": [tool_call]}]},
            "datasource_item": {"messages": [{"name": None, "role": "user", "content": "which is %d?" % row}],
                                "answer": "it is %d" % row, "trace": {"type": "trace", "spans": spans}}})
json.dump({"run_id": "evalrun_1", "run_name": "Step 3", "status": "completed", "total_items": len(items),
           "items": items}, open("Step_3.json", "w"))
FIN
python3 make.py
rftsim report Step_3.json
echo "exit $?"
rftsim report Step_3.json --row Step_3.json:4
echo "exit $?"
rftsim report Step_3.json --rollout 4
echo "exit $?"
rftsim report Step_3.json --row Step_3.json:4 --json | head -1
rftsim report Step_3.json --rollout 4 --json | cut -c1-80
rftsim report Step_3.json --outcome discarded_tool
echo "exit $?"
rftsim report Step_3.json --outcome discarded
echo "exit $?"
rftsim report Step_3.json --row Step_3.json:9
echo "exit $?"
rftsim report Step_3.json --rollout 99
echo "exit $?"
rftsim report Step_3.json --fail-under 0.4 --strict >/dev/null
echo "exit $?"
rftsim report Step_3.json --json | python3 -c '
import json, sys
o = json.load(sys.stdin)
s = o["signal"]["slices"][0]
print(o["title"], s["of"], s["step"], s["graded"], s["mean"], s["interval_t"])
print(s["levels"], s["recorded_passes"], o["signal"]["pass_threshold"], o["signal"]["pass_threshold_is_above"])
print(s["passes"], s["rows_needed_estimate"])
print([(r["place"], r["id"], r["reward"]) for r in o["picks"]["worst"]])'
rftsim help verdict | head -8
rftsim help verdict --json | python3 -c 'import json, sys; o = json.load(sys.stdin); print(o["type"], len(o["rules"]), o["rules"][4])'
