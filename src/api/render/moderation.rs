//! Reports, warnings and losses, as those whom they concern see them.

use std::collections::HashMap;

use super::{View, accounts};
use crate::api::entities::moderation::{AccountWarning, Report, SeveranceEvent};
use crate::api::entities::{Account, Instant};
use crate::id::{AccountId, NotificationId};
use crate::store::notifications::Notification;
use crate::store::severances::{Loss, Severance};
use crate::store::warnings::Warning;
use crate::store::{self, Conn, NotificationKind, QueryResult, reports};

/// These reports, in their order. Costs five queries.
///
/// # Errors
/// Whatever the database says.
pub fn reports(
    conn: &mut Conn,
    view: &View,
    rows: Vec<reports::Report>,
) -> QueryResult<Vec<Report>> {
    let ids: Vec<AccountId> = rows.iter().map(|row| row.target_id).collect();
    let accounts = load_accounts(conn, view, ids)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let target = accounts.get(&row.target_id)?.clone();
            Some(report(row, target))
        })
        .collect())
}

fn report(row: reports::Report, target_account: Account) -> Report {
    Report {
        id: row.id,
        action_taken: row.action_taken_at.is_some(),
        action_taken_at: row.action_taken_at.map(Instant),
        category: row.category.word(),
        comment: row.comment,
        forwarded: row.forwarded,
        created_at: Instant(row.created_at),
        status_ids: row.status_ids.0.iter().map(ToString::to_string).collect(),
        collection_ids: row
            .collection_ids
            .0
            .iter()
            .map(ToString::to_string)
            .collect(),
        rule_ids: row.rule_ids.0.iter().map(ToString::to_string).collect(),
        target_account,
    }
}

fn load_accounts(
    conn: &mut Conn,
    view: &View,
    mut ids: Vec<AccountId>,
) -> QueryResult<HashMap<AccountId, Account>> {
    ids.sort_unstable();
    ids.dedup();
    let found = accounts::by_ids(conn, view, &ids)?;
    Ok(found
        .into_iter()
        .map(|account| (account.id, account))
        .collect())
}

/// What the notifications of one page are about that are about no status.
#[derive(Default)]
pub(super) struct Subjects {
    of: HashMap<NotificationId, i64>,
    reports: HashMap<i64, Report>,
    warnings: HashMap<i64, AccountWarning>,
    events: HashMap<i64, SeveranceEvent>,
}

impl Subjects {
    /// Costs nothing where the page holds no such notifications.
    pub(super) fn load(conn: &mut Conn, view: &View, rows: &[Notification]) -> QueryResult<Self> {
        let ids: Vec<NotificationId> = rows
            .iter()
            .filter(|row| has_subject(row.kind))
            .map(|row| row.id)
            .collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let of: HashMap<NotificationId, i64> = store::notification_subjects::list(conn, &ids)?
            .into_iter()
            .collect();
        let named = |kind: NotificationKind| -> Vec<i64> {
            let rows = rows.iter().filter(|row| row.kind == kind);
            rows.filter_map(|row| of.get(&row.id).copied()).collect()
        };
        let found = store::reports::list(conn, &named(NotificationKind::AdminReport))?;
        let found = reports(conn, view, found)?;
        let warned = store::warnings::list(conn, &named(NotificationKind::ModerationWarning))?;
        let lost = store::severances::list(conn, &named(NotificationKind::SeveredRelationships))?;
        Ok(Self {
            reports: found
                .into_iter()
                .map(|report| (report.id, report))
                .collect(),
            warnings: warnings(conn, view, warned)?,
            events: lost
                .into_iter()
                .map(|(loss, severance)| (loss.id, event(&loss, severance)))
                .collect(),
            of,
        })
    }

    pub(super) fn report(&self, row: &Notification) -> Option<Report> {
        let of = row.kind == NotificationKind::AdminReport;
        self.reports
            .get(self.of.get(&row.id).filter(|_| of)?)
            .cloned()
    }

    pub(super) fn warning(&self, row: &Notification) -> Option<AccountWarning> {
        let of = row.kind == NotificationKind::ModerationWarning;
        self.warnings
            .get(self.of.get(&row.id).filter(|_| of)?)
            .cloned()
    }

    pub(super) fn event(&self, row: &Notification) -> Option<SeveranceEvent> {
        let of = row.kind == NotificationKind::SeveredRelationships;
        self.events
            .get(self.of.get(&row.id).filter(|_| of)?)
            .cloned()
    }
}

fn has_subject(kind: NotificationKind) -> bool {
    matches!(
        kind,
        NotificationKind::AdminReport
            | NotificationKind::ModerationWarning
            | NotificationKind::SeveredRelationships
    )
}

fn warnings(
    conn: &mut Conn,
    view: &View,
    rows: Vec<Warning>,
) -> QueryResult<HashMap<i64, AccountWarning>> {
    let ids = rows.iter().map(|row| row.target_id).collect();
    let accounts = load_accounts(conn, view, ids)?;
    let reports: Vec<i64> = rows.iter().filter_map(|row| row.report_id).collect();
    let reports: HashMap<(i64, AccountId), Vec<i64>> = store::reports::list(conn, &reports)?
        .into_iter()
        .map(|report| ((report.id, report.target_id), report.status_ids.0))
        .collect();
    let statuses = |row: &Warning| {
        let ids = reports.get(&(row.report_id?, row.target_id))?;
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        (!ids.is_empty()).then_some(ids)
    };
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let target_account = accounts.get(&row.target_id)?.clone();
            let warning = AccountWarning {
                id: row.id,
                action: row.action.word(),
                status_ids: statuses(&row),
                text: row.text,
                target_account,
                appeal: None,
                created_at: Instant(row.created_at),
            };
            Some((row.id, warning))
        })
        .collect())
}

fn event(loss: &Loss, severance: Severance) -> SeveranceEvent {
    SeveranceEvent {
        id: loss.id,
        kind: severance.cause.word(),
        purged: false,
        target_name: severance.target_name,
        followers_count: loss.followers,
        following_count: loss.following,
        created_at: Instant(loss.created_at),
    }
}
