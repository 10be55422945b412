#include "sim/check/rewards.h"

#include "sim/base/num.h"

static void check_threshold(const struct job *job, double low, double high, struct diags *list)
{
    const json_t *value = json_object_get(job->grader, "pass_threshold");
    double threshold = json_number_value(value);
    char least[NUM_ROOM];
    char most[NUM_ROOM];
    num_json(least, low);
    num_json(most, high);
    if (!json_is_number(value))
        return;
    if (threshold > high)
        diag_fix(
            doc_fault(job->doc, list, DIAG_WARNING, DIAG_J016, JOB_GRADER_POINTER "/pass_threshold",
                      "nobody can pass: the reward is at most %s", most),
            "choose one above %s and at most %s", low < high ? least : "the least reward", most);
    else if (threshold <= low)
        diag_fix(doc_fault(job->doc, list, DIAG_WARNING, DIAG_J016,
                           JOB_GRADER_POINTER "/pass_threshold",
                           "everybody passes: the reward is at least %s", least),
                 "choose one above %s", least);
}

void rewards_check(const struct grader *g, const struct job *job, struct diags *list)
{
    double low = 0;
    double high = 0;
    grader_bounds(g, &low, &high);
    if (low == high) {
        char always[NUM_ROOM];
        diag_fix(doc_fault(job->doc, list, DIAG_ERROR, DIAG_J017, JOB_GRADER_POINTER,
                           "the reward is always %s", num_json(always, low)),
                 "let it depend on what the graders say");
        return;
    }
    check_threshold(job, low, high, list);
}
