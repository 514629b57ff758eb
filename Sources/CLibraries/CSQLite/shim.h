#include <sqlite3.h>

// Its settings are set by a function with variable arguments, which Swift cannot call.
static inline int tenure_sqlite_keep_plans(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_QPSG, 1, (int *)0);
}

// SQLITE_TRANSIENT is a cast that Swift does not see. SQLite takes its copy before these return; what is empty is not
// null.
static inline int tenure_sqlite_bind_text(sqlite3_stmt *statement, int place, const unsigned char *text, long long count) {
    return sqlite3_bind_text64(
        statement, place, text ? (const char *)text : "", (sqlite3_uint64)count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int tenure_sqlite_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, long long count) {
    return sqlite3_bind_blob64(statement, place, bytes ? bytes : "", (sqlite3_uint64)count, SQLITE_TRANSIENT);
}
