#include "tools/batch.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "tools/address.h"

/* What is wrong with a batch's shape, told the way pydantic tells it: a line for the place, one for
 * the reason. Only the count and the name in the heading are known from recordings. */
struct faults {
    size_t n;
    struct buf lines;
};

static void complain(struct faults *f, const char *place, const char *reason)
{
    f->n++;
    buf_printf(&f->lines, "\n%s%s  %s", place, *place ? "\n" : "", reason);
}

static void check_member(const struct tape *t, size_t use, size_t i, const char *name,
                         enum tape_kind kind, struct faults *f)
{
    size_t v = tape_get(t, use, name);
    if (v != TAPE_NONE && tape_kind(t, v) == kind)
        return;
    char *place = mem_printf("tool_uses.%zu.%s", i, name);
    complain(f, place,
             v == TAPE_NONE        ? "Field required"
             : kind == TAPE_STRING ? "Input should be a string"
                                   : "Input should be an object");
    free(place);
}

static void check_use(const struct tape *t, size_t use, size_t i, struct faults *f)
{
    if (tape_kind(t, use) == TAPE_OBJECT) {
        check_member(t, use, i, "recipient_name", TAPE_STRING, f);
        check_member(t, use, i, "parameters", TAPE_OBJECT, f);
        return;
    }
    char *place = mem_printf("tool_uses.%zu", i);
    complain(f, place, "Input should be an object");
    free(place);
}

static void check_uses(const struct tape *t, size_t uses, struct faults *f)
{
    size_t n = tape_count(t, uses);
    if (n > BATCH_MAX_CALLS) {
        char *reason = mem_printf("List should have at most %d items, not %zu", BATCH_MAX_CALLS, n);
        complain(f, "tool_uses", reason);
        free(reason);
        return;
    }
    size_t v = uses + 1;
    for (size_t i = 0; i < n; i++, v = t->at[v].next)
        check_use(t, v, i, f);
}

/* The list of calls, or TAPE_NONE with what is wrong in `f`. */
static size_t check(struct tape *t, const char *text, size_t len, struct faults *f)
{
    struct tape_fault fault;
    if (!tape_scan(t, text, len, &fault)) {
        complain(f, "", "Input should be JSON");
        return TAPE_NONE;
    }
    if (tape_kind(t, 0) != TAPE_OBJECT) {
        complain(f, "", "Input should be an object");
        return TAPE_NONE;
    }
    size_t uses = tape_get(t, 0, "tool_uses");
    if (uses == TAPE_NONE)
        complain(f, "tool_uses", "Field required");
    else if (tape_kind(t, uses) != TAPE_ARRAY)
        complain(f, "tool_uses", "Input should be a list");
    else
        check_uses(t, uses, f);
    return f->n ? TAPE_NONE : uses;
}

/* An address ends at its NUL, so one within it becomes U+FFFD: no tool has such a name either way.
 */
static size_t take_address(const struct tape *t, size_t v, struct buf *out)
{
    struct buf raw = {0};
    size_t from = out->len;
    tape_string(t, v, &raw);
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i])
            buf_char(out, raw.at[i]);
        else
            buf_text_add(out, "\xef\xbf\xbd");
    }
    buf_char(out, '\0');
    buf_release(&raw);
    return from;
}

static void take_calls(struct batch *b, const struct tape *t, size_t uses)
{
    b->calls = mem_array(tape_count(t, uses), sizeof(*b->calls));
    for (size_t v = uses + 1; v < t->at[uses].next; v = t->at[v].next) {
        struct batch_call *call = &b->calls[b->n_calls++];
        call->address = take_address(t, tape_get(t, v, "recipient_name"), &b->text);
        call->from = b->text.len;
        tape_spaced(t, tape_get(t, v, "parameters"), &b->text);
        call->len = b->text.len - call->from;
    }
}

/* As Python's repr() writes a text that has a double quote in it. */
static void add_repr(struct buf *out, const char *text)
{
    buf_char(out, '\'');
    for (const char *c = text; *c; c++) {
        static const char short_forms[] = "\nn\rr\tt\\\\''";
        const char *form = strchr(short_forms, *c);
        if (form && (form - short_forms) % 2 == 0)
            buf_printf(out, "\\%c", form[1]);
        else if ((unsigned char)*c < 0x20 || *c == 0x7f)
            buf_printf(out, "\\x%02x", (unsigned)*c);
        else
            buf_char(out, *c);
    }
    buf_char(out, '\'');
}

/* The text as recorded, the address aside. */
static void refuse_address(struct batch *b, const char *address)
{
    char *reason = mem_printf("multi_tool_use call to \"%s\" missing namespace or name", address);
    b->kind = TOOL_KIND_NO_NAMESPACE;
    buf_clear(&b->text);
    buf_text_add(&b->text, "content_type='system_error' name='MultiToolParseError' text=");
    add_repr(&b->text, reason);
    free(reason);
}

static void check_addresses(struct batch *b)
{
    for (size_t i = 0; i < b->n_calls; i++) {
        const char *address = b->text.at + b->calls[i].address;
        if (address_is_whole(address))
            continue;
        char *copy = mem_text(address); /* the text it stands in is about to be cleared */
        refuse_address(b, copy);
        free(copy);
        b->n_calls = 0;
    }
}

void batch_read(struct batch *b, const char *text, size_t len, struct tape *scratch)
{
    *b = (struct batch){.kind = TOOL_KIND_FINE};
    struct faults faults = {0};
    size_t uses = check(scratch, text, len, &faults);
    if (uses != TAPE_NONE) {
        take_calls(b, scratch, uses);
        check_addresses(b);
    } else {
        b->kind = TOOL_KIND_BAD_BATCH;
        buf_printf(&b->text, "%zu validation error%s for _MultiToolCallParam", faults.n,
                   faults.n == 1 ? "" : "s");
        buf_add(&b->text, faults.lines.at, faults.lines.len);
    }
    buf_release(&faults.lines);
}

void batch_release(struct batch *b)
{
    buf_release(&b->text);
    free(b->calls);
    *b = (struct batch){0};
}
