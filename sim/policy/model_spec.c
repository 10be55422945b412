#include "sim/policy/model_spec.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/base/mem.h"
#include "sim/job/job_read.h"
#include "sim/model/server.h"
#include "sim/net/url.h"

enum {
    /* A server that is busy says so for a while: 1, 2, 4, 8 and 16 seconds. */
    ATTEMPTS_DEFAULT = 6,
    ATTEMPTS_MAX = 10,
    BACKOFF_MS_DEFAULT = 1000,
    TIMEOUT_MS_DEFAULT = 600000, /* as for tools and judges */
    API_BY_URL = -1,
};

static void read_url(struct reader *r, json_t *value)
{
    struct model_spec *s = r->base;
    const char *text = read_text(r, value);
    if (!text)
        return;
    if (url_is_http(text) && !strchr(text, '#'))
        s->written = text;
    else
        read_fault(r, AT_VALUE, DIAG_J005,
                   "write what stands before /chat/completions: http://127.0.0.1:8080/v1",
                   "must be an http or https URL with a host, found '%s'", text);
}

static void read_headers(struct reader *r, json_t *value)
{
    struct model_spec *s = r->base;
    read_header_object(r, value, &s->headers);
}

/* Members of a request that parameters may not have. */
static const struct {
    const char *name;
    const char *fix;
} refused[] = {
    {"model", "it is the policy's key 'model'"},
    {"messages", "they are those of the row, and what has happened since"},
    {"input", "it is the row's messages, and what has happened since"},
    {"tools", "they are those of the row that the job has too"},
    {"stream", "answers are read whole"},
    {"n", "a rollout takes one answer a turn"},
    {"background", "answers are waited for"},
    {"previous_response_id", "each request has the whole episode"},
    {"conversation", "each request has the whole episode"},
};

/* Whether the parameter may be passed on; else there is a fault. */
static bool check_parameter(struct reader *r, const char *name)
{
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (strcmp(refused[i].name, name) != 0)
            continue;
        read_fault(r, AT_KEY, DIAG_J005, refused[i].fix, "'%s' cannot be a parameter", name);
        return false;
    }
    return true;
}

static unsigned ours_of(const char *name)
{
    static const struct {
        const char *name;
        enum model_ours ours;
    } table[] = {
        {"seed", MODEL_OUR_SEED},
        {"parallel_tool_calls", MODEL_OUR_PARALLEL},
        {"response_format", MODEL_OUR_FORMAT},
        {"text", MODEL_OUR_FORMAT},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        if (strcmp(table[i].name, name) == 0)
            return table[i].ours;
    }
    return 0;
}

static void read_parameters(struct reader *r, json_t *value)
{
    struct model_spec *s = r->base;
    const char *name = NULL;
    json_t *entry = NULL;
    if (!read_is_object(r, value))
        return;
    json_object_foreach(value, name, entry)
    {
        size_t up = read_down(r, name);
        if (check_parameter(r, name)) {
            s->ours &= ~ours_of(name);
            if (!json_is_null(entry)) {
                char *text =
                    json_dumps(entry, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
                buf_char(&s->parameters, ',');
                buf_json(&s->parameters, name, strlen(name));
                buf_printf(&s->parameters, ":%s", text);
                free(text);
            }
        }
        buf_cut(&r->at, up);
    }
}

static const char *const apis[] = {"chat", "responses", NULL}; /* enum job_model_api */
static const char *const roles[] = {"developer", "system", NULL};

#define FIELD(name) .offset = offsetof(struct model_spec, name)

static const struct key keys[] = {
    {"type", KEY_TEXT, KEY_CHECKED, .max = 0},
    {"url", KEY_SPECIAL, KEY_REQUIRED, .read = read_url,
     .missing = "url: http://127.0.0.1:8080/v1, where chat completions or Responses are answered"},
    {"api", KEY_WORD, 0, FIELD(api), .words = apis},
    {"model", KEY_TEXT, 0, FIELD(model)},
    {"api_key", KEY_TEXT, 0, FIELD(api_key)},
    {"headers", KEY_SPECIAL, 0, .read = read_headers},
    {"parameters", KEY_SPECIAL, 0, .read = read_parameters},
    {"developer_role", KEY_WORD, 0, FIELD(developer_role), .words = roles},
    {"attempts", KEY_COUNT, 0, FIELD(attempts), .min = 1, .max = ATTEMPTS_MAX},
    {"backoff_ms", KEY_COUNT, 0, FIELD(backoff_ms), .min = 0, .max = 60000},
    {"timeout_ms", KEY_COUNT, 0, FIELD(timeout_ms), .min = 1, .max = 3600000},
    {"max_qps", KEY_REAL, 0, FIELD(max_qps), .min = 0.001, .max = 1e6},
    {NULL},
};

/* The key goes into a header; one that is given as well would be sent twice. */
static void check_key(struct reader *r, const struct model_spec *s)
{
    struct header key = model_key(s->written, "");
    for (size_t i = 0; s->api_key && i < s->headers.n; i++) {
        if (strcasecmp(s->headers.at[i].name, key.name) != 0)
            continue;
        size_t up = read_down(r, "api_key");
        read_fault(r, AT_VALUE, DIAG_J008, "keep one of them",
                   "api_key is sent as the header %s, which 'headers' has too", key.name);
        buf_cut(&r->at, up);
    }
    free(key.name);
    free(key.value);
}

/* Where requests go: the URL may name the API itself. */
static void find_url(struct reader *r, struct model_spec *s)
{
    enum job_model_api api = JOB_API_CHAT;
    bool whole = model_url_is_whole(s->written, &api);
    if (s->api == API_BY_URL)
        s->api = api;
    if (whole && s->api != (int)api) {
        size_t up = read_down(r, "api");
        read_fault(r, AT_VALUE, DIAG_J005, "take 'api' away, or the end of the URL",
                   "the URL is that of the other API");
        buf_cut(&r->at, up);
        return;
    }
    s->url = whole ? mem_text(s->written) : model_url(s->written, (enum job_model_api)s->api);
}

void model_spec_read(struct model_spec *s, const struct policy_spec *spec, struct diags *list)
{
    struct reader r = {.doc = spec->doc, .list = list, .n_before = list->n, .base = s};
    json_t *json = doc_value(spec->doc->root, spec->pointer);
    *s = (struct model_spec){
        .api = API_BY_URL,
        .ours = MODEL_OUR_SEED | MODEL_OUR_PARALLEL | MODEL_OUR_FORMAT,
        .attempts = ATTEMPTS_DEFAULT,
        .backoff_ms = BACKOFF_MS_DEFAULT,
        .timeout_ms = TIMEOUT_MS_DEFAULT,
    };
    buf_text_add(&r.at, spec->pointer);
    read_object(&r, keys, json);
    if (!s->model)
        s->model = mem_text(spec->job->model);
    if (s->written) {
        check_key(&r, s);
        find_url(&r, s);
    }
    buf_release(&r.at);
}

void model_spec_release(struct model_spec *s)
{
    free(s->url);
    free(s->model);
    free(s->api_key);
    job_headers_release(&s->headers);
    buf_release(&s->parameters);
}
