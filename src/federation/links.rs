//! The pages that fields of local profiles name: whether they link back with `rel="me"`. Fetched like any other thing
//! of strangers, small and with few redirects; what answers must be the host that the field names, so that a redirect of
//! somebody else's proves nothing.
//!
//! Source: <https://docs.joinmastodon.org/user/profile/#verification>

use url::Url;

use super::resolve::JobError;
use crate::http;
use crate::id::AccountId;
use crate::node::Node;
use crate::social::accounts;
use crate::store;
use crate::store::accounts::Account;
use crate::text::me_links::find_me_links;
use crate::text::profile::find_lone_url;

/// The most bytes of a page.
const LARGEST: usize = 1 << 20;

/// What a page was found to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// It links back.
    Yes,
    /// It does not.
    No,
    /// Nobody knows: it could not be read this time.
    Nothing,
}

/// Looks at every page that a local account's fields consist of, and notes which of them link back.
///
/// # Errors
/// Only of the database: a page that cannot be read is looked at again another day.
pub async fn check(node: &Node, id: AccountId) -> Result<(), JobError> {
    let find = move |conn: &mut store::Conn| store::accounts::find(conn, id);
    let Some(account) = node.db.read(find).await? else {
        return Ok(());
    };
    if !account.is_local() || account.suspended_at.is_some() {
        return Ok(());
    }
    let mut said = Vec::new();
    for field in &account.fields.0 {
        let Some(url) = find_lone_url(&field.source) else {
            continue;
        };
        match look(node, url, &account).await {
            Said::Yes => said.push((field.source.clone(), true)),
            Said::No => said.push((field.source.clone(), false)),
            Said::Nothing => {}
        }
    }
    accounts::note_links(node, id, said).await?;
    Ok(())
}

async fn look(node: &Node, url: &str, account: &Account) -> Said {
    let Ok(url) = Url::parse(url) else {
        return Said::No;
    };
    if node.urls.is_local(url.as_str()) {
        return Said::No;
    }
    let answer = match node.http.get_bytes(&url, LARGEST).await {
        Ok(answer) => answer,
        Err(http::Error::Refused { .. }) => return Said::No,
        Err(error) => {
            tracing::debug!(%url, %error, "a page of a profile could not be read");
            return Said::Nothing;
        }
    };
    match answer.status {
        200 if is_same_host(&url, &answer.final_url) => {
            let page = String::from_utf8_lossy(&answer.body);
            if links_back(&page, &answer.final_url, account) {
                Said::Yes
            } else {
                Said::No
            }
        }
        200 | 404 | 410 => Said::No,
        _ => Said::Nothing,
    }
}

/// Whether both are of one host, `www.` before it or not.
fn is_same_host(asked: &Url, answered: &Url) -> bool {
    let bare = |url: &Url| {
        let host = url.host_str()?.to_ascii_lowercase();
        Some(
            host.strip_prefix("www.")
                .map_or(host.clone(), str::to_owned),
        )
    };
    bare(asked).is_some() && bare(asked) == bare(answered)
}

/// Whether a page at `place` links to the account's profile or to its actor.
fn links_back(page: &str, place: &Url, account: &Account) -> bool {
    let wanted = [plain(&account.url), plain(&account.uri)];
    find_me_links(page).iter().any(|link| {
        let link = place.join(link).ok();
        link.is_some_and(|link| wanted.contains(&plain(link.as_str())))
    })
}

/// Names are written in any case, and addresses with or without a slash at their end.
fn plain(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    url.trim_end_matches('/').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_to_somebody_else_proves_nothing() {
        for (asked, answered, expected) in [
            ("https://ann.test/", "https://ann.test/home", true),
            ("https://ann.test/", "https://www.ann.test/", true),
            ("https://WWW.ann.test/", "https://ann.test/", true),
            ("http://ann.test/", "https://ann.test/", true),
            ("https://ann.test/", "https://evil.test/", false),
            ("https://ann.test/", "https://ann.test.evil.test/", false),
            ("https://blog.ann.test/", "https://ann.test/", false),
        ] {
            let url = |text: &str| Url::parse(text).unwrap();
            assert_eq!(
                is_same_host(&url(asked), &url(answered)),
                expected,
                "{asked} {answered}"
            );
        }
    }
}
