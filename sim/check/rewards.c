#include "sim/check/rewards.h"

#include <math.h>

#include "sim/base/num.h"

static struct diag *warn(const struct job *job, struct diags *list, const char *what, double reward)
{
    char number[NUM_ROOM];
    return doc_fault(job->doc, list, DIAG_WARNING, DIAG_J016, JOB_GRADER_POINTER "/pass_threshold",
                     "%s %s", what, num_json(number, reward));
}

/* A bound that is not known is infinite, and no threshold is beyond it. */
static void check_threshold(const struct job *job, double low, double high, struct diags *list)
{
    const json_t *value = json_object_get(job->grader, "pass_threshold");
    double threshold = json_number_value(value);
    if (json_is_number(value) && threshold > high)
        diag_fix(warn(job, list, "nobody can pass: the reward is at most", high),
                 "choose one that the grader's rewards reach");
    else if (json_is_number(value) && threshold <= low)
        diag_fix(warn(job, list, "everybody passes: the reward is at least", low),
                 "choose one above the least reward");
}

void rewards_check(const struct grader *g, const struct job *job, struct diags *list)
{
    double low = 0;
    double high = 0;
    grader_bounds(g, &low, &high);
    if (low == high && isfinite(low)) {
        char always[NUM_ROOM];
        diag_fix(doc_fault(job->doc, list, DIAG_ERROR, DIAG_J017, JOB_GRADER_POINTER,
                           "the reward is always %s", num_json(always, low)),
                 "let it depend on what the graders say");
        return;
    }
    check_threshold(job, low, high, list);
}
