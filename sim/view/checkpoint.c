#include "sim/view/checkpoint.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/base/secret.h"

/* `reward` NAN: there was no evaluation. */
static void make_text(struct buf *out, const struct policy *policy, int step, double reward)
{
    char number[NUM_ROOM];
    struct buf text = {0};
    buf_printf(&text, "{\n\"checkpoint\": 1,\n\"rftsim\": \"%s\",\n\"step\": %d,\n", RFTSIM_VERSION,
               step);
    if (!isnan(reward))
        buf_printf(&text, "\"valid_mean_reward\": %s,\n", num_json(number, reward));
    buf_text_add(&text, "\"policy\": ");
    learner_write(policy, &text);
    buf_text_add(&text, "\n}\n");
    secret_mask_strings(out, buf_text(&text), text.len);
    buf_release(&text);
}

static char *path_of(const char *folder, int step)
{
    return mem_printf("%s/checkpoints/step-%d.json", folder, step);
}

static enum err_code write_file(const char *folder, int step, const struct buf *text, struct err *e)
{
    char *below = mem_printf("%s/checkpoints", folder);
    char *path = path_of(folder, step);
    enum err_code rc = ERR_OK;
    if (mkdir(below, 0777) != 0 && errno != EEXIST)
        rc = err_sys(e, below);
    if (!rc)
        rc = file_put(path, buf_text(text), text->len, e);
    free(below);
    free(path);
    return rc;
}

static void drop(const char *folder, struct store *store, int step)
{
    char *path = path_of(folder, step);
    (void)unlink(path); /* what is not there need not go */
    free(path);
    if (store)
        store_checkpoint_out(store, step);
}

enum err_code checkpoint_keep(const char *folder, struct store *store,
                              const struct checkpoint_report *c, struct err *e)
{
    struct buf text = {0};
    enum err_code rc = ERR_OK;
    if (c->out == c->at.step)
        return ERR_OK;
    if (c->policy) {
        make_text(&text, c->policy, c->at.step, c->at.reward);
        rc = write_file(folder, c->at.step, &text, e);
    }
    if (!rc && store)
        store_checkpoint(store, c->at.step, c->at.reward, c->policy ? buf_text(&text) : NULL);
    if (!rc && c->out)
        drop(folder, store, c->out);
    buf_release(&text);
    return rc;
}

enum err_code checkpoint_keep_again(const char *folder, const struct store *store,
                                    const struct checkpoint_report *c, struct err *e)
{
    struct buf text = {0};
    bool kept = false;
    enum err_code rc = c->policy ? store_keeps(store, c->at.step, &kept, e) : ERR_OK;
    if (kept) {
        make_text(&text, c->policy, c->at.step, c->at.reward);
        rc = write_file(folder, c->at.step, &text, e);
    }
    buf_release(&text);
    return rc;
}

enum err_code checkpoint_last(const char *folder, const struct policy *policy, int step,
                              struct err *e)
{
    char *path = mem_printf("%s/policy.json", folder);
    struct buf text = {0};
    make_text(&text, policy, step, NAN);
    enum err_code rc = file_put(path, buf_text(&text), text.len, e);
    buf_release(&text);
    free(path);
    return rc;
}
