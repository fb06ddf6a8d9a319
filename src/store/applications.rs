//! Registered client applications.

use diesel::prelude::*;

use super::conn::{Conn, on};
use super::schema::applications;
use super::tx::Tx;
use crate::id::ApplicationId;

/// One registered application.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = applications)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// What it calls itself in requests.
    pub client_id: String,
    /// SHA-256 of its secret.
    pub secret_digest: String,
    /// Its name.
    pub name: String,
    /// Its page.
    pub website: Option<String>,
    /// Where codes may be sent, one a line.
    pub redirect_uris: String,
    /// What it may ask for, separated by spaces.
    pub scopes: String,
    /// When it was registered, in milliseconds.
    pub created_at: i64,
}

/// The application with this id.
pub fn find(conn: &mut Conn, id: ApplicationId) -> QueryResult<Option<Application>> {
    on!(conn, |c| applications::table
        .find(id)
        .select(Application::as_select())
        .first(c)
        .optional())
}

/// The application that calls itself this.
pub fn find_by_client_id(conn: &mut Conn, client_id: &str) -> QueryResult<Option<Application>> {
    on!(conn, |c| applications::table
        .filter(applications::client_id.eq(client_id))
        .select(Application::as_select())
        .first(c)
        .optional())
}

/// The applications with these ids, in no order.
pub fn list(conn: &mut Conn, ids: &[ApplicationId]) -> QueryResult<Vec<Application>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| applications::table
        .filter(applications::id.eq_any(ids))
        .select(Application::as_select())
        .load(c))
}

/// Adds an application.
pub fn insert(tx: &mut Tx, application: &Application) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(applications::table)
        .values(application)
        .execute(c))
    .map(drop)
}
