cat >chat.jsonl <<'END'
{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Is it open?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "hours", "arguments": "{\"day\": \"Monday\"}"}}]}, {"role": "tool", "tool_call_id": "c1", "content": "9 to 5"}, {"role": "assistant", "content": "Yes, \u0031 to 5."}], "tools": [{"type": "function", "function": {"name": "hours", "parameters": {"type": "object"}}}], "id": 7}

{"messages": [{"role": "user", "content": "Thanks"}, {"role": "assistant", "content": "Bye"}], "id": 8}
{"messages": [{"role": "user", "content": "Hm"}], "id": 9}
END
rftsim convert chat.jsonl
echo "exit $?"
rftsim convert chat.jsonl --whole --out whole.jsonl && cat whole.jsonl
rftsim convert - --continue 'Go on.' -o - <chat.jsonl | cut -c 1-60
rftsim convert chat.jsonl --out whole.jsonl
cat chat.jsonl | rftsim convert - --whole | cmp - whole.jsonl && echo "the same from a pipe"
echo '{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y", "tool_calls": [{"id": "c"}]}]}' >bad.jsonl
rftsim convert bad.jsonl --out bad_out.jsonl
rftsim convert . --out out.jsonl
rftsim convert chat.jsonl --out nowhere/out.jsonl
rftsim convert chat.jsonl --whole --continue x
rftsim convert chat.jsonl --out /dev/full
rftsim convert chat.jsonl >/dev/full
ls
