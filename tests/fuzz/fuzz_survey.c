/* Any bytes as a dataset that is looked at by check: in two parts, cut anywhere, it is what it is
 * in one, and a dataset that is opened counts the same. Each row mended is JSON, has nothing left
 * to mend, and no fault that it did not have. The first two bytes say where it is cut. */
#include <string.h>

#include "sim/check/mend.h"
#include "sim/check/survey.h"
#include "sim/job/dataset.h"
#include "sim/job/row_check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

static const struct survey_plan plan = {.path = "rows", .allow_small = true, .has_tools = true};

static void survey_part(struct survey *whole, int fd, uint64_t start, uint64_t end)
{
    struct survey part;
    struct lines lines = {0};
    struct line line;
    struct err e = {0};
    bool have = true;
    size_t n = 0;
    size_t n_before = whole->n_lines;
    survey_init(&part, &plan);
    lines_init(&lines, fd, "rows", start, end);
    while (lines_next(&lines, &line, &have, &e) == ERR_OK && have)
        survey_line(&part, &line, n++);
    must(!e.code, "a file can be read");
    survey_join(whole, &part, n_before);
    survey_release(&part);
    lines_release(&lines);
}

static void check_same(const struct survey *a, const struct survey *b)
{
    must(a->n_lines == b->n_lines && a->n_rows == b->n_rows && a->n_faulty == b->n_faulty &&
             a->n_blank == b->n_blank && a->row_bytes == b->row_bytes && a->longest == b->longest &&
             a->unended == b->unended,
         "the sums are the same in parts");
    must(memcmp(a->found.counts, b->found.counts, sizeof(a->found.counts)) == 0,
         "the findings are the same in parts");
    for (size_t i = 0; i < a->found.n; i++)
        must(a->found.at[i].line == b->found.at[i].line, "they have the same places");
}

static void check_against_dataset(const struct survey *s, const char *path)
{
    struct dataset *data = NULL;
    struct diags list = {0};
    struct err e = {0};
    enum err_code rc = dataset_open(&data, path, &list, &e);
    must((rc == ERR_OK) == (s->n_rows && !s->n_faulty), "a dataset is fine if its survey is");
    must(!data || dataset_count(data) == s->n_rows, "they count the same rows");
    dataset_free(data);
    diags_release(&list);
}

static size_t faults_of(const char *text, size_t len)
{
    struct tape t = {0};
    struct row_line line = {"row", 1, text, len};
    size_t n = row_check(&t, &line, NULL);
    tape_release(&t);
    return n;
}

static void check_mend(const char *text, size_t len)
{
    struct tape t = {0};
    struct tape_fault f;
    struct buf once = {0};
    struct buf twice = {0};
    unsigned taken = 0;
    if (tape_scan(&t, text, len, &f)) {
        mend_note_fields(&t, &taken);
        unsigned done = mend_row(&t, mend_field(taken), &once);
        must(done || (once.len == len && memcmp(once.at, text, len) == 0), "or it stays as it is");
        must(faults_of(once.at, once.len) <= faults_of(text, len), "no fault is added");
        must(tape_scan(&t, once.at, once.len, &f), "a mended row is JSON");
        must(!mend_row(&t, mend_field(taken), &twice), "it has nothing left to mend");
    }
    tape_release(&t);
    buf_release(&once);
    buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *text = (const char *)data + 2;
    size_t len = size - 2;
    size_t cut = len ? (size_t)(data[0] | data[1] << 8) % (len + 1) : 0;
    char path[64];
    int fd = must_file(path, text, len);
    struct survey whole;
    struct survey parts;
    survey_init(&whole, &plan);
    survey_init(&parts, &plan);
    survey_part(&whole, fd, 0, UINT64_MAX);
    survey_part(&parts, fd, 0, cut);
    survey_part(&parts, fd, cut, len);
    check_same(&whole, &parts);
    check_against_dataset(&whole, path);
    const char *end = memchr(text, '\n', len);
    check_mend(text, end ? (size_t)(end - text) : len);
    survey_release(&whole);
    survey_release(&parts);
    close(fd);
    return 0;
}
