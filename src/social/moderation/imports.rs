//! Lists of blocks that come in as a whole: what they would change, and the change itself, in one write or not at all.

use std::collections::HashMap;

use super::super::staff::By;
use super::super::{Error, Result};
use super::block_lists::Entry;
use super::hosts;
use super::staff::Staff;
use crate::bans;
use crate::node::Node;
use crate::store::host_blocks::HostBlock;
use crate::store::{self, Conn, HostSeverity, QueryResult, Tx};

/// What a list does about one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the list says of it.
    pub entry: Entry,
    /// What follows from that here.
    pub change: Change,
    /// Follows in both directions that end by it.
    pub follows: i64,
}

/// What follows from one entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is blocked.
    Add,
    /// Its block is changed.
    Alter,
    /// It is blocked so already.
    Same,
    /// It is blocked otherwise, and that stays.
    Kept,
    /// A block of this domain, which it lies below, does as much.
    Covered(String),
}

/// What a list would change. With `overwrites`, what it says counts more than what was decided here.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff.
pub async fn preview(
    node: &Node,
    by: By,
    entries: Vec<Entry>,
    overwrites: bool,
) -> Result<Vec<Step>> {
    by.check_look()?;
    let read = move |conn: &mut Conn| plan(conn, entries, overwrites);
    Ok(node.db.read(read).await?)
}

/// Does what a list says; gives back what was done. What follows for accounts is a job for each server.
///
/// # Errors
/// [`Error::Forbidden`] for others than administrators.
pub async fn import(
    node: &Node,
    staff: Staff,
    entries: Vec<Entry>,
    overwrites: bool,
) -> Result<Vec<Step>> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| {
        let known = store::host_blocks::list(tx)?;
        let mut known: HashMap<String, HostBlock> = by_domain(known);
        let steps = plan(tx, entries, overwrites)?;
        let mut is_changed = false;
        for step in &steps {
            let (block, action) = match step.change {
                Change::Add => (new_block(tx, &step.entry), "block_domain"),
                Change::Alter => match known.remove(&step.entry.domain) {
                    Some(block) => (altered(block, &step.entry), "change_domain_block"),
                    None => continue,
                },
                Change::Same | Change::Kept | Change::Covered(_) => continue,
            };
            hosts::put(tx, &staff, &block, action)?;
            is_changed = true;
        }
        if is_changed {
            store::bans::changed(tx)?;
        }
        Ok::<_, Error>(steps)
    };
    let steps = node.db.write(write).await?;
    node.load_bans().await?;
    Ok(steps)
}

fn by_domain(blocks: Vec<HostBlock>) -> HashMap<String, HostBlock> {
    let pairs = blocks.into_iter();
    pairs.map(|block| (block.domain.clone(), block)).collect()
}

fn new_block(tx: &mut Tx, entry: &Entry) -> HostBlock {
    let block = HostBlock {
        id: tx.new_id(),
        domain: entry.domain.clone(),
        severity: entry.severity,
        reject_media: false,
        reject_reports: false,
        obfuscate: false,
        private_comment: None,
        public_comment: None,
        created_at: tx.now(),
    };
    altered(block, entry)
}

/// A block as a list says it; what is for the staff stays, and so does a comment where the list has none.
fn altered(block: HostBlock, entry: &Entry) -> HostBlock {
    HostBlock {
        severity: entry.severity,
        reject_media: entry.reject_media,
        reject_reports: entry.reject_reports,
        obfuscate: entry.obfuscate,
        public_comment: entry.public_comment.clone().or(block.public_comment),
        ..block
    }
}

/// What is to be done, in the order of the list.
fn plan(conn: &mut Conn, entries: Vec<Entry>, overwrites: bool) -> QueryResult<Vec<Step>> {
    let known = by_domain(store::host_blocks::list(conn)?);
    let changes = changes(&known, &entries, overwrites);
    let follows = store::standings::count_follows(conn)?;
    let mut ending = ending(&known, &entries, &changes, &follows);
    let steps = entries
        .into_iter()
        .zip(changes)
        .map(|(entry, change)| Step {
            follows: ending.remove(&entry.domain).unwrap_or(0),
            entry,
            change,
        });
    Ok(steps.collect())
}

fn changes(known: &HashMap<String, HostBlock>, entries: &[Entry], overwrites: bool) -> Vec<Change> {
    let mut severities: HashMap<&str, HostSeverity> = known
        .iter()
        .map(|(domain, block)| (domain.as_str(), block.severity))
        .collect();
    // What lies above is blocked first, so that it covers what lies below wherever in the list it stands.
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|place| entries.get(*place).map(|entry| entry.domain.len()));
    let mut changes = vec![Change::Same; entries.len()];
    for place in order {
        let (Some(entry), Some(change)) = (entries.get(place), changes.get_mut(place)) else {
            continue;
        };
        *change = match known.get(&entry.domain) {
            Some(block) if altered(block.clone(), entry) == *block => Change::Same,
            Some(_) if overwrites => Change::Alter,
            Some(_) => Change::Kept,
            None => match covering(&severities, entry) {
                Some(above) => Change::Covered(above.to_owned()),
                None => Change::Add,
            },
        };
        if matches!(change, Change::Add | Change::Alter) {
            severities.insert(&entry.domain, entry.severity);
        }
    }
    changes
}

/// The nearest block above an entry, if it does as much.
fn covering<'a>(severities: &HashMap<&'a str, HostSeverity>, entry: &'a Entry) -> Option<&'a str> {
    let above = bans::lineage(&entry.domain).into_iter().skip(1);
    let mut found = above.filter_map(|domain| severities.get_key_value(domain));
    let (domain, severity) = found.next()?;
    // A milder one may say less of files and reports than the entry does.
    let is_enough = *severity == HostSeverity::Suspend;
    is_enough.then_some(*domain)
}

/// How many follows end by each entry: those of servers that are not suspended now and will be by it.
fn ending(
    known: &HashMap<String, HostBlock>,
    entries: &[Entry],
    changes: &[Change],
    follows: &[(String, i64)],
) -> HashMap<String, i64> {
    let suspends: HashMap<&str, bool> = entries
        .iter()
        .zip(changes)
        .filter(|(_, change)| matches!(change, Change::Add | Change::Alter))
        .map(|(entry, _)| {
            (
                entry.domain.as_str(),
                entry.severity == HostSeverity::Suspend,
            )
        })
        .collect();
    let mut ending = HashMap::new();
    for (host, number) in follows {
        let Some(name) = bans::plain(host) else {
            continue;
        };
        let above = bans::lineage(&name);
        // Of several decisions the one of the longest domain counts.
        let decided = |domain: &&str| suspends.contains_key(domain) || known.contains_key(*domain);
        let Some(domain) = above.into_iter().find(decided) else {
            continue;
        };
        if suspends.get(domain) == Some(&true) {
            *ending.entry(domain.to_owned()).or_insert(0) += number;
        }
    }
    ending
}
