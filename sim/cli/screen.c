#include "sim/cli/screen.h"

#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PLAIN_COLUMNS = 80 };

size_t screen_columns(void)
{
    struct winsize size;
    bool known = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return known && size.ws_col ? size.ws_col : PLAIN_COLUMNS;
}
