//! A report by somebody here, and what other servers hear of it: never who reported.

use std::collections::HashSet;

use super::super::audience::of_accounts;
use super::super::notifications::notify_of;
use super::super::visibility::keep_visible;
use super::super::{Error, Result, collections};
use crate::clock::DAY;
use crate::id::{AccountId, CollectionId, StatusId, first_at};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::follows::Destination;
use crate::store::jobs::Job;
use crate::store::reports::{Filter, Report};
use crate::store::statuses::Status;
use crate::store::{self, Json, NotificationKind, Page, QueryResult, ReportCategory, Tx};

/// The longest words of a report, in characters.
pub const LONGEST_COMMENT: usize = 1_000;
/// Statuses, and collections, that one report may be about.
const MOST_STATUSES: usize = 100;
/// Reports that one person may make in a day.
const A_DAY: i64 = 400;

/// What somebody reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewReport {
    /// Whom.
    pub target: Option<AccountId>,
    /// Which of its statuses.
    pub statuses: Vec<StatusId>,
    /// Which of its collections.
    pub collections: Vec<CollectionId>,
    /// In words, plain text.
    pub comment: String,
    /// What it is about; as the rules say if nobody says.
    pub category: Option<ReportCategory>,
    /// The numbers of the rules that were broken, from 1.
    pub rules: Vec<i64>,
    /// Whether other servers are told.
    pub forward: bool,
    /// Which; the target's own if none are named.
    pub forward_to: Option<Vec<String>>,
}

/// Reports an account to the staff.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account, and for statuses and collections that are not its own or
/// that the viewer may not see;
/// [`Error::Invalid`] for words that are too long and rules that do not exist; [`Error::TooMany`] after too many.
pub async fn make(node: &Node, viewer: AccountId, new: NewReport) -> Result<Report> {
    check(node, &new)?;
    node.db
        .write(move |tx| {
            let target = new.target.ok_or(Error::NotFound)?;
            let target = store::accounts::find(tx, target)?.ok_or(Error::NotFound)?;
            check_number(tx, viewer)?;
            let statuses = find_statuses(tx, viewer, &target, &new.statuses)?;
            check_collections(tx, viewer, target.id, &new.collections)?;
            let destinations = if new.forward && !target.is_local() {
                let named = new.forward_to.clone();
                list_destinations(tx, &target, &statuses, named)?
            } else {
                Vec::new()
            };
            let report = shape(tx, viewer, &target, new, !destinations.is_empty());
            store::reports::insert(tx, &report)?;
            tell_staff(tx, &report)?;
            if report.forwarded {
                tx.queue(&Job::Distribute(Fact::Reported {
                    report: report.id,
                    destinations,
                }))?;
            }
            Ok(report)
        })
        .await
}

/// Whether these are collections of the account that the viewer can see.
fn check_collections(
    tx: &mut Tx,
    viewer: AccountId,
    target: AccountId,
    ids: &[CollectionId],
) -> Result<()> {
    let asked: HashSet<CollectionId> = ids.iter().copied().collect();
    let shown = collections::list(tx, Some(viewer), ids)?;
    let own = shown
        .iter()
        .filter(|shown| shown.collection.account_id == target);
    if own.count() == asked.len() {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

fn check(node: &Node, new: &NewReport) -> Result<()> {
    if new.comment.chars().count() > LONGEST_COMMENT {
        return Err(Error::invalid(format!(
            "Validation failed: Comment is too long (maximum is {LONGEST_COMMENT} characters)"
        )));
    }
    if new.statuses.len() > MOST_STATUSES {
        return Err(Error::invalid(format!(
            "A report is about at most {MOST_STATUSES} statuses"
        )));
    }
    if new.collections.len() > MOST_STATUSES {
        return Err(Error::invalid(format!(
            "A report is about at most {MOST_STATUSES} collections"
        )));
    }
    check_rules(node, &new.rules)
}

/// Whether these rules exist.
///
/// # Errors
/// [`Error::Invalid`] otherwise.
pub(super) fn check_rules(node: &Node, rules: &[i64]) -> Result<()> {
    let known = i64::try_from(node.config.instance.rules.len()).unwrap_or(i64::MAX);
    if rules.iter().all(|rule| (1..=known).contains(rule)) {
        Ok(())
    } else {
        Err(Error::invalid(
            "Validation failed: Rules does not reference valid rules",
        ))
    }
}

fn check_number(tx: &mut Tx, viewer: AccountId) -> Result<()> {
    let mine = Filter {
        by: Some(viewer),
        ..Filter::default()
    };
    let today = Page {
        since_id: Some(first_at(tx.now() - DAY)),
        ..Page::newest(A_DAY)
    };
    let made = store::reports::page(tx, mine, &today)?.len();
    if i64::try_from(made).is_ok_and(|made| made < A_DAY) {
        Ok(())
    } else {
        Err(Error::TooMany("Too many reports today".to_owned()))
    }
}

fn find_statuses(
    tx: &mut Tx,
    viewer: AccountId,
    target: &Account,
    ids: &[StatusId],
) -> Result<Vec<Status>> {
    let asked: HashSet<StatusId> = ids.iter().copied().collect();
    let mut found = store::statuses::list(tx, ids)?;
    found.retain(|status| status.account_id == target.id);
    let found = keep_visible(tx, Some(viewer), found)?;
    // What is hidden is as unknown as what is missing.
    if found.len() == asked.len() {
        Ok(found)
    } else {
        Err(Error::NotFound)
    }
}

/// The inboxes of the servers that are told: the target's own, and those of people whom the statuses answer; of these
/// only the ones that were named, if any were.
fn list_destinations(
    tx: &mut Tx,
    target: &Account,
    statuses: &[Status],
    named: Option<Vec<String>>,
) -> QueryResult<Vec<Destination>> {
    let named: Vec<String> = match named {
        Some(named) => named.iter().map(|domain| domain.to_lowercase()).collect(),
        None => target.domain.clone().into_iter().collect(),
    };
    let mut concerned = vec![target.id];
    concerned.extend(
        statuses
            .iter()
            .filter_map(|status| status.in_reply_to_account_id),
    );
    let mut destinations = of_accounts(tx, &concerned)?;
    destinations.retain(|place| named.contains(&place.domain.to_lowercase()));
    destinations.sort_unstable_by(|a, b| a.inbox_url.cmp(&b.inbox_url));
    destinations.dedup_by(|a, b| a.inbox_url == b.inbox_url);
    Ok(destinations)
}

fn shape(tx: &Tx, viewer: AccountId, target: &Account, new: NewReport, forwarded: bool) -> Report {
    let now = tx.now();
    let category = new.category.unwrap_or(if new.rules.is_empty() {
        ReportCategory::Other
    } else {
        ReportCategory::Violation
    });
    let rules = match category {
        ReportCategory::Violation => new.rules,
        _ => Vec::new(),
    };
    Report {
        id: tx.new_id(),
        uri: None,
        account_id: viewer,
        target_id: target.id,
        host: None,
        category,
        comment: new.comment,
        status_ids: Json(new.statuses.iter().map(|id| id.0).collect()),
        rule_ids: Json(rules),
        forwarded,
        assigned_id: None,
        action_taken_at: None,
        action_taken_by_id: None,
        created_at: now,
        updated_at: now,
        collection_ids: Json(new.collections.iter().map(|id| id.0).collect()),
    }
}

/// The staff hears of every report.
///
/// # Errors
/// Whatever the database says.
pub(super) fn tell_staff(tx: &mut Tx, report: &Report) -> QueryResult<()> {
    for staff in store::users::list_staff(tx)? {
        let kind = NotificationKind::AdminReport;
        notify_of(tx, staff, kind, report.account_id, report.id)?;
    }
    Ok(())
}
