/* Any bytes as a file of the service, a result file or an export: what is opened is in itself
 * consistent and has a transcript for each rollout; what is not says why. */
#include <math.h>

#include "sim/report/history.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

static void check_rollouts(const struct history *h)
{
    for (size_t i = 0; i < h->n_rollouts; i++) {
        const struct history_rollout *r = &h->rollouts[i];
        must(r->wave < h->n_waves, "a rollout is of a wave");
        must(r->row < h->files[h->waves[r->wave].phase].n_rows, "and of a row");
        must(r->sample < h->waves[r->wave].n_samples, "and one of its samples");
        must(outcome_is_graded((enum outcome)r->outcome) == !isnan(r->reward),
             "what is graded has a reward");
        must(r->n_failed <= r->n_calls || r->n_calls < 0, "no more failed than were made");
        must(r->n_tool_turns <= r->n_turns, "turns that call are turns");
        if (!i)
            continue;
        const struct history_rollout *before = r - 1;
        must(before->row == r->row ? before->sample + 1 == r->sample
                                   : before->row + 1 == r->row && !r->sample,
             "rollouts stand in order");
    }
}

static void check_calls(const struct history *h)
{
    uint64_t n = 0;
    uint64_t n_summed = 0;
    for (size_t i = 0; i < h->n_rollouts; i++)
        n += h->rollouts[i].n_calls > 0 ? (uint64_t)h->rollouts[i].n_calls : 0;
    for (size_t i = 0; i < h->n_tools; i++)
        n_summed += h->tools[i].of[WAVE_VALID].n_ok + h->tools[i].of[WAVE_VALID].n_failed;
    must(n == n_summed, "every call is of a tool");
}

static void check_steps(const struct history *h)
{
    for (size_t i = 0; i < h->n_steps; i++) {
        const struct history_step *s = &h->steps[i];
        must(!i || h->steps[i - 1].step < s->step, "steps stand in order");
        must(s->n_rollouts < 0 || s->n_rollouts >= s->n_graded, "not more graded than there were");
        must(isnan(s->valid_mean) == (s->valid_step < 0), "an evaluation is of a step");
    }
}

static void check_transcripts(const struct history *h)
{
    for (size_t i = 0; i < h->n_rollouts; i++) {
        struct err e = {0};
        json_t *doc = NULL;
        must(history_transcript(h, i, &doc, &e) == ERR_OK, "a rollout has a transcript");
        must(json_is_object(doc), "which is an object");
        json_decref(doc);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct history h;
    struct err e = {0};
    if (size && *data == 'S') /* a database is read by somebody else */
        return 0;
    int fd = must_file(path, data, size);
    if (history_open(&h, path, &e) == ERR_OK) {
        must(h.title && h.n_steps + h.n_rollouts > 0, "there is something in it");
        check_rollouts(&h);
        check_steps(&h);
        if (h.source == HISTORY_EXPORT) {
            check_calls(&h);
            check_transcripts(&h);
        }
        history_release(&h);
    } else {
        must(e.text[0], "a failure says why");
    }
    close(fd);
    return 0;
}
