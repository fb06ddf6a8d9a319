//! Who may sign up, and from where: lists that the staff keeps.

use std::net::IpAddr;

use super::super::staff::By;
use super::super::{Error, Result};
use super::staff::{Staff, Target, record};
use crate::bans;
use crate::config::Network;
use crate::keys::digests::sha256_hex;
use crate::node::Node;
use crate::store::staff_lists::{
    CanonicalEmailBlock, EmailDomainBlock, IpBlock, canonical_email_rows, email_domain_rows,
    ip_rows,
};
use crate::store::{self, Conn, IpSeverity, Page, QueryResult, Tx};

/// What the lists say of somebody who wants to sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Admission {
    /// Nothing.
    Open,
    /// The staff decides, also where everybody else may come in.
    ByConsent,
    /// Not with this e-mail address.
    WrongEmail,
    /// Not from there.
    WrongPlace,
}

impl Admission {
    /// What somebody is told who may not sign up.
    #[must_use]
    pub fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Open | Self::ByConsent => None,
            Self::WrongEmail => Some("This node takes no accounts with this e-mail address"),
            Self::WrongPlace => Some("This node takes no accounts from where you are"),
        }
    }
}

/// What the lists say of somebody, and by which blocks of domains their e-mail address is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What they say.
    pub admission: Admission,
    /// The blocks, by their ids.
    pub domain_blocks: Vec<i64>,
}

/// What the lists say of an e-mail address and of where somebody comes from, if that is known.
///
/// # Errors
/// Whatever the database says.
pub fn admit(conn: &mut Conn, email: &str, from: Option<IpAddr>, now: i64) -> QueryResult<Finding> {
    let mut finding = admit_address(conn, email)?;
    finding.admission = finding.admission.max(admit_place(conn, from, now)?);
    Ok(finding)
}

fn admit_address(conn: &mut Conn, email: &str) -> QueryResult<Finding> {
    let is_blocked = !canonical_email_rows::list_of(conn, &[&canonical_digest(email)])?.is_empty();
    let found = match email.rsplit_once('@').and_then(|(_, at)| bans::plain(at)) {
        Some(domain) => email_domain_rows::list_of(conn, &bans::lineage(&domain))?,
        None => Vec::new(),
    };
    let strictest = found.iter().map(|block| {
        if block.allow_with_approval {
            Admission::ByConsent
        } else {
            Admission::WrongEmail
        }
    });
    let of_address = is_blocked.then_some(Admission::WrongEmail);
    Ok(Finding {
        admission: strictest.chain(of_address).max().unwrap_or(Admission::Open),
        domain_blocks: found.iter().map(|block| block.id).collect(),
    })
}

fn admit_place(conn: &mut Conn, from: Option<IpAddr>, now: i64) -> QueryResult<Admission> {
    let Some(from) = from else {
        return Ok(Admission::Open);
    };
    let blocks = ip_rows::list(conn)?;
    let found = blocks
        .iter()
        .filter(|block| block.expires_at.is_none_or(|end| end > now))
        .filter(|block| {
            let network = block.network.parse::<Network>();
            network.is_ok_and(|network| network.contains(from))
        })
        .map(|block| match block.severity {
            IpSeverity::SignUpRequiresApproval => Admission::ByConsent,
            IpSeverity::SignUpBlock | IpSeverity::NoAccess => Admission::WrongPlace,
        });
    Ok(found.max().unwrap_or(Admission::Open))
}

/// One spelling for the addresses of one mailbox: lower case, without dots and without what follows a plus sign.
#[must_use]
pub fn canonical(email: &str) -> String {
    let email = email.trim().to_lowercase();
    let Some((name, domain)) = email.rsplit_once('@') else {
        return email;
    };
    let name = name.split('+').next().unwrap_or_default();
    format!("{}@{domain}", name.replace('.', ""))
}

/// By what a blocked address is recognised, so that it need not be kept.
#[must_use]
pub fn canonical_digest(email: &str) -> String {
    sha256_hex(canonical(email).as_bytes())
}

/// Blocks the e-mail addresses of a domain.
///
/// # Errors
/// [`Error::Forbidden`] for others than administrators, [`Error::Invalid`] for what is no domain or is blocked already.
pub async fn block_email_domain(
    node: &Node,
    staff: Staff,
    domain: &str,
    allow_with_approval: bool,
) -> Result<EmailDomainBlock> {
    staff.by.check_act()?;
    let domain = bans::plain(domain.trim().trim_start_matches('@'));
    let domain = domain.ok_or_else(|| Error::invalid("This is not a domain"))?;
    node.db
        .write(move |tx| {
            if !email_domain_rows::list_of(tx, &[domain.as_str()])?.is_empty() {
                return Err(taken("Domain"));
            }
            let block = EmailDomainBlock {
                id: tx.new_id(),
                domain,
                allow_with_approval,
                created_at: tx.now(),
            };
            email_domain_rows::save(tx, &block)?;
            let target = Target::row(block.id, &block.domain);
            record(tx, &staff, "block_email_domain", target, "")?;
            Ok(block)
        })
        .await
}

fn taken(what: &str) -> Error {
    Error::invalid(format!("Validation failed: {what} has already been taken"))
}

/// Blocks one mailbox, by an address or by the digest of one.
///
/// # Errors
/// As [`block_email_domain`].
pub async fn block_email(
    node: &Node,
    staff: Staff,
    email: Option<String>,
    digest: Option<String>,
) -> Result<CanonicalEmailBlock> {
    staff.by.check_act()?;
    let digest = match (email, digest) {
        (Some(email), _) if email.contains('@') => canonical_digest(&email),
        (None, Some(digest)) if is_digest(&digest) => digest.to_lowercase(),
        _ => {
            return Err(Error::invalid(
                "An e-mail address, or the SHA-256 digest of one, is needed",
            ));
        }
    };
    node.db
        .write(move |tx| {
            if !canonical_email_rows::list_of(tx, &[digest.as_str()])?.is_empty() {
                return Err(taken("Canonical email hash"));
            }
            let block = CanonicalEmailBlock {
                id: tx.new_id(),
                digest,
                created_at: tx.now(),
            };
            canonical_email_rows::save(tx, &block)?;
            let target = Target::row(block.id, &block.digest);
            record(tx, &staff, "block_email", target, "")?;
            Ok(block)
        })
        .await
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The blocks that an e-mail address falls under.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff.
pub async fn test_email(node: &Node, by: By, email: &str) -> Result<Vec<CanonicalEmailBlock>> {
    by.check_look()?;
    let digest = canonical_digest(email);
    let read = move |conn: &mut Conn| canonical_email_rows::list_of(conn, &[digest.as_str()]);
    Ok(node.db.read(read).await?)
}

/// What is decided about addresses; what is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IpWish {
    /// An address or a range of them.
    pub network: Option<String>,
    /// What people there may not do.
    pub severity: Option<IpSeverity>,
    /// For the staff.
    pub comment: Option<String>,
    /// For how many milliseconds from now; 0 means for ever.
    pub lasts: Option<i64>,
}

impl IpWish {
    fn apply(self, block: &mut IpBlock, now: i64) -> Result<()> {
        if let Some(network) = self.network {
            let network: Network = network
                .trim()
                .parse()
                .map_err(|_| Error::invalid("This is neither an address nor a range of them"))?;
            block.network = network.to_string();
        }
        block.severity = self.severity.unwrap_or(block.severity);
        if let Some(comment) = self.comment {
            block.comment = comment.trim().chars().take(2_000).collect();
        }
        if let Some(lasts) = self.lasts {
            block.expires_at = (lasts > 0).then(|| now.saturating_add(lasts));
        }
        Ok(())
    }
}

/// Lets people at an address, or a range of them, do less.
///
/// # Errors
/// As [`block_email_domain`].
pub async fn block_ip(node: &Node, staff: Staff, wish: IpWish) -> Result<IpBlock> {
    staff.by.check_act()?;
    if wish.network.is_none() || wish.severity.is_none() {
        return Err(Error::invalid("An address and a severity are needed"));
    }
    let write = move |tx: &mut Tx| {
        let mut block = IpBlock {
            id: tx.new_id(),
            network: String::new(),
            severity: IpSeverity::SignUpRequiresApproval,
            comment: String::new(),
            expires_at: None,
            created_at: tx.now(),
        };
        wish.apply(&mut block, tx.now())?;
        save_ip(tx, &staff, &block, "block_ip")?;
        Ok::<_, Error>(block)
    };
    let block = node.db.write(write).await?;
    node.load_bans().await?;
    Ok(block)
}

fn save_ip(tx: &mut Tx, staff: &Staff, block: &IpBlock, action: &str) -> Result<()> {
    let known = ip_rows::list_of(tx, &[block.network.as_str()])?;
    if known.iter().any(|known| known.id != block.id) {
        return Err(taken("Ip"));
    }
    ip_rows::save(tx, block)?;
    store::bans::changed(tx)?;
    let target = Target::row(block.id, &block.network);
    record(tx, staff, action, target, block.severity.word())?;
    Ok(())
}

/// Changes what people at an address may not do.
///
/// # Errors
/// As [`block_ip`]; [`Error::NotFound`] if there is no such block.
pub async fn change_ip(node: &Node, staff: Staff, id: i64, wish: IpWish) -> Result<IpBlock> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| {
        let mut block = ip_rows::find(tx, id)?.ok_or(Error::NotFound)?;
        wish.apply(&mut block, tx.now())?;
        save_ip(tx, &staff, &block, "change_ip_block")?;
        Ok::<_, Error>(block)
    };
    let block = node.db.write(write).await?;
    node.load_bans().await?;
    Ok(block)
}

/// One of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Domains of e-mail addresses.
    EmailDomains,
    /// E-mail addresses.
    Emails,
    /// Addresses of computers.
    Ips,
}

/// Takes a row out of one of the lists.
///
/// # Errors
/// [`Error::Forbidden`] for others than administrators, [`Error::NotFound`] if it is not there.
pub async fn unblock(node: &Node, staff: Staff, list: List, id: i64) -> Result<()> {
    staff.by.check_act()?;
    let write = move |tx: &mut Tx| {
        let (action, name) = match list {
            List::EmailDomains => (
                "unblock_email_domain",
                email_domain_rows::find(tx, id)?.map(|row| row.domain),
            ),
            List::Emails => (
                "unblock_email",
                canonical_email_rows::find(tx, id)?.map(|row| row.digest),
            ),
            List::Ips => ("unblock_ip", ip_rows::find(tx, id)?.map(|row| row.network)),
        };
        let name = name.ok_or(Error::NotFound)?;
        match list {
            List::EmailDomains => email_domain_rows::delete(tx, id)?,
            List::Emails => canonical_email_rows::delete(tx, id)?,
            List::Ips => {
                ip_rows::delete(tx, id)?;
                store::bans::changed(tx)?;
            }
        }
        record(tx, &staff, action, Target::row(id, name), "")?;
        Ok::<_, Error>(())
    };
    node.db.write(write).await?;
    Ok(node.load_bans().await?)
}

macro_rules! look {
    ($find:ident, $page:ident, $rows:ident, $Row:ty) => {
        /// One row of the list.
        ///
        /// # Errors
        /// [`Error::Forbidden`] for people outside the staff, [`Error::NotFound`] if it is not there.
        pub async fn $find(node: &Node, by: By, id: i64) -> Result<$Row> {
            by.check_look()?;
            let read = move |conn: &mut Conn| $rows::find(conn, id);
            node.db.read(read).await?.ok_or(Error::NotFound)
        }

        /// A page of the list.
        ///
        /// # Errors
        /// [`Error::Forbidden`] for people outside the staff.
        pub async fn $page(node: &Node, by: By, page: Page) -> Result<Vec<$Row>> {
            by.check_look()?;
            let read = move |conn: &mut Conn| $rows::page(conn, &page);
            Ok(node.db.read(read).await?)
        }
    };
}

look!(
    find_email_domain,
    page_email_domains,
    email_domain_rows,
    EmailDomainBlock
);
look!(
    find_email,
    page_emails,
    canonical_email_rows,
    CanonicalEmailBlock
);
look!(find_ip, page_ips, ip_rows, IpBlock);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_has_one_spelling() {
        for email in [
            "ab@gmail.example",
            "A.b+x@Gmail.example",
            " a.b@gmail.example ",
        ] {
            assert_eq!(canonical(email), "ab@gmail.example", "{email}");
        }
        assert_ne!(canonical("ab@gmail.example"), canonical("ab@mail.example"));
        assert_eq!(
            canonical_digest("A.B+1@x.test"),
            canonical_digest("ab@x.test")
        );
        assert!(is_digest(&canonical_digest("a@x.test")) && !is_digest("abc"));
    }
}
