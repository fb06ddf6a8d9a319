//! Makes SQLite keep the plan of a prepared statement.
//!
//! Without the query planner stability guarantee SQLite prepares a statement again whenever a bound LIMIT
//! changes hands, which costs a point read five times its price. diesel binds every LIMIT.
//!
//! Source: <https://sqlite.org/queryplanner-ng.html#qpsg>

use std::sync::Once;

static REGISTERED: Once = Once::new();

/// Switches the guarantee on for every SQLite connection that this process opens from now on.
#[expect(
    unsafe_code,
    reason = "SQLite offers the switch in C only; the one such spot of the project"
)]
pub(super) fn keep_plans() {
    REGISTERED.call_once(|| {
        // SAFETY: `enable` has the signature of an extension entry point and lives as long as the program.
        unsafe {
            libsqlite3_sys::sqlite3_auto_extension(Some(enable));
        }
    });
}

#[expect(unsafe_code, reason = "see keep_plans")]
unsafe extern "C" fn enable(
    database: *mut libsqlite3_sys::sqlite3,
    _message: *mut *mut std::os::raw::c_char,
    _routines: *const libsqlite3_sys::sqlite3_api_routines,
) -> std::os::raw::c_int {
    // SAFETY: SQLite calls this with the connection that it has just opened; the arguments are those that
    // the option documents: an int to set and a place for the answer, which may be null.
    unsafe {
        libsqlite3_sys::sqlite3_db_config(
            database,
            libsqlite3_sys::SQLITE_DBCONFIG_ENABLE_QPSG,
            1,
            std::ptr::null_mut::<std::os::raw::c_int>(),
        )
    }
}
