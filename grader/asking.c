#include "grader/asking.h"

#include <stdio.h>
#include <string.h>

#include "grader/explain.h"

struct grading *asking_of(const struct ask *a)
{
    return a->owner;
}

/* What was sent and what came back, the last time. */
static void tell(const struct ask *a, json_t *facts)
{
    const struct request *req = &a->x.req;
    explain_text(facts, "url", a->asker->url, strlen(a->asker->url));
    explain_text(facts, "request", buf_text(&a->body), a->body.len);
    json_object_set_new(facts, "request_bytes", json_integer((json_int_t)a->body.len));
    json_object_set_new(facts, "attempts", json_integer(a->x.attempts));
    json_object_set_new(facts, "http_status",
                        req->status ? json_integer(req->status) : json_null());
    json_object_set_new(facts, "latency_ms", json_real((double)a->x.latency_ns / 1e6));
    if (req->answer.len && a->x.attempts)
        explain_text(facts, "response", buf_text(&req->answer), req->answer.len);
}

/* The grade is ready. The task is given back first: the next grade may begin in `done`. */
static void settle(struct ask *a)
{
    struct grading *x = asking_of(a);
    if (x->facts)
        tell(a, x->facts);
    ask_give_back(a);
    x->task = NULL;
    grading_done(x);
}

static void lose(struct ask *a)
{
    const struct asking *asking = (const struct asking *)a->asker;
    struct grade *out = &asking_of(a)->out;
    struct buf why = {0};
    ask_why(a, &why);
    snprintf(out->why, sizeof(out->why), "%s", buf_text(&why));
    buf_release(&why);
    out->reward = 0;
    out->flags |= asking->lost_flag;
    out->lost = true;
}

static void on_done(struct ask *a)
{
    if (a->fault)
        lose(a);
    settle(a);
}

void asking_open(struct asking *a, struct asker_config *config, enum grade_flag lost_flag,
                 const struct job *job, const struct grader_context *context)
{
    const struct job_simulation *sim = &job->sim;
    a->lost_flag = lost_flag;
    config->retry = (struct retry_policy){sim->grader_attempts, sim->grader_backoff_ms};
    config->timeout_ms = sim->grader_http_timeout_ms;
    config->done = on_done;
    asker_open(&a->asker, config, context->hosts, context->wire);
}

void asking_close(struct asking *a)
{
    asker_close(&a->asker);
}

struct ask *asking_begin(struct asking *a, struct grading *x)
{
    struct ask *task = ask_begin(&a->asker, x);
    x->task = task;
    return task;
}

void asking_stop(struct grading *x)
{
    ask_stop(x->task);
    x->task = NULL;
}

void asking_refuse(struct ask *a)
{
    settle(a);
}
