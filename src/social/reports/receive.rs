//! A report by another server: only of accounts of this node, and only with statuses that the server may know.

use std::collections::{BTreeMap, HashSet};

use super::make::tell_staff;
use crate::clock::DAY;
use crate::id::{AccountId, StatusId};
use crate::store::accounts::Account;
use crate::store::reports::Report;
use crate::store::statuses::Status;
use crate::store::{self, Conn, Json, QueryResult, ReportCategory, Tx, Visibility};

/// Reports that one server may send in a day.
const A_DAY: i64 = 400;
/// Reports of one account that one server may send in a day.
const A_DAY_OF_ONE: i64 = 20;
/// Accounts that one message may report.
const MOST_TARGETS: usize = 10;
/// The longest words that are kept, in characters.
const LONGEST_COMMENT: usize = 5_000;

/// What another server reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteReport {
    /// The activity's id on the wire.
    pub uri: String,
    /// The ids of accounts and statuses.
    pub objects: Vec<String>,
    /// In words, plain text.
    pub comment: String,
}

/// Takes a report; tells how many accounts of this node it is about. Doing it twice has one effect.
///
/// # Errors
/// Whatever the database says.
pub fn receive(tx: &mut Tx, by: &Account, report: &RemoteReport) -> QueryResult<usize> {
    let host = by.domain.clone().unwrap_or_default();
    let targets = find_targets(tx, &host, &report.objects)?;
    let (since, mut taken) = (tx.now() - DAY, 0);
    for (place, (target, statuses)) in targets.into_iter().take(MOST_TARGETS).enumerate() {
        let sent = store::reports::count_from(tx, &host, None, since, A_DAY)?;
        let of_one = store::reports::count_from(tx, &host, Some(target), since, A_DAY_OF_ONE)?;
        if sent >= A_DAY || of_one >= A_DAY_OF_ONE {
            continue;
        }
        let uri = match place {
            0 => report.uri.clone(),
            place => format!("{}#{place}", report.uri),
        };
        let now = tx.now();
        let row = Report {
            id: tx.new_id(),
            uri: Some(uri),
            account_id: by.id,
            target_id: target,
            host: Some(host.clone()),
            category: ReportCategory::Other,
            comment: report.comment.chars().take(LONGEST_COMMENT).collect(),
            status_ids: Json(statuses.into_iter().map(|id| id.0).collect()),
            rule_ids: Json(Vec::new()),
            forwarded: false,
            assigned_id: None,
            action_taken_at: None,
            action_taken_by_id: None,
            created_at: now,
            updated_at: now,
            collection_ids: Json(Vec::new()),
        };
        if store::reports::insert(tx, &row)? {
            tell_staff(tx, &row)?;
        }
        taken += 1;
    }
    Ok(taken)
}

/// The local accounts that are named, or wrote what is named, each with what it wrote.
fn find_targets(
    tx: &mut Tx,
    host: &str,
    objects: &[String],
) -> QueryResult<BTreeMap<AccountId, Vec<StatusId>>> {
    let mut targets: BTreeMap<AccountId, Vec<StatusId>> = BTreeMap::new();
    for uri in objects {
        if let Some(account) = store::accounts::find_by_uri(tx, uri)? {
            if account.is_local() && account.kind != store::AccountKind::Application {
                targets.entry(account.id).or_default();
            }
            continue;
        }
        let status = store::statuses::find_by_uri(tx, uri)?;
        let Some(status) = status.filter(|status| status.is_local) else {
            continue;
        };
        if may_know(tx, host, &status)? {
            targets
                .entry(status.account_id)
                .or_default()
                .push(status.id);
        }
    }
    Ok(targets)
}

/// Whether somebody of a server may see a status: it could find out otherwise what there is.
fn may_know(conn: &mut Conn, host: &str, status: &Status) -> QueryResult<bool> {
    if matches!(status.visibility, Visibility::Public | Visibility::Unlisted) {
        return Ok(true);
    }
    let mentions = store::mentions::list(conn, &[status.id])?;
    let named: Vec<AccountId> = mentions.iter().map(|one| one.account_id).collect();
    let hosts: HashSet<Option<String>> = store::accounts::list(conn, &named)?
        .into_iter()
        .map(|account| account.domain)
        .collect();
    if hosts.contains(&Some(host.to_owned())) {
        return Ok(true);
    }
    if status.visibility == Visibility::Direct {
        return Ok(false);
    }
    let followers = store::follows::list_follower_destinations(conn, status.account_id)?;
    Ok(followers.iter().any(|place| place.domain == host))
}
