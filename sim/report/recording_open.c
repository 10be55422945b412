#include "sim/report/recording_open.h"

#include <math.h>
#include <string.h>

void recording_begin(struct recording *r, const struct history *h, size_t i)
{
    const struct history_rollout *of = &h->rollouts[i];
    const struct history_wave *w = history_wave_of(h, i);
    struct recorded_episode *ep =
        recording_add_episode(r, (int)w->phase, w->step, of->row, of->sample);
    ep->score = of->reward;
    if (of->why)
        ep->why = recording_text(r, of->why, strlen(of->why)).at;
}

struct recorded_turn *recording_say(struct recording *r, enum recorded_turn_kind kind,
                                    const char *text, size_t len)
{
    struct recorded_turn *turn = recording_add_turn(r, kind);
    turn->text = recording_text(r, text, len);
    return turn;
}

static enum err_code read_history(struct recording **out, const struct history *h, struct err *e)
{
    if (h->source == HISTORY_RESULTS) {
        err_set(e, ERR_DATA, "%s: a result file has no rollouts to play again", h->path);
        return err_fix(e, "give the run folder, or the export of an evaluation");
    }
    struct recording *r = recording_new(h->path);
    for (int p = 0; p < HISTORY_PHASES; p++) {
        for (size_t i = 0; i < h->files[p].n_rows; i++)
            recording_add_row(r, p, h->files[p].rows[i].digest);
    }
    if (h->source == HISTORY_EXPORT)
        recording_is_permuted(r, WAVE_VALID);
    enum err_code rc =
        h->source == HISTORY_RUN ? recording_add_run(r, h, e) : recording_add_export(r, h, e);
    if (rc) {
        recording_free(r);
        return rc;
    }
    recording_close(r);
    *out = r;
    return ERR_OK;
}

enum err_code recording_open(struct recording **out, const char *path, struct err *e)
{
    struct history h = {0};
    enum err_code rc = history_open(&h, path, e);
    if (!rc)
        rc = read_history(out, &h, e);
    history_release(&h);
    return rc;
}
