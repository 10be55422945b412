#include "sim/cli/grade_session.h"
enum err_code grade_results(struct grade_session *g, struct err *e)
{
    (void)g;
    return err_set(e, ERR_BUG, "x");
}
