//! What follows from a decision for many accounts, a few at a time. Each step reads what is decided now, so that it may
//! be done at any time and as often as one likes.

use std::collections::HashMap;

use super::super::follows;
use super::super::notifications::notify_of;
use super::super::statuses::delete::{remove, remove_files};
use super::standings::{is_deleted, settle};
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::follows::Follow;
use crate::store::severances::{self, Severance, SeveredFollow};
use crate::store::timelines::ProfileFilter;
use crate::store::{
    self, Conn, NotificationKind, Page, QueryResult, SeveranceCause, Tx, Visibility,
};

/// Accounts that one write looks at.
const ACCOUNTS_AT_ONCE: i64 = 50;
/// Follows that one write ends or brings back.
const FOLLOWS_AT_ONCE: usize = 200;
/// Deliveries that one write drops.
const DELIVERIES_AT_ONCE: i64 = 500;
/// Statuses that one write removes.
const STATUSES_AT_ONCE: i64 = 20;

/// A decision about a server that is being carried out.
#[derive(Clone, Debug)]
struct Decision {
    /// The server that was decided about.
    domain: String,
    /// Under which number people are told of the follows that end.
    severance: i64,
}

/// Brings the accounts of a server, their follows and what waits for it into accord with what is decided of it.
///
/// # Errors
/// Whatever the database says.
pub async fn enforce_host(node: &Node, domain: &str, severance: i64) -> QueryResult<()> {
    node.load_bans().await?;
    drop_backlogs(node, domain).await?;
    let below = domain.to_owned();
    let list = move |conn: &mut Conn| store::standings::list_domains_below(conn, &below);
    let decision = Decision {
        domain: domain.to_owned(),
        severance,
    };
    for name in node.db.read(list).await? {
        let mut next = Some(AccountId(0));
        while let Some(after) = next {
            let (name, decision) = (name.clone(), decision.clone());
            let step = move |tx: &mut Tx| enforce_some(tx, &name, after, &decision);
            next = node.db.write_later(step).await?;
        }
    }
    // What was queued while the accounts were gone through.
    drop_backlogs(node, domain).await
}

/// One step through the accounts of a domain; gives the id behind which the next one begins, until there is none.
fn enforce_some(
    tx: &mut Tx,
    domain: &str,
    after: AccountId,
    decision: &Decision,
) -> QueryResult<Option<AccountId>> {
    let ids = store::standings::list_of_domain(tx, domain, after, ACCOUNTS_AT_ONCE)?;
    let is_last = i64::try_from(ids.len()).is_ok_and(|found| found < ACCOUNTS_AT_ONCE);
    let mut accounts: HashMap<AccountId, Account> = store::accounts::list(tx, &ids)?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let (mut left, mut done) = (FOLLOWS_AT_ONCE, after);
    for id in ids {
        let Some(account) = accounts.remove(&id) else {
            continue;
        };
        let moved = if settle(tx, &account)? {
            sever(tx, &account, decision, left)?
        } else {
            restore(tx, &account, left)?
        };
        left = left.saturating_sub(moved);
        if left == 0 {
            // There may be more of this one.
            return Ok(Some(done));
        }
        done = id;
    }
    Ok((!is_last).then_some(done))
}

/// Ends up to `limit` follows of an account and by it, and tells people here what they lost; gives the number.
fn sever(tx: &mut Tx, account: &Account, decision: &Decision, limit: usize) -> QueryResult<usize> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let ending = severances::list_follows(tx, account.id, most)?;
    let number = ending.len();
    let mut losses: HashMap<AccountId, Vec<SeveredFollow>> = HashMap::new();
    for follow in ending {
        follows::end(tx, &follow)?;
        // A request that waits is nothing that anybody had.
        if follow.is_accepted {
            let person = other(&follow, account.id);
            let severed = SeveredFollow::of(follow, decision.severance);
            losses.entry(person).or_default().push(severed);
        }
    }
    if losses.is_empty() {
        return Ok(number);
    }
    let severance = Severance {
        id: decision.severance,
        cause: SeveranceCause::HostBlock,
        target_name: decision.domain.clone(),
        created_at: tx.now(),
    };
    severances::insert(tx, &severance)?;
    for (person, ended) in losses {
        if let Some(loss) = severances::record(tx, decision.severance, person, &ended)? {
            let kind = NotificationKind::SeveredRelationships;
            notify_of(tx, person, kind, person, loss)?;
        }
    }
    Ok(number)
}

fn other(follow: &Follow, account: AccountId) -> AccountId {
    if follow.account_id == account {
        follow.target_id
    } else {
        follow.account_id
    }
}

/// Brings up to `limit` follows back that ended because the account's server was blocked; gives the number. Neither
/// server was told of their end. What one of both has blocked meanwhile, or made anew, stays as it is.
fn restore(tx: &mut Tx, account: &Account, limit: usize) -> QueryResult<usize> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let severed = severances::take(tx, account.id, most)?;
    let number = severed.len();
    for severed in severed {
        let follow = severed.restored();
        let (a, b) = (follow.account_id, follow.target_id);
        if !follows::is_either_blocked(tx, a, b)? && store::follows::insert(tx, &follow)? {
            follows::count(tx, &follow, 1)?;
        }
    }
    Ok(number)
}

/// Drops what waits for a server that is not talked with any more; its authors see why.
async fn drop_backlogs(node: &Node, domain: &str) -> QueryResult<()> {
    let below = domain.to_owned();
    let list = move |conn: &mut Conn| store::peers::list_below(conn, &below);
    for peer in node.db.read(list).await? {
        if !node.bans.bars(&peer.domain) {
            continue;
        }
        let reason = format!("this node does not talk with {}", peer.domain);
        loop {
            let reason = reason.clone();
            let drop = move |tx: &mut Tx| {
                store::outcomes::drop_backlog(tx, peer.id, &reason, DELIVERIES_AT_ONCE)
            };
            if node.db.write_later(drop).await? == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// Removes everything that a suspended account posted; of one that was deleted, also its follows and what its owner alone
/// saw. Nothing happens if it is suspended no longer.
///
/// # Errors
/// Whatever the database says.
pub async fn purge_account(node: &Node, account: AccountId) -> QueryResult<()> {
    purge_posted(node, account).await?;
    while node
        .db
        .write_later(move |tx| end_some_follows(tx, account))
        .await?
    {}
    node.db
        .write_later(move |tx| match find_deleted(tx, account)? {
            Some(gone) => store::departures::forget_private(tx, gone.id),
            None => Ok(()),
        })
        .await
}

/// A local account, if it was deleted.
fn find_deleted(tx: &mut Tx, account: AccountId) -> QueryResult<Option<Account>> {
    let Some(account) = store::accounts::find(tx, account)?.filter(Account::is_local) else {
        return Ok(None);
    };
    let is_deleted = is_deleted(tx, &account)?;
    Ok(is_deleted.then_some(account))
}

/// Ends some follows of a deleted account, and by it; tells whether there were any. Its own end is told to others by its
/// Delete.
fn end_some_follows(tx: &mut Tx, account: AccountId) -> QueryResult<bool> {
    if find_deleted(tx, account)?.is_none() {
        return Ok(false);
    }
    let most = i64::try_from(FOLLOWS_AT_ONCE).unwrap_or(i64::MAX);
    let ending = store::departures::list_follows(tx, account, most)?;
    for follow in &ending {
        follows::end(tx, follow)?;
    }
    Ok(!ending.is_empty())
}

async fn purge_posted(node: &Node, account: AccountId) -> QueryResult<()> {
    loop {
        let step = move |tx: &mut Tx| -> QueryResult<usize> {
            let found = store::accounts::find(tx, account)?;
            if found.is_none_or(|account| account.suspended_at.is_none()) {
                return Ok(0);
            }
            let filter = ProfileFilter {
                visibilities: Visibility::ALL.to_vec(),
                ..ProfileFilter::default()
            };
            let page = Page::newest(STATUSES_AT_ONCE);
            let ids = store::timelines::page_profile(tx, account, &filter, &page)?;
            purge_statuses(tx, &ids)?;
            Ok(ids.len())
        };
        if node.db.write_later(step).await? == 0 {
            return Ok(());
        }
    }
}

fn purge_statuses(tx: &mut Tx, ids: &[StatusId]) -> QueryResult<()> {
    for status in store::statuses::list(tx, ids)? {
        let files = store::attachments::list(tx, &[status.id])?;
        if status.boost_of_id.is_some() {
            super::super::boosts::remove(tx, &status)?;
        } else {
            remove(tx, &status)?;
        }
        remove_files(tx, &files)?;
    }
    Ok(())
}
