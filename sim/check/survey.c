#include "sim/check/survey.h"

#include <stdlib.h>
#include <unistd.h>

#include "sim/base/mem.h"
#include "sim/base/text.h"
#include "sim/check/pass.h"
#include "sim/check/row_messages.h"
#include "sim/check/row_text.h"
#include "sim/check/row_tools.h"
#include "sim/check/sizes.h"
#include "sim/job/row_check.h"
#include "tools/tool.h"

void survey_init(struct survey *s, const struct survey_plan *plan)
{
    *s = (struct survey){
        .plan = plan,
        .path = plan->path,
        .found = {.most_each = SURVEY_MOST_EACH},
        .firsts = {.most_each = 1},
        .fields = {.measure = plan->stats},
    };
    row_text_init();
}

void survey_release(struct survey *s)
{
    diags_release(&s->found);
    diags_release(&s->firsts);
    fields_release(&s->fields);
    ledger_release(&s->ledger);
    stats_release(&s->stats);
    tape_release(&s->tape);
    toolbox_release(&s->tools);
    cross_release(&s->cross);
    buf_release(&s->question);
    *s = (struct survey){0};
}

/* GAP-20. */
static void check_request(struct survey *s, const struct row_line *row)
{
    if (s->plan->has_tools && row->len > TOOL_BODY_MAX)
        diag_fix(diag_add(&s->found, DIAG_ERROR, DIAG_D025, s->path, row->line, 1,
                          "a row of %zu bytes; no tool request that carries it is sent, the limit "
                          "is %d",
                          row->len, TOOL_BODY_MAX),
                 "%s", diag_code_row(DIAG_D025)->fix);
}

/* Most rows have the tools of the row before; those are neither scanned nor checked again. */
static void check_tools(struct survey *s, const struct row_parts *parts, const struct row_line *row,
                        bool faulty)
{
    if (tape_kind(&s->tape, parts->tools) != TAPE_ARRAY || parts->tools == s->tape.again)
        return;
    if (row_tools_check(&s->tape, parts->tools, row, &s->found) && !faulty)
        tape_remember(&s->tape, parts->tools);
}

static void remember(struct survey *s, const struct row_parts *parts, uint64_t offset, size_t line)
{
    struct ledger_row row = {parts->hash, parts->messages_hash, {0, 0}};
    uint32_t runs[WORDS_RUNS];
    if (s->plan->boilerplate && words_question(&s->tape, parts->messages, &s->question))
        words_least(s->plan->boilerplate, runs, words_runs(s->question.at, s->question.len, runs),
                    row.least);
    ledger_add(&s->ledger, &row, offset, line);
}

/* `offset`: where its line begins, a byte order mark included. */
static void survey_row(struct survey *s, const struct line *line, uint64_t offset, size_t number)
{
    struct row_line row = {s->path, number + 1, line->text, line->len};
    struct row_parts parts;
    s->n_rows++;
    s->row_bytes += line->len;
    if (line->len > s->longest)
        s->longest = line->len;
    bool faulty = row_check(&s->tape, &row, &s->found);
    s->n_faulty += faulty;
    toolbox_row(&s->tools, &s->tape, &row);
    if (tape_kind(&s->tape, 0) != TAPE_OBJECT)
        return;
    cross_row(&s->cross, s->plan->cross, &s->tape, row.line);
    fields_row(&s->fields, &s->tape, row.line, &parts);
    row_messages_check(&s->tape, parts.messages, &row, &s->found);
    check_tools(s, &parts, &row, faulty);
    row_parallel_check(&s->tape, parts.parallel, &row, &s->found);
    row_text_check(&s->tape, parts.messages, &row, &s->firsts, &s->found);
    check_request(s, &row);
    if (s->plan->stats)
        stats_row(&s->stats, &s->tape, &parts);
    remember(s, &parts, offset, row.line);
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
        survey_row(s, line, line->offset - (line->marked ? LINES_MARK_BYTES : 0), number);
    }
}

void survey_join(struct survey *whole, struct survey *block, size_t n_before)
{
    diags_move(&whole->found, &block->found, n_before);
    diags_move(&whole->firsts, &block->firsts, n_before);
    fields_join(&whole->fields, &block->fields, n_before);
    ledger_join(&whole->ledger, &block->ledger, n_before);
    stats_join(&whole->stats, &block->stats);
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
    survey_init(block, whole->plan);
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

static void conclude(struct survey *s, uint64_t bytes)
{
    toolbox_tell(&s->tools, s->n_rows, &s->found);
    const struct survey_plan *p = s->plan;
    const struct sizes sizes = {s->path, p->validation, p->allow_small, s->n_rows, bytes};
    const struct ledger_file file = {s->path, &s->ledger};
    sizes_check(&sizes, &s->found);
    row_text_conclude(&s->firsts, s->n_rows, &s->found);
    fields_conclude(&s->fields, s->path, p->read, &s->found);
    ledger_repeats(&file, &s->found);
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
        conclude(s, pass.bytes);
    if (pass.fd >= 0)
        close(pass.fd);
    return rc;
}
