#include "sim/policy/learned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/base/secret.h"

enum {
    ACTION_BITS = 8,
    FEATURE_SHIFT = LEARNED_DEPTH_MAX * ACTION_BITS,
    FEATURE_UNKNOWN = 0xffff, /* a value that was never met */
};

void learned_init(struct learned *l, const char *const *actions, size_t n_actions, unsigned depth)
{
    *l = (struct learned){
        .n_actions = n_actions, .depth = depth, .preferences = {.width = n_actions}};
    l->actions = mem_array(n_actions, sizeof(*l->actions));
    for (size_t i = 0; i < n_actions; i++)
        l->actions[i] = mem_text(actions[i]);
}

void learned_release(struct learned *l)
{
    for (size_t i = 0; i < l->n_actions; i++)
        free(l->actions[i]);
    free(l->actions);
    for (size_t i = 0; i < l->n_features; i++)
        free(l->features[i].text);
    free(l->features);
    table_release(&l->preferences);
    *l = (struct learned){0};
}

/* --- states ---------------------------------------------------------------------------------- */

/* Where a value of the feature stands, or would; whether it is there. */
static size_t place_of(const struct learned *l, const char *feature, bool *known)
{
    size_t from = 0;
    size_t to = l->n_features;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(l->features[middle].text, feature) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    *known = from < l->n_features && strcmp(l->features[from].text, feature) == 0;
    return from;
}

uint64_t learned_begin(const struct learned *l, const char *feature)
{
    bool known = false;
    if (!feature)
        return 0;
    size_t i = place_of(l, feature, &known);
    return (uint64_t)(known ? l->features[i].number : FEATURE_UNKNOWN) << FEATURE_SHIFT;
}

uint64_t learned_meet(struct learned *l, const char *feature)
{
    bool known = false;
    size_t i = feature ? place_of(l, feature, &known) : 0;
    if (feature && !known && l->n_features < LEARNED_FEATURES_MAX) {
        if (l->n_features == l->features_room) {
            l->features_room = l->features_room ? l->features_room * 2 : 16;
            l->features = mem_grow(l->features, l->features_room, sizeof(*l->features));
        }
        memmove(&l->features[i + 1], &l->features[i], (l->n_features - i) * sizeof(*l->features));
        l->features[i] = (struct learned_feature){mem_text(feature), (unsigned)++l->n_features};
    }
    return learned_begin(l, feature);
}

uint64_t learned_after(const struct learned *l, uint64_t state, size_t action)
{
    uint64_t feature = state >> FEATURE_SHIFT << FEATURE_SHIFT;
    uint64_t past = (state << ACTION_BITS | (action + 1)) & ((1ull << l->depth * ACTION_BITS) - 1);
    return feature | past;
}

/* The actions of a state, the earliest first; how many. */
static size_t past_of(const struct learned *l, uint64_t state, size_t out[LEARNED_DEPTH_MAX])
{
    size_t n = 0;
    for (unsigned i = l->depth; i-- > 0;) {
        size_t action = state >> i * ACTION_BITS & ((1u << ACTION_BITS) - 1);
        if (action)
            out[n++] = action - 1;
    }
    return n;
}

/* NULL: there is none, or it was never met. */
static const char *feature_of(const struct learned *l, uint64_t state)
{
    for (size_t i = 0; i < l->n_features; i++) {
        if (l->features[i].number == state >> FEATURE_SHIFT)
            return l->features[i].text;
    }
    return NULL;
}

void learned_state_words(const struct learned *l, uint64_t state, struct buf *out)
{
    size_t past[LEARNED_DEPTH_MAX];
    size_t n = past_of(l, state, past);
    const char *feature = feature_of(l, state);
    if (feature)
        buf_printf(out, "%s: ", feature);
    else if (state >> FEATURE_SHIFT)
        buf_text_add(out, "(never met): ");
    if (!n)
        buf_text_add(out, "start");
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s%s", i ? " > " : "", l->actions[past[i]]);
}

/* --- chances --------------------------------------------------------------------------------- */

void learned_chances(const struct learned *l, uint64_t state, double *out)
{
    const double *preference = table_find(&l->preferences, state);
    double most = preference ? preference[0] : 0;
    double sum = 0;
    for (size_t i = 1; preference && i < l->n_actions; i++)
        most = fmax(most, preference[i]);
    for (size_t i = 0; i < l->n_actions; i++) {
        out[i] = preference ? exp(preference[i] - most) : 1;
        sum += out[i];
    }
    for (size_t i = 0; i < l->n_actions; i++)
        out[i] /= sum;
}

/* --- as JSON --------------------------------------------------------------------------------- */

/* A text as it must stand in a file in which ${NAME} is a variable. */
static void add_literal(struct buf *out, const char *text)
{
    for (const char *open = strstr(text, "${"); open; open = strstr(text, "${")) {
        buf_add(out, text, (size_t)(open - text));
        buf_text_add(out, "$${");
        text = open + 2;
    }
    buf_text_add(out, text);
}

static void write_name(struct buf *out, const char *name)
{
    struct buf literal = {0};
    add_literal(&literal, name);
    buf_json(out, buf_text(&literal), literal.len);
    buf_release(&literal);
}

static void write_row(const struct learned *l, size_t row, struct buf *out)
{
    uint64_t state = l->preferences.keys[row];
    size_t past[LEARNED_DEPTH_MAX];
    size_t n = past_of(l, state, past);
    const char *feature = feature_of(l, state);
    if (feature) {
        buf_text_add(out, "\"feature\": ");
        write_name(out, feature);
        buf_text_add(out, ", ");
    } else if (state >> FEATURE_SHIFT) {
        buf_text_add(out, "\"feature\": null, ");
    }
    buf_text_add(out, "\"after\": [");
    for (size_t i = 0; i < n; i++) {
        buf_text_add(out, i ? ", " : "");
        write_name(out, l->actions[past[i]]);
    }
    buf_text_add(out, "], \"prefers\": {");
    for (size_t i = 0; i < l->n_actions; i++) {
        char number[NUM_ROOM];
        buf_text_add(out, i ? ", " : "");
        write_name(out, l->actions[i]);
        buf_printf(out, ": %s", num_json(number, l->preferences.values[row * l->n_actions + i]));
    }
    buf_char(out, '}');
}

void learned_write(const struct learned *l, struct buf *out)
{
    buf_char(out, '[');
    for (size_t i = 0; i < l->preferences.n; i++) {
        buf_text_add(out, i ? ",\n  {" : "\n  {");
        write_row(l, i, out);
        buf_char(out, '}');
    }
    buf_text_add(out, "]");
}

/* Whether a file has `name` for this action: variables are put in where it is a value, but not
 * where it is a key. */
static bool is_written(const char *action, const char *name)
{
    struct buf literal = {0};
    struct buf written = {0};
    add_literal(&literal, action);
    secret_mask(&written, buf_text(&literal), literal.len);
    bool is = strcmp(buf_text(&written), name) == 0;
    buf_release(&literal);
    buf_release(&written);
    return is;
}

static bool find_action(const struct learned *l, const char *name, size_t *out, struct buf *why)
{
    for (*out = 0; name && *out < l->n_actions; ++*out) {
        if (strcmp(l->actions[*out], name) == 0)
            return true;
    }
    for (*out = 0; name && *out < l->n_actions; ++*out) {
        if (is_written(l->actions[*out], name))
            return true;
    }
    buf_printf(why, "no action is called '%s'", name ? name : "");
    return false;
}

static bool read_state(struct learned *l, const json_t *json, uint64_t *state, struct buf *why)
{
    const json_t *feature = json_object_get(json, "feature");
    const json_t *after = json_object_get(json, "after");
    bool known = !json_is_null(feature);
    if ((feature && known && !json_is_string(feature)) || !json_is_array(after) ||
        json_array_size(after) > l->depth) {
        buf_printf(why, "a state is a text 'feature', if any, and a list 'after' of up to %u names",
                   l->depth);
        return false;
    }
    *state = known ? learned_meet(l, json_string_value(feature))
                   : (uint64_t)FEATURE_UNKNOWN << FEATURE_SHIFT;
    for (size_t i = 0; i < json_array_size(after); i++) {
        size_t action = 0;
        if (!find_action(l, json_string_value(json_array_get(after, i)), &action, why))
            return false;
        *state = learned_after(l, *state, action);
    }
    return true;
}

static bool read_row(struct learned *l, const json_t *json, struct buf *why)
{
    const char *name = NULL;
    json_t *value = NULL;
    uint64_t state = 0;
    json_t *prefers = json_object_get(json, "prefers");
    if (!read_state(l, json, &state, why))
        return false;
    if (!json_is_object(prefers)) {
        buf_text_add(why, "'prefers' is an object: a number for each action");
        return false;
    }
    json_object_foreach(prefers, name, value)
    {
        size_t action = 0;
        if (!find_action(l, name, &action, why))
            return false;
        if (!json_is_number(value)) {
            buf_printf(why, "the preference for '%s' is no number", name);
            return false;
        }
        table_at(&l->preferences, state)[action] = json_number_value(value);
    }
    return true;
}

bool learned_read(struct learned *l, const json_t *json, size_t *at, struct buf *why)
{
    for (*at = 0; *at < json_array_size(json); ++*at) {
        if (!read_row(l, json_array_get(json, *at), why))
            return false;
    }
    return true;
}
