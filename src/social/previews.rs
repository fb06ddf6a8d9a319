//! Previews of links: fetched when somebody looks at a status with the link, once for all statuses and all viewers, and
//! not again for a while, whatever came of it.
//!
//! Nothing is fetched for a link in a direct status: its address may be a secret between few.
//! Source: <https://docs.joinmastodon.org/entities/PreviewCard/>

use url::Url;

use super::news;
use crate::clock::{DAY, HOUR};
use crate::http::{self, Response};
use crate::id::StatusId;
use crate::node::Node;
use crate::store::cards::{self, Card};
use crate::store::jobs::Job;
use crate::store::statuses::Status;
use crate::store::{self, QueryResult, Tx, Visibility};
use crate::text::Handle;
use crate::text::links::first_link;
use crate::text::pages::decode;
use crate::text::previews::{Described, Preview, describe, with_embed};
use crate::urls::Urls;

/// After how long a page is read anew when somebody looks, in milliseconds.
const FRESH: i64 = 14 * DAY;
/// How long a page is left alone that could not be fetched, in milliseconds; each further time three times as long.
const FIRST_PAUSE: i64 = HOUR;
/// How long it is left alone at most, in milliseconds.
const LONGEST_PAUSE: i64 = 7 * DAY;
const PAGE: &str = "text/html, application/xhtml+xml;q=0.9";
const EMBED: &str = "application/json";

/// The link of a status that a preview is shown of: the first in its text, if it leads elsewhere and not only few may
/// know of it.
#[must_use]
pub fn link_of(status: &Status, urls: &Urls) -> Option<String> {
    if status.visibility == Visibility::Direct || status.boost_of_id.is_some() {
        return None;
    }
    first_link(&status.content).filter(|link| !urls.is_local(link))
}

/// Whether an account may be shown as the author of pages on `host`: it says so of the host, or of a domain above it.
#[must_use]
pub fn may_be_author(attribution_domains: &[String], host: &str) -> bool {
    let host = host.to_lowercase();
    attribution_domains.iter().any(|domain| {
        let above = host.strip_suffix(domain.as_str());
        !domain.is_empty() && above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// What is to be shown of a page, if there is anything.
#[must_use]
pub fn read(card: &Card) -> Option<Preview> {
    serde_json::from_str(card.preview.as_deref()?).ok()
}

/// Whether a page is to be fetched when somebody looks.
#[must_use]
pub fn is_due(card: Option<&Card>, now: i64) -> bool {
    let Some(card) = card else {
        return true;
    };
    let pause = if card.failures == 0 && card.fetched_at.is_some_and(|at| at >= card.asked_at) {
        FRESH
    } else {
        let times = u32::try_from(card.failures.clamp(0, 10)).unwrap_or(0);
        FIRST_PAUSE
            .saturating_mul(3_i64.pow(times))
            .min(LONGEST_PAUSE)
    };
    now - card.asked_at >= pause
}

/// Lets what people wish for be fetched, unless that was decided meanwhile.
///
/// # Errors
/// Whatever the database says.
pub async fn grant(node: &Node) -> QueryResult<usize> {
    let wishes = node.wishes.take();
    if wishes.is_empty() || !node.config.media.link_previews {
        return Ok(0);
    }
    let count = wishes.len();
    let grant = move |tx: &mut Tx| -> QueryResult<()> {
        for (url, status) in &wishes {
            let known = cards::find(tx, url)?;
            if is_due(known.as_ref(), tx.now()) {
                cards::ask(tx, url)?;
                tx.queue(&Job::FetchCard {
                    url: url.clone(),
                    status: *status,
                })?;
            }
        }
        Ok(())
    };
    node.db.write_later(grant).await?;
    Ok(count)
}

/// What came of fetching a page.
#[derive(Clone, Debug)]
pub struct Fetched(Result<Option<Preview>, String>);

impl Fetched {
    /// The handle of the account that the page names as its author.
    #[must_use]
    pub fn creator(&self) -> Option<Handle> {
        let preview = self.0.as_ref().ok()?.as_ref()?;
        Handle::parse(&preview.creator).ok()
    }
}

/// Fetches a page, and what it says of itself.
pub async fn fetch(node: &Node, url: &str) -> Fetched {
    Fetched(look(node, url).await)
}

/// Keeps what came of fetching a page, and tells those who have the status before them.
///
/// # Errors
/// Only of the database: a page that cannot be read is left alone for a while.
pub async fn keep(
    node: &Node,
    url: String,
    status: StatusId,
    Fetched(found): Fetched,
) -> QueryResult<()> {
    let keep = move |tx: &mut Tx| {
        let preview = match found {
            Ok(preview) => preview.filter(Preview::is_worth_showing),
            Err(cause) => {
                tracing::debug!(url, cause, "a linked page cannot be read");
                return cards::fail(tx, &url);
            }
        };
        let text = preview
            .as_ref()
            .and_then(|preview| serde_json::to_string(preview).ok());
        cards::keep(tx, &url, text.as_deref())?;
        match store::statuses::find(tx, status)? {
            Some(status) if text.is_some() => news::edited(tx, &status),
            _ => Ok(()),
        }
    };
    node.db.write_later(keep).await
}

/// What a page says of itself; none if it is no page.
async fn look(node: &Node, url: &str) -> Result<Option<Preview>, String> {
    let url = Url::parse(url).map_err(|cause| cause.to_string())?;
    let answer = ask(node, &url, PAGE).await?;
    let kind = answer.header("content-type").unwrap_or_default().to_owned();
    if !is_page(&kind) {
        return Ok(None);
    }
    let page = decode(&answer.body, &kind);
    let Described { preview, oembed } = describe(&page, &answer.final_url);
    let Some(oembed) = oembed else {
        return Ok(Some(preview));
    };
    Ok(Some(match ask(node, &oembed, EMBED).await {
        Ok(embed) => with_embed(preview, &embed.body, &embed.final_url),
        Err(_) => preview,
    }))
}

async fn ask(node: &Node, url: &Url, accept: &str) -> Result<Response, String> {
    let answer = node.http.get(url, accept, None).await;
    let answer = answer.map_err(|cause: http::Error| cause.to_string())?;
    if answer.is_success() {
        Ok(answer)
    } else {
        Err(format!("it answered {}", answer.status))
    }
}

fn is_page(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["text/html", "application/xhtml+xml"]
        .iter()
        .any(|page| kind.eq_ignore_ascii_case(page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_left_alone_for_a_while() {
        let card = |asked_at, fetched_at, failures| Card {
            url: "https://a.example/".to_owned(),
            preview: None,
            asked_at,
            fetched_at,
            failures,
        };
        for (known, pause) in [
            (card(1_000, None, 0), HOUR),
            (card(1_000, Some(1_500), 0), FRESH),
            (card(1_000, Some(1_500), 1), 3 * HOUR),
            (card(2_000, Some(1_500), 0), HOUR),
            (card(1_000, None, 90), LONGEST_PAUSE),
        ] {
            assert!(
                !is_due(Some(&known), known.asked_at + pause - 1),
                "{known:?}"
            );
            assert!(is_due(Some(&known), known.asked_at + pause), "{known:?}");
        }
        assert!(is_due(None, 0));
    }

    #[test]
    fn authors_say_where_they_write() {
        for (domains, host, expected) in [
            (&["news.example"][..], "news.example", true),
            (&["a.example", "news.example"], "www.News.example", true),
            (&["www.news.example"], "news.example", false),
            (&["news.example"], "badnews.example", false),
            (&["", "."], "news.example", false),
            (&[], "news.example", false),
        ] {
            let domains: Vec<String> = domains.iter().map(|&one| one.to_owned()).collect();
            assert_eq!(
                may_be_author(&domains, host),
                expected,
                "{domains:?} {host}"
            );
        }
    }

    #[test]
    fn pages_are_html() {
        for (kind, expected) in [
            ("text/html", true),
            ("Text/HTML; charset=utf-8", true),
            ("application/xhtml+xml", true),
            ("image/png", false),
            ("text/htmlx", false),
            ("", false),
        ] {
            assert_eq!(is_page(kind), expected, "{kind}");
        }
    }
}
