/* Which options of `rftsim grade` go together. */
#ifndef SIM_CLI_GRADE_OPTIONS_H
#define SIM_CLI_GRADE_OPTIONS_H

#include "sim/cli/grade_session.h"

/* Errors: ERR_USAGE. */
NODISCARD enum err_code grade_check_options(const struct grade_opts *o, bool has_job,
                                            struct err *e);

/* The file that an option means, "-" being standard input; NULL if its value is no file but the
 * thing itself: --sample TEXT, --item '{...}'. */
const char *grade_sample_path(const struct grade_opts *o);
const char *grade_item_path(const struct grade_opts *o);

#endif
