#include "sim/store/schema.h"

#include <assert.h>

#include "sim/base/cc.h"

/* The assembler puts the files in; C17 has no #embed. */
#define EMBED(name, path)                                                          \
    __asm__(".section .rodata\n.globl " #name "\n.type " #name ", @object\n" #name \
            ":\n.incbin \"" path "\"\n.byte 0\n.previous\n");                      \
    extern const char name[] __attribute__((visibility("hidden")))

EMBED(schema_tables, "sim/store/schema.sql");
EMBED(schema_search, "sim/store/search.sql");
EMBED(schema_learner, "sim/store/learner.sql");
EMBED(schema_tokens, "sim/store/tokens.sql");

static const char *const versions[] = {schema_tables, schema_search, schema_learner, schema_tokens};
static_assert(COUNT_OF(versions) == SCHEMA_VERSION, "a version without its SQL");

const char *schema_sql(int version)
{
    assert(version >= 1 && version <= SCHEMA_VERSION);
    return versions[version - 1];
}
