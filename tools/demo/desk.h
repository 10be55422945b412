/* The return desk of a household shop: its orders, its policies, and what it decides on them.
 *
 * A data file has three kinds of line, each told by its first key; what a line names stands above
 * it:
 *
 *     {"policy": "kettles", "window_days": 30, "sealed_only": false, "opened_fee_percent": 10}
 *     {"customer": "C-101", "name": "...", "extra_days": 15}
 *     {"order": "R-1001", "customer": "C-101", "delivered_days_ago": 12, "lines": [
 *         {"line": 1, "name": "...", "category": "kettles", "price": 64.00, "opened": false,
 *          "final_sale": false, "in_stock": true}]}
 *
 * What else stands in a line is passed on to who asks for it, as it stands. Days are counted in the
 * file and not from a clock, so a ruling is the same on any day.
 * Threads: constant once loaded.
 */
#ifndef TOOLS_DEMO_DESK_H
#define TOOLS_DEMO_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

enum { DESK_LINES_MAX = 9 }; /* of one order */

enum desk_reason { DESK_CHANGED_MIND, DESK_FAULTY, DESK_WRONG_ITEM };
enum desk_wish { DESK_WISH_REFUND, DESK_WISH_EXCHANGE };
enum desk_way { DESK_REFUND, DESK_EXCHANGE, DESK_DENIED };

struct desk_policy {
    unsigned window_days;
    unsigned opened_fee_percent; /* kept back of the price, 0..100 */
    bool sealed_only;            /* not taken back once opened */
};

/* One line of an order. */
struct desk_item {
    const char *order; /* borrowed from the desk */
    unsigned line;     /* from 1 */
    struct desk_policy policy;
    unsigned days;       /* since it was delivered */
    unsigned extra_days; /* the customer's */
    int64_t cents;
    bool opened;
    bool final_sale;
    bool in_stock;
};

struct desk_ruling {
    enum desk_way way;
    int64_t cents;   /* REFUND: what is paid back */
    const char *why; /* DENIED: in words, static */
};

struct desk;

/* Errors: ERR_IO, ERR_DATA with the line. */
NODISCARD enum err_code desk_load(struct desk **out, const char *path, struct err *e);
void desk_free(struct desk *d); /* NULL is fine */

/* A line of the file as it stands, compact, or NULL. Borrowed. */
const char *desk_order(const struct desk *d, const char *id);
const char *desk_customer(const struct desk *d, const char *id);
const char *desk_policy(const struct desk *d, const char *category);

/* The number of an item, for desk_item(); desk_count() if there is no such order or line. */
size_t desk_find(const struct desk *d, const char *order, unsigned line);
size_t desk_count(const struct desk *d);
const struct desk_item *desk_item(const struct desk *d, size_t number);

/* What is faulty or was sent by mistake comes back whatever it is, within twice the time. Anything
 * else comes back within its category's time and the customer's extra days, if it was no final
 * sale, and unopened where the category wants that; the fee is for what was opened. An exchange for
 * what is out of stock becomes a refund. */
struct desk_ruling desk_rule(const struct desk_item *item, enum desk_reason reason,
                             enum desk_wish wish);

#endif
