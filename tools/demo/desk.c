#include "tools/demo/desk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "tools/demo/records.h"

enum { RECORDS_MAX = 10000, NUMBER_MAX = 1000000 };

/* A line of the file that can be asked for. */
struct record {
    char *id;   /* owned */
    char *line; /* owned */
};

struct list {
    struct record *at; /* owned; in file order */
    size_t n;
};

struct desk {
    struct list policies;
    struct list customers;
    struct list orders;
    struct desk_policy *rules; /* owned; one a policy */
    unsigned *extra_days;      /* owned; one a customer */
    struct desk_item *items;   /* owned */
    size_t n_items;
};

/* The number of a record, or that of all. */
static size_t find(const struct list *list, const char *id)
{
    size_t i = 0;
    while (i < list->n && strcmp(list->at[i].id, id) != 0)
        i++;
    return i;
}

/* Add the whole line under `id`, which is taken. */
static enum err_code add(struct list *list, char *id, const struct tape *t, struct err *e)
{
    enum err_code rc = ERR_OK;
    if (find(list, id) < list->n)
        rc = err_set(e, ERR_DATA, "'%s' stands twice", id);
    else if (list->n == RECORDS_MAX)
        rc = err_set(e, ERR_DATA, "more than %d of a kind", RECORDS_MAX);
    if (rc) {
        free(id);
        return rc;
    }
    struct buf line = {0};
    tape_compact(t, 0, &line);
    list->at = mem_grow(list->at, list->n + 1, sizeof(*list->at));
    list->at[list->n++] = (struct record){id, buf_take(&line)};
    return ERR_OK;
}

/* --- members ---------------------------------------------------------------------------------- */

static enum err_code take_count(const struct tape *t, size_t v, const char *key, unsigned *out,
                                struct err *e)
{
    size_t found = tape_get(t, v, key);
    bool is = found != TAPE_NONE && tape_kind(t, found) == TAPE_NUMBER;
    double n = is ? tape_number(t, found) : -1;
    if (n < 0 || n > NUMBER_MAX || n != floor(n))
        return err_set(e, ERR_DATA, "'%s' is a whole number from 0 to %d", key, NUMBER_MAX);
    *out = (unsigned)n;
    return ERR_OK;
}

static enum err_code take_flag(const struct tape *t, size_t v, const char *key, bool *out,
                               struct err *e)
{
    size_t found = tape_get(t, v, key);
    enum tape_kind kind = tape_kind(t, found);
    if (kind != TAPE_TRUE && kind != TAPE_FALSE)
        return err_set(e, ERR_DATA, "'%s' is true or false", key);
    *out = kind == TAPE_TRUE;
    return ERR_OK;
}

static enum err_code take_price(const struct tape *t, size_t v, int64_t *cents, struct err *e)
{
    size_t found = tape_get(t, v, "price");
    bool is = found != TAPE_NONE && tape_kind(t, found) == TAPE_NUMBER;
    double price = is ? tape_number(t, found) : -1;
    if (price < 0 || price > NUMBER_MAX)
        return err_set(e, ERR_DATA, "'price' is a number from 0 to %d", NUMBER_MAX);
    *cents = llround(price * 100);
    return ERR_OK;
}

/* What `list` has under the name that stands at `key`. */
static enum err_code take_name(const struct tape *t, size_t v, const char *key,
                               const struct list *list, size_t *out, struct err *e)
{
    char *name = record_member(t, v, key, TAPE_STRING);
    enum err_code rc = ERR_OK;
    *out = name ? find(list, name) : list->n;
    if (!name)
        rc = err_set(e, ERR_DATA, "'%s' is a text", key);
    else if (*out == list->n)
        rc = err_set(e, ERR_DATA, "'%s' names '%s', which no line above has", key, name);
    free(name);
    return rc;
}

/* --- lines ------------------------------------------------------------------------------------ */

static enum err_code take_policy(struct desk *d, char *id, const struct tape *t, struct err *e)
{
    struct desk_policy p = {0};
    enum err_code rc = add(&d->policies, id, t, e);
    if (!rc)
        rc = take_count(t, 0, "window_days", &p.window_days, e);
    if (!rc)
        rc = take_count(t, 0, "opened_fee_percent", &p.opened_fee_percent, e);
    if (!rc && p.opened_fee_percent > 100)
        rc = err_set(e, ERR_DATA, "'opened_fee_percent' is at most 100");
    if (!rc)
        rc = take_flag(t, 0, "sealed_only", &p.sealed_only, e);
    if (rc)
        return rc;
    d->rules = mem_grow(d->rules, d->policies.n, sizeof(*d->rules));
    d->rules[d->policies.n - 1] = p;
    return ERR_OK;
}

static enum err_code take_customer(struct desk *d, char *id, const struct tape *t, struct err *e)
{
    unsigned extra_days = 0;
    enum err_code rc = add(&d->customers, id, t, e);
    if (!rc)
        rc = take_count(t, 0, "extra_days", &extra_days, e);
    if (rc)
        return rc;
    d->extra_days = mem_grow(d->extra_days, d->customers.n, sizeof(*d->extra_days));
    d->extra_days[d->customers.n - 1] = extra_days;
    return ERR_OK;
}

static enum err_code take_item(struct desk *d, struct desk_item item, const struct tape *t,
                               size_t v, struct err *e)
{
    size_t policy = 0;
    unsigned line = 0;
    enum err_code rc = take_count(t, v, "line", &line, e);
    if (!rc && line != item.line)
        rc = err_set(e, ERR_DATA, "lines are numbered from 1, in order");
    if (!rc)
        rc = take_name(t, v, "category", &d->policies, &policy, e);
    if (!rc)
        rc = take_price(t, v, &item.cents, e);
    if (!rc)
        rc = take_flag(t, v, "opened", &item.opened, e);
    if (!rc)
        rc = take_flag(t, v, "final_sale", &item.final_sale, e);
    if (!rc)
        rc = take_flag(t, v, "in_stock", &item.in_stock, e);
    if (rc)
        return rc;
    item.policy = d->rules[policy];
    d->items = mem_grow(d->items, d->n_items + 1, sizeof(*d->items));
    d->items[d->n_items++] = item;
    return ERR_OK;
}

static enum err_code take_order(struct desk *d, char *id, const struct tape *t, struct err *e)
{
    struct desk_item item = {.order = id};
    size_t customer = 0;
    size_t lines = tape_get(t, 0, "lines");
    size_t n = tape_kind(t, lines) == TAPE_ARRAY ? tape_count(t, lines) : 0;
    enum err_code rc = add(&d->orders, id, t, e);
    if (!rc)
        rc = take_name(t, 0, "customer", &d->customers, &customer, e);
    if (!rc)
        rc = take_count(t, 0, "delivered_days_ago", &item.days, e);
    if (!rc && (n == 0 || n > DESK_LINES_MAX))
        rc = err_set(e, ERR_DATA, "'lines' is a list of 1 to %d", DESK_LINES_MAX);
    if (!rc)
        item.extra_days = d->extra_days[customer];
    for (size_t i = 0; !rc && i < n; i++) {
        item.line = (unsigned)i + 1;
        rc = take_item(d, item, t, tape_index(t, lines, i), e);
        if (rc)
            err_note(e, "line %zu of the order", i + 1);
    }
    return rc;
}

static enum err_code take_line(void *arg, const struct tape *t, struct err *e)
{
    static const struct {
        const char *key;
        enum err_code (*take)(struct desk *d, char *id, const struct tape *t, struct err *e);
    } kinds[] = {{"policy", take_policy}, {"order", take_order}, {"customer", take_customer}};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        char *id = record_member(t, 0, kinds[i].key, TAPE_STRING);
        if (id)
            return kinds[i].take(arg, id, t, e);
    }
    return err_set(e, ERR_DATA, "a line has a policy, an order or a customer, a text");
}

enum err_code desk_load(struct desk **out, const char *path, struct err *e)
{
    struct desk *d = mem_new(sizeof(*d));
    enum err_code rc = records_read(path, take_line, d, e);
    if (!rc && d->n_items == 0)
        rc = err_set(e, ERR_DATA, "%s: no orders", path);
    if (rc) {
        desk_free(d);
        return rc;
    }
    *out = d;
    return ERR_OK;
}

static void release(struct list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->at[i].id);
        free(list->at[i].line);
    }
    free(list->at);
}

void desk_free(struct desk *d)
{
    if (!d)
        return;
    release(&d->policies);
    release(&d->customers);
    release(&d->orders);
    free(d->rules);
    free(d->extra_days);
    free(d->items);
    free(d);
}

/* --- questions -------------------------------------------------------------------------------- */

static const char *line_of(const struct list *list, const char *id)
{
    size_t i = find(list, id);
    return i < list->n ? list->at[i].line : NULL;
}

const char *desk_order(const struct desk *d, const char *id)
{
    return line_of(&d->orders, id);
}

const char *desk_customer(const struct desk *d, const char *id)
{
    return line_of(&d->customers, id);
}

const char *desk_policy(const struct desk *d, const char *category)
{
    return line_of(&d->policies, category);
}

size_t desk_find(const struct desk *d, const char *order, unsigned line)
{
    size_t i = 0;
    while (i < d->n_items && (d->items[i].line != line || strcmp(d->items[i].order, order) != 0))
        i++;
    return i;
}

size_t desk_count(const struct desk *d)
{
    return d->n_items;
}

const struct desk_item *desk_item(const struct desk *d, size_t number)
{
    return &d->items[number];
}

static const char *refusal(const struct desk_item *item, bool our_fault)
{
    unsigned days = item->policy.window_days + item->extra_days;
    if (!our_fault && item->final_sale)
        return "final sale";
    if (!our_fault && item->policy.sealed_only && item->opened)
        return "opened";
    return item->days > (our_fault ? 2 * days : days) ? "too late" : NULL;
}

struct desk_ruling desk_rule(const struct desk_item *item, enum desk_reason reason,
                             enum desk_wish wish)
{
    bool our_fault = reason != DESK_CHANGED_MIND;
    const char *why = refusal(item, our_fault);
    if (why)
        return (struct desk_ruling){.way = DESK_DENIED, .why = why};
    if (wish == DESK_WISH_EXCHANGE && item->in_stock)
        return (struct desk_ruling){.way = DESK_EXCHANGE};
    unsigned fee = !our_fault && item->opened ? item->policy.opened_fee_percent : 0;
    return (struct desk_ruling){.way = DESK_REFUND, .cents = item->cents - item->cents * fee / 100};
}
