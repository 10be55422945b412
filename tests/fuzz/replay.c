/* Runs a fuzz target over every file of the folders given, without libFuzzer. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "tests/fuzz/fuzz.h"

/* The copy is as long as the file and no longer, so that the sanitizers see a step too far. */
static int replay_file(const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return EXIT_FAILURE;
    }
    long size = ftell(file);
    rewind(file);
    size_t len = size > 0 ? (size_t)size : 0;
    uint8_t *data = mem_new(len);
    int rc = fread(data, 1, len, file) == len ? EXIT_SUCCESS : EXIT_FAILURE;
    fclose(file);
    if (rc == EXIT_SUCCESS)
        LLVMFuzzerTestOneInput(data, len);
    free(data);
    return rc;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, visible, alphasort);
    if (n <= 0) {
        fprintf(stderr, "%s: no inputs to replay\n", folder);
        return EXIT_FAILURE;
    }
    int rc = EXIT_SUCCESS;
    for (int i = 0; i < n; i++) {
        char *path = mem_printf("%s/%s", folder, entries[i]->d_name);
        if (rc == EXIT_SUCCESS)
            rc = replay_file(path);
        free(path);
        free(entries[i]);
    }
    free(entries);
    printf("%s: %d inputs\n", folder, n);
    return rc;
}

int main(int argc, char **argv)
{
    mem_init();
    int rc = EXIT_SUCCESS;
    for (int i = 1; i < argc && rc == EXIT_SUCCESS; i++)
        rc = replay_folder(argv[i]);
    return rc;
}
