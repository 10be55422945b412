/* The return desk as an endpoint: what it knows is read with get_..., check_return is its ruling,
 * and what follows is done in two steps: create_return opens a return, issue_refund or
 * send_exchange settles it, and says how the matter ended ("resolution").
 *
 * The second step needs the first. Two calls of one turn (multi_tool_use.parallel) are two requests
 * on two connections, and nothing holds the second back until the first is through: whether the
 * refund finds the return open is decided by which of the two comes to the lock first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/mem.h"
#include "tools/demo/argument.h"
#include "tools/demo/desk.h"
#include "tools/demo/endpoint.h"
#include "tools/demo/returns.h"

enum { TRACES = 16384 };

enum {
    TOOL_ORDER,
    TOOL_CUSTOMER,
    TOOL_POLICY,
    TOOL_CHECK,
    TOOL_CREATE,
    TOOL_RETURN,
    TOOL_REFUND,
    TOOL_EXCHANGE
};

struct retail {
    struct desk *desk;
    struct returns *returns;
};

/* What a call is about. */
struct matter {
    char trace[RETURNS_TRACE_ROOM];
    size_t number; /* of the item */
    const struct desk_item *item;
    enum desk_reason reason;
    enum desk_wish wish;
};

static const char *const reasons[] = {"changed_mind", "faulty", "wrong_item", NULL};
static const char *const wishes[] = {"refund", "exchange", NULL};
static const char *const ways[] = {"refund", "exchange", "none"};
static const char *const states[] = {"none", "open", "settled"};

static enum err_code open_retail(void **self, const char *path, struct err *e)
{
    struct desk *desk = NULL;
    enum err_code rc = desk_load(&desk, path, e);
    if (rc)
        return rc;
    struct retail *r = mem_new(sizeof(*r));
    *r = (struct retail){desk, returns_new(TRACES)};
    *self = r;
    return ERR_OK;
}

static void close_retail(void *self)
{
    struct retail *r = self;
    if (!r)
        return;
    desk_free(r->desk);
    returns_free(r->returns);
    free(r);
}

static void tell(const void *self, struct buf *out)
{
    const struct retail *r = self;
    buf_printf(out, "rollouts with a return: %" PRIu64 ", of these forgotten: %" PRIu64,
               returns_known(r->returns), returns_forgotten(r->returns));
}

/* --- what is asked ---------------------------------------------------------------------------- */

/* A call without a trace_id, made by hand, belongs to the rollout named "". */
static unsigned take_trace(const struct tape *body, struct matter *m, struct buf *out)
{
    struct buf id = {0};
    size_t v = tape_get(body, 0, "trace_id");
    if (tape_kind(body, v) == TAPE_STRING)
        tape_string(body, v, &id);
    bool is_text = v == TAPE_NONE || tape_kind(body, v) == TAPE_STRING;
    bool fits = id.len < RETURNS_TRACE_ROOM && strlen(buf_text(&id)) == id.len;
    if (is_text && fits)
        memcpy(m->trace, buf_text(&id), id.len + 1);
    else
        buf_printf(out, "trace_id is no text of at most %d bytes", RETURNS_TRACE_ROOM - 1);
    buf_release(&id);
    return is_text && fits ? 200 : 400;
}

static unsigned take_item(const struct desk *desk, const struct tape *args, struct matter *m,
                          struct buf *out)
{
    struct buf order = {0};
    unsigned line = 0;
    unsigned status = 400;
    if (argument_text(args, "order_id", &order, out) &&
        argument_count(args, "line", 1, DESK_LINES_MAX, "a whole number from 1 to 9", &line, out)) {
        m->number = desk_find(desk, buf_text(&order), line);
        status = m->number < desk_count(desk) ? 200 : 404;
        if (status == 200)
            m->item = desk_item(desk, m->number);
        else
            buf_printf(out, "no line %u in order '%s'", line, buf_text(&order));
    }
    buf_release(&order);
    return status;
}

static unsigned take_case(const struct tape *args, struct matter *m, struct buf *out)
{
    unsigned reason = 0;
    unsigned wish = 0;
    if (!argument_choice(args, "reason", reasons, "changed_mind, faulty or wrong_item", &reason,
                         out) ||
        !argument_choice(args, "wish", wishes, "refund or exchange", &wish, out))
        return 400;
    m->reason = reason;
    m->wish = wish;
    return 200;
}

/* --- what is answered ------------------------------------------------------------------------- */

static void add_member(struct buf *out, const char *key, const char *text)
{
    buf_printf(out, "%s\"%s\":", out->len ? "," : "{", key);
    buf_json(out, text, strlen(text));
}

static void add_amount(struct buf *out, int64_t cents)
{
    char text[32];
    snprintf(text, sizeof(text), "%" PRId64 ".%02d", cents / 100, (int)(cents % 100));
    add_member(out, "amount", text);
}

/* How the matter ended, as the desk words it: "refund of 44.10 for R-1001 line 1, slip 70cc1f". The
 * slip stands nowhere else, so it tells a matter that was settled from one that is only said to be.
 */
static void add_resolution(struct buf *out, const struct desk_item *item, struct desk_ruling ruling)
{
    struct buf text = {0};
    char slip[8];
    if (ruling.way == DESK_REFUND)
        buf_printf(&text, "refund of %" PRId64 ".%02d", ruling.cents / 100,
                   (int)(ruling.cents % 100));
    else
        buf_text_add(&text, ruling.way == DESK_EXCHANGE ? "exchange" : "denied");
    buf_printf(&text, " for %s line %u", item->order, item->line);
    if (ruling.why)
        buf_printf(&text, ": %s", ruling.why);
    uint64_t hash = hash_fnv(HASH_FNV, buf_text(&text), text.len);
    snprintf(slip, sizeof(slip), "%06" PRIx64, hash & 0xffffff);
    buf_printf(&text, ", slip %s", slip);
    add_member(out, "slip", slip);
    add_member(out, "resolution", buf_text(&text));
    buf_release(&text);
}

static unsigned answer_record(const struct desk *desk, const char *key,
                              const char *(*find)(const struct desk *d, const char *id),
                              const struct tape *args, struct buf *out)
{
    struct buf id = {0};
    unsigned status = 400;
    if (argument_text(args, key, &id, out)) {
        const char *line = find(desk, buf_text(&id));
        status = line ? 200 : 404;
        if (line)
            buf_text_add(out, line);
        else
            buf_printf(out, "no record with %s '%s'", key, buf_text(&id));
    }
    buf_release(&id);
    return status;
}

static unsigned answer_check(const struct matter *m, struct buf *out)
{
    struct desk_ruling ruling = desk_rule(m->item, m->reason, m->wish);
    add_member(out, "way", ways[ruling.way]);
    if (ruling.way == DESK_REFUND)
        add_amount(out, ruling.cents);
    if (ruling.way == DESK_DENIED)
        add_resolution(out, m->item, ruling);
    buf_char(out, '}');
    return 200;
}

static unsigned answer_create(const struct retail *r, const struct matter *m, struct buf *out)
{
    const struct desk_item *item = m->item;
    struct desk_ruling ruling = desk_rule(item, m->reason, m->wish);
    if (ruling.way == DESK_DENIED) {
        buf_printf(out, "no return of %s line %u: %s", item->order, item->line, ruling.why);
        return 409;
    }
    enum returns_end end =
        returns_open(r->returns, m->trace, (uint32_t)m->number, ruling.way, ruling.cents);
    if (end == RETURNS_TWICE)
        buf_printf(out, "%s line %u has a return already", item->order, item->line);
    else if (end == RETURNS_FULL)
        buf_printf(out, "%d returns are open, no more are taken", RETURNS_EACH);
    if (end != RETURNS_DONE)
        return 409;
    add_member(out, "return", states[RETURN_OPEN]);
    add_member(out, "way", ways[ruling.way]);
    buf_char(out, '}');
    return 200;
}

static unsigned answer_return(const struct retail *r, const struct matter *m, struct buf *out)
{
    struct return_entry entry = returns_find(r->returns, m->trace, (uint32_t)m->number);
    add_member(out, "return", states[entry.state]);
    if (entry.state != RETURN_NONE)
        add_member(out, "way", ways[entry.way]);
    buf_char(out, '}');
    return 200;
}

static unsigned answer_settle(const struct retail *r, const struct matter *m, enum desk_way way,
                              struct buf *out)
{
    const struct desk_item *item = m->item;
    struct return_entry entry = {0};
    enum returns_end end = returns_settle(r->returns, m->trace, (uint32_t)m->number, way, &entry);
    if (end == RETURNS_OTHER_WAY)
        buf_printf(out, "the return of %s line %u is no %s", item->order, item->line, ways[way]);
    else if (end != RETURNS_DONE)
        buf_printf(out, "no open return of %s line %u", item->order, item->line);
    if (end != RETURNS_DONE)
        return 409;
    add_member(out, "return", states[entry.state]);
    add_resolution(out, item, (struct desk_ruling){.way = way, .cents = entry.cents});
    buf_char(out, '}');
    return 200;
}

static unsigned answer_matter(const struct retail *r, const struct endpoint_call *call,
                              struct buf *out)
{
    struct matter m = {0};
    bool has_case = call->tool == TOOL_CHECK || call->tool == TOOL_CREATE;
    unsigned status = take_trace(&call->body, &m, out);
    if (status == 200)
        status = take_item(r->desk, &call->args, &m, out);
    if (status == 200 && has_case)
        status = take_case(&call->args, &m, out);
    if (status != 200)
        return status;
    switch (call->tool) {
    case TOOL_CHECK:
        return answer_check(&m, out);
    case TOOL_CREATE:
        return answer_create(r, &m, out);
    case TOOL_RETURN:
        return answer_return(r, &m, out);
    case TOOL_REFUND:
        return answer_settle(r, &m, DESK_REFUND, out);
    default:
        return answer_settle(r, &m, DESK_EXCHANGE, out);
    }
}

static unsigned answer(void *self, const struct endpoint_call *call, struct buf *out)
{
    const struct retail *r = self;
    switch (call->tool) {
    case TOOL_ORDER:
        return answer_record(r->desk, "order_id", desk_order, &call->args, out);
    case TOOL_CUSTOMER:
        return answer_record(r->desk, "customer_id", desk_customer, &call->args, out);
    case TOOL_POLICY:
        return answer_record(r->desk, "category", desk_policy, &call->args, out);
    default:
        return answer_matter(r, call, out);
    }
}

const struct endpoint endpoint_retail = {
    .name = "retail",
    .help = "the shop's return desk: eight tools, some of which change what the rollout finds next",
    .data = "retail/desk.jsonl",
    .tools =
        {
            [TOOL_ORDER] = "get_order",
            [TOOL_CUSTOMER] = "get_customer",
            [TOOL_POLICY] = "get_policy",
            [TOOL_CHECK] = "check_return",
            [TOOL_CREATE] = "create_return",
            [TOOL_RETURN] = "get_return",
            [TOOL_REFUND] = "issue_refund",
            [TOOL_EXCHANGE] = "send_exchange",
        },
    .open = open_retail,
    .answer = answer,
    .tell = tell,
    .close = close_retail,
};
