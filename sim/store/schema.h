/* The schema of run.db: schema.sql and what came after it, as they stand in the source tree. */
#ifndef SIM_STORE_SCHEMA_H
#define SIM_STORE_SCHEMA_H

enum {
    SCHEMA_APPLICATION = 0x72667473, /* application_id: "rfts" */
    SCHEMA_VERSION = 4,              /* user_version: how many of these there are */
};

/* The SQL that makes a database of version `version` out of one of the version before; 1: out of an
 * empty one. */
const char *schema_sql(int version);

#endif
