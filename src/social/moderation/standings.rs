//! How accounts stand with the node: the one place where a change of it has its effects.
//!
//! | state | what it means |
//! |---|---|
//! | suspended | blank everywhere, absent from lists; may not sign in; its tokens are refused and its streams end; what it sends is not taken, what it posted is shown to nobody. Everything is kept, and comes back with it. |
//! | limited | only those who follow it find it in public timelines, searches and notifications; whom it wants to follow decides |
//! | sensitive | its media count as sensitive |
//!
//! Who decided is kept, so that the end of one decision does not end another.

use crate::bans;
use crate::store::accounts::Account;
use crate::store::facts::Fact;
use crate::store::jobs::Job;
use crate::store::standings::Standing;
use crate::store::{self, Cause, Event, HostSeverity, QueryResult, Tx};

/// Suspends an account. One that the staff has suspended stays so, whoever else decides.
///
/// # Errors
/// Whatever the database says.
pub fn suspend(tx: &mut Tx, account: &Account, cause: Cause) -> QueryResult<()> {
    let mut standing = store::standings::find(tx, account.id)?;
    if account.suspended_at.is_some() && standing.suspension == Some(Cause::Staff) {
        return Ok(());
    }
    standing.suspension = Some(cause);
    store::standings::save(tx, &standing)?;
    if account.suspended_at.is_some() {
        return Ok(());
    }
    let now = tx.now();
    store::standings::set_suspended(tx, account.id, Some(now))?;
    if !account.is_local() {
        return Ok(());
    }
    store::sessions::delete_all(tx, account.id, None)?;
    // Streams of its tokens end; the tokens stay, so that it finds its clients again.
    tx.tell(Event::Access);
    tell(tx, account)
}

/// Ends the suspension of an account.
///
/// # Errors
/// Whatever the database says.
pub fn unsuspend(tx: &mut Tx, account: &Account) -> QueryResult<()> {
    let mut standing = store::standings::find(tx, account.id)?;
    standing.suspension = None;
    store::standings::save(tx, &standing)?;
    store::standings::set_suspended(tx, account.id, None)?;
    if account.is_local() {
        tell(tx, account)?;
    }
    Ok(())
}

/// Other servers see how a local account stands by its profile.
fn tell(tx: &mut Tx, account: &Account) -> QueryResult<()> {
    let account = account.id;
    tx.queue(&Job::Distribute(Fact::ProfileChanged { account }))
}

/// Limits an account. One that the staff has limited stays so, whoever else decides.
///
/// # Errors
/// Whatever the database says.
pub fn silence(tx: &mut Tx, account: &Account, cause: Cause) -> QueryResult<()> {
    let standing = store::standings::find(tx, account.id)?;
    if standing.silence == Some(Cause::Staff) {
        return Ok(());
    }
    let now = tx.now();
    let limited = Standing {
        silenced_at: standing.silenced_at.or(Some(now)),
        silence: Some(cause),
        ..standing
    };
    store::standings::save(tx, &limited)
}

/// Limits an account no longer.
///
/// # Errors
/// Whatever the database says.
pub fn unsilence(tx: &mut Tx, account: &Account) -> QueryResult<()> {
    let standing = store::standings::find(tx, account.id)?;
    let usual = Standing {
        silenced_at: None,
        silence: None,
        ..standing
    };
    store::standings::save(tx, &usual)
}

/// Marks the media of an account as sensitive, or no longer.
///
/// # Errors
/// Whatever the database says.
pub fn set_sensitive(tx: &mut Tx, account: &Account, is_sensitive: bool) -> QueryResult<()> {
    let standing = store::standings::find(tx, account.id)?;
    let now = tx.now();
    let changed = Standing {
        sensitized_at: is_sensitive.then(|| standing.sensitized_at.unwrap_or(now)),
        ..standing
    };
    store::standings::save(tx, &changed)
}

/// Whether an account was deleted here, so that nothing of it can come back.
///
/// # Errors
/// Whatever the database says.
pub fn is_deleted(tx: &mut Tx, account: &Account) -> QueryResult<bool> {
    Ok(store::tombstones::find(tx, &account.uri)?.is_some())
}

/// Lets an account stand as its server does; tells whether the server is suspended.
///
/// # Errors
/// Whatever the database says.
pub(super) fn settle(tx: &mut Tx, account: &Account) -> QueryResult<bool> {
    let severity = severity_of(tx, account)?;
    let standing = store::standings::find(tx, account.id)?;
    let is_suspended = severity == HostSeverity::Suspend;
    let by_host = Some(Cause::Host);
    if is_suspended && standing.suspension != by_host {
        suspend(tx, account, Cause::Host)?;
    } else if !is_suspended && standing.suspension == by_host {
        unsuspend(tx, account)?;
    }
    if severity == HostSeverity::Silence && standing.silence != by_host {
        silence(tx, account, Cause::Host)?;
    } else if severity != HostSeverity::Silence && standing.silence == by_host {
        unsilence(tx, account)?;
    }
    Ok(is_suspended)
}

/// What is decided of the servers of an account: the one of its handle and the one where it lives.
fn severity_of(tx: &mut Tx, account: &Account) -> QueryResult<HostSeverity> {
    let hosts = [
        account.domain.as_deref().and_then(bans::plain),
        bans::host_of(&account.uri),
    ];
    let mut severity = HostSeverity::Noop;
    for host in hosts.iter().flatten() {
        let found = store::host_blocks::find_covering(tx, &bans::lineage(host))?;
        severity = severity.max(found.map_or(HostSeverity::Noop, |block| block.severity));
    }
    Ok(severity)
}

/// A remote account is new here, or its server tells how it stands there: an old decision about its server covers it
/// too, and a suspension by its own server begins and ends with that server's word.
///
/// # Errors
/// Whatever the database says.
pub fn receive(
    tx: &mut Tx,
    account: &Account,
    is_suspended: bool,
    is_new: bool,
) -> QueryResult<()> {
    if is_new {
        settle(tx, account)?;
    }
    let standing = store::standings::find(tx, account.id)?;
    let is_theirs = standing
        .suspension
        .is_none_or(|cause| cause == Cause::Origin);
    if is_suspended && account.suspended_at.is_none() && standing.suspension.is_none() {
        return suspend(tx, account, Cause::Origin);
    }
    if !is_suspended && account.suspended_at.is_some() && is_theirs {
        return unsuspend(tx, account);
    }
    Ok(())
}
