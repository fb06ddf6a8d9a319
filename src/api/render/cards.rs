//! Previews of the links in statuses.
//!
//! Source: <https://docs.joinmastodon.org/entities/PreviewCard/>

use std::collections::HashMap;

use super::View;
use crate::api::entities::Instant;
use crate::api::entities::cards::{CardAuthor, CardKind, PreviewCard};
use crate::id::StatusId;
use crate::social::previews::{is_due, link_of, read};
use crate::store::cards::{self, Card};
use crate::store::statuses::Status;
use crate::store::{Conn, QueryResult};
use crate::text::escape;
use crate::text::previews::{Kind, Preview};
use crate::urls::Urls;

/// The links of the statuses of a page, and what is known of them.
#[derive(Debug, Default)]
pub(super) struct Cards {
    links: HashMap<StatusId, String>,
    known: HashMap<String, PreviewCard>,
}

impl Cards {
    /// Looks up the links of these statuses, and wishes for those that nobody looked at yet. One query.
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
        let mut rows: HashMap<String, Card> = rows
            .into_iter()
            .map(|card| (card.url.clone(), card))
            .collect();
        for (status, url) in &links {
            if is_due(rows.get(url), view.now) {
                view.wishes.add(url, *status);
            }
        }
        let known = urls.into_iter().filter_map(|url| {
            let card = one(&view.urls, &rows.remove(&url)?)?;
            Some((url, card))
        });
        let known = known.collect();
        Ok(Self { links, known })
    }

    /// The preview of a status's link.
    pub(super) fn of(&self, status: StatusId) -> Option<PreviewCard> {
        self.known.get(self.links.get(&status)?).cloned()
    }
}

/// The preview of a page, if there is something to show.
#[must_use]
pub fn one(urls: &Urls, card: &Card) -> Option<PreviewCard> {
    let preview = read(card)?;
    let html = player(&preview);
    let author = CardAuthor {
        name: preview.author_name.clone(),
        url: preview.author_url.clone(),
        account: None,
    };
    let is_known = !author.name.is_empty() || !author.url.is_empty();
    Some(PreviewCard {
        url: card.url.clone(),
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
        missing_attribution: None,
    })
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
