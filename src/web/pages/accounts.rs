//! The account card: who somebody is, in one line.

use maud::{Markup, html};

use super::parts::safe_url;

/// An account as one line shows it.
#[derive(Clone, Debug)]
pub struct AccountCard {
    /// The name that the person chose (plain text).
    pub display_name: String,
    /// The handle with its host: `@name@domain`.
    pub handle: String,
    /// The account's page.
    pub url: String,
    /// The avatar; the default picture when there is none.
    pub avatar_url: String,
}

impl AccountCard {
    /// The display name, or the handle's first part when that is blank.
    pub(in crate::web) fn name(&self) -> &str {
        let username = || {
            let handle = self.handle.trim_start_matches('@');
            handle.split_once('@').map_or(handle, |(name, _)| name)
        };
        match self.display_name.trim() {
            "" => username(),
            name => name,
        }
    }

    /// The card as a link to the account's page.
    pub(super) fn render(&self) -> Markup {
        html! {
            a.account-card.p-author.h-card href=[safe_url(&self.url)] {
                img.avatar.u-photo src=[safe_url(&self.avatar_url)] alt="" width="48" height="48" loading="lazy";
                span.account-name {
                    strong.p-name dir="auto" { (self.name()) } " "
                    span.handle { (self.handle) }
                }
            }
        }
    }
}
