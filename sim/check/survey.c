#include "sim/check/survey.h"

#include <stdlib.h>
#include <unistd.h>

#include "sim/base/mem.h"
#include "sim/check/pass.h"
#include "sim/job/row_check.h"

void survey_init(struct survey *s, const char *path)
{
    *s = (struct survey){.path = path, .found = {.most_each = SURVEY_MOST_EACH}};
}

void survey_release(struct survey *s)
{
    diags_release(&s->found);
    tape_release(&s->tape);
    toolbox_release(&s->tools);
    cross_release(&s->cross);
    *s = (struct survey){0};
}

static void survey_row(struct survey *s, const struct line *line, size_t number)
{
    struct row_line row = {s->path, number + 1, line->text, line->len};
    s->n_rows++;
    s->row_bytes += line->len;
    if (line->len > s->longest)
        s->longest = line->len;
    if (row_check(&s->tape, &row, &s->found))
        s->n_faulty++;
    toolbox_row(&s->tools, &s->tape, &row);
    cross_row(&s->cross, s->plan, &s->tape, row.line);
}

void survey_line(struct survey *s, const struct line *line, size_t number)
{
    row_check_line(line, s->path, number + 1, &s->found);
    s->n_lines++;
    s->unended = !line->ended;
    if (line->too_long) {
        s->n_rows++;
        s->n_faulty++;
    } else if (line->blank) {
        s->n_blank++;
        diag_add(&s->found, DIAG_WARNING, DIAG_D011, s->path, number + 1, 1, "a blank line");
    } else {
        survey_row(s, line, number);
    }
}

void survey_join(struct survey *whole, struct survey *block, size_t n_before)
{
    diags_move(&whole->found, &block->found, n_before);
    whole->n_lines += block->n_lines;
    whole->n_rows += block->n_rows;
    whole->n_faulty += block->n_faulty;
    whole->n_blank += block->n_blank;
    whole->row_bytes += block->row_bytes;
    if (block->longest > whole->longest)
        whole->longest = block->longest;
    toolbox_join(&whole->tools, &block->tools, n_before);
    if (block->n_lines)
        whole->unended = block->unended;
    cross_join(&whole->cross, &block->cross, n_before);
    block->n_lines = block->n_rows = block->n_faulty = block->n_blank = 0;
    block->row_bytes = block->longest = 0;
}

static void *block_new(void *arg)
{
    const struct survey *whole = arg;
    struct survey *block = mem_new(sizeof(*block));
    survey_init(block, whole->path);
    block->plan = whole->plan;
    return block;
}

static void block_free(void *state)
{
    survey_release(state);
    free(state);
}

static void on_line(void *state, const struct line *line, size_t number)
{
    survey_line(state, line, number);
}

static void on_block(void *arg, void *state, size_t n_before)
{
    survey_join(arg, state, n_before);
}

static void conclude(struct survey *s)
{
    toolbox_tell(&s->tools, s->n_rows, &s->found);
    if (!s->n_rows)
        diag_fix(diag_add(&s->found, DIAG_ERROR, DIAG_D009, s->path, 0, 0,
                          s->n_lines ? "only blank lines" : "the file is empty"),
                 "write at least one row, an object with \"messages\", on a line of its own");
    if (s->n_lines && s->unended)
        diag_add(&s->found, DIAG_WARNING, DIAG_D012, s->path, s->n_lines, 1,
                 "the last line does not end in a newline");
}

enum err_code survey_file(struct survey *s, int threads, struct err *e)
{
    struct pass pass = {
        .path = s->path,
        .fd = -1,
        .threads = threads,
        .state_new = block_new,
        .state_free = block_free,
        .line = on_line,
        .merge = on_block,
        .arg = s,
    };
    enum err_code rc = lines_open(&pass.fd, &pass.bytes, s->path, e);
    if (!rc)
        rc = pass_run(&pass, e);
    if (!rc)
        conclude(s);
    if (pass.fd >= 0)
        close(pass.fd);
    return rc;
}
