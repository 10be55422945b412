#include "sim/check/fix.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/hash.h"
#include "sim/base/mem.h"
#include "sim/check/diff.h"
#include "sim/job/lines.h"

/* --- Rows that were there before ------------------------------------------------------------- */

struct place {
    uint64_t hash;
    size_t offset; /* in the copy */
    size_t len;    /* 0: the slot is free */
};

struct seen {
    struct place *at; /* owned; a power of two, at most half of it used */
    size_t room;
    size_t n;
};

static struct place *find_slot(const struct seen *s, uint64_t hash, size_t len, size_t from)
{
    size_t i = from;
    while (s->at[i].len && (s->at[i].hash != hash || s->at[i].len != len))
        i = (i + 1) & (s->room - 1);
    return &s->at[i];
}

static void make_room(struct seen *s)
{
    if (s->n * 2 < s->room)
        return;
    struct seen old = *s;
    s->room = old.room ? old.room * 2 : 1024;
    s->at = mem_array(s->room, sizeof(*s->at));
    for (size_t i = 0; i < old.room; i++) {
        const struct place *p = &old.at[i];
        size_t slot = p->hash & (s->room - 1);
        while (p->len && s->at[slot].len)
            slot = (slot + 1) & (s->room - 1);
        if (p->len)
            s->at[slot] = *p;
    }
    free(old.at);
}

/* Whether the row stands in the copy already; else note that it comes next. */
static enum err_code seen_before(struct seen *s, struct stage_file *copy, const struct buf *row,
                                 bool *before, struct err *e)
{
    make_room(s);
    uint64_t hash = hash_bytes(row->at, row->len);
    struct place *p = find_slot(s, hash, row->len, hash & (s->room - 1));
    *before = false;
    while (p->len) {
        enum err_code rc = stage_holds(copy, p->offset, row->at, row->len, before, e);
        if (rc || *before)
            return rc;
        size_t next = ((size_t)(p - s->at) + 1) & (s->room - 1);
        p = find_slot(s, hash, row->len, next);
    }
    *p = (struct place){hash, copy->len, row->len};
    s->n++;
    return ERR_OK;
}

/* --- One file -------------------------------------------------------------------------------- */

struct copying {
    const struct fix *fix;
    struct fix_file *file;
    int fd;
    struct stat before; /* of the file, when it was opened */
    struct lines lines;
    struct tape tape;
    struct stage_file copy;
    struct seen seen;
    struct buf row; /* mended */
    struct buf diff;
    size_t told; /* changes in the diff */
};

static enum err_code open_file(struct copying *c, struct err *e)
{
    uint64_t bytes = 0;
    enum err_code rc = lines_open(&c->fd, &bytes, c->file->path, e);
    if (!rc && fstat(c->fd, &c->before) != 0)
        rc = err_sys(e, c->file->path);
    if (!rc)
        lines_init(&c->lines, c->fd, c->file->path, 0, UINT64_MAX);
    return rc;
}

static enum err_code close_file(struct copying *c, enum err_code rc, struct err *e)
{
    struct stat after = {0};
    if (!rc && fstat(c->fd, &after) != 0)
        rc = err_sys(e, c->file->path);
    if (!rc &&
        (after.st_size != c->before.st_size || after.st_mtim.tv_sec != c->before.st_mtim.tv_sec ||
         after.st_mtim.tv_nsec != c->before.st_mtim.tv_nsec)) {
        rc = err_set(e, ERR_IO, "%s: the file changed while it was copied", c->file->path);
        err_fix(e, "leave the file alone meanwhile; nothing was left behind");
    }
    enum err_code last = stage_finish(&c->copy, e);
    if (c->fd >= 0)
        close(c->fd);
    lines_release(&c->lines);
    tape_release(&c->tape);
    free(c->seen.at);
    buf_release(&c->row);
    buf_release(&c->diff);
    return rc ? rc : last;
}

static void count(struct fix_file *file, unsigned made)
{
    for (unsigned i = 0; i < MEND_N; i++) {
        if (!(made & 1u << i))
            continue;
        if (!file->made[i].n++)
            file->made[i].first = file->n_lines;
    }
}

/* `text` and what stands between it and the newline are the line as it was. */
static void tell(struct copying *c, const struct line *line, unsigned made)
{
    struct fix_file *file = c->file;
    count(file, made);
    if (!made || !c->fix->diff)
        return;
    bool dropped = made & (1u << MEND_BLANK | 1u << MEND_DUPLICATE);
    size_t mark = line->marked ? 3 : 0;
    struct diff_line was = {line->text - mark, line->len + mark + line->returned, file->n_lines,
                            !line->ended};
    struct diff_line now = {dropped ? NULL : c->row.at, c->row.len, file->n_rows, false};
    buf_clear(&c->diff);
    if (!c->told++)
        buf_printf(&c->diff, "--- %s\n+++ %s\n", file->path, c->copy.shown);
    diff_hunk(&was, &now, &c->diff);
    c->fix->diff(&c->diff);
}

/* A line that cannot be held, as it is. */
static enum err_code copy_long(struct copying *c, const struct line *line, struct err *e)
{
    enum { CHUNK_BYTES = 256 << 10 };
    char *chunk = mem_new(CHUNK_BYTES);
    uint64_t at = line->offset;
    uint64_t end = lines_offset(&c->lines);
    enum err_code rc = ERR_OK;
    while (!rc && at < end) {
        size_t n = end - at < CHUNK_BYTES ? (size_t)(end - at) : CHUNK_BYTES;
        ssize_t got = pread(c->fd, chunk, n, (off_t)at);
        if (got < 0)
            rc = err_sys(e, c->file->path);
        else
            rc = stage_write(&c->copy, chunk, (size_t)got, e);
        at = got > 0 ? at + (uint64_t)got : end; /* a file that shrank is told of at the end */
    }
    free(chunk);
    c->file->n_rows++;
    count(c->file, line->ended ? 0 : 1u << MEND_NEWLINE);
    return rc || line->ended ? rc : stage_write(&c->copy, "\n", 1, e);
}

/* Everything before the first byte that is a row's, and behind its last, is no part of it. */
static struct line trimmed(const struct line *line)
{
    struct line row = *line;
    while (row.marked && row.len >= 3 && memcmp(row.text, "\xef\xbb\xbf", 3) == 0) {
        row.text += 3;
        row.len -= 3;
    }
    while (row.len && row.text[row.len - 1] == '\r') {
        row.len--;
        row.returned = true;
    }
    return row;
}

static unsigned mend_line(struct copying *c, const struct line *row)
{
    struct tape_fault fault;
    buf_clear(&c->row);
    if (tape_scan(&c->tape, row->text, row->len, &fault))
        return mend_row(&c->tape, c->fix->field, &c->row);
    buf_add(&c->row, row->text, row->len);
    return 0;
}

static enum err_code copy_line(struct copying *c, const struct line *line, struct err *e)
{
    c->file->n_lines++;
    if (line->too_long)
        return copy_long(c, line, e);
    struct line row = trimmed(line);
    unsigned made = line->marked ? 1u << MEND_MARK : 0;
    if (line->blank || !row.len) {
        tell(c, line, made | 1u << MEND_BLANK);
        return ERR_OK;
    }
    bool before = false;
    unsigned mended = mend_line(c, &row);
    enum err_code rc = seen_before(&c->seen, &c->copy, &c->row, &before, e);
    if (rc)
        return rc;
    if (before) {
        tell(c, line, made | 1u << MEND_DUPLICATE);
        return ERR_OK;
    }
    made |= mended | (row.returned ? 1u << MEND_RETURN : 0);
    made |= line->ended ? 0 : 1u << MEND_NEWLINE;
    c->file->n_rows++;
    tell(c, line, made);
    buf_char(&c->row, '\n');
    return stage_write(&c->copy, c->row.at, c->row.len, e);
}

static enum err_code copy_file(const struct fix *f, struct fix_file *file, const struct stage *s,
                               struct err *e)
{
    struct copying c = {.fix = f, .file = file, .fd = -1};
    enum err_code rc = open_file(&c, e);
    if (!rc)
        rc = stage_create(&c.copy, s, file->name, c.before.st_mode, e);
    struct line line;
    bool have = !rc;
    if (have)
        rc = lines_next(&c.lines, &line, &have, e);
    while (!rc && have) {
        rc = copy_line(&c, &line, e);
        if (!rc)
            rc = lines_next(&c.lines, &line, &have, e);
    }
    return close_file(&c, rc, e);
}

/* Which names for the field are taken in the rows of a file. */
static enum err_code note_fields(struct fix_file *file, unsigned *taken, struct err *e)
{
    struct copying c = {.file = file, .fd = -1};
    enum err_code rc = open_file(&c, e);
    struct line line;
    bool have = !rc;
    while (have && !(rc = lines_next(&c.lines, &line, &have, e)) && have) {
        struct line row = trimmed(&line);
        struct tape_fault fault;
        if (!line.too_long && tape_scan(&c.tape, row.text, row.len, &fault))
            mend_note_fields(&c.tape, taken);
    }
    return close_file(&c, rc, e);
}

/* --- The job --------------------------------------------------------------------------------- */

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A name that none of the others has: "validation-rows.jsonl" if need be. */
static char *name_for(const struct fix *f, const char *path, const char *what)
{
    char *name = mem_text(base_of(path));
    for (size_t i = 0; i < FIX_N_FILES;) {
        const char *other = f->files[i].name;
        if (strcasecmp(name, f->job_name) != 0 && (!other || strcasecmp(name, other) != 0)) {
            i++;
            continue;
        }
        char *longer = mem_printf("%s-%s", what, name);
        free(name);
        name = longer;
        i = 0;
    }
    return name;
}

static const struct doc_place *find_place(const struct doc *d, const char *key)
{
    for (size_t i = 1; i < d->n_places; i = d->places[i].next) {
        if (d->places[i].key && strcmp(d->places[i].key, key) == 0)
            return &d->places[i];
    }
    return NULL;
}

/* The job's text with the names of the copies; in JSON's form, which is YAML too. */
static void write_names(const struct fix *f, struct buf *out)
{
    const struct doc *d = f->job->doc;
    const struct {
        const char *key;
        const char *written;
        const char *name;
    } keys[] = {
        {"training_file", f->job->training_file, f->files[FIX_TRAINING].name},
        {"validation_file", f->job->validation_file,
         f->files[f->files[FIX_VALIDATION].name ? FIX_VALIDATION : FIX_TRAINING].name},
    };
    size_t done = 0;
    for (size_t i = 1; i < d->n_places; i = d->places[i].next) {
        const struct doc_place *p = &d->places[i];
        for (size_t k = 0; k < COUNT_OF(keys); k++) {
            if (!keys[k].written || p != find_place(d, keys[k].key) ||
                strcmp(keys[k].written, keys[k].name) == 0)
                continue;
            buf_add(out, d->text + done, p->start - done);
            buf_json(out, keys[k].name, strlen(keys[k].name));
            done = p->end;
            if (done > p->start && d->text[done - 1] == '\n') /* of a block scalar */
                done--;
        }
    }
    buf_add(out, d->text + done, d->len - done);
}

static enum err_code copy_job(const struct fix *f, const struct stage *s, struct err *e)
{
    struct stat st = {.st_mode = 0600}; /* it may hold secrets: never more open than it was */
    struct stage_file copy;
    struct buf text = {0};
    if (stat(f->job->doc->path, &st) != 0)
        st.st_mode = 0600;
    write_names(f, &text);
    enum err_code rc = stage_create(&copy, s, f->job_name, st.st_mode, e);
    if (!rc)
        rc = stage_write(&copy, buf_text(&text), text.len, e);
    enum err_code last = stage_finish(&copy, e);
    buf_release(&text);
    return rc ? rc : last;
}

/* --- All of it ------------------------------------------------------------------------------- */

static void name_all(struct fix *f)
{
    const struct job *job = f->job;
    bool json = job->doc->text[strspn(job->doc->text, " \t\r\n")] == '{';
    const char *name = base_of(job->doc->path);
    f->job_name = mem_text(strchr(name, '.') ? name : json ? "job.json" : "job.yaml");
    if (job->training_path) {
        f->files[FIX_TRAINING].path = job->training_path;
        f->files[FIX_TRAINING].name = name_for(f, job->training_path, "training");
    }
    bool same = job->training_path && job->validation_path &&
                strcmp(job->training_path, job->validation_path) == 0;
    if (job->validation_path && !same) {
        f->files[FIX_VALIDATION].path = job->validation_path;
        f->files[FIX_VALIDATION].name = name_for(f, job->validation_path, "validation");
    }
}

enum err_code fix_run(struct fix *f, const char *folder, struct err *e)
{
    struct stage s = {0};
    unsigned taken = 0;
    name_all(f);
    enum err_code rc = stage_open(&s, folder, e);
    for (size_t i = 0; !rc && i < FIX_N_FILES; i++)
        rc = f->files[i].path ? note_fields(&f->files[i], &taken, e) : ERR_OK;
    f->field = mend_field(taken);
    for (size_t i = 0; !rc && i < FIX_N_FILES; i++)
        rc = f->files[i].path ? copy_file(f, &f->files[i], &s, e) : ERR_OK;
    if (!rc)
        rc = copy_job(f, &s, e);
    if (!rc)
        rc = stage_commit(&s, e);
    if (!rc)
        f->job_copy = mem_printf("%s/%s", s.target, f->job_name);
    stage_close(&s);
    return rc;
}

void fix_release(struct fix *f)
{
    for (size_t i = 0; i < FIX_N_FILES; i++)
        free(f->files[i].name);
    free(f->job_name);
    free(f->job_copy);
    *f = (struct fix){0};
}
