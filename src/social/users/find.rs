//! People by name or address, and whether somebody may use the node at present.

use super::super::{Error, Result};
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::users::User;
use crate::store::{self, Conn, QueryResult};

/// A local person: the account that everybody sees and what only the node knows.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// Sign-in, role and preferences.
    pub user: User,
}

/// The person with this e-mail address or username, in whatever case; `@name` is fine too.
///
/// # Errors
/// Only of the database.
pub async fn find(node: &Node, identifier: &str) -> Result<Option<Person>> {
    let identifier = identifier.trim().trim_start_matches('@').to_lowercase();
    node.db
        .read(move |conn| {
            let user = if identifier.contains('@') {
                store::users::find_by_email(conn, &identifier)?
            } else {
                let account = store::accounts::find_by_handle(conn, &identifier)?;
                match account {
                    Some(account) => store::users::find(conn, account.id)?,
                    None => None,
                }
            };
            match user {
                Some(user) => load(conn, user.account_id),
                None => Ok(None),
            }
        })
        .await
        .map_err(Error::Internal)
}

/// The person with this account.
///
/// # Errors
/// Only of the database.
pub async fn find_by_id(node: &Node, id: AccountId) -> Result<Option<Person>> {
    node.db
        .read(move |conn| load(conn, id))
        .await
        .map_err(Error::Internal)
}

/// The person with this account, inside a read or a write.
pub(in crate::social) fn load(conn: &mut Conn, id: AccountId) -> QueryResult<Option<Person>> {
    let Some(user) = store::users::find(conn, id)? else {
        return Ok(None);
    };
    let account = store::accounts::find(conn, id)?;
    Ok(account.map(|account| Person { account, user }))
}

/// The people of this node, in the order in which they came; at most `limit`.
///
/// # Errors
/// Only of the database.
pub async fn list(node: &Node, limit: i64) -> Result<Vec<Person>> {
    node.db
        .read(move |conn| {
            let accounts = store::accounts::list_local(conn, limit)?;
            let ids: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
            let mut users = store::users::list(conn, &ids)?;
            let people = accounts.into_iter().filter_map(|account| {
                let place = users
                    .iter()
                    .position(|user| user.account_id == account.id)?;
                let user = users.swap_remove(place);
                Some(Person { account, user })
            });
            Ok(people.collect())
        })
        .await
        .map_err(Error::Internal)
}

/// The people whose sign-up waits for the staff, the oldest first; at most `limit`.
///
/// # Errors
/// Only of the database.
pub async fn list_unapproved(node: &Node, limit: i64) -> Result<Vec<Person>> {
    node.db
        .read(move |conn| {
            let users = store::users::list_unapproved(conn, limit)?;
            let ids: Vec<AccountId> = users.iter().map(|user| user.account_id).collect();
            let mut accounts = store::accounts::list(conn, &ids)?;
            let people = users.into_iter().filter_map(|user| {
                let place = accounts.iter().position(|one| one.id == user.account_id)?;
                let account = accounts.swap_remove(place);
                Some(Person { account, user })
            });
            Ok(people.collect())
        })
        .await
        .map_err(Error::Internal)
}

/// Whether somebody's sign-up is complete: until then nobody sees the account.
#[must_use]
pub fn has_arrived(user: &User) -> bool {
    user.confirmed_at.is_some() && user.approved_at.is_some()
}

/// Whether somebody may do what even those may do who wait to be let in: see how their sign-up stands.
///
/// # Errors
/// [`Error::Forbidden`] with the sentence for somebody who is disabled.
pub fn may_be_asked(person: &Person) -> Result<()> {
    if person.user.disabled_at.is_some() || person.account.suspended_at.is_some() {
        return Err(Error::forbidden("Your login is currently disabled"));
    }
    Ok(())
}

/// Whether this person may use the node at present.
///
/// # Errors
/// [`Error::Forbidden`] with the sentence for somebody who is disabled, unconfirmed or not yet approved.
///
/// Source: <https://docs.joinmastodon.org/methods/accounts/#verify_credentials>
pub fn check_active(person: &Person) -> Result<()> {
    let user = &person.user;
    may_be_asked(person)?;
    let sentence = if user.confirmed_at.is_none() {
        "Your login is missing a confirmed e-mail address"
    } else if user.approved_at.is_none() {
        "Your login is currently pending approval"
    } else {
        return Ok(());
    };
    Err(Error::forbidden(sentence))
}
