#include "sim/view/fixes.h"

#include "sim/view/json.h"
#include <jansson.h>

enum { VERSION = 1 };

static void add_file(struct buf *out, const struct fix_file *file)
{
    bool any = false;
    buf_printf(out, "  %s: %zu row%s, of %zu line%s in %s\n", file->name, file->n_rows,
               file->n_rows == 1 ? "" : "s", file->n_lines, file->n_lines == 1 ? "" : "s",
               file->path);
    for (int i = 0; i < MEND_N; i++) {
        size_t n = file->made[i].n;
        if (n)
            buf_printf(out, "    %6zu  %s (%s %zu)\n", n, mend_words((enum mend)i),
                       n == 1 ? "line" : "first on line", file->made[i].first);
        any = any || n;
    }
    if (!any)
        buf_text_add(out, "    as it was\n");
}

void fixes_write(struct buf *out, const struct fix *f, const char *folder)
{
    bool dropped = false;
    buf_printf(out, "copies in %s\n  %s: as it was, but for the names of the files\n", folder,
               f->job_name);
    for (size_t i = 0; i < FIX_N_FILES; i++) {
        if (f->files[i].path)
            add_file(out, &f->files[i]);
        dropped = dropped || f->files[i].made[MEND_ANSWER].n;
    }
    if (dropped)
        buf_printf(out, "  the answers that were dropped stand in \"%s\"\n", f->field);
    buf_text_add(out, "\nwhat is left in the copies:\n\n");
}

static json_t *file_of(const struct fix_file *file)
{
    json_t *made = json_object();
    for (int i = 0; i < MEND_N; i++) {
        if (file->made[i].n)
            json_object_set_new(made, mend_name((enum mend)i),
                                json_pack("{s:I, s:I}", "count", (json_int_t)file->made[i].n,
                                          "first_line", (json_int_t)file->made[i].first));
    }
    return json_pack("{s:o, s:o, s:I, s:I, s:o}", "file", json_text(file->path), "copy",
                     json_text(file->name), "lines", (json_int_t)file->n_lines, "rows",
                     (json_int_t)file->n_rows, "made", made);
}

void fixes_write_json(struct buf *out, const struct fix *f, const char *folder)
{
    json_t *files = json_array();
    for (size_t i = 0; i < FIX_N_FILES; i++) {
        if (f->files[i].path)
            json_array_append_new(files, file_of(&f->files[i]));
    }
    json_t *all = json_pack("{s:s, s:i, s:o, s:o, s:o, s:o}", "type", "fix", "version", VERSION,
                            "folder", json_text(folder), "job", json_text(f->job_name),
                            "answer_field", json_text(f->field), "files", files);
    json_line(out, all);
}
