#include <sqlite3.h>

// Its settings are set by a function with variable arguments, which Swift cannot call.
static inline int tenure_sqlite_keep_plans(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_QPSG, 1, (int *)0);
}
