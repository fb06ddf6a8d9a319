//! Filters, and what they match in statuses that are rendered already: the text that a person would read counts.
//!
//! Source: <https://docs.joinmastodon.org/entities/FilterResult/>

use super::View;
use crate::api::entities::filters::{Filter, FilterKeyword, FilterResult, FilterStatus, FilterV1};
use crate::api::entities::{Instant, Status};
use crate::social::filters::{Whole, apply};
use crate::store::filters::{Keyword, Named, Rules};
use crate::store::{self, Conn, FilterAction, QueryResult};
use crate::text::sieves::Reading;
use crate::text::to_plain;

/// Notes on these statuses which of the viewer's filters match. Costs one query, and four where filters have changed.
///
/// # Errors
/// Whatever the database says.
pub(super) fn note(conn: &mut Conn, view: &View, page: &mut [Status]) -> QueryResult<()> {
    let Some(viewer) = view.viewer.filter(|_| !page.is_empty()) else {
        return Ok(());
    };
    let rules = store::filters::load(conn, &view.filters, &[viewer])?;
    if let Some(rules) = rules.get(&viewer) {
        for status in page {
            set(status, &matches(rules, status, &read(status), view.now));
            if let Some(quoted) = status.quoted_mut() {
                let found = matches(rules, quoted, &read(quoted), view.now);
                set(quoted, &found);
            }
        }
    }
    Ok(())
}

/// The text of a status as it is searched; of a boost, that of the original.
pub(super) fn read(status: &Status) -> Reading {
    let shown = status.reblog.as_deref().unwrap_or(status);
    let content = to_plain(shown.content.as_deref().unwrap_or_default());
    let options = shown.poll.iter().flat_map(|poll| &poll.options);
    let files = shown.media_attachments.iter();
    let texts = [content.as_str(), shown.spoiler_text.as_str()]
        .into_iter()
        .chain(options.map(|option| option.title.as_str()))
        .chain(files.filter_map(|file| file.description.as_deref()));
    Reading::of(texts)
}

/// Which of these filters match a status with this text.
pub(super) fn matches(
    rules: &Rules,
    status: &Status,
    reading: &Reading,
    now: i64,
) -> Vec<FilterResult> {
    let original = status.reblog.as_ref().map(|original| original.id);
    let ids: Vec<_> = [Some(status.id), original].into_iter().flatten().collect();
    let found = apply(rules, reading, &ids, now).into_iter();
    found
        .map(|found| FilterResult {
            filter: bare(found.filter.clone()),
            keyword_matches: found.text.map(|text| vec![text]),
            status_matches: Some(found.statuses).filter(|ids| !ids.is_empty()),
        })
        .collect()
}

/// Notes what matches on a status and, of a boost, on the original.
pub(super) fn set(status: &mut Status, found: &[FilterResult]) {
    let original = status
        .reblog
        .as_mut()
        .and_then(|original| original.viewer.as_mut());
    for viewer in original.into_iter().chain(status.viewer.as_mut()) {
        viewer.filtered = found.to_vec();
    }
}

fn bare(row: store::filters::Filter) -> Filter {
    Filter {
        id: row.id,
        title: row.title,
        context: row.contexts.0,
        expires_at: row.expires_at.map(Instant),
        filter_action: row.action.word(),
        keywords: None,
        statuses: None,
    }
}

/// A filter with what hangs on it.
#[must_use]
pub fn whole(whole: Whole) -> Filter {
    Filter {
        keywords: Some(whole.keywords.into_iter().map(keyword).collect()),
        statuses: Some(whole.statuses.into_iter().map(named).collect()),
        ..bare(whole.filter)
    }
}

/// A keyword.
#[must_use]
pub fn keyword(row: Keyword) -> FilterKeyword {
    FilterKeyword {
        id: row.id,
        keyword: row.keyword,
        whole_word: row.whole_word,
    }
}

/// A named status.
#[must_use]
pub fn named(row: Named) -> FilterStatus {
    FilterStatus {
        id: row.id,
        status_id: row.status_id,
    }
}

/// A keyword as a filter of its own.
#[must_use]
pub fn single(filter: &store::filters::Filter, keyword: &Keyword) -> FilterV1 {
    FilterV1 {
        id: keyword.id,
        phrase: keyword.keyword.clone(),
        context: filter.contexts.0.clone(),
        expires_at: filter.expires_at.map(Instant),
        irreversible: filter.action == FilterAction::Hide,
        whole_word: keyword.whole_word,
    }
}
