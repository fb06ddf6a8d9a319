//! Accounts, reports and lists, as the staff sees them.

use std::collections::HashMap;

use super::words::role;
use super::{View, accounts, collections, statuses};
use crate::api::entities::admin::{
    AdminAccount, AdminDomainAllow, AdminDomainBlock, AdminEmailBlock, AdminEmailDomainBlock,
    AdminIp, AdminIpBlock, AdminReport, AuditEntry, SignUpAttempts,
};
use crate::api::entities::collections::Collection;
use crate::api::entities::{self, Instant, Rule, Status};
use crate::clock::{DAY, SECOND, midnight};
use crate::id::{AccountId, CollectionId, StatusId};
use crate::social;
use crate::social::moderation::blocked_sign_ups::DAYS;
use crate::social::moderation::hosts::digest_of;
use crate::store::accounts::Account;
use crate::store::blocked_sign_ups::DayOfAttempts;
use crate::store::host_blocks::HostBlock;
use crate::store::invites::Origin;
use crate::store::reports::Report;
use crate::store::staff_lists::{CanonicalEmailBlock, EmailDomainBlock, HostAllow, IpBlock};
use crate::store::standings::Standing;
use crate::store::users::User;
use crate::store::visitors::UserAddress;
use crate::store::{self, Conn, QueryResult, audits};

/// Addresses that are shown of one person.
const MOST_ADDRESSES: usize = 20;

/// These accounts, in their order. Costs eight queries.
///
/// # Errors
/// Whatever the database says.
pub fn accounts(
    conn: &mut Conn,
    view: &View,
    rows: Vec<Account>,
) -> QueryResult<Vec<AdminAccount>> {
    let ids: Vec<AccountId> = rows.iter().map(|row| row.id).collect();
    let mut people: HashMap<AccountId, User> = store::users::list(conn, &ids)?
        .into_iter()
        .map(|user| (user.account_id, user))
        .collect();
    let standings: HashMap<AccountId, Standing> = store::standings::list(conn, &ids)?
        .into_iter()
        .map(|standing| (standing.account_id, standing))
        .collect();
    let mut addresses: HashMap<AccountId, Vec<UserAddress>> = HashMap::new();
    for address in store::visitors::list_addresses(conn, &ids)? {
        addresses
            .entry(address.account_id)
            .or_default()
            .push(address);
    }
    let mut origins: HashMap<AccountId, Origin> = store::invites::list_origins(conn, &ids)?
        .into_iter()
        .map(|origin| (origin.account_id, origin))
        .collect();
    let shown = accounts::page(conn, view, rows.clone())?;
    Ok(rows
        .into_iter()
        .zip(shown)
        .map(|(row, account)| {
            let facts = Facts {
                standing: standings
                    .get(&row.id)
                    .copied()
                    .unwrap_or_else(|| Standing::usual(row.id)),
                user: people.remove(&row.id),
                addresses: addresses.remove(&row.id).unwrap_or_default(),
                origin: origins.remove(&row.id),
            };
            one(row, account, facts)
        })
        .collect())
}

/// What is known of an account beside its row.
struct Facts {
    standing: Standing,
    user: Option<User>,
    addresses: Vec<UserAddress>,
    origin: Option<Origin>,
}

fn one(row: Account, account: entities::Account, facts: Facts) -> AdminAccount {
    let Facts {
        standing,
        user,
        addresses,
        origin,
    } = facts;
    let ips: Vec<AdminIp> = addresses
        .into_iter()
        .take(MOST_ADDRESSES)
        .map(|address| AdminIp {
            ip: address.address,
            used_at: Instant(address.used_at),
        })
        .collect();
    let is_remote = !row.is_local();
    let of_user = |is_so: fn(&User) -> bool| user.as_ref().map_or(is_remote, is_so);
    AdminAccount {
        id: row.id,
        username: row.username,
        domain: row.domain,
        created_at: Instant(row.created_at),
        confirmed: of_user(|user| user.confirmed_at.is_some()),
        approved: of_user(|user| user.approved_at.is_some()),
        disabled: user.as_ref().is_some_and(|user| user.disabled_at.is_some()),
        role: user.as_ref().map(|user| role(user.role)),
        ip: ips.first().map(|ip| ip.ip.clone()),
        ips,
        locale: user.as_ref().map(|user| user.locale.clone()),
        invite_request: user.as_ref().and_then(|user| user.sign_up_reason.clone()),
        email: user.map(|user| user.email),
        sensitized: standing.sensitized_at.is_some(),
        silenced: standing.silenced_at.is_some(),
        suspended: row.suspended_at.is_some(),
        account,
        created_by_application_id: origin.and_then(|origin| origin.application_id),
        invited_by_account_id: origin.and_then(|origin| origin.inviter_id),
    }
}

/// These reports, in their order, with the rules that this node has. Costs a fixed number of queries.
///
/// # Errors
/// Whatever the database says.
pub fn reports(
    conn: &mut Conn,
    view: &View,
    rules: &[Rule],
    rows: Vec<Report>,
) -> QueryResult<Vec<AdminReport>> {
    let (mut people, mut texts, mut lists) = (Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        people.extend([row.account_id, row.target_id]);
        people.extend(row.assigned_id);
        people.extend(row.action_taken_by_id);
        texts.extend(row.status_ids.0.iter().copied().map(StatusId));
        lists.extend(row.collection_ids.0.iter().copied().map(CollectionId));
    }
    people.sort_unstable();
    people.dedup();
    let known = store::accounts::list(conn, &people)?;
    let known: HashMap<AccountId, AdminAccount> = accounts(conn, view, known)?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let found = store::statuses::list(conn, &texts)?;
    let found: HashMap<StatusId, Status> = statuses::page(conn, view, found)?
        .into_iter()
        .map(|status| (status.id, status))
        .collect();
    let lists = social::collections::list_all(conn, &lists)?;
    let lists: HashMap<CollectionId, Collection> = collections::page(conn, view, lists)?
        .into_iter()
        .map(|collection| (collection.id, collection))
        .collect();
    let by = |id: Option<AccountId>| id.and_then(|id| known.get(&id).cloned());
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let ids = row.status_ids.0.iter().copied().map(StatusId);
            let list_ids = row.collection_ids.0.iter().copied().map(CollectionId);
            Some(AdminReport {
                id: row.id,
                action_taken: row.action_taken_at.is_some(),
                action_taken_at: row.action_taken_at.map(Instant),
                category: row.category.word(),
                forwarded: row.forwarded,
                created_at: Instant(row.created_at),
                updated_at: Instant(row.updated_at),
                account: by(Some(row.account_id))?,
                target_account: by(Some(row.target_id))?,
                assigned_account: by(row.assigned_id),
                action_taken_by_account: by(row.action_taken_by_id),
                statuses: ids.filter_map(|id| found.get(&id).cloned()).collect(),
                collections: list_ids.filter_map(|id| lists.get(&id).cloned()).collect(),
                rules: rules
                    .iter()
                    .filter(|rule| row.rule_ids.0.contains(&rule.id))
                    .cloned()
                    .collect(),
                comment: row.comment,
            })
        })
        .collect())
}

/// A blocked server.
#[must_use]
pub fn domain_block(row: HostBlock) -> AdminDomainBlock {
    AdminDomainBlock {
        id: row.id,
        digest: digest_of(&row.domain),
        domain: row.domain,
        created_at: Instant(row.created_at),
        severity: row.severity.word(),
        reject_media: row.reject_media,
        reject_reports: row.reject_reports,
        private_comment: row.private_comment,
        public_comment: row.public_comment,
        obfuscate: row.obfuscate,
    }
}

/// An allowed server.
#[must_use]
pub fn domain_allow(row: HostAllow) -> AdminDomainAllow {
    AdminDomainAllow {
        id: row.id,
        domain: row.domain,
        created_at: Instant(row.created_at),
    }
}

/// Blocked domains of e-mail addresses, with how often they were met until `now` (milliseconds).
#[must_use]
pub fn email_domain_blocks(
    rows: Vec<EmailDomainBlock>,
    met: &[DayOfAttempts],
    now: i64,
) -> Vec<AdminEmailDomainBlock> {
    let met: HashMap<(i64, i64), (i64, i64)> = met
        .iter()
        .map(|one| ((one.block_id, one.day), (one.attempts, one.addresses)))
        .collect();
    let history = |block: i64| {
        let days = (0..DAYS).map(|back| midnight(now) - back * DAY);
        days.map(|day| {
            let (uses, accounts) = met.get(&(block, day)).copied().unwrap_or_default();
            SignUpAttempts {
                day: day / SECOND,
                accounts,
                uses,
            }
        })
        .collect()
    };
    rows.into_iter()
        .map(|row| AdminEmailDomainBlock {
            id: row.id,
            history: history(row.id),
            domain: row.domain,
            created_at: Instant(row.created_at),
            allow_with_approval: row.allow_with_approval,
        })
        .collect()
}

/// A blocked e-mail address.
#[must_use]
pub fn email_block(row: CanonicalEmailBlock) -> AdminEmailBlock {
    AdminEmailBlock {
        id: row.id,
        canonical_email_hash: row.digest,
    }
}

/// Addresses from which people may do less.
#[must_use]
pub fn ip_block(row: IpBlock) -> AdminIpBlock {
    AdminIpBlock {
        id: row.id,
        ip: row.network,
        severity: row.severity.word(),
        comment: row.comment,
        created_at: Instant(row.created_at),
        expires_at: row.expires_at.map(Instant),
    }
}

/// A deed of the staff.
#[must_use]
pub fn audit_entry(row: audits::AuditEntry) -> AuditEntry {
    AuditEntry {
        id: row.id,
        account_id: row.account_id,
        actor: row.actor,
        action: row.action,
        target: row.target,
        target_id: row.target_id.map(|id| id.to_string()),
        detail: row.detail,
        created_at: Instant(row.created_at),
    }
}
