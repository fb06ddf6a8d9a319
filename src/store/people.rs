//! Accounts as the staff looks for them, with what is known of their people and standing.

use diesel::prelude::*;

use super::accounts::Account;
use super::columns::{AccountKind, Role};
use super::conn::{Conn, on};
use super::page::{Page, cut};
use super::schema::{account_standings, accounts, user_addresses, users};
use crate::id::AccountId;

/// How the accounts stand that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing was decided about them.
    Active,
    /// They wait for the staff's consent.
    Pending,
    /// Their people may not sign in.
    Disabled,
    /// They are limited.
    Silenced,
    /// They are suspended.
    Suspended,
    /// Their files count as sensitive.
    Sensitized,
}

/// Which accounts are asked for; what is none narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of this node, or only those of others.
    pub is_local: Option<bool>,
    /// How they stand.
    pub state: Option<State>,
    /// Only the staff.
    pub only_staff: bool,
    /// Only people with one of these roles.
    pub roles: Vec<Role>,
    /// The domain, in lower case.
    pub domain: Option<String>,
    /// The beginning of the handle, in lower case.
    pub handle: Option<String>,
    /// The beginning of the display name.
    pub display_name: Option<String>,
    /// The beginning of the e-mail address, in lower case.
    pub email: Option<String>,
    /// From where their people came.
    pub address: Option<String>,
}

/// A page of accounts, the newest first. The node's own actor is not among them.
pub fn page(conn: &mut Conn, filter: &Filter, page: &Page) -> QueryResult<Vec<Account>> {
    on!(conn, |c| {
        let mut query = accounts::table
            .left_join(users::table.on(users::account_id.eq(accounts::id)))
            .left_join(account_standings::table.on(account_standings::account_id.eq(accounts::id)))
            .filter(
                accounts::domain
                    .is_not_null()
                    .or(accounts::kind.ne(AccountKind::Application)),
            )
            .select(Account::as_select())
            .into_boxed();
        query = match filter.is_local {
            Some(true) => query.filter(accounts::domain.is_null()),
            Some(false) => query.filter(accounts::domain.is_not_null()),
            None => query,
        };
        query = match filter.state {
            None => query,
            Some(State::Active) => query
                .filter(accounts::suspended_at.is_null())
                .filter(account_standings::silenced_at.nullable().is_null())
                .filter(users::disabled_at.nullable().is_null())
                .filter(
                    accounts::domain
                        .is_not_null()
                        .or(users::approved_at.nullable().is_not_null()),
                ),
            Some(State::Pending) => query
                .filter(accounts::domain.is_null())
                .filter(users::approved_at.nullable().is_null()),
            Some(State::Disabled) => query.filter(users::disabled_at.nullable().is_not_null()),
            Some(State::Silenced) => {
                query.filter(account_standings::silenced_at.nullable().is_not_null())
            }
            Some(State::Suspended) => query.filter(accounts::suspended_at.is_not_null()),
            Some(State::Sensitized) => {
                query.filter(account_standings::sensitized_at.nullable().is_not_null())
            }
        };
        if filter.only_staff {
            query = query.filter(users::role.nullable().ge(Role::Moderator));
        }
        if !filter.roles.is_empty() {
            query = query.filter(users::role.nullable().eq_any(filter.roles.clone()));
        }
        if let Some(domain) = &filter.domain {
            query = query.filter(accounts::domain.eq(domain.clone()));
        }
        if let Some(beginning) = &filter.handle {
            query = query
                .filter(accounts::handle.ge(beginning.clone()))
                .filter(accounts::handle.lt(format!("{beginning}\u{10FFFF}")));
        }
        if let Some(beginning) = &filter.display_name {
            query = query.filter(accounts::display_name.like(format!("{beginning}%")));
        }
        if let Some(beginning) = &filter.email {
            query = query
                .filter(users::email.nullable().ge(beginning.clone()))
                .filter(users::email.nullable().lt(format!("{beginning}\u{10FFFF}")));
        }
        if let Some(address) = &filter.address {
            let from: Vec<AccountId> = user_addresses::table
                .filter(user_addresses::address.eq(address))
                .select(user_addresses::account_id)
                .limit(1_000)
                .load(c)?;
            query = query.filter(accounts::id.eq_any(from));
        }
        cut!(c, query, accounts::id, page, Account)
    })
}
