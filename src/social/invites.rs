//! Invitations: codes by which people sign up without being asked why. Who may make them is a setting.

use super::staff::By;
use super::users::Person;
use super::{Error, Result};
use crate::config::{Instance, Inviters, Registrations};
use crate::id::InviteId;
use crate::keys::random;
use crate::node::Node;
use crate::store;
use crate::store::invites::Invite;

/// How many invitations one person may have open at a time.
const MOST_OPEN: usize = 50;
/// How many invitations are listed.
const LISTED: i64 = 200;
/// Characters of a code: 80 bits that nobody guesses.
const CODE: usize = 20;

/// What an invitation is good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// How many may come by it; none is no limit.
    pub max_uses: Option<u32>,
    /// For how long, in milliseconds; none is for ever.
    pub lasts: Option<i64>,
}

/// Whether somebody may invite others.
#[must_use]
pub fn may_invite(instance: &Instance, by: By) -> bool {
    instance.registrations != Registrations::Closed
        && match instance.invites {
            Inviters::Nobody => by == By::Operator,
            Inviters::Staff => by.may_look(),
            Inviters::People => true,
        }
}

fn check(node: &Node, inviter: Option<&Person>) -> Result<()> {
    let by = inviter.map_or(By::Operator, |person| By::Person(person.user.role));
    if may_invite(&node.config.instance, by) {
        return Ok(());
    }
    let is_closed = node.config.instance.registrations == Registrations::Closed;
    Err(Error::forbidden(if is_closed {
        "This node takes no new accounts, not by invitation either"
    } else {
        "You may not invite others to this node"
    }))
}

/// Makes an invitation, by a person or by whoever runs the node.
///
/// # Errors
/// [`Error::Forbidden`] for those who may not invite, [`Error::TooMany`] when too many of theirs are open.
pub async fn create(node: &Node, inviter: Option<&Person>, terms: Terms) -> Result<Invite> {
    check(node, inviter)?;
    let account_id = inviter.map(|person| person.account.id);
    let code: String = random::hex_name().chars().take(CODE).collect();
    node.db
        .write(move |tx| {
            let now = tx.now();
            if account_id.is_some() {
                let made = store::invites::list(tx, account_id, LISTED)?;
                if made.iter().filter(|invite| invite.is_open(now)).count() >= MOST_OPEN {
                    let sentence = format!(
                        "You have {MOST_OPEN} open invitations; take one back to make another"
                    );
                    return Err(Error::TooMany(sentence));
                }
            }
            let invite = Invite {
                id: InviteId(tx.new_id()),
                code,
                account_id,
                max_uses: terms.max_uses.map(i64::from),
                uses: 0,
                expires_at: terms.lasts.map(|lasts| now.saturating_add(lasts)),
                revoked_at: None,
                created_at: now,
            };
            store::invites::insert(tx, &invite)?;
            Ok(invite)
        })
        .await
}

/// The invitations that somebody made, newest first; for whoever runs the node, everybody's. At most 200.
///
/// # Errors
/// Only of the database.
pub async fn list(node: &Node, inviter: Option<&Person>) -> Result<Vec<Invite>> {
    let account = inviter.map(|person| person.account.id);
    node.db
        .read(move |conn| store::invites::list(conn, account, LISTED))
        .await
        .map_err(Error::Internal)
}

/// Takes an invitation back; people only their own.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or it was taken back before.
pub async fn revoke(node: &Node, inviter: Option<&Person>, id: InviteId) -> Result<()> {
    let account = inviter.map(|person| person.account.id);
    let revoked = node
        .db
        .write(move |tx| store::invites::revoke(tx, id, account))
        .await?;
    if revoked {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// The invitation with this code, if somebody may still come by it.
///
/// # Errors
/// Only of the database.
pub async fn find_open(node: &Node, code: &str) -> Result<Option<Invite>> {
    if node.config.instance.registrations == Registrations::Closed {
        return Ok(None);
    }
    let (code, now) = (code.trim().to_lowercase(), node.clock.now());
    let found = node
        .db
        .read(move |conn| store::invites::find_by_code(conn, &code))
        .await?;
    Ok(found.filter(|invite| invite.is_open(now)))
}

/// Where an invitation is.
#[must_use]
pub fn url(node: &Node, invite: &Invite) -> String {
    node.urls.at(&format!("/invite/{}", invite.code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Role;

    #[test]
    fn who_may_invite_is_a_setting() {
        for (registrations, invites, by, expected) in [
            (Registrations::Open, Inviters::Staff, Role::Moderator, true),
            (Registrations::Open, Inviters::Staff, Role::User, false),
            (Registrations::Invites, Inviters::People, Role::User, true),
            (Registrations::Invites, Inviters::Nobody, Role::Owner, false),
            (Registrations::Closed, Inviters::People, Role::Owner, false),
        ] {
            let instance = Instance {
                registrations,
                invites,
                ..Instance::default()
            };
            assert_eq!(may_invite(&instance, By::Person(by)), expected, "{by:?}");
        }
        let open = Instance {
            registrations: Registrations::Invites,
            invites: Inviters::Nobody,
            ..Instance::default()
        };
        assert!(may_invite(&open, By::Operator));
    }
}
