/* Any bytes as a dataset: reading it does no harm, every row it gives is one line of JSON that
 * stays as it is when it is a row itself, and a file that is refused has a fault to show. The same
 * bytes as one row: what is added to it leaves it JSON, whatever the row holds. */
#include <string.h>

#include "sim/job/dataset.h"
#include "sim/job/row_check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

/* The item scans, and is its own item. */
static void check_item(const char *item, size_t len)
{
    struct tape t = {0};
    struct tape_fault f;
    struct buf again = {0};
    must(tape_scan(&t, item, len, &f), "an item is JSON");
    row_normalise(&t, &again);
    must(again.len == len && memcmp(again.at, item, len) == 0, "an item stays as it is");
    tape_release(&t);
    buf_release(&again);
}

static void check_row(const char *text, size_t len)
{
    struct tape t = {0};
    struct diags list = {0};
    struct row_line line = {"row", 1, text, len};
    size_t n = row_check(&t, &line, &list);
    must((n > 0) == (list.n_errors > 0), "what is faulty has a fault to show");
    must(row_check(&t, &line, NULL) == n, "counting finds as many faults as telling");
    if (t.n) {
        struct buf item = {0};
        row_normalise(&t, &item);
        check_item(item.at, item.len);
        buf_release(&item);
    }
    struct buf shown = {0};
    diags_write(&list, 100, &shown);
    buf_release(&shown);
    diags_release(&list);
    tape_release(&t);
}

static void check_file(const char *path)
{
    struct dataset *data = NULL;
    struct diags list = {0};
    struct err e = {0};
    enum err_code rc = dataset_open(&data, path, &list, &e);
    must(rc == ERR_OK || rc == ERR_DATA, "a file can be read");
    must((rc == ERR_DATA) == (list.n_errors > 0), "a file that is refused has a fault to show");
    for (size_t i = 0; data && i < dataset_count(data); i++) {
        struct row row = {0};
        must(dataset_row(data, i, &row, &e) == ERR_OK, "a row can be read");
        must(!memchr(row.item, '\n', row.item_len), "an item is one line");
        check_item(row.item, row.item_len);
        row_release(&row);
    }
    dataset_free(data);
    diags_release(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_row((const char *)data, size);
    char path[64];
    int fd = must_file(path, data, size);
    check_file(path);
    close(fd);
    return 0;
}
