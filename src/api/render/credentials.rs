//! An account as its holder sees it.
//!
//! Source: <https://docs.joinmastodon.org/entities/Account/#CredentialAccount>

use super::words::role;
use super::{View, accounts, quote_policy, visibility};
use crate::api::entities::accounts::Source;
use crate::api::entities::{CredentialAccount, Field, Instant};
use crate::store::accounts::Account;
use crate::store::users::User;
use crate::store::{self, Conn, QueryResult};

/// How far follow requests are counted.
const COUNTED_REQUESTS: i64 = 40;

/// A local account with what only its holder sees.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no user behind the account; else whatever the database says.
pub fn single(conn: &mut Conn, view: &View, account: Account) -> QueryResult<CredentialAccount> {
    let user = store::users::find(conn, account.id)?.ok_or(store::Error::NotFound)?;
    let requests = store::follows::count_requests(conn, account.id, COUNTED_REQUESTS)?;
    let profile = store::profiles::find(conn, account.id)?;
    let source = Source {
        attribution_domains: profile.attribution_domains.0,
        ..source(&account, &user, requests)
    };
    Ok(CredentialAccount {
        account: accounts::single(conn, view, account)?,
        source,
        role: role(user.role),
    })
}

fn source(account: &Account, user: &User, requests: i64) -> Source {
    let fields = account.fields.0.iter().map(|field| Field {
        name: field.name.clone(),
        value: field.source.clone(),
        verified_at: field.verified_at.map(Instant),
    });
    Source {
        attribution_domains: Vec::new(),
        note: account.note_source.clone(),
        fields: fields.collect(),
        privacy: visibility(user.default_visibility),
        sensitive: user.default_sensitive,
        language: user.default_language.clone(),
        follow_requests_count: requests,
        hide_collections: Some(account.hides_collections),
        discoverable: account.discoverable,
        indexable: account.indexable,
        quote_policy: quote_policy(user.default_quote_policy),
    }
}
