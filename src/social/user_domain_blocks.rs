//! Domains of which somebody wants to see nothing: no posts, no notifications, no follows either way. What the node as
//! a whole does about other servers is another matter.

use super::follows::{end_own, end_theirs};
use super::slices::Slice;
use super::{Error, Result};
use crate::id::AccountId;
use crate::node::Node;
use crate::store::jobs::Job;
use crate::store::user_domain_blocks::{self as rows, UserDomainBlock};
use crate::store::{self, Conn, Page, QueryResult, Tx};
use crate::text::domains::normalise_domain;

/// How many follows one write ends, so that others do not wait long.
const ENDED_AT_ONCE: i64 = 100;

/// Blocks a domain: follows to and from it end, and what came from there disappears from sight. Nothing more happens if
/// it is blocked already.
///
/// # Errors
/// [`Error::Invalid`] for what is no domain, and for this node's own.
pub async fn block(node: &Node, viewer: AccountId, domain: &str) -> Result<()> {
    let domain = read(domain)?;
    if domain == node.urls.authority() {
        let sentence = "Validation failed: Domain is this server's own";
        return Err(Error::invalid(sentence));
    }
    node.db
        .write(move |tx| {
            let block = UserDomainBlock {
                id: tx.new_id(),
                account_id: viewer,
                domain,
            };
            rows::insert(tx, &block)?;
            rows::clear(tx, viewer, &block.domain)?;
            Ok(sever(tx, viewer, &block.domain)?)
        })
        .await
}

/// Ends follows between an account and a domain that it blocks; what is left is done later, in pieces.
///
/// # Errors
/// Whatever the database says.
pub fn sever(tx: &mut Tx, account: AccountId, domain: &str) -> QueryResult<()> {
    if !rows::holds(tx, account, domain)? {
        return Ok(());
    }
    let followed = rows::list_followed(tx, account, domain, ENDED_AT_ONCE)?;
    for target in store::accounts::list(tx, &followed)? {
        end_own(tx, account, &target)?;
    }
    let followers = rows::list_followers(tx, account, domain, ENDED_AT_ONCE)?;
    for follower in store::accounts::list(tx, &followers)? {
        end_theirs(tx, account, &follower)?;
    }
    let most = usize::try_from(ENDED_AT_ONCE).unwrap_or(usize::MAX);
    if followed.len() < most && followers.len() < most {
        return Ok(());
    }
    tx.queue(&Job::SeverDomain {
        account,
        domain: domain.to_owned(),
    })
}

/// Blocks a domain no longer. Nothing happens if it is not blocked; follows do not come back.
///
/// # Errors
/// [`Error::Invalid`] for what is no domain.
pub async fn unblock(node: &Node, viewer: AccountId, domain: &str) -> Result<()> {
    let domain = read(domain)?;
    node.db
        .write(move |tx| Ok(rows::delete(tx, viewer, &domain)?))
        .await
}

/// A page of the domains that the viewer blocks, the last one first.
///
/// # Errors
/// Whatever the database says.
pub fn list(conn: &mut Conn, viewer: AccountId, page: &Page) -> QueryResult<Slice<String>> {
    let found = rows::page(conn, viewer, page)?;
    let domains = found.iter().map(|block| block.domain.clone()).collect();
    Ok(Slice::new(domains, &found, |block| block.id))
}

/// What the viewer would lose by blocking a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// How many they follow there.
    pub following: i64,
    /// How many there follow them.
    pub followers: i64,
}

/// What the viewer would lose by blocking a domain.
///
/// # Errors
/// [`Error::Invalid`] for what is no domain.
pub fn preview(conn: &mut Conn, viewer: AccountId, domain: &str) -> Result<Loss> {
    let domain = read(domain)?;
    Ok(Loss {
        following: rows::count_following(conn, viewer, &domain)?,
        followers: rows::count_followers(conn, viewer, &domain)?,
    })
}

fn read(domain: &str) -> Result<String> {
    let sentence = |error| Error::Invalid(format!("Validation failed: Domain: {error}"));
    normalise_domain(domain.trim()).map_err(sentence)
}
