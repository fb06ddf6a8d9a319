//! Previews of the links in statuses.
//!
//! Source: <https://docs.joinmastodon.org/entities/PreviewCard/>

use std::collections::HashMap;

use super::{View, accounts};
use crate::api::entities::cards::{CardAuthor, CardKind, PreviewCard};
use crate::api::entities::{Account, Instant};
use crate::id::{AccountId, StatusId};
use crate::social::previews::{is_due, link_of, may_be_author, read};
use crate::social::visibility::is_listed;
use crate::store::cards::{self, Card};
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult};
use crate::text::previews::{Kind, Preview};
use crate::text::{Handle, escape};
use crate::urls::Urls;

/// The links of the statuses of a page, and what is known of them.
#[derive(Debug, Default)]
pub(super) struct Cards {
    links: HashMap<StatusId, String>,
    known: HashMap<String, PreviewCard>,
}

impl Cards {
    /// Looks up the links of these statuses, and wishes for those that nobody looked at yet. One query, and a dozen where
    /// pages name accounts as their authors.
    pub(super) fn load<'s>(
        conn: &mut Conn,
        view: &View,
        statuses: impl Iterator<Item = &'s Status>,
    ) -> QueryResult<Self> {
        let link = |status: &Status| Some((status.id, link_of(status, &view.urls)?));
        let links: HashMap<StatusId, String> = statuses.filter_map(link).collect();
        let mut urls: Vec<String> = links.values().cloned().collect();
        urls.sort_unstable();
        urls.dedup();
        let rows = cards::list(conn, &urls)?;
        let found: HashMap<&str, &Card> =
            rows.iter().map(|card| (card.url.as_str(), card)).collect();
        for (status, url) in &links {
            if is_due(found.get(url.as_str()).copied(), view.now) {
                view.wishes.add(url, *status);
            }
        }
        let known = page(conn, view, &rows)?;
        Ok(Self { links, known })
    }

    /// The preview of a status's link.
    pub(super) fn of(&self, status: StatusId) -> Option<PreviewCard> {
        self.known.get(self.links.get(&status)?).cloned()
    }
}

/// The previews of these pages by their addresses, as far as there is something to show. A dozen queries where pages
/// name accounts as their authors, else none.
///
/// # Errors
/// Whatever the database says.
pub fn page(
    conn: &mut Conn,
    view: &View,
    cards: &[Card],
) -> QueryResult<HashMap<String, PreviewCard>> {
    let previews: Vec<(String, Preview)> = cards
        .iter()
        .filter_map(|card| Some((card.url.clone(), read(card)?)))
        .collect();
    let creators = Creators::load(conn, view, &previews)?;
    let known = previews.into_iter().map(|(url, preview)| {
        let named = creators.of(view, &preview);
        (url.clone(), one(view, url, preview, named))
    });
    Ok(known.collect())
}

/// The accounts that pages name as their authors.
#[derive(Default)]
struct Creators {
    /// By their handles.
    known: HashMap<String, Creator>,
}

/// One of them.
struct Creator {
    account: Account,
    /// Domains whose pages may name it.
    domains: Vec<String>,
}

/// What is shown of the account that a page names.
#[derive(Default)]
struct Named {
    /// The account, if it confirmed that.
    account: Option<Account>,
    /// Whether it is the viewer's own account, which did not.
    is_unconfirmed_viewer: bool,
}

impl Creators {
    fn load(conn: &mut Conn, view: &View, previews: &[(String, Preview)]) -> QueryResult<Self> {
        let mut handles: Vec<String> = previews
            .iter()
            .filter_map(|(_, preview)| handle_of(&view.urls, preview))
            .collect();
        if handles.is_empty() {
            return Ok(Self::default());
        }
        handles.sort_unstable();
        handles.dedup();
        let mut rows = store::accounts::list_by_handles(conn, &handles)?;
        rows.retain(is_listed);
        let ids: Vec<AccountId> = rows.iter().map(|row| row.id).collect();
        let mut domains: HashMap<AccountId, Vec<String>> = store::profiles::list(conn, &ids)?
            .into_iter()
            .map(|profile| (profile.account_id, profile.attribution_domains.0))
            .collect();
        let handles: HashMap<AccountId, String> = rows
            .iter()
            .map(|row| (row.id, row.handle.clone()))
            .collect();
        let known = accounts::page(conn, view, rows)?.into_iter();
        let known = known.filter_map(|account| {
            let domains = domains.remove(&account.id).unwrap_or_default();
            let handle = handles.get(&account.id)?.clone();
            Some((handle, Creator { account, domains }))
        });
        Ok(Self {
            known: known.collect(),
        })
    }

    fn of(&self, view: &View, preview: &Preview) -> Named {
        let handle = handle_of(&view.urls, preview);
        let Some(creator) = handle.and_then(|handle| self.known.get(&handle)) else {
            return Named::default();
        };
        if may_be_author(&creator.domains, &preview.creator_host) {
            Named {
                account: Some(creator.account.clone()),
                is_unconfirmed_viewer: false,
            }
        } else {
            Named {
                account: None,
                is_unconfirmed_viewer: view.viewer == Some(creator.account.id),
            }
        }
    }
}

/// The handle of the account that a page names, as it stands in the accounts' rows.
fn handle_of(urls: &Urls, preview: &Preview) -> Option<String> {
    let handle = Handle::parse(&preview.creator).ok()?;
    Some(handle.relative_to(urls.authority()).folded().to_string())
}

fn one(view: &View, url: String, preview: Preview, named: Named) -> PreviewCard {
    let urls = &view.urls;
    let html = player(&preview);
    let author = CardAuthor {
        name: preview.author_name.clone(),
        url: preview.author_url.clone(),
        account: named.account,
    };
    let is_known = !author.name.is_empty() || !author.url.is_empty() || author.account.is_some();
    PreviewCard {
        url,
        title: preview.title,
        description: preview.description,
        language: preview.language,
        kind: kind(preview.kind),
        authors: is_known.then_some(author).into_iter().collect(),
        author_name: preview.author_name,
        author_url: preview.author_url,
        provider_name: preview.provider_name,
        provider_url: preview.provider_url,
        html,
        width: preview.width,
        height: preview.height,
        image: preview.image.map(|image| urls.shown(&image)),
        image_description: preview.image_description,
        embed_url: match preview.embed_url.as_str() {
            "" => String::new(),
            photo => urls.shown(photo),
        },
        blurhash: None,
        published_at: preview.published_at.map(Instant),
        missing_attribution: view.viewer.map(|_| named.is_unconfirmed_viewer),
    }
}

/// The player in a frame of our own making: it may run, and reach nothing of the page around it.
fn player(preview: &Preview) -> String {
    if preview.player.is_empty() {
        return String::new();
    }
    let (width, height) = (preview.width, preview.height);
    format!(
        "<iframe src=\"{}\" width=\"{width}\" height=\"{height}\" \
         sandbox=\"allow-scripts allow-same-origin allow-popups allow-forms allow-presentation\" \
         allowfullscreen></iframe>",
        escape(&preview.player)
    )
}

fn kind(kind: Kind) -> CardKind {
    match kind {
        Kind::Link => CardKind::Link,
        Kind::Photo => CardKind::Photo,
        Kind::Video => CardKind::Video,
        Kind::Rich => CardKind::Rich,
    }
}
