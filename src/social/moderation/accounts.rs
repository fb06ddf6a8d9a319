//! What the staff does to accounts, and what these are told of it. Each deed is one write with its record.

use super::super::notifications::notify_of;
use super::super::users;
use super::super::{Error, Result};
use super::staff::{Staff, Target, record};
use super::standings;
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::jobs::Job;
use crate::store::letters::Letter;
use crate::store::reports::{Filter, Report};
use crate::store::users::User;
use crate::store::warnings::Warning;
use crate::store::{self, Cause, Event, NotificationKind, Page, Tx, WarningAction};

/// The longest words of a warning, in characters.
const LONGEST_WARNING: usize = 2_000;
/// Reports that one deed resolves.
const REPORTS_AT_ONCE: i64 = 100;

/// What is done to an account, with words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What.
    pub kind: WarningAction,
    /// What it is told, plain text; may be empty.
    pub text: String,
    /// Because of which report.
    pub report: Option<i64>,
}

/// What of an earlier deed ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relief {
    /// It may sign in again.
    Enable,
    /// It is limited no longer.
    Unsilence,
    /// It is suspended no longer.
    Unsuspend,
    /// Its media are sensitive only where it says so.
    Unsensitive,
}

impl Relief {
    /// The word that stands for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Unsilence => "unsilence",
            Self::Unsuspend => "unsuspend",
            Self::Unsensitive => "unsensitive",
        }
    }
}

/// Does something to an account, tells it, and resolves what was reported of it.
///
/// # Errors
/// [`Error::NotFound`] for an unknown account or report, [`Error::Forbidden`] where the staff may not, [`Error::Conflict`]
/// if it is deleted, [`Error::Invalid`] for words that are too long.
pub async fn act(node: &Node, staff: Staff, id: AccountId, action: Action) -> Result<()> {
    if action.text.chars().count() > LONGEST_WARNING {
        return Err(Error::invalid(format!(
            "The text must have at most {LONGEST_WARNING} characters"
        )));
    }
    node.db
        .write(move |tx| {
            let account = require(tx, &staff, id)?;
            let report = match action.report {
                Some(report) => Some(store::reports::find(tx, report)?.ok_or(Error::NotFound)?),
                None => None,
            };
            carry_out(tx, &account, action.kind)?;
            warn(tx, &staff, &account, &action)?;
            resolve(tx, &staff, &account, action.kind, report)?;
            let target = Target::account(&account);
            record(tx, &staff, action.kind.word(), target, &action.text)?;
            Ok(())
        })
        .await
}

/// An account that may be decided about.
fn require(tx: &mut Tx, staff: &Staff, id: AccountId) -> Result<Account> {
    staff.by.check_look()?;
    let account = store::accounts::find(tx, id)?.ok_or(Error::NotFound)?;
    staff.check_above(tx, &account)?;
    if account.is_local() && account.kind == store::AccountKind::Application {
        return Err(Error::forbidden("This is the account of the node itself"));
    }
    if standings::is_deleted(tx, &account)? {
        let sentence = "This account is deleted";
        return Err(Error::Conflict(sentence.to_owned()));
    }
    Ok(account)
}

fn require_user(tx: &mut Tx, account: &Account) -> Result<User> {
    store::users::find(tx, account.id)?
        .ok_or_else(|| Error::invalid("Only accounts of this node sign in here"))
}

fn carry_out(tx: &mut Tx, account: &Account, kind: WarningAction) -> Result<()> {
    match kind {
        WarningAction::Nothing => {}
        WarningAction::Sensitive => standings::set_sensitive(tx, account, true)?,
        WarningAction::Silence => standings::silence(tx, account, Cause::Staff)?,
        WarningAction::Suspend => standings::suspend(tx, account, Cause::Staff)?,
        WarningAction::Disable => {
            let mut user = require_user(tx, account)?;
            user.disabled_at = user.disabled_at.or(Some(tx.now()));
            store::users::update(tx, &user)?;
            store::sessions::delete_all(tx, account.id, None)?;
            tx.tell(Event::Access);
        }
    }
    Ok(())
}

/// Accounts of this node are told; of others only the record knows.
fn warn(tx: &mut Tx, staff: &Staff, account: &Account, action: &Action) -> Result<()> {
    if !account.is_local() {
        return Ok(());
    }
    let warning = Warning {
        id: tx.new_id(),
        account_id: staff.account,
        target_id: account.id,
        action: action.kind,
        text: action.text.clone(),
        report_id: action.report,
        created_at: tx.now(),
    };
    store::warnings::insert(tx, &warning)?;
    let kind = NotificationKind::ModerationWarning;
    // It comes from no person: whoever reads it is the only account that is there for certain.
    notify_of(tx, account.id, kind, account.id, warning.id)?;
    Ok(())
}

/// A deed answers everything that was reported of the account, words alone only the report that they are about.
fn resolve(
    tx: &mut Tx,
    staff: &Staff,
    account: &Account,
    kind: WarningAction,
    report: Option<Report>,
) -> Result<()> {
    let Some(report) = report else { return Ok(()) };
    if report.target_id != account.id {
        return Err(Error::invalid("The report is about another account"));
    }
    let mut answered = vec![report];
    if kind != WarningAction::Nothing {
        let open = Filter {
            is_resolved: Some(false),
            of: Some(account.id),
            by: None,
        };
        let further = store::reports::page(tx, open, &Page::newest(REPORTS_AT_ONCE))?;
        let first = answered.first().map(|report| report.id);
        answered.extend(further.into_iter().filter(|one| Some(one.id) != first));
    }
    let now = tx.now();
    for mut report in answered {
        report.action_taken_at = report.action_taken_at.or(Some(now));
        report.action_taken_by_id = report.action_taken_by_id.or(staff.account);
        report.updated_at = now;
        store::reports::update(tx, &report)?;
    }
    Ok(())
}

/// Ends what was done to an account. Nothing happens where nothing was done.
///
/// # Errors
/// As [`act`]; [`Error::Forbidden`] also for what its own server decided, or was decided about its whole server.
pub async fn relieve(node: &Node, staff: Staff, id: AccountId, relief: Relief) -> Result<()> {
    node.db
        .write(move |tx| {
            let account = require(tx, &staff, id)?;
            match relief {
                Relief::Enable => {
                    let mut user = require_user(tx, &account)?;
                    user.disabled_at = None;
                    store::users::update(tx, &user)?;
                }
                Relief::Unsilence => {
                    check_own(store::standings::find(tx, id)?.silence)?;
                    standings::unsilence(tx, &account)?;
                }
                Relief::Unsensitive => standings::set_sensitive(tx, &account, false)?,
                Relief::Unsuspend => {
                    check_own(store::standings::find(tx, id)?.suspension)?;
                    if account.suspended_at.is_some() {
                        standings::unsuspend(tx, &account)?;
                        // What is decided of its server goes on holding.
                        let account = store::accounts::find(tx, id)?.ok_or(Error::NotFound)?;
                        standings::settle(tx, &account)?;
                    }
                }
            }
            record(tx, &staff, relief.word(), Target::account(&account), "")?;
            Ok(())
        })
        .await
}

fn check_own(cause: Option<Cause>) -> Result<()> {
    match cause {
        Some(Cause::Host) => Err(Error::forbidden(
            "This was decided about its whole server; change the block of the server",
        )),
        Some(Cause::Origin) => Err(Error::forbidden("Its own server has suspended it")),
        _ => Ok(()),
    }
}

/// Lets somebody in who asked for an account.
///
/// # Errors
/// As [`act`]; [`Error::Forbidden`] for somebody who is in.
pub async fn approve(node: &Node, staff: Staff, id: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let (account, mut user) = require_pending(tx, &staff, id)?;
            user.approved_at = Some(tx.now());
            store::users::update(tx, &user)?;
            tx.queue(&Job::Mail(Letter::Approved { account: id }))?;
            record(tx, &staff, "approve", Target::account(&account), "")?;
            Ok(())
        })
        .await
}

/// Removes the request of somebody who asked for an account; the name is free again.
///
/// # Errors
/// As [`approve`].
pub async fn reject(node: &Node, staff: Staff, id: AccountId) -> Result<()> {
    node.db
        .write(move |tx| {
            let (account, _) = require_pending(tx, &staff, id)?;
            store::accounts::delete(tx, account.id)?;
            record(tx, &staff, "reject", Target::account(&account), "")?;
            Ok(())
        })
        .await
}

fn require_pending(tx: &mut Tx, staff: &Staff, id: AccountId) -> Result<(Account, User)> {
    let account = require(tx, staff, id)?;
    let user = require_user(tx, &account)?;
    if user.approved_at.is_some() {
        return Err(Error::forbidden("This action is not allowed"));
    }
    Ok((account, user))
}

/// Deletes a suspended account for good: of a local one everything but its name, of a remote one what it posted. A remote
/// one stays suspended, so that it does not come back as a stranger.
///
/// # Errors
/// As [`act`]; [`Error::Forbidden`] for an account that is not suspended.
pub async fn delete(node: &Node, staff: Staff, id: AccountId) -> Result<()> {
    let actor = staff.clone();
    let account = node
        .db
        .write(move |tx| {
            let account = require(tx, &actor, id)?;
            if account.suspended_at.is_none() {
                return Err(Error::forbidden("Only suspended accounts can be deleted"));
            }
            if !account.is_local() {
                standings::suspend(tx, &account, Cause::Staff)?;
                tx.queue(&Job::PurgeAccount { account: id })?;
            }
            record(tx, &actor, "destroy", Target::account(&account), "")?;
            Ok(account)
        })
        .await?;
    if account.is_local() {
        users::delete_account(node, id).await?;
    }
    Ok(())
}
