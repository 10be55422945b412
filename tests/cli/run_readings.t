. "$CASES/lib.sh"
catalog
cat >multi.txt <<'END'
    grader:
      type: multi
      name: answer_and_path
      pass_threshold: 0.7
      graders:
        near:
          type: text_similarity
          name: near_sku
          evaluation_metric: fuzzy_match
          input: "SKU {{sample.output_text}}"
          reference: "the SKU is {{item.reference_answer}}"
        path:
          type: string_check
          name: searched_first
          operation: eq
          input: "{{sample.output_tools[0].function.name}}"
          reference: search_catalog
        words:
          type: text_similarity
          name: rouge
          evaluation_metric: rouge_l
          input: "東京"
          reference: "{{sample.choices}}"
      calculate_output: "0.6 * near + 0.4 * path + 0 * words"
END
sed -e '/^    grader:/,/^ *reference:/d' -e '/^    # Reward 1/r multi.txt' configs/catalog.yaml >configs/multi.yaml
rftsim run configs/multi.yaml --out run -t 2 --rollouts-per-step 4 | still | sed -n '/^rewards/,$p'
echo "== the other way round"
sed 's/^simulation:/&\n  output_tools: all\n  grader_variants: {fuzzy_match: ratio}\n  grade_cache: false/' configs/multi.yaml >configs/other.yaml
rftsim run configs/other.yaml --out other -t 1 --rollouts-per-step 4 | still | sed -n '/^rewards/,$p'
echo "== --json"
for job in multi other; do
    rftsim run configs/$job.yaml --out json-$job -q --json -t 2 --rollouts-per-step 4 | tail -n 1 >$job.json
done
python3 - <<'END'
import json
ends = [json.load(open(name + ".json")) for name in ("multi", "other")]
for end in ends:
    graded = end["train"]["graded"] + end["valid"]["graded"]
    mean = (end["train"]["reward_mean"] * end["train"]["graded"] + end["valid"]["reward_mean"] * end["valid"]["graded"]) / graded
    for reading in end["other_readings"]:
        assert reading["compared"] == graded
        print(reading["switch"], reading["reading"], reading["far"], reading["across_threshold"],
              "%.4f %.4f" % (reading["largest"], reading["reward_mean"]), reading["first"])
    print("%.4f" % mean, end["asked_once"], end["grade_notes"])
END
echo "== --rollouts"
rftsim run configs/multi.yaml --out lines -q --json --rollouts -t 2 --rollouts-per-step 4 >lines.json
python3 - <<'END'
import json
rollouts = [o for o in map(json.loads, open("lines.json")) if o["type"] == "rollout"]
print(rollouts[0]["reward"], rollouts[0]["other_readings"])
far = {}
for rollout in rollouts:
    for other in rollout["other_readings"]:
        assert other["reward"] != rollout["reward"]
        key = other["switch"] + ": " + other["reading"]
        far[key] = far.get(key, 0) + (abs(other["reward"] - rollout["reward"]) > 0.1)
print(far)
END
echo "== a variant that there is not"
sed -i 's/fuzzy_match: ratio/fuzzy_match: ration/' configs/other.yaml
rftsim run configs/other.yaml --out none
