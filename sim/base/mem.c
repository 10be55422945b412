#include "sim/base/mem.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (!memory) {
        fputs("rftsim: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static void *jansson_malloc(size_t bytes)
{
    return checked(malloc(bytes ? bytes : 1));
}

void mem_init(void)
{
    json_set_alloc_funcs(jansson_malloc, free);
}

void *mem_new(size_t bytes)
{
    return checked(calloc(1, bytes ? bytes : 1));
}

void *mem_array(size_t n, size_t each)
{
    return checked(calloc(n ? n : 1, each ? each : 1));
}

void *mem_grow(void *old, size_t n, size_t each)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(n, each, &bytes))
        checked(NULL);
    return checked(realloc(old, bytes ? bytes : 1));
}

char *mem_text(const char *text)
{
    return text ? checked(strdup(text)) : NULL;
}

char *mem_slice(const char *text, size_t len)
{
    char *copy = mem_new(len + 1);
    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *mem_printf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    return text;
}

char *mem_vprintf(const char *fmt, va_list ap)
{
    char *text = NULL;
    int len = vasprintf(&text, fmt, ap);
    return checked(len < 0 ? NULL : text);
}
