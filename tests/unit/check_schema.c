#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/job/schema.h"
#include "tests/unit/suites.h"

/* --- What is told of a schema ---------------------------------------------------------------- */

struct told {
    const struct tape *tape;
    struct buf text; /* "S004 error /items; ..." */
};

static void tell(void *arg, const struct schema_fault *fault)
{
    struct told *told = arg;
    if (told->text.len)
        buf_text_add(&told->text, "; ");
    buf_printf(&told->text, "%s%s ", diag_name(fault->code),
               fault->severity == DIAG_ERROR ? "" : " warning");
    tape_pointer(told->tape, fault->at, &told->text);
    if (fault->key)
        buf_char(&told->text, '#');
}

#define OBJECT(properties, required)                                                    \
    "{\"type\":\"object\",\"properties\":{" properties "},\"required\":[" required "]," \
    "\"additionalProperties\":false}"
#define ONE(schema) OBJECT("\"a\":" schema, "\"a\"")

static const struct {
    const char *schema;
    unsigned flags;
    const char *want; /* codes and places */
} checks[] = {
    /* S001 */
    {"[]", 0, "S001 "},
    {"true", 0, ""},
    {"{}", 0, ""},
    {"{\"type\":\"strng\"}", 0, "S001 /type"},
    {"{\"type\":[\"string\",\"nul\"]}", 0, "S001 /type/1"},
    {"{\"type\":[]}", 0, "S001 /type"},
    {"{\"type\":7}", 0, "S001 /type"},
    {"{\"properties\":[]}", 0, "S001 /properties"},
    {"{\"properties\":{\"a\":\"string\"}}", 0, "S001 /properties/a"},
    {"{\"properties\":{\"a\":{\"type\":\"string\",\"required\":true}}}", 0,
     "S001 /properties/a/required"},
    {"{\"required\":[1]}", 0, "S001 /required"},
    {"{\"anyOf\":[]}", 0, "S001 /anyOf"},
    {"{\"anyOf\":{}}", 0, "S001 /anyOf"},
    {"{\"minimum\":\"1\"}", 0, "S001 /minimum"},
    {"{\"exclusiveMinimum\":true}", 0, "S001 /exclusiveMinimum"},
    {"{\"multipleOf\":0}", 0, "S001 /multipleOf"},
    {"{\"maxLength\":-1}", 0, "S001 /maxLength"},
    {"{\"maxLength\":1.5}", 0, "S001 /maxLength"},
    {"{\"maxLength\":1e300}", 0, "S001 /maxLength"},
    {"{\"maxLength\":2.0}", 0, ""},
    {"{\"uniqueItems\":1}", 0, "S001 /uniqueItems"},
    {"{\"pattern\":1}", 0, "S001 /pattern"},
    {"{\"enum\":\"a\"}", 0, "S001 /enum"},
    {"{\"anything\":1,\"default\":[],\"examples\":{}}", 0, ""},
    /* S002 */
    {"{\"$ref\":\"#/$defs/a\"}", 0, "S002 /$ref"},
    {"{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{}}}", 0, ""},
    {"{\"$ref\":\"#/$defs/a~1b\",\"$defs\":{\"a/b\":{}}}", 0, ""},
    {"{\"$ref\":\"#/anyOf/1\",\"anyOf\":[{},{}]}", 0, ""},
    {"{\"$ref\":\"#/anyOf/2\",\"anyOf\":[{},{}]}", 0, "S002 /$ref"},
    {"{\"$ref\":\"other.json\"}", 0, "S002 warning /$ref"},
    {"{\"$ref\":\"#\"}", 0, "S002 /$ref"},
    {"{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/a\"}}}", 0,
     "S002 /$ref; S002 /$defs/a/$ref"},
    {"{\"properties\":{\"next\":{\"$ref\":\"#\"}}}", 0, ""},
    {"{\"$ref\":7}", 0, "S001 /$ref"},
    /* S003 */
    {"{}", SCHEMA_PARAMETERS, "S003 warning "},
    {"{\"type\":\"string\"}", SCHEMA_PARAMETERS, "S003 warning /type"},
    {"{\"type\":\"object\"}", SCHEMA_PARAMETERS, ""},
    {"{\"type\":\"string\"}", SCHEMA_STRICT, "S003 /type"},
    {"{\"type\":\"object\",\"additionalProperties\":false,\"anyOf\":[{\"type\":\"null\"}]}",
     SCHEMA_STRICT, "S003 /anyOf"},
    /* S004, S005 */
    {ONE("{\"type\":\"string\"}"), SCHEMA_STRICT, ""},
    {"{\"type\":\"object\"}", SCHEMA_STRICT, "S004 "},
    {"{\"type\":\"object\",\"additionalProperties\":true}", SCHEMA_STRICT,
     "S004 /additionalProperties"},
    {"{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}", SCHEMA_STRICT,
     "S004 /additionalProperties"},
    {ONE("{\"type\":[\"object\",\"null\"]}"), SCHEMA_STRICT, "S004 /properties/a"},
    {OBJECT("\"a\":{\"type\":\"null\"},\"b\":{\"type\":\"null\"}", "\"b\""), SCHEMA_STRICT,
     "S005 /properties/a#"},
    {"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"null\"}},"
     "\"additionalProperties\":false}",
     SCHEMA_STRICT, "S005 /properties/a#"},
    {"{\"type\":\"object\",\"properties\":{\"a\":{}}}", 0, ""},
    /* S006, S007 */
    {ONE("{\"allOf\":[7]}"), SCHEMA_STRICT, "S006 /properties/a/allOf#; S009 /properties/a"},
    {ONE("{\"type\":\"null\",\"oneOf\":[{\"type\":\"null\"}]}"), SCHEMA_STRICT,
     "S006 /properties/a/oneOf#"},
    {ONE("{\"type\":\"null\",\"default\":null}"), SCHEMA_STRICT,
     "S006 warning /properties/a/default#"},
    {ONE("{\"type\":\"null\",\"x-y\":null}"), SCHEMA_STRICT, "S006 warning /properties/a/x-y#"},
    {ONE("{\"type\":\"array\",\"items\":[{\"type\":\"null\"}]}"), SCHEMA_STRICT,
     "S006 /properties/a/items"},
    {ONE("{\"$ref\":\"#\",\"title\":\"t\"}"), SCHEMA_STRICT, "S006 warning /properties/a"},
    {ONE("{\"type\":\"string\",\"pattern\":\"^a\"}"), SCHEMA_STRICT,
     "S007 warning /properties/a/pattern#"},
    {ONE("{\"type\":\"number\",\"minimum\":1,\"description\":\"d\",\"title\":\"t\"}"),
     SCHEMA_STRICT, "S007 warning /properties/a/minimum#"},
    /* S009, S010, S011 */
    {ONE("{}"), SCHEMA_STRICT, "S009 /properties/a"},
    {ONE("true"), SCHEMA_STRICT, "S009 /properties/a"},
    {ONE("{\"enum\":[1,2]}"), SCHEMA_STRICT, ""},
    {ONE("{\"anyOf\":[{\"type\":\"null\"},{\"description\":\"d\"}]}"), SCHEMA_STRICT,
     "S009 /properties/a/anyOf/1"},
    {ONE("{\"type\":\"array\"}"), SCHEMA_STRICT, "S010 /properties/a"},
    {ONE("{\"type\":\"array\"}"), SCHEMA_PARAMETERS, "S010 warning /properties/a"},
    {"{\"enum\":[]}", 0, "S011 /enum"},
    {OBJECT("", "\"a\""), 0, "S011 /required/0"},
    {"{\"required\":[\"a\"]}", 0, ""},
    {"{\"maxLength\":9007199254740992,\"minItems\":2.0}", 0, ""},
    {"{\"type\":\"integer\",\"const\":1.5}", 0, "S011 /const"},
    {"{\"type\":\"integer\",\"const\":1.0}", 0, ""},
    {"{\"type\":\"string\",\"enum\":[\"a\",null]}", 0, "S011 warning /enum/1"},
    {"{\"type\":[\"string\",\"null\"],\"enum\":[\"a\",null]}", 0, ""},
    /* S014 */
    {"{\"pattern\":\"^a\",\"not\":{}}", SCHEMA_TESTED,
     "S014 warning /pattern#; S014 warning /not#"},
    {"{\"items\":[{}]}", SCHEMA_TESTED, "S014 warning /items"},
    {"{\"minimum\":1,\"default\":2}", SCHEMA_TESTED, ""},
};

static char *faults_of(const char *schema, unsigned flags)
{
    struct tape tape = {0};
    struct tape_fault fault;
    ck_assert_msg(tape_scan(&tape, schema, strlen(schema), &fault), "%s", schema);
    struct told told = {.tape = &tape};
    schema_check(&(struct schema){&tape, 0}, flags, tell, &told);
    tape_release(&tape);
    return buf_take(&told.text);
}

START_TEST(test_faults_have_their_code_and_place)
{
    char *found = faults_of(checks[_i].schema, checks[_i].flags);
    ck_assert_msg(strcmp(found, checks[_i].want) == 0, "%s:\n  wanted \"%s\"\n  found  \"%s\"",
                  checks[_i].schema, checks[_i].want, found);
    free(found);
}
END_TEST

START_TEST(test_warnings_hide_no_error)
{
    struct buf schema = {0};
    buf_text_add(&schema, "{");
    for (int i = 0; i < 2 * SCHEMA_MAX_FAULTS; i++)
        buf_printf(&schema, "\"properties%d\":{},", i); /* S006, each a warning */
    buf_text_add(&schema, "\"type\":\"object\",\"additionalProperties\":false,\"enum\":[]}");
    char *found = faults_of(buf_text(&schema), SCHEMA_STRICT);
    ck_assert_msg(strstr(found, "S011 /enum") != NULL, "%s", found);
    free(found);
    buf_release(&schema);
}
END_TEST

/* --- S008: a schema as large as may be, and one step more ------------------------------------ */

static char *object_of(size_t n, const char *value)
{
    struct buf names = {0};
    struct buf out = {0};
    buf_text_add(&out, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
    for (size_t i = 0; i < n; i++) {
        buf_printf(&out, "%s\"p%zu\":%s", i ? "," : "", i, value);
        buf_printf(&names, "%s\"p%zu\"", i ? "," : "", i);
    }
    buf_printf(&out, "},\"required\":[%s]}", buf_text(&names));
    buf_release(&names);
    return buf_take(&out);
}

static char *nested(size_t levels)
{
    char *schema = object_of(1, "{\"type\":\"null\"}");
    for (size_t i = 1; i < levels; i++) {
        char *outer = object_of(1, schema);
        free(schema);
        schema = outer;
    }
    return schema;
}

static char *choices(size_t n, int width)
{
    struct buf list = {0};
    buf_text_add(&list, "{\"type\":\"string\",\"enum\":[");
    for (size_t i = 0; i < n; i++)
        buf_printf(&list, "%s\"%0*zu\"", i ? "," : "", width, i);
    buf_text_add(&list, "]}");
    char *schema = object_of(1, buf_text(&list));
    buf_release(&list);
    return schema;
}

static const struct {
    const char *what;
    char kind;
    size_t n;
    int width;
    const char *want;
} sizes[] = {
    {"properties", 'p', 100, 0, ""},
    {"one more", 'p', 101, 0, "S008 warning "},
    {"properties", 'p', 5000, 0, "S008 warning "},
    {"one more", 'p', 5001, 0, "S008 "},
    {"levels", 'l', 5, 0, ""},
    {"one more", 'l', 6, 0, "S008 warning "},
    {"levels", 'l', 10, 0, "S008 warning "},
    {"one more", 'l', 11, 0, "S008 "},
    {"choices", 'c', 1000, 3, ""},
    {"one more", 'c', 1001, 3, "S008 "},
    {"long choices", 'c', 250, 100, ""},
    {"one more", 'c', 251, 100, "S008 /properties/p0/enum"},
    {"longer choices", 'c', 250, 479, ""},
    {"all characters", 'c', 250, 481, "S008 "},
};

START_TEST(test_sizes_have_their_bounds)
{
    char *schema = sizes[_i].kind == 'p'   ? object_of(sizes[_i].n, "{\"type\":\"null\"}")
                   : sizes[_i].kind == 'l' ? nested(sizes[_i].n)
                                           : choices(sizes[_i].n, sizes[_i].width);
    char *found = faults_of(schema, SCHEMA_STRICT);
    ck_assert_msg(strcmp(found, sizes[_i].want) == 0, "%s of %zu: %s", sizes[_i].what, sizes[_i].n,
                  found);
    free(found);
    free(schema);
}
END_TEST

START_TEST(test_many_faults_are_counted_and_ten_told)
{
    char *schema = object_of(30, "{}");
    char *found = faults_of(schema, SCHEMA_STRICT);
    size_t n = 0;
    for (const char *at = found; (at = strstr(at, "S009")); at++)
        n++;
    ck_assert_uint_eq(n, SCHEMA_MAX_FAULTS);
    free(found);
    free(schema);
}
END_TEST

static char *repeated(const char *open, const char *inside, const char *close, size_t n)
{
    struct buf out = {0};
    for (size_t i = 0; i < n; i++)
        buf_text_add(&out, open);
    buf_text_add(&out, inside);
    for (size_t i = 0; i < n; i++)
        buf_text_add(&out, close);
    return buf_take(&out);
}

START_TEST(test_hostile_schemas_end)
{
    char *deep = repeated("{\"items\":", "{\"type\":\"none\"}", "}", 2000);
    char *found = faults_of(deep, SCHEMA_STRICT);
    ck_assert_ptr_nonnull(strstr(found, "S009"));
    free(found);
    free(deep);
    /* 40,000 references, each to the last of 40,000 definitions */
    struct buf wide = {0};
    buf_text_add(&wide, "{\"$defs\":{");
    for (int i = 0; i < 40000; i++)
        buf_printf(&wide, "\"d%d\":{\"$ref\":\"#/$defs/last\"},", i);
    buf_text_add(&wide, "\"last\":{}}}");
    found = faults_of(buf_text(&wide), 0);
    ck_assert_ptr_nonnull(strstr(found, "S008"));
    free(found);
    buf_release(&wide);
    /* and 40,000 properties, none of which is required */
    char *large = object_of(40000, "{\"type\":\"null\"}");
    memcpy(strstr(large, "\"required\""), "\"reqiured\"", 10);
    found = faults_of(large, SCHEMA_STRICT);
    ck_assert_ptr_nonnull(strstr(found, "S008"));
    free(found);
    free(large);
}
END_TEST

/* --- What fits ------------------------------------------------------------------------------- */

static const struct {
    const char *schema;
    const char *value;
    const char *why; /* "" if it fits */
} values[] = {
    {ONE("{\"type\":\"number\"}"), "{\"a\":1}", ""},
    {ONE("{\"type\":\"number\"}"), "{\"a\":\"1\"}", "/a must be of type number, found a string"},
    {ONE("{\"type\":[\"number\",\"null\"]}"), "{\"a\":[]}",
     "/a must be of type [\"number\",\"null\"], found a list"},
    {ONE("{\"type\":\"number\"}"), "{}", "lacks \"a\""},
    {ONE("{\"type\":\"number\"}"), "{\"a\":1,\"b\":2}", "has \"b\", which is no property of it"},
    {ONE("{\"type\":\"number\"}"), "{\"\\u0061\":1}", ""},
    {ONE("{\"type\":\"number\"}"), "{\"a\":\"x\",\"a\":1}", ""}, /* the last counts */
    {"{\"enum\":[{\"a\":1,\"b\":[2]}]}", "{\"b\":[2.0],\"a\":1}", ""},
    {"{\"enum\":[\"\\u00e9\"]}", "\"\xc3\xa9\"", ""},
    {"{\"enum\":[1,2]}", "3", "is none of the 2 values of the enum"},
    {"{\"const\":{\"a\":1}}", "{\"a\":2}", "must be {\"a\":1}"},
    {"{\"anyOf\":[{\"type\":\"null\"},{\"minimum\":3}]}", "2",
     "fits none of the 2 schemas of anyOf"},
    {"{\"maxLength\":2}", "\"\xf0\x9f\x98\x80\xc3\xa9\"", ""},
    {"{\"minLength\":2}", "\"a\"", "must have characters: at least 2, found 1"},
    {"{\"exclusiveMaximum\":2}", "2", "must be below 2, found 2"},
    {"{\"properties\":{\"n\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
     "{\"n\":{\"n\":{\"m\":1}}}", "/n/n has \"m\", which is no property of it"},
    {"{\"additionalProperties\":{\"type\":\"null\"}}", "{\"x\":null,\"y\":0}",
     "/y must be of type null, found a number"},
};

static bool fits(const char *schema, const char *value, char why[200])
{
    struct tape s = {0};
    struct tape t = {0};
    struct tape_fault fault;
    struct schema_miss miss = {0};
    ck_assert(tape_scan(&s, schema, strlen(schema), &fault));
    ck_assert(tape_scan(&t, value, strlen(value), &fault));
    bool fine = schema_fits(&(struct schema){&s, 0}, &t, 0, &miss);
    struct buf pointer = {0};
    if (!fine)
        tape_pointer(&t, miss.at, &pointer);
    bool brief = pointer.len < 20;
    snprintf(why, 200, "%s%s%s", brief ? buf_text(&pointer) : "", brief && pointer.len ? " " : "",
             fine ? "" : miss.text);
    buf_release(&pointer);
    tape_release(&s);
    tape_release(&t);
    return fine;
}

START_TEST(test_values_fit_or_say_why_not)
{
    char why[200];
    fits(values[_i].schema, values[_i].value, why);
    ck_assert_msg(strcmp(why, values[_i].why) == 0, "%s on %s: \"%s\", not \"%s\"",
                  values[_i].value, values[_i].schema, why, values[_i].why);
}
END_TEST

START_TEST(test_what_is_too_deep_or_too_much_ends)
{
    char why[200];
    struct buf deep = {0};
    for (int i = 0; i < 1500; i++)
        buf_char(&deep, '[');
    for (int i = 0; i < 1500; i++)
        buf_char(&deep, ']');
    ck_assert(!fits("{\"items\":{\"$ref\":\"#\"}}", buf_text(&deep), why));
    ck_assert_str_eq(why, "is nested too deep to be tested");
    buf_release(&deep);
    /* each of 40 levels asked twice: 2^40 ways, none of which is right */
    ck_assert(!fits("{\"type\":\"array\",\"anyOf\":[{\"items\":{\"$ref\":\"#\"}},"
                    "{\"items\":{\"$ref\":\"#\"},\"maxItems\":1}]}",
                    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]"
                    "]]]]]]]]]]]]]]]]]]]]",
                    why));
    ck_assert_str_eq(why, "is too much to be tested");
}
END_TEST

/* --- The test suite of json-schema.org ------------------------------------------------------- */

/* Debian's json-schema-test-suite: its newest draft is 7. Every file is read. A schema of which
 * nothing is told must sort every value right; of those with a keyword that is passed over, that
 * must be told. */
#define FOLDER "/usr/share/json-schema-test-suite/tests/draft7"

static const struct {
    const char *file;
    size_t n_tested; /* groups, a schema each */
    size_t n_told;
    const char *why; /* ... of those */
} files[] = {
    {"additionalItems.json", 0, 5, "additionalItems"},
    {"additionalProperties.json", 3, 2, "patternProperties"},
    {"allOf.json", 0, 6, "allOf"},
    {"anyOf.json", 6, 0, ""},
    {"boolean_schema.json", 2, 0, ""},
    {"const.json", 4, 0, ""},
    {"contains.json", 0, 4, "contains"},
    {"default.json", 2, 0, ""},
    {"definitions.json", 0, 2, "reference out of the schema"},
    {"dependencies.json", 0, 5, "dependencies"},
    {"enum.json", 3, 0, ""},
    {"exclusiveMaximum.json", 1, 0, ""},
    {"exclusiveMinimum.json", 1, 0, ""},
    {"if-then-else.json", 0, 7, "if, then, else"},
    {"items.json", 3, 2, "items that is a list"},
    {"maxItems.json", 1, 0, ""},
    {"maxLength.json", 1, 0, ""},
    {"maxProperties.json", 1, 0, ""},
    {"maximum.json", 1, 0, ""},
    {"minItems.json", 1, 0, ""},
    {"minLength.json", 1, 0, ""},
    {"minProperties.json", 1, 0, ""},
    {"minimum.json", 1, 0, ""},
    {"multipleOf.json", 3, 0, ""},
    {"not.json", 0, 6, "not"},
    {"oneOf.json", 0, 7, "oneOf"},
    {"pattern.json", 0, 2, "pattern"},
    {"patternProperties.json", 0, 4, "patternProperties"},
    {"properties.json", 2, 1, "patternProperties"},
    {"propertyNames.json", 0, 3, "propertyNames"},
    {"ref.json", 7, 4, "references out of the schema, items that is a list, draft 7"},
    {"refRemote.json", 0, 7, "reference out of the schema"},
    {"required.json", 3, 0, ""},
    {"type.json", 8, 0, ""},
    {"uniqueItems.json", 1, 0, ""},
};

/* In draft 7 what stands beside $ref does not count; in 2020-12, and here, it does. */
static const char *const other_draft[] = {
    "ref overrides any sibling keywords",
};

static bool is_other_draft(const char *description)
{
    for (size_t i = 0; i < COUNT_OF(other_draft); i++) {
        if (strcmp(description, other_draft[i]) == 0)
            return true;
    }
    return false;
}

/* S010 is told of what the service refuses, not of what is not tested here. */
static bool is_passed_over(const char *told)
{
    return *told && strcmp(told, "S010 warning ") != 0;
}

static void run_tests(const char *file, const json_t *group, const char *schema)
{
    size_t i = 0;
    const json_t *test = NULL;
    json_array_foreach(json_object_get(group, "tests"), i, test)
    {
        char why[200];
        char *value = json_dumps(json_object_get(test, "data"), JSON_ENCODE_ANY);
        bool valid = json_is_true(json_object_get(test, "valid"));
        ck_assert_msg(fits(schema, value, why) == valid, "%s: %s, %s: %s on %s: %s", file,
                      json_string_value(json_object_get(group, "description")),
                      json_string_value(json_object_get(test, "description")), value, schema, why);
        free(value);
    }
}

START_TEST(test_suite_of_json_schema_org)
{
    char path[256];
    snprintf(path, sizeof(path), FOLDER "/%s", files[_i].file);
    json_error_t error;
    json_t *groups = json_load_file(path, 0, &error);
    ck_assert_msg(groups != NULL, "%s: %s; make deps installs json-schema-test-suite", path,
                  error.text);
    size_t n_tested = 0;
    size_t n_told = 0;
    size_t i = 0;
    const json_t *group = NULL;
    json_array_foreach(groups, i, group)
    {
        char *schema = json_dumps(json_object_get(group, "schema"), JSON_ENCODE_ANY);
        char *told = faults_of(schema, SCHEMA_TESTED);
        bool tested = !is_passed_over(told) &&
                      !is_other_draft(json_string_value(json_object_get(group, "description")));
        n_tested += tested;
        n_told += !tested;
        if (tested)
            run_tests(files[_i].file, group, schema);
        free(told);
        free(schema);
    }
    json_decref(groups);
    ck_assert_msg(n_tested == files[_i].n_tested && n_told == files[_i].n_told,
                  "%s: %zu schemas tested and %zu told of, not %zu and %zu", files[_i].file,
                  n_tested, n_told, files[_i].n_tested, files[_i].n_told);
}
END_TEST

START_TEST(test_no_file_of_the_suite_is_left_out)
{
    DIR *folder = opendir(FOLDER);
    ck_assert_msg(folder != NULL, "%s: make deps installs json-schema-test-suite", FOLDER);
    for (const struct dirent *entry = NULL; (entry = readdir(folder));) {
        bool listed = !strstr(entry->d_name, ".json"); /* optional/: formats, regular expressions */
        for (size_t i = 0; i < COUNT_OF(files); i++)
            listed = listed || strcmp(files[i].file, entry->d_name) == 0;
        ck_assert_msg(listed, "%s is not in the table", entry->d_name);
    }
    closedir(folder);
}
END_TEST

Suite *schema_suite(void)
{
    Suite *suite = suite_create("schema");
    TCase *tcase = tcase_create("schema");
    tcase_add_loop_test(tcase, test_faults_have_their_code_and_place, 0, COUNT_OF(checks));
    tcase_add_test(tcase, test_warnings_hide_no_error);
    tcase_add_loop_test(tcase, test_sizes_have_their_bounds, 0, COUNT_OF(sizes));
    tcase_add_test(tcase, test_many_faults_are_counted_and_ten_told);
    tcase_add_test(tcase, test_hostile_schemas_end);
    tcase_add_loop_test(tcase, test_values_fit_or_say_why_not, 0, COUNT_OF(values));
    tcase_add_test(tcase, test_what_is_too_deep_or_too_much_ends);
    tcase_add_loop_test(tcase, test_suite_of_json_schema_org, 0, COUNT_OF(files));
    tcase_add_test(tcase, test_no_file_of_the_suite_is_left_out);
    suite_add_tcase(suite, tcase);
    return suite;
}
