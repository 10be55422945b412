/* A child on an engine of its own, until it has ended. */
#include "sim/net/child.h"

struct errand {
    struct child child;
    struct timer limit;
    struct engine *engine;
    struct buf *answer;
    size_t answer_max;
    bool late;
    bool too_much;
};

static void on_output(struct child *c, const char *bytes, size_t n)
{
    struct errand *r = (struct errand *)c;
    r->too_much = n > r->answer_max - r->answer->len;
    if (!r->too_much) {
        buf_add(r->answer, bytes, n);
        return;
    }
    child_end(c);
    engine_stop(r->engine);
}

static void on_end(struct child *c)
{
    struct errand *r = (struct errand *)c;
    engine_stop(r->engine);
}

static void on_limit(struct timer *t)
{
    struct errand *r = (struct errand *)((char *)t - offsetof(struct errand, limit));
    r->late = true;
    engine_stop(r->engine);
}

static enum err_code wait_for(struct errand *r, const char *const *argv, const struct buf *input,
                              int limit_ms, struct err *e)
{
    enum err_code rc = child_start(&r->child, argv, e);
    if (rc)
        return rc;
    r->limit.fire = on_limit;
    engine_after(r->engine, &r->limit, limit_ms);
    child_write(&r->child, buf_text(input), input->len);
    child_done(&r->child);
    engine_loop(r->engine);
    if (r->late)
        return err_set(e, ERR_IO, "%s has not ended within %d ms", argv[0], limit_ms);
    if (r->too_much)
        return err_set(e, ERR_IO, "%s has written more than %zu bytes", argv[0], r->answer_max);
    return ERR_OK;
}

enum err_code child_run(const char *const *argv, const struct buf *input, size_t answer_max,
                        int limit_ms, struct buf *answer, struct buf *said, int *status,
                        struct err *e)
{
    struct engine_config config = {.transfers_max = 1, .n_hosts = 1};
    struct errand r = {.answer = answer, .answer_max = answer_max};
    enum err_code rc = engine_new(&r.engine, &config, e);
    if (rc)
        return rc;
    r.child = (struct child){
        .engine = r.engine, .said_max = 4096, .on_output = on_output, .on_end = on_end};
    rc = wait_for(&r, argv, input, limit_ms, e);
    engine_cancel_timer(r.engine, &r.limit);
    child_end(&r.child);
    *status = r.child.status;
    if (said)
        buf_add(said, buf_text(&r.child.said), r.child.said.len);
    child_release(&r.child);
    engine_free(r.engine);
    return rc;
}
