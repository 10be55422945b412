. "$CASES/lib.sh"
LOOKUP_URL=http://127.0.0.1:1/tool
export LOOKUP_URL
exact='{type: string_check, operation: eq, input: "{{sample.output_text}}", reference: "{{item.answer}}"}'
multi() {
    small_job '/grader: /d'
    {
        echo "    grader:"
        echo "      type: multi"
        cat
    } >grader
    sed -i '/max_episode_steps/r grader' job.yaml
    rftsim run job.yaml
}
multi <<END
      graders:
        exact: $exact
        near: $exact
      calculate_output: "0.9 * exact + 0.1 * nera"
END
multi <<END
      graders:
        exact-match: $exact
        near: {type: string_check, operation: eq, input: "{{smaple.output_text}}", reference: x}
        all: {type: multi, graders: {a: $exact}, calculate_output: a}
      calculate_output: 0.9 * exact-match + 0.1 * near
END
multi <<END
      graders:
        - $exact
      calculate_output: exact
END
multi <<END
      graders: $exact
      calculate_output: max(exact, 2
      invalid_grad: 0
END
multi <<END
      graders: {exact: $exact, near: $exact}
      calculate_output: >
        0.9 * exact
        + 0.1 * neer
END
echo "== warnings, each once"
multi <<END
      graders:
        exact: {type: string_check, operation: eq, input: x, reference: y, pass_threshold: 0.5}
        near: $exact
      calculate_output: |
        exact ** 2
END
multi <<END
      graders:
        exact: {type: string_check, operation: eq, input: x, reference: y, pass_threshold: 0.5}
        near: $exact
      calculate_output: exact ^ 2
      invalid_grade: -1
END
