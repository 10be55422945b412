/* A text of a spec, compiled to literal pieces and templates: an answer, or arguments.
 *
 * Threads: a compiled text is constant; a room belongs to one thread.
 */
#ifndef SIM_POLICY_SCRIPT_TEXT_H
#define SIM_POLICY_SCRIPT_TEXT_H

#include "sim/base/template.h"
#include "sim/policy/policy.h"

/* Literal bytes, or a template with how it is put in. */
struct script_piece {
    enum { SCRIPT_LITERAL, SCRIPT_TEXT, SCRIPT_JSON_TEXT, SCRIPT_JSON_VALUE } kind;
    struct buf literal;        /* SCRIPT_LITERAL */
    struct template *template; /* the others: raw, inside a JSON string, as a JSON value */
    char *pointer;             /* where it stands in the job file */
};

struct script_text {
    struct script_piece *pieces; /* owned */
    size_t n;
};

/* Append a text; `in_json` says whether it stands inside JSON, and so becomes a string there, or
 * the value of the one template that it is. Append any JSON value, its strings in that way. Faults
 * go to `list`, with `pointer` as their place in the document. */
void script_text_string(struct script_text *t, const struct doc *doc, struct diags *list,
                        const char *text, size_t len, const char *pointer, bool in_json);
void script_text_json(struct script_text *t, const struct doc *doc, struct diags *list,
                      const json_t *value, const char *pointer);

/* Append bytes as they stand. */
void script_text_literal(struct script_text *t, const char *text);

/* What rendering needs, kept from turn to turn. */
struct script_room {
    bool lenient; /* a text with a template that resolves nowhere is empty, or null as a JSON value
                   */
    struct tape scratch;
    struct buf built;    /* a turn's output */
    struct buf rendered; /* one template's text before it becomes a JSON string */
};

/* Append to turn->text. On false the turn is a POLICY_FAILED that says which template resolves
 * nowhere, and where it stands. */
NODISCARD bool script_text_render(const struct script_text *t, const struct policy_view *view,
                                  struct script_room *room, struct policy_turn *turn);

void script_text_visit(const struct script_text *t, template_visit *visit, void *arg);

void script_text_release(struct script_text *t);
void script_room_release(struct script_room *room);

#endif
