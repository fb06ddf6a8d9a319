//! What the staff does with reports.

use super::super::moderation::staff::{Staff, Target, record};
use super::super::staff::By;
use super::super::{Error, Result};
use super::make::check_rules;
use crate::id::AccountId;
use crate::node::Node;
use crate::store::reports::{Filter, Report};
use crate::store::{self, Conn, Json, Page, ReportCategory, Tx};

/// A page of reports, the newest first.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff.
pub async fn page(node: &Node, by: By, filter: Filter, page: Page) -> Result<Vec<Report>> {
    by.check_look()?;
    let read = move |conn: &mut Conn| store::reports::page(conn, filter, &page);
    Ok(node.db.read(read).await?)
}

/// A page of what somebody reported.
///
/// # Errors
/// Only of the database.
pub async fn page_own(node: &Node, viewer: AccountId, page: Page) -> Result<Vec<Report>> {
    let filter = Filter {
        by: Some(viewer),
        ..Filter::default()
    };
    let read = move |conn: &mut Conn| store::reports::page(conn, filter, &page);
    Ok(node.db.read(read).await?)
}

/// One report.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff, [`Error::NotFound`] if there is none.
pub async fn find(node: &Node, by: By, id: i64) -> Result<Report> {
    by.check_look()?;
    let read = move |conn: &mut Conn| store::reports::find(conn, id);
    node.db.read(read).await?.ok_or(Error::NotFound)
}

/// What is done with a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is about something else than was said.
    Change {
        /// What it is about.
        category: Option<ReportCategory>,
        /// The numbers of the rules that were broken.
        rules: Option<Vec<i64>>,
    },
    /// Whoever decides looks after it.
    Assign,
    /// Nobody looks after it.
    Unassign,
    /// Nothing is left to do.
    Resolve,
    /// Something is left to do.
    Reopen,
}

impl Step {
    fn word(&self) -> &'static str {
        match self {
            Self::Change { .. } => "change_report",
            Self::Assign => "assign_report",
            Self::Unassign => "unassign_report",
            Self::Resolve => "resolve_report",
            Self::Reopen => "reopen_report",
        }
    }

    fn apply(self, report: &mut Report, staff: &Staff, now: i64) {
        match self {
            Self::Change { category, rules } => {
                report.category = category.unwrap_or(report.category);
                if let Some(rules) = rules {
                    report.rule_ids = Json(rules);
                }
                if report.category != ReportCategory::Violation {
                    report.rule_ids = Json(Vec::new());
                }
            }
            Self::Assign => report.assigned_id = staff.account,
            Self::Unassign => report.assigned_id = None,
            Self::Resolve => {
                report.action_taken_at = Some(now);
                report.action_taken_by_id = staff.account;
            }
            Self::Reopen => {
                report.action_taken_at = None;
                report.action_taken_by_id = None;
            }
        }
        report.updated_at = now;
    }
}

/// Does something with a report, and gives it as it is then.
///
/// # Errors
/// As [`find`]; [`Error::Invalid`] for rules that do not exist.
pub async fn take(node: &Node, staff: Staff, id: i64, step: Step) -> Result<Report> {
    staff.by.check_look()?;
    if let Step::Change {
        rules: Some(rules), ..
    } = &step
    {
        check_rules(node, rules)?;
    }
    node.db
        .write(move |tx: &mut Tx| {
            let mut report = store::reports::find(tx, id)?.ok_or(Error::NotFound)?;
            let (word, now) = (step.word(), tx.now());
            step.apply(&mut report, &staff, now);
            store::reports::update(tx, &report)?;
            record(tx, &staff, word, Target::row(id, id.to_string()), "")?;
            Ok(report)
        })
        .await
}
