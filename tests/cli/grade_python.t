. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
small_job '/grader: /d' 's/^simulation:/simulation:\n  sandbox: "off"/'
cat >grader <<'FIN'
    grader:
      type: python
      name: near
      image_tag: "2025-05-08"
      source: |
        import json

        def distance(a, b):
            print("comparing", a, "and", b)
            return abs(int(a) - int(b))

        def grade(sample, item):
            if sample["output_text"] == "?":
                return json.loads("{")
            return 1 / (1 + distance(sample["output_text"], item["answer"]))
FIN
sed -i '/max_episode_steps/r grader' job.yaml
grade job.yaml --row 2 --sample 3
echo "-- exit $?"
echo "== an exception in the source's own function"
grade job.yaml --row 2 --sample two
echo "-- exit $?"
echo "== an exception in a library"
grade job.yaml --row 2 --sample '?' | sed -n '/traceback/,$p'
echo "== for programs"
grade job.yaml --row 2 --sample two --json -q | sed -E 's/"ms":[0-9.e-]+/"ms":T/'
echo "== more than is shown"
sed 's/print(.*/print("x\\n" * 100000)/' job.yaml >loud.yaml
rftsim grade loud.yaml --row 2 --sample 2 | sed -n '/printed/p;/more,/p;/reward/p'
rftsim grade loud.yaml --row 2 --sample 2 --json | grep -o '"printed_cut":[0-9]*'
echo "== in a multi"
cat >multi <<'FIN'
    grader:
      type: multi
      graders:
        one: {type: python, name: one, source: "def grade(sample, item): return 1.0"}
        bad: {type: python, name: bad, source: "def grade(sample, item): return None"}
        exact: {type: string_check, name: exact, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}
      calculate_output: one + 10 * bad + 100 * exact
FIN
small_job '/grader: /d' 's/^simulation:/simulation:\n  sandbox: "off"/'
sed -i '/max_episode_steps/r multi' job.yaml
grade job.yaml --row 2 --sample 2
echo "-- exit $?"
