#include "sim/check/sizes.h"

static void check_rows(const struct sizes *s, struct diags *found)
{
    size_t most = s->validation ? SIZES_MAX_VALID_ROWS : SIZES_MAX_TRAIN_ROWS;
    const char *kind = s->validation ? "validation" : "training";
    if (s->n_rows && s->n_rows < SIZES_MIN_ROWS && !s->allow_small)
        diag_fix(diag_add(found, DIAG_ERROR, DIAG_D014, s->path, 0, 0,
                          "%zu %s row%s; the service wants at least %d", s->n_rows, kind,
                          s->n_rows == 1 ? "" : "s", SIZES_MIN_ROWS),
                 "%s", diag_code_row(DIAG_D014)->fix);
    if (s->n_rows > most)
        diag_fix(diag_add(found, DIAG_ERROR, DIAG_D015, s->path, 0, 0,
                          "%zu %s rows; the service takes at most %zu", s->n_rows, kind, most),
                 "draw a sample of at most %zu rows", most);
}

void sizes_check(const struct sizes *s, struct diags *found)
{
    check_rows(s, found);
    enum diag_code code = s->bytes > SIZES_MAX_BYTES ? DIAG_D016 : DIAG_D017;
    if (s->bytes > SIZES_LARGE_BYTES)
        diag_fix(diag_add(found, diag_code_row(code)->severity, code, s->path, 0, 0,
                          "the file has %.0f MB", (double)s->bytes / 1e6),
                 "%s", diag_code_row(code)->fix);
}
