/* Any bytes as a row for supervised fine-tuning, converted in each of the three ways: what is made
 * of it is one line each, has no fault, and every decision is accounted for. */
#include <string.h>

#include "sim/check/convert.h"
#include "sim/job/row_check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

static enum err_code check_row(void *arg, const struct buf *row, struct err *e)
{
    (void)e;
    struct tape t = {0};
    struct row_line line = {"row", 1, row->at, row->len - 1};
    must(memchr(row->at, '\n', row->len) == row->at + row->len - 1, "a row is one line");
    must(!row_check(&t, &line, NULL), "what is made has no fault");
    must(tape_kind(&t, tape_get(&t, 0, "expected_calls")) == TAPE_ARRAY,
         "it says what is expected");
    tape_release(&t);
    ++*(size_t *)arg;
    return ERR_OK;
}

static void check_way(const struct line *line, bool whole, const char *go_on)
{
    size_t n = 0;
    struct err e = {0};
    struct convert c = {.path = "row", .whole = whole, .go_on = go_on, .put = check_row, .arg = &n};
    must(convert_line(&c, line, &e) == ERR_OK, "a row can be converted, or is told of");
    size_t n_left = 0;
    for (int i = 0; i < CONVERT_N_LEFT; i++)
        n_left += c.left[i].n;
    must(c.n_made == n, "rows are counted");
    must(c.n_converted + n_left == c.n_decisions, "each decision is converted or left out");
    must(c.n_faulty ? c.found.n_errors && !n : !c.found.n_errors,
         "a faulty row has a fault to show");
    convert_release(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct line line = {.text = (const char *)data, .len = size, .ended = true};
    if (memchr(data, '\n', size))
        return 0;
    check_way(&line, false, NULL);
    check_way(&line, true, NULL);
    check_way(&line, false, "Go on.\n\"");
    return 0;
}
