//! What people say of their profiles besides what stands in the account's row, and how they like to read.

use crate::id::AccountId;
use crate::node::Node;
use crate::social::{Error, Result};
use crate::store::profiles::Preferences;
use crate::store::{self, Json, Tx};
use crate::text::domains::normalise_domain;

/// Most domains that may name an account as an author.
pub const MAX_ATTRIBUTION_DOMAINS: usize = 100;

/// Domains as people write them, with a scheme or one to a line, as they are kept: each once.
///
/// # Errors
/// [`Error::Invalid`] for what is no domain, and for too many.
pub(super) fn read_domains(given: &[String]) -> Result<Vec<String>> {
    let mut domains = Vec::new();
    for word in given.iter().flat_map(|text| text.split_whitespace()) {
        let bare = word.split_once("://").map_or(word, |(_, rest)| rest);
        let bare = bare.trim_end_matches('/');
        let domain = normalise_domain(bare).map_err(|_| {
            let sentence =
                format!("Validation failed: Attribution domains: \"{word}\" is no domain");
            Error::invalid(sentence)
        })?;
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    if domains.len() > MAX_ATTRIBUTION_DOMAINS {
        let sentence = format!(
            "Validation failed: Attribution domains may be at most {MAX_ATTRIBUTION_DOMAINS}"
        );
        return Err(Error::invalid(sentence));
    }
    Ok(domains)
}

/// What changes of what a profile says; what is none stays.
pub(super) struct Said<'a> {
    pub(super) attribution_domains: Option<&'a [String]>,
    pub(super) shows_media: Option<bool>,
    pub(super) shows_media_replies: Option<bool>,
    pub(super) shows_featured: Option<bool>,
}

/// Writes what a profile says; tells whether other servers see it.
pub(super) fn write_said(tx: &mut Tx, viewer: AccountId, said: &Said<'_>) -> Result<bool> {
    let before = store::profiles::find(tx, viewer)?;
    let mut after = before.clone();
    if let Some(domains) = said.attribution_domains {
        after.attribution_domains = Json(read_domains(domains)?);
    }
    after.shows_media = said.shows_media.unwrap_or(after.shows_media);
    after.shows_media_replies = said
        .shows_media_replies
        .unwrap_or(after.shows_media_replies);
    after.shows_featured = said.shows_featured.unwrap_or(after.shows_featured);
    if after == before {
        return Ok(false);
    }
    store::profiles::save(tx, &after)?;
    Ok(after.attribution_domains != before.attribution_domains)
}

/// Changes how somebody likes to read.
///
/// # Errors
/// Only of the database.
pub async fn change_preferences(node: &Node, wanted: Preferences) -> Result<()> {
    node.db
        .write(move |tx| store::profiles::save_preferences(tx, &wanted))
        .await
        .map_err(Error::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_as_people_write_them() {
        for (given, expected) in [
            (&["example.org"][..], Some(&["example.org"][..])),
            (
                &["https://Example.org/", "example.org"],
                Some(&["example.org"]),
            ),
            (&["a.test\nb.test"], Some(&["a.test", "b.test"])),
            (&["", " "], Some(&[])),
            (&["https://a.test/path"], None),
            (&["a_b..test"], None),
        ] {
            let given: Vec<String> = given.iter().map(|&text| text.to_owned()).collect();
            let read = read_domains(&given).ok();
            let expected = expected.map(|all| all.iter().map(|&one| one.to_owned()).collect());
            assert_eq!(read, expected, "{given:?}");
        }
        let many: Vec<String> = (0..=MAX_ATTRIBUTION_DOMAINS)
            .map(|n| format!("a{n}.test"))
            .collect();
        assert!(read_domains(&many).is_err());
    }
}
