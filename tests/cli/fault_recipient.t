. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
small_job '/policy:/d'
cat >>job.yaml <<'END'
  policy:
    type: scripted
    turns:
      - {call: lookup, recipient: functions.lookup}
      - {recipient: [functions.lookup]}
      - {recipient: all, arguments: "bye"}
      - {recipient: functions.lookup, arguments: 3}
      - {recipient: functions.lookup, argumnets: {}}
      - calls: [{recipient: functions.lookup}]
      - {answer: "{{turns[0]}} {{turn[0].output}}"}
END
rftsim run job.yaml
