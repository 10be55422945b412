/* The episodes in an export, read a second time for what a history does not keep: messages with
 * their recipients, as the model wrote them. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/job/row_digest.h"
#include "sim/report/recording_open.h"
#include "sim/report/trace.h"
#include "sim/run/items.h"
#include "tools/address.h"

static const char user[] = "all";

struct pass {
    struct recording *r;
    const struct history *h;
    struct export_item item;
    struct trace trace;
    struct buf text;
};

/* Rollouts by where their items stand. */
struct place {
    int64_t id;
    size_t rollout;
};

static int by_id(const void *a, const void *b)
{
    const struct place *x = a;
    const struct place *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static struct recorded_turn *say(struct pass *x, enum recorded_turn_kind kind)
{
    return recording_say(x->r, kind, buf_text(&x->text), x->text.len);
}

static void say_end(struct pass *x, const char *why)
{
    recording_say(x->r, RECORDED_END, why, strlen(why));
}

/* --- Turns ----------------------------------------------------------------------------------- */

/* The string at `v` in x->text; empty for anything else. */
static void read_text(struct pass *x, size_t v)
{
    buf_clear(&x->text);
    if (tape_kind(x->item.t, v) == TAPE_STRING)
        tape_string(x->item.t, v, &x->text);
}

static void add_call(struct pass *x, const struct trace_call *was)
{
    struct recorded_call *call = recording_add_call(x->r);
    /* The model was shown the text of every failure that a trace tells of. Of none is it told how
     * the endpoint failed, so it stands as an answer that says so. */
    enum tool_kind kind = tool_kind_loses(was->kind) ? TOOL_KIND_CLIENT_ERROR : was->kind;
    call->kind = (uint8_t)kind;
    call->fate = was->unlisted ? RECORDED_UNKNOWN : RECORDED_ANSWERED;
    call->name = recording_text(x->r, was->tool, strlen(was->tool)).at;
    call->arguments = recording_text(x->r, buf_text(&was->arguments), was->arguments.len);
    call->output = recording_text(x->r, buf_text(&was->output), was->output.len);
}

/* A message to a tool, to several, or to nobody. */
static void add_message(struct pass *x, const struct trace_turn *one)
{
    const struct trace_call *calls = &x->trace.calls[one->from];
    read_text(x, one->text);
    if (one->text == TAPE_NONE && one->n_calls == 1)
        buf_add(&x->text, buf_text(&calls->arguments), calls->arguments.len);
    struct recorded_turn *turn = say(x, RECORDED_MESSAGE);
    char *to = one->to ? mem_text(one->to) : mem_printf("%s%s", ADDRESS_NAMESPACE, calls->tool);
    turn->recipient = recording_text(x->r, to, strlen(to)).at;
    free(to);
    for (size_t i = 0; i < one->n_calls; i++)
        add_call(x, &calls[i]);
}

/* The final text. One that was blocked still stands in the trace. */
static void add_answer(struct pass *x, const struct trace_turn *last)
{
    size_t content = tape_get(x->item.t, export_message(&x->item), "content");
    bool exported = tape_kind(x->item.t, content) == TAPE_STRING && !export_is_blocked(&x->item);
    read_text(x, exported ? content : last ? last->text : TAPE_NONE);
    say(x, RECORDED_ANSWER);
}

static void add_turns(struct pass *x, const struct history_rollout *of)
{
    const struct trace *t = &x->trace;
    const struct trace_turn *answer = trace_answer(t);
    for (size_t i = 0; i < t->n_turns; i++) {
        const struct trace_turn *one = &t->turns[i];
        bool is_message = one->n_calls || (one->to && strcmp(one->to, user) != 0);
        if (is_message)
            add_message(x, one);
    }
    if (!t->n_turns)
        say_end(x, "the export has no trace of it");
    else if (of->outcome == OUTCOME_GRADED_CUT)
        recording_add_turn(x->r, RECORDED_DROPPED);
    else if (of->outcome == OUTCOME_DISCARDED_TOOL)
        say_end(x, "the recorded rollout ended with this turn, without a score");
    else if (answer || trace_ends_in_call(t))
        add_answer(x, answer);
}

/* --- Items ----------------------------------------------------------------------------------- */

static enum err_code add_items(struct pass *x, struct items *items, const struct place *places,
                               struct err *e)
{
    bool have = true;
    size_t v = 0;
    for (;;) {
        enum err_code rc = items_next(items, &v, &have, e);
        if (rc || !have)
            return rc;
        struct place key = {.id = (int64_t)items->place};
        const struct place *at = bsearch(&key, places, x->h->n_rollouts, sizeof(*places), by_id);
        if (!at || !export_item_read(&x->item, &items->tape, v))
            return err_set(e, ERR_DATA, "%s: has changed since it was opened", x->h->path);
        trace_read(&x->trace, x->item.t, x->item.spans);
        recording_begin(x->r, x->h, at->rollout);
        recording_row_messages(x->r, WAVE_VALID, x->h->rollouts[at->rollout].row,
                               row_digest_messages(x->item.t, x->item.row));
        add_turns(x, &x->h->rollouts[at->rollout]);
        trace_release(&x->trace);
    }
}

enum err_code recording_add_export(struct recording *r, const struct history *h, struct err *e)
{
    struct pass x = {.r = r, .h = h};
    struct items items;
    struct diags list = {0};
    struct place *places = mem_array(h->n_rollouts, sizeof(*places));
    for (size_t i = 0; i < h->n_rollouts; i++)
        places[i] = (struct place){h->rollouts[i].id, i};
    if (h->n_rollouts)
        qsort(places, h->n_rollouts, sizeof(*places), by_id);
    enum err_code rc = items_open(&items, h->path, "be played again", &list, e);
    if (!rc)
        rc = add_items(&x, &items, places, e);
    items_close(&items);
    buf_release(&x.text);
    diags_release(&list);
    free(places);
    return rc;
}
