#include "sim/report/history_columns.h"

#include <string.h>

#include "sim/base/mem.h"

#define MEMBER(name) offsetof(struct history_step, name)

static const struct {
    const char *name;
    size_t offset;
} plain[] = {
    {"train_mean_reward", MEMBER(train_penalised)},
    {"full_valid_mean_reward", MEMBER(valid_mean)},
    {"completion_tokens_mean", MEMBER(completion_tokens)},
    {"mean_unresponsive_rewards", MEMBER(unresponsive)},
    {"reasoning_tokens_mean", MEMBER(reasoning_tokens)},
    {"usage/samples/train_reasoning_tokens_mean", MEMBER(reasoning_tokens)}, /* the same (EV-10) */
    {"sampling_duration", MEMBER(sampling_s)},
    {"training_duration", MEMBER(training_s)},
    {"eval_duration", MEMBER(eval_s)},
    {"total_duration", MEMBER(total_s)},
};

/* "<start><type>/<grader><middle><phase>_<metric>" */
static const struct {
    const char *start;
    const char *middle;
} sections[] = {
    {"errors/graders/", "/errors/"},
    {"scores/graders/", "/"},
    {"timing/graders/", "/timing/"},
};

/* "<phase>_<start><tool>" */
static const struct {
    const char *start;
    size_t offset;
} of_tools[] = {
    {"tool_calls_to_", offsetof(struct history_tool_step, n_ok)},
    {"token_usage_mean_", offsetof(struct history_tool_step, tokens)},
    {"latency_", offsetof(struct history_tool_step, latency_s)},
    {"error_count_", offsetof(struct history_tool_step, error_rate)}, /* a rate (EV-8) */
};

static const char *after(const char *text, const char *start)
{
    size_t n = strlen(start);
    return strncmp(text, start, n) == 0 ? text + n : NULL;
}

/* What follows "train_" or "valid_", or NULL. */
static const char *after_phase(const char *name, size_t *phase)
{
    const char *rest = after(name, "train_");
    *phase = rest ? WAVE_TRAIN : WAVE_VALID;
    return rest ? rest : after(name, "valid_");
}

static const char *last(const char *text, const char *part)
{
    const char *found = NULL;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        found = at;
    return found;
}

/* --- Graders --------------------------------------------------------------------------------- */

static bool error_of(const char *metric, const char *end, size_t *error)
{
    for (size_t i = 0; i < GRADE_N_ERRORS; i++) {
        const char *rest = after(metric, grade_error_name((enum grade_error)i));
        *error = i;
        if (rest && strcmp(rest, end) == 0)
            return true;
    }
    return false;
}

/* Where "<phase>_<metric>" goes in a grader's step. */
static bool grader_member(const char *metric, struct history_column *out)
{
    size_t phase = 0;
    size_t error = 0;
    metric = after_phase(metric, &phase);
    if (!metric)
        return false;
    out->count = false;
    if (strcmp(metric, "reward_mean") == 0) {
        out->offset = offsetof(struct history_grader_step, mean) + phase * sizeof(double);
    } else if (strcmp(metric, "execution_latency_mean") == 0) {
        out->offset = offsetof(struct history_grader_step, latency_s) + phase * sizeof(double);
    } else if (error_of(metric, "_mean", &error)) {
        out->offset = offsetof(struct history_grader_step, errors) +
                      (phase * GRADE_N_ERRORS + error) * sizeof(double);
    } else if (strcmp(metric, "execution_latency_count") == 0 ||
               error_of(metric, "_count", &error)) {
        out->offset = offsetof(struct history_grader_step, n_graded) + phase * sizeof(int64_t);
        out->count = true;
    } else {
        return false;
    }
    return true;
}

static bool is_slice(const char *text, const char *slice, size_t len)
{
    return strlen(text) == len && memcmp(text, slice, len) == 0;
}

/* The grader of this type and name; of several that share them, number `nth`. */
static size_t grader_of(struct history *h, const char *type, size_t type_len, const char *name,
                        size_t name_len, size_t nth)
{
    for (size_t i = 0; i < h->n_graders; i++) {
        const struct history_grader *g = &h->graders[i];
        if (is_slice(g->type, type, type_len) && is_slice(g->name, name, name_len) && !nth--)
            return i;
    }
    h->graders = mem_grow(h->graders, h->n_graders + 1, sizeof(*h->graders));
    h->graders[h->n_graders] = (struct history_grader){.type = mem_slice(type, type_len),
                                                       .name = mem_slice(name, name_len)};
    return h->n_graders++;
}

static void read_grader(struct history *h, const char *name, size_t nth, struct history_column *out)
{
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        const char *type = after(name, sections[i].start);
        const char *slash = type ? strchr(type, '/') : NULL;
        const char *end = slash ? last(slash + 1, sections[i].middle) : NULL;
        if (!end || !grader_member(end + strlen(sections[i].middle), out))
            continue;
        out->of = COLUMN_GRADER;
        out->index =
            grader_of(h, type, (size_t)(slash - type), slash + 1, (size_t)(end - slash - 1), nth);
    }
}

/* Which of the graders is the whole; SIZE_MAX if it is none of them. */
static size_t find_whole(const struct history *h)
{
    for (size_t i = 0; i < h->n_graders; i++) {
        if (strcmp(h->graders[i].type, "multi") == 0)
            return i;
    }
    return h->n_graders == 1 ? 0 : SIZE_MAX;
}

/* Put the whole in front, and in the columns too. */
static void move_whole(struct history *h, struct history_column *columns, size_t n_columns)
{
    size_t whole = find_whole(h);
    if (!h->n_graders || !whole)
        return;
    struct history_grader first = {0};
    if (whole == SIZE_MAX) {
        first = (struct history_grader){.type = mem_text(""), .name = mem_text("")};
        whole = h->n_graders++;
        h->graders = mem_grow(h->graders, h->n_graders, sizeof(*h->graders));
    } else {
        first = h->graders[whole];
    }
    memmove(h->graders + 1, h->graders, whole * sizeof(*h->graders));
    h->graders[0] = first;
    for (size_t i = 0; i < n_columns; i++) {
        if (columns[i].of != COLUMN_GRADER || columns[i].index > whole)
            continue;
        columns[i].index = columns[i].index == whole ? 0 : columns[i].index + 1;
    }
}

static void name_parts(struct history *h)
{
    for (size_t i = 1; i < h->n_graders; i++)
        h->graders[i].key = mem_text(h->graders[i].name);
}

/* --- Tools ----------------------------------------------------------------------------------- */

static void read_tool(struct history *h, const char *name, struct history_column *out)
{
    name = after_phase(name, &out->phase);
    for (size_t i = 0; name && i < COUNT_OF(of_tools); i++) {
        const char *tool = after(name, of_tools[i].start);
        if (!tool || !*tool)
            continue;
        out->of = COLUMN_TOOL;
        out->offset = of_tools[i].offset;
        out->index = history_tool_of(h, tool);
    }
}

/* --------------------------------------------------------------------------------------------- */

static struct history_column read_one(struct history *h, const char *name, size_t nth)
{
    struct history_column out = {.of = COLUMN_NONE};
    if (strcmp(name, "step") == 0) {
        out.of = COLUMN_NUMBER;
        return out;
    }
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        if (strcmp(name, plain[i].name) == 0) {
            out.of = COLUMN_STEP;
            out.offset = plain[i].offset;
            return out;
        }
    }
    read_grader(h, name, nth, &out);
    if (out.of == COLUMN_NONE)
        read_tool(h, name, &out);
    return out;
}

/* How many of the cells before it say the same. */
static size_t count_before(const struct cells *header, size_t i)
{
    size_t n = 0;
    for (size_t k = 0; k < i; k++)
        n += header->at[k].len == header->at[i].len &&
             strcmp(cells_text(header, k), cells_text(header, i)) == 0;
    return n;
}

void history_columns_read(struct history *h, const struct cells *header, struct history_column *out)
{
    for (size_t i = 0; i < header->n; i++)
        out[i] = read_one(h, cells_text(header, i), count_before(header, i));
    move_whole(h, out, header->n);
    name_parts(h);
}
