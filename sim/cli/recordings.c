#include "sim/cli/recordings.h"

#include "sim/policy/recording_rows.h"
#include "sim/report/recording_open.h"

struct reading {
    struct recordings *out;
    const struct dataset *files[RECORDING_PHASES];
    enum err_code rc;
    struct err *e;
};

static enum err_code read_rows(struct recording **out, const struct reading *r, const char *field)
{
    enum err_code rc = ERR_OK;
    *out = recording_new("the rows");
    for (int p = 0; !rc && p < RECORDING_PHASES; p++) {
        if (r->files[p])
            rc = recording_add_rows(*out, p, r->files[p], field, r->e);
    }
    recording_close(*out);
    return rc;
}

static void read_one(void *arg, const char *from, const char *field)
{
    struct reading *r = arg;
    struct recording *one = NULL;
    if (r->rc || recordings_find(r->out, from, field))
        return;
    r->rc = from ? recording_open(&one, from, r->e) : read_rows(&one, r, field);
    if (one)
        recordings_add(r->out, from, field, one);
    for (int p = 0; !r->rc && p < RECORDING_PHASES; p++) {
        if (r->files[p])
            r->rc = recording_bind(one, p, r->files[p], r->e);
    }
}

enum err_code recordings_of_job(struct recordings *out, struct policy **policy,
                                const struct job *job, const struct dataset *train,
                                const struct dataset *valid, struct diags *list, struct err *e)
{
    struct reading r = {.out = out, .files = {[WAVE_TRAIN] = train, [WAVE_VALID] = valid}, .e = e};
    policy_recordings(*policy, read_one, &r);
    if (r.rc || !out->n)
        return r.rc;
    policy_free(*policy);
    *policy = NULL;
    return policy_new(policy, job, &(struct policy_context){.recordings = out}, list, e);
}
