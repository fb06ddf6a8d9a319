//! Servers that are blocked or allowed. A decision holds for what lies below its domain; the longest one counts.

use super::super::staff::By;
use super::super::{Error, Result};
use super::staff::{Staff, Target, record};
use crate::bans;
use crate::keys::digests::sha256_hex;
use crate::node::Node;
use crate::store::host_blocks::HostBlock;
use crate::store::jobs::Job;
use crate::store::staff_lists::{HostAllow, host_allow_rows};
use crate::store::{self, Conn, HostSeverity, Page, QueryResult, Tx};

/// The longest comment, in characters.
pub(super) const LONGEST_COMMENT: usize = 2_000;

/// What is decided about a server; what is none stays as it is, or as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// How little the node has to do with it; limited if nobody says.
    pub severity: Option<HostSeverity>,
    /// Whether pictures and files from there are not shown.
    pub reject_media: Option<bool>,
    /// Whether reports from there are not taken.
    pub reject_reports: Option<bool>,
    /// Whether people are shown only a part of its name.
    pub obfuscate: Option<bool>,
    /// For the staff.
    pub private_comment: Option<String>,
    /// For everybody who may see blocks.
    pub public_comment: Option<String>,
}

impl Wish {
    fn apply(&self, block: &mut HostBlock) -> Result<()> {
        block.severity = self.severity.unwrap_or(block.severity);
        block.reject_media = self.reject_media.unwrap_or(block.reject_media);
        block.reject_reports = self.reject_reports.unwrap_or(block.reject_reports);
        block.obfuscate = self.obfuscate.unwrap_or(block.obfuscate);
        for (given, kept) in [
            (&self.private_comment, &mut block.private_comment),
            (&self.public_comment, &mut block.public_comment),
        ] {
            let Some(given) = given else { continue };
            if given.chars().count() > LONGEST_COMMENT {
                return Err(Error::invalid(format!(
                    "A comment must have at most {LONGEST_COMMENT} characters"
                )));
            }
            *kept = Some(given.trim().to_owned()).filter(|words| !words.is_empty());
        }
        Ok(())
    }
}

/// What became of a wish to block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// It is blocked now.
    New(HostBlock),
    /// It is blocked already, or what it lies below is blocked as strictly.
    Known(HostBlock),
}

/// Blocks a server. What follows for its accounts and for what waits for it is a job.
///
/// # Errors
/// [`Error::Forbidden`] for others than administrators, [`Error::Invalid`] for what is no domain, or this node's own.
pub async fn block(node: &Node, staff: Staff, domain: &str, wish: Wish) -> Result<Blocked> {
    staff.by.check_act()?;
    let domain = read_domain(node, domain)?;
    let write = move |tx: &mut Tx| {
        let covering = store::host_blocks::find_covering(tx, &bans::lineage(&domain))?;
        let severity = wish.severity.unwrap_or(HostSeverity::Silence);
        if let Some(known) = covering
            && (known.domain == domain || known.severity >= severity.max(HostSeverity::Silence))
        {
            return Ok(Blocked::Known(known));
        }
        let mut block = HostBlock {
            id: tx.new_id(),
            domain,
            severity,
            reject_media: false,
            reject_reports: false,
            obfuscate: false,
            private_comment: None,
            public_comment: None,
            created_at: tx.now(),
        };
        wish.apply(&mut block)?;
        save(tx, &staff, &block, "block_domain")?;
        Ok::<_, Error>(Blocked::New(block))
    };
    let blocked = node.db.write(write).await?;
    node.load_bans().await?;
    Ok(blocked)
}

/// A domain that can be decided about.
fn read_domain(node: &Node, domain: &str) -> Result<String> {
    let name = domain.trim().trim_start_matches('@');
    let name = bans::plain(name).ok_or_else(|| Error::invalid("This is not a domain"))?;
    let own = bans::plain(node.urls.authority());
    if own.is_some_and(|own| bans::lineage(&own).contains(&name.as_str())) {
        return Err(Error::invalid("This node cannot block itself"));
    }
    Ok(name)
}

fn save(tx: &mut Tx, staff: &Staff, block: &HostBlock, action: &str) -> QueryResult<()> {
    store::bans::changed(tx)?;
    put(tx, staff, block, action)
}

/// Writes a block and queues what follows from it; that something changed must be made known besides.
pub(super) fn put(tx: &mut Tx, staff: &Staff, block: &HostBlock, action: &str) -> QueryResult<()> {
    store::host_blocks::save(tx, block)?;
    queue_enforcement(tx, &block.domain)?;
    let target = Target::row(block.id, &block.domain);
    record(tx, staff, action, target, &describe(block))
}

fn describe(block: &HostBlock) -> String {
    let mut words = vec![block.severity.word()];
    for (is_so, word) in [
        (block.reject_media, "reject_media"),
        (block.reject_reports, "reject_reports"),
        (block.obfuscate, "obfuscate"),
    ] {
        if is_so {
            words.push(word);
        }
    }
    words.join(" ")
}

/// Makes a decision known to every process, and queues what follows from it.
fn enforce(tx: &mut Tx, domain: &str) -> QueryResult<()> {
    store::bans::changed(tx)?;
    queue_enforcement(tx, domain)
}

fn queue_enforcement(tx: &mut Tx, domain: &str) -> QueryResult<()> {
    let severance = tx.new_id();
    tx.queue(&Job::EnforceHost {
        domain: domain.to_owned(),
        severance,
    })
}

/// Changes a block.
///
/// # Errors
/// As [`block`]; [`Error::NotFound`] if there is none.
pub async fn change(node: &Node, staff: Staff, id: i64, wish: Wish) -> Result<HostBlock> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| {
        let mut block = store::host_blocks::find(tx, id)?.ok_or(Error::NotFound)?;
        wish.apply(&mut block)?;
        save(tx, &staff, &block, "change_domain_block")?;
        Ok::<_, Error>(block)
    };
    let block = node.db.write(write).await?;
    node.load_bans().await?;
    Ok(block)
}

/// Ends a block. Its accounts, and the follows that ended by it, come back.
///
/// # Errors
/// As [`change`].
pub async fn unblock(node: &Node, staff: Staff, id: i64) -> Result<HostBlock> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| {
        let block = store::host_blocks::find(tx, id)?.ok_or(Error::NotFound)?;
        store::host_blocks::delete(tx, id)?;
        enforce(tx, &block.domain)?;
        let target = Target::row(block.id, &block.domain);
        record(tx, &staff, "unblock_domain", target, "")?;
        Ok::<_, Error>(block)
    };
    let block = node.db.write(write).await?;
    node.load_bans().await?;
    Ok(block)
}

/// The block of exactly this domain.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff, [`Error::NotFound`] if there is none.
pub async fn find_by_domain(node: &Node, by: By, domain: &str) -> Result<HostBlock> {
    by.check_look()?;
    let name = bans::plain(domain.trim()).ok_or(Error::NotFound)?;
    let read = move |conn: &mut Conn| store::host_blocks::find_covering(conn, &[name.as_str()]);
    node.db.read(read).await?.ok_or(Error::NotFound)
}

/// One block.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff, [`Error::NotFound`] if there is none.
pub async fn find(node: &Node, by: By, id: i64) -> Result<HostBlock> {
    by.check_look()?;
    let read = move |conn: &mut Conn| store::host_blocks::find(conn, id);
    node.db.read(read).await?.ok_or(Error::NotFound)
}

/// A page of blocks.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff.
pub async fn page(node: &Node, by: By, page: Page) -> Result<Vec<HostBlock>> {
    by.check_look()?;
    let read = move |conn: &mut Conn| store::host_blocks::page(conn, &page);
    Ok(node.db.read(read).await?)
}

/// Lets a node in limited federation talk with a server. Doing it twice is no error.
///
/// # Errors
/// As [`block`].
pub async fn allow(node: &Node, staff: Staff, domain: &str) -> Result<HostAllow> {
    staff.by.check_act()?;
    let domain = read_domain(node, domain)?;
    let write = move |tx: &mut Tx| {
        let known = host_allow_rows::list_of(tx, &[domain.as_str()])?.pop();
        if let Some(known) = known {
            return Ok::<_, Error>(known);
        }
        let allow = HostAllow {
            id: tx.new_id(),
            domain,
            created_at: tx.now(),
        };
        host_allow_rows::save(tx, &allow)?;
        store::bans::changed(tx)?;
        let target = Target::row(allow.id, &allow.domain);
        record(tx, &staff, "allow_domain", target, "")?;
        Ok(allow)
    };
    let allow = node.db.write(write).await?;
    node.load_bans().await?;
    Ok(allow)
}

/// Takes an allowance back; in limited federation what waits for the server is dropped.
///
/// # Errors
/// As [`change`].
pub async fn disallow(node: &Node, staff: Staff, id: i64) -> Result<HostAllow> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| {
        let allow = host_allow_rows::find(tx, id)?.ok_or(Error::NotFound)?;
        host_allow_rows::delete(tx, id)?;
        enforce(tx, &allow.domain)?;
        let target = Target::row(allow.id, &allow.domain);
        record(tx, &staff, "disallow_domain", target, "")?;
        Ok::<_, Error>(allow)
    };
    let allow = node.db.write(write).await?;
    node.load_bans().await?;
    Ok(allow)
}

/// One allowance.
///
/// # Errors
/// As [`find`].
pub async fn find_allow(node: &Node, by: By, id: i64) -> Result<HostAllow> {
    by.check_look()?;
    let read = move |conn: &mut Conn| host_allow_rows::find(conn, id);
    node.db.read(read).await?.ok_or(Error::NotFound)
}

/// A page of allowances.
///
/// # Errors
/// As [`page`].
pub async fn page_allows(node: &Node, by: By, page: Page) -> Result<Vec<HostAllow>> {
    by.check_look()?;
    let read = move |conn: &mut Conn| host_allow_rows::page(conn, &page);
    Ok(node.db.read(read).await?)
}

/// A block as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicBlock {
    /// The domain, or what is shown of it.
    pub domain: String,
    /// SHA-256 of the whole domain, in hex.
    pub digest: String,
    /// How little the node has to do with it.
    pub severity: HostSeverity,
    /// Why.
    pub comment: Option<String>,
}

/// The blocks as people see them, the strictest first.
///
/// # Errors
/// Whatever the database says.
pub fn list_public(conn: &mut Conn) -> QueryResult<Vec<PublicBlock>> {
    let mut blocks = store::host_blocks::list(conn)?;
    blocks.retain(|block| block.severity != HostSeverity::Noop);
    blocks.sort_by_key(|block| std::cmp::Reverse(block.severity));
    let shown = blocks.into_iter().map(|block| PublicBlock {
        digest: digest_of(&block.domain),
        domain: if block.obfuscate {
            obfuscate(&block.domain)
        } else {
            block.domain
        },
        severity: block.severity,
        comment: block.public_comment,
    });
    Ok(shown.collect())
}

/// By what a domain is recognised whose name is not shown.
#[must_use]
pub fn digest_of(domain: &str) -> String {
    sha256_hex(domain.as_bytes())
}

/// The first and the last quarter of a name, and its dots; stars for the rest.
fn obfuscate(domain: &str) -> String {
    let length = domain.chars().count();
    let ends = (length / 4).max(1);
    let hidden = ends..length.saturating_sub(ends);
    let letters = domain.chars().enumerate();
    letters
        .map(|(place, letter)| match letter {
            '.' => '.',
            _ if hidden.contains(&place) => '*',
            letter => letter,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_name_is_hidden() {
        for (domain, expected) in [
            ("evil.test", "ev**.**st"),
            ("a.b", "a.b"),
            ("really.long.example", "real**.****.***mple"),
        ] {
            assert_eq!(obfuscate(domain), expected);
        }
    }
}
