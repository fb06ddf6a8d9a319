//! What people do not want to read as it is: how they say so, and what of it a text matches.

use std::collections::HashSet;

use super::visibility::find_visible;
use super::{Error, Result};
use crate::id::{AccountId, FilterId, FilterKeywordId, FilterStatusId, StatusId};
use crate::node::Node;
use crate::store::filters::{Filter, Keyword, Named, Rules};
use crate::store::{self, Conn, FilterAction, Json, QueryResult, Tx};
use crate::text::sieves::Reading;

/// Where filters can be applied.
pub const CONTEXTS: [&str; 5] = ["home", "notifications", "public", "thread", "account"];

/// The longest title, in characters.
const LONGEST_TITLE: usize = 256;
/// The longest keyword, in characters.
const LONGEST_KEYWORD: usize = 512;
/// Filters that one person may have.
const MOST_FILTERS: usize = 200;
/// Keywords that one person may have, in all filters together.
const MOST_KEYWORDS: usize = 1_000;
/// What the keywords of one person may come to, in characters.
const MOST_CHARACTERS: usize = 20_000;
/// Statuses that the filters of one person may name.
const MOST_STATUSES: usize = 1_000;

/// A filter with what hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The filter.
    pub filter: Filter,
    /// Its keywords.
    pub keywords: Vec<Keyword>,
    /// The statuses that it names.
    pub statuses: Vec<Named>,
}

/// When a filter ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expiry {
    /// When it ended before.
    #[default]
    Kept,
    /// Never.
    Never,
    /// After so many milliseconds from now.
    In(i64),
}

/// What is to be changed of a filter; of a new one, what it is to be. What is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// What its owner calls it.
    pub title: Option<String>,
    /// Where it is applied.
    pub contexts: Option<Vec<String>>,
    /// What clients do with what it matches.
    pub action: Option<FilterAction>,
    /// For how long it matches from now on.
    pub expires: Expiry,
    /// Keywords to be added, changed and removed.
    pub keywords: Vec<KeywordChange>,
}

/// What is to be changed of a keyword; of one without an id, what it is to be. What is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeywordChange {
    /// The keyword; a new one if none.
    pub id: Option<FilterKeywordId>,
    /// What is looked for.
    pub keyword: Option<String>,
    /// Whether it must not be part of a longer word; so it is with new ones unless it is said.
    pub whole_word: Option<bool>,
    /// Whether it is to be removed.
    pub is_removed: bool,
}

/// What a filter matches in a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match<'r> {
    /// The filter.
    pub filter: &'r Filter,
    /// What was found of its keywords, as it is written there.
    pub text: Option<String>,
    /// The statuses that it names.
    pub statuses: Vec<StatusId>,
}

/// What these rules match at the instant `now` (milliseconds) in a status with this text. `ids` are the status's and, of
/// a boost, the original's.
#[must_use]
pub fn apply<'r>(
    rules: &'r Rules,
    reading: &Reading,
    ids: &[StatusId],
    now: i64,
) -> Vec<Match<'r>> {
    let mut found = rules.sieve.find(reading).into_iter().peekable();
    let filters = rules.filters.iter().zip(&rules.named).enumerate();
    filters
        .filter_map(|(place, (filter, named))| {
            let text = found
                .next_if(|found| found.owner == place)
                .map(|found| found.text);
            let statuses: Vec<StatusId> = ids
                .iter()
                .copied()
                .filter(|id| named.contains(id))
                .collect();
            let holds = filter.expires_at.is_none_or(|end| end > now);
            (holds && (text.is_some() || !statuses.is_empty())).then_some(Match {
                filter,
                text,
                statuses,
            })
        })
        .collect()
}

/// All filters of an account, expired ones included.
///
/// # Errors
/// Whatever the database says.
pub fn list(conn: &mut Conn, viewer: AccountId) -> QueryResult<Vec<Whole>> {
    let filters = store::filters::list_of(conn, &[viewer])?;
    complete(conn, filters)
}

fn complete(conn: &mut Conn, filters: Vec<Filter>) -> QueryResult<Vec<Whole>> {
    let ids: Vec<FilterId> = filters.iter().map(|filter| filter.id).collect();
    let keywords = store::filters::list_keywords(conn, &ids)?;
    let statuses = store::filters::list_statuses(conn, &ids)?;
    let whole = filters.into_iter().map(|filter| Whole {
        keywords: of(&keywords, |keyword| keyword.filter_id == filter.id),
        statuses: of(&statuses, |named| named.filter_id == filter.id),
        filter,
    });
    Ok(whole.collect())
}

fn of<T: Clone>(all: &[T], is_part: impl Fn(&T) -> bool) -> Vec<T> {
    all.iter().filter(|one| is_part(one)).cloned().collect()
}

/// A filter of this account.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs.
pub fn find(conn: &mut Conn, viewer: AccountId, id: FilterId) -> Result<Whole> {
    let filter = store::filters::find_own(conn, viewer, id)?.ok_or(Error::NotFound)?;
    complete(conn, vec![filter])?.pop().ok_or(Error::NotFound)
}

/// A keyword of a filter of this account, and the filter.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs.
pub fn find_keyword(
    conn: &mut Conn,
    viewer: AccountId,
    id: FilterKeywordId,
) -> Result<(Filter, Keyword)> {
    store::filters::find_keyword(conn, viewer, id)?.ok_or(Error::NotFound)
}

/// An entry of a status in a filter of this account.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs.
pub fn find_status(conn: &mut Conn, viewer: AccountId, id: FilterStatusId) -> Result<Named> {
    store::filters::find_status(conn, viewer, id)?.ok_or(Error::NotFound)
}

/// Makes a filter; gives its id.
///
/// # Errors
/// [`Error::Invalid`] says what is missing, wrong or too much.
pub async fn create(node: &Node, viewer: AccountId, change: Change) -> Result<FilterId> {
    node.db
        .write(move |tx| {
            let filter = Filter {
                id: FilterId(tx.new_id()),
                account_id: viewer,
                title: String::new(),
                contexts: Json(Vec::new()),
                action: FilterAction::Warn,
                expires_at: None,
                created_at: tx.now(),
            };
            let filter = changed(&filter, &change, tx.now())?;
            store::filters::insert(tx, &filter)?;
            change_keywords(tx, &filter, &change.keywords)?;
            keep_bounds(tx, viewer)?;
            Ok(filter.id)
        })
        .await
}

/// Changes a filter and its keywords.
///
/// # Errors
/// [`Error::NotFound`] if it or a keyword is not theirs; [`Error::Invalid`] says what is wrong or too much.
pub async fn update(node: &Node, viewer: AccountId, id: FilterId, change: Change) -> Result<()> {
    node.db
        .write(move |tx| {
            let filter = store::filters::find_own(tx, viewer, id)?.ok_or(Error::NotFound)?;
            let filter = changed(&filter, &change, tx.now())?;
            store::filters::update(tx, &filter)?;
            change_keywords(tx, &filter, &change.keywords)?;
            keep_bounds(tx, viewer)
        })
        .await
}

/// Changes a filter by its only keyword, as programs do that know of one keyword for each filter.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs; [`Error::Invalid`] if the filter has more keywords, and for what is wrong.
pub async fn update_single(
    node: &Node,
    viewer: AccountId,
    id: FilterKeywordId,
    change: Change,
) -> Result<()> {
    node.db
        .write(move |tx| {
            let (filter, _) = find_keyword(tx, viewer, id)?;
            if store::filters::list_keywords(tx, &[filter.id])?.len() > 1 {
                return Err(Error::invalid(
                    "This filter has several keywords. Change it with a program that knows of such filters.",
                ));
            }
            let filter = changed(&filter, &change, tx.now())?;
            store::filters::update(tx, &filter)?;
            change_keywords(tx, &filter, &change.keywords)?;
            keep_bounds(tx, viewer)
        })
        .await
}

/// Removes a filter.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs.
pub async fn delete(node: &Node, viewer: AccountId, id: FilterId) -> Result<()> {
    node.db
        .write(move |tx| {
            let filter = store::filters::find_own(tx, viewer, id)?.ok_or(Error::NotFound)?;
            Ok(store::filters::delete(tx, &filter)?)
        })
        .await
}

/// Adds a keyword to a filter; gives it back.
///
/// # Errors
/// [`Error::NotFound`] if the filter is not theirs; [`Error::Invalid`] says what is wrong or too much.
pub async fn add_keyword(
    node: &Node,
    viewer: AccountId,
    id: FilterId,
    change: KeywordChange,
) -> Result<Keyword> {
    node.db
        .write(move |tx| {
            let filter = store::filters::find_own(tx, viewer, id)?.ok_or(Error::NotFound)?;
            let keyword = change_keyword(tx, &filter, &change)?.ok_or(Error::NotFound)?;
            keep_bounds(tx, viewer)?;
            Ok(keyword)
        })
        .await
}

/// Changes a keyword; gives it back.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs; [`Error::Invalid`] says what is wrong or too much.
pub async fn update_keyword(
    node: &Node,
    viewer: AccountId,
    id: FilterKeywordId,
    change: KeywordChange,
) -> Result<Keyword> {
    node.db
        .write(move |tx| {
            let (filter, _) = find_keyword(tx, viewer, id)?;
            let change = KeywordChange {
                id: Some(id),
                ..change
            };
            let keyword = change_keyword(tx, &filter, &change)?.ok_or(Error::NotFound)?;
            keep_bounds(tx, viewer)?;
            Ok(keyword)
        })
        .await
}

/// Removes a keyword, and with `with_filter` its filter if nothing is left of it.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs.
pub async fn delete_keyword(
    node: &Node,
    viewer: AccountId,
    id: FilterKeywordId,
    with_filter: bool,
) -> Result<()> {
    node.db
        .write(move |tx| {
            let (filter, keyword) = find_keyword(tx, viewer, id)?;
            store::filters::delete_keyword(tx, viewer, keyword.id)?;
            let is_bare = store::filters::list_keywords(tx, &[filter.id])?.is_empty()
                && store::filters::list_statuses(tx, &[filter.id])?.is_empty();
            if with_filter && is_bare {
                store::filters::delete(tx, &filter)?;
            }
            Ok(())
        })
        .await
}

/// Lets a filter name a status; gives the entry back, also the one that was there.
///
/// # Errors
/// [`Error::NotFound`] if the filter is not theirs or the status not visible; [`Error::Invalid`] if it names too many.
pub async fn add_status(
    node: &Node,
    viewer: AccountId,
    id: FilterId,
    status: StatusId,
) -> Result<Named> {
    node.db
        .write(move |tx| {
            let filter = store::filters::find_own(tx, viewer, id)?.ok_or(Error::NotFound)?;
            let status = find_visible(tx, Some(viewer), status)?;
            let named = Named {
                id: FilterStatusId(tx.new_id()),
                filter_id: filter.id,
                status_id: status.id,
            };
            let named = store::filters::insert_status(tx, viewer, named)?;
            keep_bounds(tx, viewer)?;
            Ok(named)
        })
        .await
}

/// Lets a filter no longer name a status; gives back what the entry was.
///
/// # Errors
/// [`Error::NotFound`] if it is not theirs.
pub async fn delete_status(node: &Node, viewer: AccountId, id: FilterStatusId) -> Result<()> {
    node.db
        .write(move |tx| {
            let named = find_status(tx, viewer, id)?;
            Ok(store::filters::delete_status(tx, viewer, named.id)?)
        })
        .await
}

fn changed(filter: &Filter, change: &Change, now: i64) -> Result<Filter> {
    let title = change.title.as_deref().map_or(&*filter.title, str::trim);
    if title.is_empty() {
        return Err(Error::invalid("Validation failed: Title can't be blank"));
    }
    if title.chars().count() > LONGEST_TITLE {
        return Err(Error::invalid(format!(
            "Validation failed: Title is longer than {LONGEST_TITLE} characters"
        )));
    }
    let contexts = change.contexts.as_ref().unwrap_or(&filter.contexts.0);
    if contexts.is_empty() {
        return Err(Error::invalid("Validation failed: Context can't be blank"));
    }
    let mut seen = HashSet::new();
    let mut known = Vec::new();
    for context in contexts {
        if !CONTEXTS.contains(&context.as_str()) {
            return Err(Error::invalid(format!(
                "Validation failed: Context None or invalid context supplied; there are {}",
                CONTEXTS.join(", ")
            )));
        }
        if seen.insert(context) {
            known.push(context.clone());
        }
    }
    Ok(Filter {
        title: title.to_owned(),
        contexts: Json(known),
        action: change.action.unwrap_or(filter.action),
        expires_at: match change.expires {
            Expiry::Kept => filter.expires_at,
            Expiry::Never => None,
            Expiry::In(duration) => Some(now.saturating_add(duration)),
        },
        ..filter.clone()
    })
}

fn change_keywords(tx: &mut Tx, filter: &Filter, changes: &[KeywordChange]) -> Result<()> {
    for change in changes {
        change_keyword(tx, filter, change)?;
    }
    Ok(())
}

/// Adds, changes or removes a keyword of a filter; gives back what is left of it.
fn change_keyword(tx: &mut Tx, filter: &Filter, change: &KeywordChange) -> Result<Option<Keyword>> {
    let known = match change.id {
        Some(id) => {
            let (owner, keyword) = find_keyword(tx, filter.account_id, id)?;
            if owner.id != filter.id {
                return Err(Error::NotFound);
            }
            Some(keyword)
        }
        None => None,
    };
    if change.is_removed {
        if let Some(keyword) = known {
            store::filters::delete_keyword(tx, filter.account_id, keyword.id)?;
        }
        return Ok(None);
    }
    let is_new = known.is_none();
    let base = known.unwrap_or_else(|| Keyword {
        id: FilterKeywordId(tx.new_id()),
        filter_id: filter.id,
        keyword: String::new(),
        whole_word: true,
    });
    let text = change.keyword.as_deref().unwrap_or(&base.keyword).trim();
    if text.is_empty() {
        return Err(Error::invalid("Validation failed: Keyword can't be blank"));
    }
    if text.chars().count() > LONGEST_KEYWORD {
        return Err(Error::invalid(format!(
            "Validation failed: Keyword is longer than {LONGEST_KEYWORD} characters"
        )));
    }
    let keyword = Keyword {
        keyword: text.to_owned(),
        whole_word: change.whole_word.unwrap_or(base.whole_word),
        ..base
    };
    if is_new {
        store::filters::insert_keyword(tx, filter.account_id, &keyword)?;
    } else {
        store::filters::update_keyword(tx, filter.account_id, &keyword)?;
    }
    Ok(Some(keyword))
}

/// Undoes a change with which a person would have too much.
fn keep_bounds(tx: &mut Tx, account: AccountId) -> Result<()> {
    let filters = store::filters::list_of(tx, &[account])?;
    let ids: Vec<FilterId> = filters.iter().map(|filter| filter.id).collect();
    let keywords = store::filters::list_keywords(tx, &ids)?;
    let statuses = store::filters::list_statuses(tx, &ids)?;
    let characters: usize = keywords
        .iter()
        .map(|keyword| keyword.keyword.chars().count())
        .sum();
    for (count, most, what) in [
        (filters.len(), MOST_FILTERS, "filters"),
        (
            keywords.len(),
            MOST_KEYWORDS,
            "keywords in all filters together",
        ),
        (
            characters,
            MOST_CHARACTERS,
            "characters in all keywords together",
        ),
        (
            statuses.len(),
            MOST_STATUSES,
            "statuses in all filters together",
        ),
    ] {
        if count > most {
            return Err(Error::invalid(format!(
                "You can have at most {most} {what}"
            )));
        }
    }
    Ok(())
}
