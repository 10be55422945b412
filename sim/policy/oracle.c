/* oracle: plays what the row says is right, the ceiling to measure others against.
 *
 *     type: oracle
 *     calls: expected_calls                   a field of the row, or a template:
 * {{item.gold.calls}} answer: reference_answer                likewise; {{calls[0].output.sku}} is
 * fine, and so is {sku: "{{item.sku}}"}, which is answered as JSON
 *
 * What is left out is guessed (guess.h), and the guess is said. `calls: []` is for none.
 *
 * The calls are a list, or a text that holds one, and are made one a turn; then comes the answer. A
 * call is an object with "name" (or what else it is usually called) and "arguments", an object or a
 * text that is sent as it stands. Where it has none, or is a name alone, its arguments are the
 * row's fields that have the name of a property in the tool's schema. A field that a row lacks
 * fails the rollout, by name.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/job/usual.h"
#include "sim/policy/fill.h"
#include "sim/policy/guess.h"
#include "sim/policy/kinds.h"
#include "sim/policy/script_text.h"

struct oracle {
    struct script_text calls; /* one template; empty: there are none */
    struct script_text answer;
    struct script_room room;
    struct buf list; /* the row's calls */
    struct tape tape;
    struct buf name; /* of the call being made */
    struct buf note;
};

struct reader {
    struct oracle *into;
    const struct policy_spec *spec;
    struct diags *list;
    struct guess guess;
};

static struct diag *fault(const struct reader *r, enum diag_code code, const char *pointer,
                          const char *text)
{
    return doc_fault(r->spec->doc, r->list, DIAG_ERROR, code, pointer, "%s", text);
}

/* A text without a template names a field. */
static void add_field(const struct reader *r, struct script_text *to, const char *text,
                      const char *pointer, bool in_json)
{
    char *template = strstr(text, "{{") ? mem_text(text) : mem_printf("{{item.%s}}", text);
    script_text_string(to, r->spec->doc, r->list, template, strlen(template), pointer, in_json);
    free(template);
}

static void read_calls(const struct reader *r, const json_t *calls, const char *pointer)
{
    struct script_text *to = &r->into->calls;
    size_t errors = r->list->n_errors;
    if (json_is_array(calls) && !json_array_size(calls))
        return;
    if (!json_is_string(calls)) {
        diag_fix(fault(r, DIAG_J004, pointer, "calls is a field of the row, as a text, or []"),
                 "name the field that lists the expected calls; turns of one's own are "
                 "{type: scripted}");
        return;
    }
    add_field(r, to, json_string_value(calls), pointer, true);
    if (r->list->n_errors > errors)
        return;
    bool one = to->n == 1 && to->pieces[0].kind == SCRIPT_JSON_VALUE &&
               to->pieces[0].template->parts[0].path.root == 0;
    if (!one)
        diag_fix(fault(r, DIAG_J007, pointer, "calls is one template of the row, and nothing else"),
                 "write {{item.FIELD}}, or the field's name alone");
}

static void read_answer(const struct reader *r, const json_t *answer, const char *pointer)
{
    struct script_text *to = &r->into->answer;
    if (json_is_string(answer) && json_string_length(answer))
        add_field(r, to, json_string_value(answer), pointer, false);
    else if (json_is_object(answer))
        script_text_json(to, r->spec->doc, r->list, answer, pointer);
    else
        diag_fix(fault(r, DIAG_J004, pointer, "answer is a field of the row, as a text"),
                 "name the field that holds the right answer, or write a template or an object");
}

/* The guess is told where the policy is named. */
static void take_calls(const struct reader *r, const char *pointer)
{
    struct buf *note = &r->into->note;
    if (note->len)
        buf_text_add(note, "; ");
    if (r->guess.calls) {
        add_field(r, &r->into->calls, r->guess.calls, pointer, true);
        buf_printf(note, "calls guessed from the first training row: %s", r->guess.calls);
    } else {
        buf_text_add(note, "no calls: the first training row has no field that is known to list "
                           "them");
    }
}

static void take_answer(const struct reader *r, const char *pointer)
{
    const struct guess *g = &r->guess;
    struct buf *note = &r->into->note;
    if (g->answer) {
        add_field(r, &r->into->answer, g->answer, pointer, false);
        buf_printf(note, "answer guessed from the %s: %s",
                   g->by_grader ? "grader's reference" : "first training row", g->answer);
        return;
    }
    struct diag *d = fault(r, DIAG_J003, pointer,
                           "the oracle's answer can be guessed neither from the grader nor from "
                           "the first training row");
    if (g->row_fields.len)
        diag_fix(d, "add answer: FIELD, one of %.150s", buf_text(&g->row_fields));
    else
        diag_fix(d, "add answer: FIELD, the field of the row that holds the right answer");
}

static void read_spec(struct reader *r)
{
    static const char *const known[] = {"type", "calls", "answer", NULL};
    const json_t *json = r->spec->json;
    const json_t *calls = json_object_get(json, "calls");
    const json_t *answer = json_object_get(json, "answer");
    char *calls_at = mem_printf("%s/calls", r->spec->pointer);
    char *answer_at = mem_printf("%s/answer", r->spec->pointer);
    doc_check_keys(r->spec->doc, r->list, json, r->spec->pointer, known, "");
    if (!calls || !answer)
        guess_make(&r->guess, r->spec->job);
    if (answer)
        read_answer(r, answer, answer_at);
    else
        take_answer(r, answer_at);
    if (calls)
        read_calls(r, calls, calls_at);
    else
        take_calls(r, calls_at);
    guess_release(&r->guess);
    free(calls_at);
    free(answer_at);
}

static enum err_code oracle_open(void *self, const struct policy_spec *spec, struct diags *list,
                                 struct err *e)
{
    struct reader r = {.into = self, .spec = spec, .list = list};
    size_t errors = list->n_errors;
    read_spec(&r);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the policy has faults", spec->doc->path);
    return ERR_OK;
}

/* --- turns ----------------------------------------------------------------------------------- */

/* Read the row's calls into s->tape. On false the turn is a failed one. */
static bool list_calls(struct oracle *s, const struct policy_view *view, struct policy_turn *turn)
{
    struct tape_fault fault;
    if (!script_text_render(&s->calls, view, &s->room, turn))
        return false;
    buf_clear(&s->list);
    buf_add(&s->list, turn->text.at, turn->text.len);
    policy_turn_clear(turn);
    bool scanned = tape_scan(&s->tape, buf_text(&s->list), s->list.len, &fault);
    if (scanned && tape_kind(&s->tape, 0) == TAPE_STRING) {
        struct buf inner = {0};
        tape_string(&s->tape, 0, &inner);
        buf_release(&s->list);
        s->list = inner;
        scanned = tape_scan(&s->tape, buf_text(&s->list), s->list.len, &fault);
    }
    enum tape_kind kind = scanned ? tape_kind(&s->tape, 0) : TAPE_STRING;
    if (kind == TAPE_ARRAY || kind == TAPE_NULL)
        return true;
    policy_turn_fail(turn, "the expected calls are %s, not a list (%s)", tape_kind_words(kind),
                     s->calls.pieces[0].pointer);
    return false;
}

static void play_call(struct oracle *s, const struct policy_view *view, struct policy_turn *turn)
{
    static const char prefix[] = "functions.";
    size_t call = tape_index(&s->tape, 0, view->turn);
    size_t name = usual_call_name(&s->tape, call);
    size_t arguments = usual_call_arguments(&s->tape, call);
    if (tape_kind(&s->tape, name) != TAPE_STRING) {
        policy_turn_fail(turn, "expected call %zu has no name (%s)", view->turn + 1,
                         s->calls.pieces[0].pointer);
        return;
    }
    buf_clear(&s->name);
    tape_string(&s->tape, name, &s->name);
    const char *tool = buf_text(&s->name);
    if (strncmp(tool, prefix, strlen(prefix)) == 0)
        tool += strlen(prefix);
    turn->kind = POLICY_CALLS;
    if (tape_kind(&s->tape, arguments) == TAPE_STRING)
        tape_string(&s->tape, arguments, &turn->text);
    else if (tape_kind(&s->tape, arguments) != TAPE_NULL)
        tape_compact(&s->tape, arguments, &turn->text);
    else
        fill_arguments(view, tool, NULL, &turn->text);
    policy_turn_call(turn, tool, 0);
}

static void oracle_turn(void *self, const struct policy_view *view, struct policy_turn *turn)
{
    struct oracle *s = self;
    if (s->calls.n && !list_calls(s, view, turn))
        return;
    if (s->calls.n && view->turn < tape_count(&s->tape, 0)) {
        play_call(s, view, turn);
        return;
    }
    turn->kind = POLICY_ANSWER;
    (void)!script_text_render(&s->answer, view, &s->room, turn);
}

static void oracle_templates(const void *self, template_visit *visit, void *arg)
{
    const struct oracle *s = self;
    script_text_visit(&s->calls, visit, arg);
    script_text_visit(&s->answer, visit, arg);
}

static const char *oracle_note(const void *self)
{
    const struct oracle *s = self;
    return s->note.len ? buf_text(&s->note) : NULL;
}

static void oracle_close(void *self)
{
    struct oracle *s = self;
    script_text_release(&s->calls);
    script_text_release(&s->answer);
    script_room_release(&s->room);
    buf_release(&s->list);
    tape_release(&s->tape);
    buf_release(&s->name);
    buf_release(&s->note);
}

const struct policy_ops policy_oracle = {
    .type = "oracle",
    .size = sizeof(struct oracle),
    .open = oracle_open,
    .turn = oracle_turn,
    .templates = oracle_templates,
    .note = oracle_note,
    .close = oracle_close,
};
