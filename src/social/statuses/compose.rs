//! From what a person typed to what is stored: checks, mentions, hashtags, markup.

use std::collections::HashMap;

use crate::id::{AccountId, AttachmentId, StatusId};
use crate::social::polls::{self, PollDraft};
use crate::social::{Error, Result};
use crate::store::attachments::Attachment;
use crate::store::mentions::Mention;
use crate::store::{self, AttachmentKind, AttachmentState, Conn, QueryResult, Tx};
use crate::text::Handle;
use crate::text::count::count_characters;
use crate::text::render::{MentionLink, Surroundings, render_status};
use crate::text::scan;
use crate::urls::Urls;

/// What a text consists of.
pub(in crate::social) struct Composed {
    /// Clean HTML.
    pub(in crate::social) content: String,
    /// Whom it names.
    pub(in crate::social) mentions: Vec<AccountId>,
    /// Its tags, normalised.
    pub(in crate::social) hashtags: Vec<String>,
}

/// What stands in for the text of a status that consists of a content warning and files alone.
const WORDLESS: &str = "📎";

/// How much one status may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caps {
    pub(super) characters: usize,
    pub(super) attachments: usize,
    pub(super) poll: polls::drafts::Caps,
}

impl Caps {
    pub(super) fn of(config: &crate::config::Config) -> Self {
        Self {
            characters: config.instance.max_characters,
            attachments: config.instance.max_attachments,
            poll: polls::drafts::Caps::of(config),
        }
    }
}

/// What a status consists of beside text and warning.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carried<'a> {
    /// How many files it has.
    pub(super) attachments: usize,
    /// Its poll.
    pub(super) poll: Option<&'a PollDraft>,
    /// Whether it quotes.
    pub(super) has_quote: bool,
}

/// Checks the length of a text with its warning, that there is anything at all, and what is carried.
pub(super) fn check(text: &str, spoiler: &str, carried: Carried, caps: Caps) -> Result<()> {
    let attachments = carried.attachments;
    let has_more = attachments > 0 || carried.poll.is_some() || carried.has_quote;
    if text.trim().is_empty() && !has_more {
        return Err(Error::invalid("Validation failed: Text can't be blank"));
    }
    if let Some(poll) = carried.poll {
        if attachments > 0 {
            return Err(Error::invalid("A post has files or a poll, not both"));
        }
        polls::drafts::check(poll, caps.poll)?;
    }
    if attachments > caps.attachments {
        let sentence = format!("Cannot attach more than {} files", caps.attachments);
        return Err(Error::invalid(sentence));
    }
    if count_characters(text) + count_characters(spoiler) > caps.characters {
        let sentence = format!(
            "Validation failed: Text character limit of {} exceeded",
            caps.characters
        );
        return Err(Error::invalid(sentence));
    }
    Ok(())
}

/// The text as it is kept: a warning without words gets a sign, since a status must say something.
pub(super) fn settle_text(text: &str, spoiler: &str) -> String {
    let text = text.trim();
    if text.is_empty() && !spoiler.trim().is_empty() {
        WORDLESS.to_owned()
    } else {
        text.to_owned()
    }
}

/// Everything of a status in which emoji can stand.
pub(super) fn words<'a>(
    text: &'a str,
    spoiler: &'a str,
    poll: Option<&'a PollDraft>,
) -> Vec<&'a str> {
    let options = poll.into_iter().flat_map(|poll| &poll.options);
    [text, spoiler]
        .into_iter()
        .chain(options.map(String::as_str))
        .collect()
}

/// Finds mentions and tags in a text and renders it. Handles that nobody here has heard of stay plain text.
pub(in crate::social) fn compose(
    conn: &mut Conn,
    urls: &Urls,
    text: &str,
) -> QueryResult<Composed> {
    let mut links = HashMap::new();
    let mut mentions = Vec::new();
    for handle in scan::mentions(text) {
        if let Some(account) = find_named(conn, urls, &handle)? {
            links.insert(
                handle,
                MentionLink {
                    url: account.url,
                    username: account.username,
                },
            );
            mentions.push(account.id);
        }
    }
    mentions.sort_unstable();
    mentions.dedup();
    let mut hashtags: Vec<String> = scan::hashtags(text)
        .into_iter()
        .map(|tag| tag.name)
        .collect();
    let unusable = store::reviews::list_unusable(conn, &hashtags)?;
    hashtags.retain(|name| !unusable.contains(name));
    Ok(Composed {
        content: render_status(
            text,
            Surroundings {
                origin: urls.origin(),
                mentions: &links,
            },
        ),
        mentions,
        hashtags,
    })
}

fn find_named(
    conn: &mut Conn,
    urls: &Urls,
    handle: &Handle,
) -> QueryResult<Option<store::accounts::Account>> {
    let handle = handle
        .clone()
        .relative_to(urls.authority())
        .folded()
        .to_string();
    Ok(store::accounts::find_by_handle(conn, &handle)?
        .filter(|account| account.suspended_at.is_none()))
}

/// The rows that name these accounts in a status.
pub(super) fn name(status: StatusId, accounts: &[AccountId], is_silent: bool) -> Vec<Mention> {
    accounts
        .iter()
        .map(|account| Mention {
            status_id: status,
            account_id: *account,
            is_silent,
        })
        .collect()
}

/// The author's own files by their ids, in this order; `of` is the status that may hold them already.
pub(super) fn claim_attachments(
    tx: &mut Tx,
    author: AccountId,
    ids: &[AttachmentId],
    of: Option<StatusId>,
) -> Result<Vec<Attachment>> {
    let mut files = Vec::with_capacity(ids.len());
    for id in ids {
        let file = store::attachments::find_own(tx, author, *id)?
            .filter(|file| file.status_id.is_none() || file.status_id == of);
        let is_free = !store::scheduled_statuses::holds(tx, *id)?;
        let file = file.filter(|_| is_free).ok_or_else(|| {
            Error::invalid("An attachment does not exist, or belongs to another post already")
        })?;
        files.push(file);
    }
    check_files(&files)?;
    Ok(files)
}

/// Whether files can be shown together: all are ready, and a video or a sound comes alone.
fn check_files(files: &[Attachment]) -> Result<()> {
    for file in files {
        match file.state {
            AttachmentState::Ready => {}
            AttachmentState::Processing => {
                return Err(Error::invalid(
                    "A file is still being worked on; try again in a moment",
                ));
            }
            AttachmentState::Failed => {
                return Err(Error::invalid("A file could not be made ready"));
            }
        }
    }
    let plays =
        |file: &Attachment| matches!(file.kind, AttachmentKind::Video | AttachmentKind::Audio);
    if files.len() > 1 && files.iter().any(plays) {
        return Err(Error::invalid(
            "A video or a sound can be attached only alone",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_ready_and_recordings_come_alone() {
        let file = |kind, state| Attachment {
            kind,
            state,
            ..Attachment::blank(AttachmentId(1), AccountId(1), 0)
        };
        let ready = |kind| file(kind, AttachmentState::Ready);
        let image = || ready(AttachmentKind::Image);
        for (files, expected) in [
            (vec![], None),
            (vec![image(), image(), ready(AttachmentKind::Gifv)], None),
            (vec![ready(AttachmentKind::Video)], None),
            (vec![ready(AttachmentKind::Audio)], None),
            (vec![image(), ready(AttachmentKind::Video)], Some("alone")),
            (vec![ready(AttachmentKind::Audio); 2], Some("alone")),
            (
                vec![file(AttachmentKind::Video, AttachmentState::Processing)],
                Some("still being worked on"),
            ),
            (
                vec![file(AttachmentKind::Video, AttachmentState::Failed)],
                Some("could not"),
            ),
        ] {
            let said = check_files(&files).err().map(|error| error.to_string());
            assert_eq!(said.is_some(), expected.is_some(), "{said:?}");
            assert!(
                said.unwrap_or_default()
                    .contains(expected.unwrap_or_default())
            );
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_text() {
        let caps = Caps {
            characters: 5,
            attachments: 1,
            ..Caps::of(&crate::config::Config::default())
        };
        for (text, spoiler, files, expected) in [
            ("hello", "", 0, None),
            ("", "", 1, None),
            ("  ", "", 0, Some("can't be blank")),
            ("hello!", "", 0, Some("limit of 5")),
            ("hell", "cw", 0, Some("limit of 5")),
            ("a", "", 2, Some("more than 1")),
        ] {
            let carried = Carried {
                attachments: files,
                ..Carried::default()
            };
            let found = check(text, spoiler, carried, caps)
                .err()
                .map(|error| error.to_string());
            assert_eq!(found.is_some(), expected.is_some(), "{text}: {found:?}");
            assert!(
                found
                    .unwrap_or_default()
                    .contains(expected.unwrap_or_default()),
                "{text}"
            );
        }
        let poll = PollDraft {
            options: vec!["a".to_owned(), "b".to_owned()],
            seconds: 300,
            ..PollDraft::default()
        };
        for (attachments, is_fine) in [(0, true), (1, false)] {
            let carried = Carried {
                attachments,
                poll: Some(&poll),
                has_quote: false,
            };
            assert_eq!(check("", "", carried, caps).is_ok(), is_fine);
        }
        let quoting = Carried {
            has_quote: true,
            ..Carried::default()
        };
        assert!(check("", "", quoting, caps).is_ok());
        assert_eq!(settle_text("", "cw"), WORDLESS);
    }
}
