/* endpoint: the reward is what an HTTP endpoint answers (contract 4.9).
 *
 *     POST url  {"sample": {...}, "item": {...}, "trace_id": "trace_..."}   ->   {"score": 0.5}
 *
 * Sample and item are sent as they stand, and the trace id is that of the rollout's tool calls. Any
 * failure, 4xx included, is tried again; when no attempt is left the grade is lost and the rollout
 * discarded (GAP-27). An answer without a number is such a failure; true and false are 1 and 0, and
 * remarked on (GAP-40). A score is used as it is, also outside 0..1 (GR-4).
 * Source: 4.9, GAP-26, GAP-27, GAP-40; which attempts: sim/job/job.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/asking.h"
#include "grader/kinds.h"
#include "grader/scope.h"
#include "sim/base/mem.h"
#include "sim/net/url.h"

enum {
    ENDPOINT_BODY_MAX = 1048576, /* each way (4.9, GAP-19) */
    ENDPOINT_RATE_DEFAULT = 50,  /* requests a second (GAP-26) */
};

struct endpoint {
    struct asking asking; /* first: a task leads to it */
    struct tape scratch;
};

static enum ask_verdict read_score(struct ask *a, const struct tape *t)
{
    struct grade *out = &asking_of(a)->out;
    size_t v = tape_get(t, 0, "score");
    switch (tape_kind(t, v)) {
    case TAPE_NUMBER:
        out->reward = tape_number(t, v);
        return ASK_SETTLED;
    case TAPE_TRUE:
    case TAPE_FALSE:
        out->reward = tape_kind(t, v) == TAPE_TRUE;
        out->notes |= GRADE_NOTE_BIT_BOOLEAN;
        return ASK_SETTLED;
    case TAPE_NULL:
        a->fault = v == TAPE_NONE ? "answered 2xx without \"score\"" : "answered a score of null";
        return ASK_FAILED;
    case TAPE_STRING:
    case TAPE_ARRAY:
    case TAPE_OBJECT:
        break;
    }
    a->fault = "answered a score that is not a number";
    return ASK_FAILED;
}

static enum ask_verdict read_answer(struct ask *a)
{
    struct endpoint *p = (struct endpoint *)a->asker;
    enum ask_verdict verdict = ask_read_object(a, &p->scratch);
    return verdict == ASK_SETTLED ? read_score(a, &p->scratch) : verdict;
}

static const char *read_url(const struct grader_spec *spec, struct diags *list)
{
    const json_t *value = json_object_get(spec->json, "url");
    const char *text = json_string_value(value);
    struct diag *d = NULL;
    if (!value)
        d = grader_fault(spec, list, DIAG_ERROR, DIAG_J003, "url", "missing key 'url'");
    else if (!text)
        d = grader_fault(spec, list, DIAG_ERROR, DIAG_J004, "url", "'url' must be a string");
    else if (!url_is_http(text))
        d = grader_fault(spec, list, DIAG_ERROR, DIAG_J005, "url",
                         "'url' must be an http or https URL with a host, found '%s'", text);
    if (d)
        diag_fix(d, "write it in full: https://host/path, where the grader answers");
    return d ? NULL : text;
}

static double read_rate(const struct grader_spec *spec, struct diags *list)
{
    const json_t *value = json_object_get(spec->json, "rate_limit");
    double rate = json_number_value(value);
    if (!value)
        return ENDPOINT_RATE_DEFAULT;
    if (!json_is_number(value) || rate <= 0)
        diag_fix(grader_fault(spec, list, DIAG_ERROR, json_is_number(value) ? DIAG_J005 : DIAG_J004,
                              "rate_limit", "'rate_limit' must be a number above 0"),
                 "requests a second, 50 if it is left out (GAP-26)");
    return rate;
}

static void open_asker(struct endpoint *p, const struct grader_spec *spec, const char *url,
                       double rate, const struct job_headers *headers,
                       const struct grader_context *context)
{
    const char *name = json_string_value(json_object_get(spec->json, "name"));
    char *pointer = mem_printf("%s/url", spec->pointer);
    char *caller = name ? mem_printf("grader '%s'", name) : mem_text("the grader");
    asking_open(&p->asking,
                &(struct asker_config){
                    .pointer = pointer,
                    .use = HOST_GRADER,
                    .caller = caller,
                    .who = "the grader's endpoint",
                    .written = url,
                    .url = url,
                    .headers = headers->at,
                    .n_headers = headers->n,
                    .max_qps = rate,
                    .answer_max = ENDPOINT_BODY_MAX,
                    .read = read_answer,
                },
                GRADE_ENDPOINT_SERVER, spec->job, context);
    free(pointer);
    free(caller);
}

static void read_headers(struct job_headers *headers, const struct grader_spec *spec,
                         struct diags *list)
{
    json_t *value = json_object_get(spec->json, "headers");
    char *pointer = mem_printf("%s/headers", spec->pointer);
    if (value && !json_is_null(value))
        job_headers_read(headers, spec->job->doc, list, pointer, value);
    free(pointer);
}

static enum err_code open(void *self, const struct grader_spec *spec,
                          const struct grader_context *context, struct diags *list, struct err *e)
{
    static const char *const known[] = {"type",       "name",           "url", "headers",
                                        "rate_limit", "pass_threshold", NULL};
    size_t errors = list->n_errors;
    struct job_headers headers = {0};
    doc_check_keys(spec->job->doc, list, spec->json, spec->pointer, known,
                   " in an endpoint grader");
    const char *url = read_url(spec, list);
    double rate = read_rate(spec, list);
    grader_pass_threshold(spec, list);
    read_headers(&headers, spec, list);
    bool ok = list->n_errors == errors;
    if (ok)
        open_asker(self, spec, url, rate, &headers, context);
    job_headers_release(&headers);
    return ok ? ERR_OK : err_set(e, ERR_JOB, "%s: the grader has faults", spec->job->doc->path);
}

static void add_value(struct buf *out, const char *key, const struct tape *t)
{
    size_t len = 0;
    const char *text = tape_text(t, 0, &len);
    buf_text_add(out, key);
    buf_add(out, text, len);
}

static void start(void *self, struct grading *x, const struct grader_input *in)
{
    struct endpoint *p = self;
    struct ask *a = asking_begin(&p->asking, x);
    add_value(&a->body, "{\"sample\":", in->sample);
    add_value(&a->body, ",\"item\":", in->item);
    buf_text_add(&a->body, ",\"trace_id\":");
    buf_json(&a->body, in->trace_id, strlen(in->trace_id));
    buf_char(&a->body, '}');
    if (a->body.len <= ENDPOINT_BODY_MAX) {
        ask_send(a);
        return;
    }
    x->out.lost = true;
    x->out.flags |= GRADE_ENDPOINT_INTERNAL;
    snprintf(x->out.why, sizeof(x->out.why),
             "the request to the grader's endpoint is not sent: it has %zu bytes, and %d are taken",
             a->body.len, ENDPOINT_BODY_MAX);
    asking_refuse(a);
}

static void stop(void *self, struct grading *x)
{
    (void)self;
    asking_stop(x);
}

static void close(void *self)
{
    struct endpoint *p = self;
    asking_close(&p->asking);
    tape_release(&p->scratch);
}

/* It is sent the whole sample. */
static bool asked_once(const void *self)
{
    (void)self;
    return true;
}

const struct grader_ops grader_endpoint = {
    .type = "endpoint",
    .size = sizeof(struct endpoint),
    .open = open,
    .start = start,
    .stop = stop,
    .close = close,
    .calls = true,
    .asked_once = asked_once,
};
