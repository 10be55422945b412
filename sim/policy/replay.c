/* replay: what was done once is done again, turn by turn.
 *
 *     type: replay
 *     from: runs/catalog-20260101-120000   a run folder, or an export of the service's evaluation
 *     tools: live                          (default) they are called, and answers compared with
 *                                          the recorded ones; recorded: nothing is called
 *     scores: graded                       (default) recorded: the reward is the recorded one
 *
 * or
 *
 *     from: rows
 *     field: messages                      (default) of the row: a conversation with tool_calls
 *
 * Which episode a rollout plays is recording.h's to say; the messages are those that were written,
 * whatever the tools answer now. A rollout that cannot be played to its end fails, by name: its row
 * was not recorded, or the record stops before the model did.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/policy/kinds.h"
#include "sim/policy/recordings.h"

static const char from_rows[] = "rows";
static const char default_field[] = "messages";

struct replay {
    const struct recording *recording; /* borrowed; NULL: opened to be looked at */
    char *from;                        /* owned; a path; NULL: the rows */
    char *field;                       /* owned; of the rows; NULL of a path */
    int max_turns;
    bool plays_tools;
    bool plays_scores;
    struct buf note;
};

struct reader {
    struct replay *into;
    const struct policy_spec *spec;
    struct diags *list;
};

/* --- The spec -------------------------------------------------------------------------------- */

static void fault(const struct reader *r, enum diag_code code, const char *key, const char *text,
                  const char *fix)
{
    char *at = mem_printf("%s/%s", r->spec->pointer, key);
    diag_fix(doc_fault(r->spec->doc, r->list, DIAG_ERROR, code, at, "%s", text), "%s", fix);
    free(at);
}

/* One of two words, the first by default; true if it is the second. */
static bool read_word(const struct reader *r, const char *key, const char *first,
                      const char *second)
{
    const json_t *value = json_object_get(r->spec->json, key);
    const char *word = json_string_value(value);
    if (!value || (word && strcmp(word, first) == 0))
        return false;
    if (word && strcmp(word, second) == 0)
        return true;
    char *text = mem_printf("%s is %s (the default) or %s", key, first, second);
    char *fix = mem_printf("write %s: %s or %s: %s", key, first, key, second);
    fault(r, DIAG_J005, key, text, fix);
    free(text);
    free(fix);
    return false;
}

static void read_from(const struct reader *r)
{
    struct replay *s = r->into;
    const json_t *from = json_object_get(r->spec->json, "from");
    const json_t *field = json_object_get(r->spec->json, "field");
    const char *text = json_string_value(from);
    bool rows = text && strcmp(text, from_rows) == 0;
    if (!text || !*text)
        fault(r, from ? DIAG_J004 : DIAG_J003, "from",
              "a replay needs a record: from is a run folder, an export, or rows",
              "write from: FOLDER, from: EXPORT.json, or from: rows");
    else if (!rows)
        s->from = job_path_from(r->spec->doc->path, text);
    if (field && (!rows || !json_string_length(field)))
        fault(r, DIAG_J005, "field", "field names a field of the rows, and goes with from: rows",
              rows ? "name the field that holds the conversation" : "leave it away");
    if (rows)
        s->field = mem_text(json_string_length(field) ? json_string_value(field) : default_field);
    if (rows && s->plays_scores)
        fault(r, DIAG_J005, "scores", "rows have no recorded scores",
              "leave scores away: the job's grader scores them");
}

static void make_note(struct replay *s, const char *from)
{
    buf_printf(&s->note, "episodes of %s", from);
    if (s->field)
        buf_printf(&s->note, ", their %s", s->field);
    buf_text_add(&s->note, s->plays_tools
                               ? "; NO TOOL IS CALLED: answers are the recorded ones"
                               : "; tools are called, and answers compared with the recorded ones");
    if (s->plays_scores)
        buf_text_add(&s->note, "; NOTHING IS GRADED: scores are the recorded ones");
}

/* "9 of 10 training rows have an episode (2 by their number alone), the others fail" */
static void note_rows(struct replay *s, int phase, const char *what)
{
    struct recording_count c = recording_count(s->recording, phase);
    if (!c.n)
        return;
    buf_printf(&s->note, "; %zu of %zu %s rows have an episode", c.n - c.none, c.n, what);
    if (c.by_messages)
        buf_printf(&s->note, ", %zu of them recorded with the same messages and other fields",
                   c.by_messages);
    if (c.by_number)
        buf_printf(&s->note,
                   ", %zu of them BY THEIR NUMBER ALONE: what the record has there is of %s",
                   c.by_number, c.others ? "OTHER MESSAGES" : "another content");
    if (c.others && !s->plays_scores)
        buf_text_add(&s->note, ", so that they fail and are not graded");
    if (c.none)
        buf_printf(&s->note, ", %s, from number %zu on",
                   c.none == 1 ? "one has none and fails" : "the others fail", c.first_none + 1);
}

static enum err_code replay_open(void *self, const struct policy_spec *spec, struct diags *list,
                                 struct err *e)
{
    static const char *const known[] = {"type", "from", "field", "tools", "scores", NULL};
    struct replay *s = self;
    struct reader r = {s, spec, list};
    size_t errors = list->n_errors;
    doc_check_keys(spec->doc, list, spec->json, spec->pointer, known, "");
    s->plays_tools = read_word(&r, "tools", "live", "recorded");
    s->plays_scores = read_word(&r, "scores", "graded", "recorded");
    s->max_turns = spec->job->max_episode_steps;
    read_from(&r);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the policy has faults", spec->doc->path);
    make_note(s, json_string_value(json_object_get(spec->json, "from")));
    if (spec->context)
        s->recording = recordings_find(spec->context->recordings, s->from, s->field);
    if (s->recording) {
        note_rows(s, 0, "training");
        note_rows(s, 1, "validation");
    }
    return ERR_OK;
}

/* --- Turns ----------------------------------------------------------------------------------- */

/* Whether what became of the turn's calls is known, if that is what is to become of them now. */
static bool can_play(const struct replay *s, const struct recorded_turn *what,
                     const struct recorded_call *calls, struct policy_turn *turn)
{
    for (size_t i = 0; s->plays_tools && i < what->n_calls; i++) {
        if (calls[i].fate != RECORDED_UNKNOWN)
            continue;
        policy_turn_fail(turn, "the record has no answer to call %zu of this turn%s%s", i + 1,
                         calls[i].name ? ", " : "", calls[i].name ? calls[i].name : "");
        return false;
    }
    return true;
}

static void play_calls(const struct replay *s, const struct recorded_turn *what,
                       struct policy_turn *turn)
{
    const struct recorded_call *calls = recording_calls(s->recording, what);
    if (!can_play(s, what, calls, turn))
        return;
    turn->recorded = calls;
    turn->n_recorded = what->n_calls;
    turn->plays = s->plays_tools;
    if (what->kind == RECORDED_MESSAGE) {
        turn->kind = POLICY_MESSAGE;
        buf_add(&turn->text, what->text.at, what->text.len);
        policy_turn_call(turn, what->recipient, 0);
        return;
    }
    turn->kind = POLICY_CALLS;
    turn->batch = what->batch;
    for (size_t i = 0; i < what->n_calls; i++) {
        size_t from = turn->text.len;
        buf_add(&turn->text, calls[i].arguments.at, calls[i].arguments.len);
        policy_turn_call(turn, calls[i].name, from);
    }
}

/* Calls that were dropped, of which nothing else is known. They can be dropped again. */
static void play_dropped(const struct replay *s, const struct policy_view *view,
                         struct policy_turn *turn)
{
    if (view->turn + 1 < (size_t)s->max_turns)
        policy_turn_fail(turn,
                         "the recorded rollout was cut at turn %zu, by its max_episode_steps; what "
                         "it called there was not recorded, and here there are %d turns",
                         view->turn + 1, s->max_turns);
    else
        turn->kind = POLICY_CALLS;
}

static void replay_turn(void *self, const struct policy_view *view, struct policy_turn *turn)
{
    const struct replay *s = self;
    const struct recorded_episode *ep =
        s->recording ? recording_find(s->recording, &view->place) : NULL;
    const struct recorded_turn *what = ep ? recording_turn(s->recording, ep, view->turn) : NULL;
    if (!ep) {
        policy_turn_fail(turn, "there is no episode of this row in %s",
                         s->recording ? recording_name(s->recording) : "the record");
        return;
    }
    if (!s->plays_scores && recording_is_other(s->recording, &view->place)) {
        policy_turn_fail(turn,
                         "%s has of this row's number an episode to other messages, and a "
                         "grader would score it by this row (scores: recorded plays it)",
                         recording_name(s->recording));
        return;
    }
    if (!what) {
        policy_turn_fail(turn, "the record has %zu turn%s and no answer in the last", ep->n_turns,
                         ep->n_turns == 1 ? "" : "s");
        return;
    }
    switch (what->kind) {
    case RECORDED_CALLS:
    case RECORDED_MESSAGE:
        play_calls(s, what, turn);
        break;
    case RECORDED_ANSWER:
        turn->kind = POLICY_ANSWER;
        buf_add(&turn->text, what->text.at, what->text.len);
        break;
    case RECORDED_DROPPED:
        play_dropped(s, view, turn);
        break;
    case RECORDED_END:
        policy_turn_fail(turn, "%.*s", (int)what->text.len, what->text.at);
        break;
    }
    turn->scored = s->plays_scores ? ep : NULL;
}

/* --------------------------------------------------------------------------------------------- */

static void replay_recordings(const void *self, recording_visit *visit, void *arg)
{
    const struct replay *s = self;
    visit(arg, s->from, s->field);
}

static unsigned replay_spares(const void *self)
{
    const struct replay *s = self;
    return (s->plays_tools ? POLICY_SPARES_TOOLS : 0U) |
           (s->plays_scores ? POLICY_SPARES_GRADER : 0U);
}

static const char *replay_note(const void *self)
{
    const struct replay *s = self;
    return buf_text(&s->note);
}

static void replay_close(void *self)
{
    struct replay *s = self;
    free(s->from);
    free(s->field);
    buf_release(&s->note);
}

const struct policy_ops policy_replay = {
    .type = "replay",
    .size = sizeof(struct replay),
    .open = replay_open,
    .turn = replay_turn,
    .note = replay_note,
    .recordings = replay_recordings,
    .spares = replay_spares,
    .close = replay_close,
};
