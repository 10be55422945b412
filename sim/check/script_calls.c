#include "sim/check/script_calls.h"

#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"

/* `key`: what names the tool, "call", or "fill" of a learner. */
static void check_call(const struct job *job, const json_t *call, const char *key,
                       const char *pointer, struct diags *list)
{
    const char *name = json_string_value(json_object_get(call, key));
    struct nearest near = {.word = name};
    for (size_t i = 0; name && i < job->n_tools; i++) {
        const char *known = job->tools[i].name ? job->tools[i].name : "";
        if (strcmp(known, name) == 0)
            return;
        nearest_try(&near, known);
    }
    if (!name)
        return;
    struct buf at = {0};
    buf_printf(&at, "%s/%s", pointer, key);
    struct diag *d = doc_fault(job->doc, list, DIAG_WARNING, DIAG_X009, buf_text(&at),
                               "the policy calls '%s', and the job has no such tool", name);
    if (near.name)
        diag_fix(d, "did you mean '%s'?", near.name);
    buf_release(&at);
}

static void check_turn(const struct job *job, const json_t *turn, struct buf *pointer,
                       struct diags *list)
{
    size_t k = 0;
    const json_t *call = NULL;
    check_call(job, turn, "call", buf_text(pointer), list);
    check_call(job, turn, "fill", buf_text(pointer), list);
    buf_text_add(pointer, "/calls");
    json_array_foreach(json_object_get(turn, "calls"), k, call)
    {
        size_t up = pointer->len;
        doc_pointer_index(pointer, k);
        check_call(job, call, "call", buf_text(pointer), list);
        buf_cut(pointer, up);
    }
}

/* The script at `pointer`. */
static void check_script(const struct job *job, const json_t *spec, struct buf *pointer,
                         struct diags *list)
{
    const json_t *turns = json_object_get(spec, "turns");
    size_t n = json_array_size(turns);
    buf_text_add(pointer, "/turns");
    for (size_t i = 0; i < n; i++) {
        size_t up = pointer->len;
        doc_pointer_index(pointer, i);
        check_turn(job, json_array_get(turns, i), pointer, list);
        buf_cut(pointer, up);
    }
    if (n > (size_t)job->max_episode_steps)
        diag_fix(doc_fault(job->doc, list, DIAG_WARNING, DIAG_X017, buf_text(pointer),
                           "the script has %zu turns, and a rollout ends after %d", n,
                           job->max_episode_steps),
                 "max_episode_steps: %zu, or a shorter script", n);
}

/* What a learner can do. */
static void check_actions(const struct job *job, const json_t *spec, struct buf *pointer,
                          struct diags *list)
{
    const json_t *actions = json_object_get(spec, "actions");
    buf_text_add(pointer, "/actions");
    for (size_t i = 0; i < json_array_size(actions); i++) {
        size_t up = pointer->len;
        const json_t *action = json_array_get(actions, i);
        doc_pointer_index(pointer, i);
        check_turn(job, action, pointer, list);
        buf_cut(pointer, up);
    }
}

/* A script, or those in a mixture. The depth is bounded by doc_load. */
static void check_policy(const struct job *job, const json_t *spec, struct buf *pointer,
                         struct diags *list)
{
    const char *type = json_string_value(json_object_get(spec, "type"));
    size_t i = 0;
    const json_t *part = NULL;
    if (!type)
        return;
    if (strcmp(type, "scripted") == 0)
        check_script(job, spec, pointer, list);
    if (strcmp(type, "learner") == 0)
        check_actions(job, spec, pointer, list);
    if (strcmp(type, "mixture") != 0)
        return;
    buf_text_add(pointer, "/policies");
    json_array_foreach(json_object_get(spec, "policies"), i, part)
    {
        size_t up = pointer->len;
        doc_pointer_index(pointer, i);
        doc_pointer_key(pointer, "policy");
        check_policy(job, json_object_get(part, "policy"), pointer, list);
        buf_cut(pointer, up);
    }
}

void script_calls_check(const struct job *job, struct diags *list)
{
    struct buf pointer = {0};
    buf_text_add(&pointer, JOB_POLICY_POINTER);
    check_policy(job, job->sim.policy, &pointer, list);
    buf_release(&pointer);
}
