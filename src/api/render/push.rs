//! Subscriptions to Web Push, and the messages that are sent to them.
//!
//! Source: <https://docs.joinmastodon.org/entities/WebPushSubscription/>

use super::{View, accounts, only};
use crate::api::entities::push::{PushMessage, WebPushSubscription};
use crate::social::push::sending::Parcel;
use crate::social::push::subscriptions::ALERTS;
use crate::store::notifications::Notification;
use crate::store::push_subscriptions::Subscription;
use crate::store::{self, Conn, QueryResult};
use crate::text::to_plain;

/// Longest title and body, in characters.
const LONGEST_TEXT: usize = 140;
/// Longest address of a picture, in bytes: a message has room for 4,000 in all.
const LONGEST_ICON: usize = 1_000;
/// Longest name of a language that is passed on, in bytes.
const LONGEST_LOCALE: usize = 35;

/// A subscription; `server_key` is the node's public key.
#[must_use]
pub fn subscription(row: Subscription, server_key: String) -> WebPushSubscription {
    let is_wanted = |kind| row.alerts.0.get(kind).copied().unwrap_or_default();
    WebPushSubscription {
        id: row.id.0,
        alerts: ALERTS
            .into_iter()
            .map(|kind| (kind, is_wanted(kind)))
            .collect(),
        endpoint: row.endpoint,
        standard: row.is_standard,
        policy: row.policy.word(),
        server_key,
    }
}

/// What a message says; that whoever is told may see it has been checked. Costs four queries at most.
///
/// # Errors
/// Whatever the database says.
pub fn message(conn: &mut Conn, view: &View, parcel: &Parcel) -> QueryResult<PushMessage> {
    let told = &parcel.notification;
    let kind = told.kind.common().word();
    let sender = accounts::by_ids(conn, view, &[told.from_account_id])?;
    let sender = only(sender)?;
    let body = match status_text(conn, told)? {
        Some(text) => text,
        None => to_plain(&sender.note),
    };
    let icon = Some(sender.avatar_static).filter(|icon| icon.len() <= LONGEST_ICON);
    let locale = Some(&parcel.locale).filter(|locale| locale.len() <= LONGEST_LOCALE);
    let name = match sender.display_name.trim() {
        "" => &sender.acct,
        name => name,
    };
    Ok(PushMessage {
        access_token: parcel.token.expose().clone(),
        preferred_locale: locale.cloned().unwrap_or_default(),
        notification_id: told.id.0,
        notification_type: kind,
        icon: icon.unwrap_or_default(),
        title: shorten(&title(kind, name)),
        body: shorten(&body),
    })
}

/// What the status says, as plain text: its warning, or else its text.
fn status_text(conn: &mut Conn, told: &Notification) -> QueryResult<Option<String>> {
    let Some(id) = told.status_id else {
        return Ok(None);
    };
    let found = store::statuses::find(conn, id)?;
    Ok(found.map(|status| match status.spoiler.trim() {
        "" => to_plain(&status.content),
        warning => warning.to_owned(),
    }))
}

/// What happened, by the kind's word: kinds that are made elsewhere have their words here as well.
fn title(kind: &str, name: &str) -> String {
    match kind {
        "mention" => format!("{name} mentioned you"),
        "status" => format!("{name} posted"),
        "reblog" => format!("{name} boosted your post"),
        "follow" => format!("{name} follows you"),
        "follow_request" => format!("{name} asks to follow you"),
        "favourite" => format!("{name} likes your post"),
        "poll" => format!("A poll of {name} has ended"),
        "update" => format!("{name} edited a post"),
        "quote" => format!("{name} quoted your post"),
        "quoted_update" => format!("{name} edited a post that you quoted"),
        "admin.sign_up" => format!("{name} signed up"),
        "admin.report" => format!("{name} sent a report"),
        _ => format!("News of {name}"),
    }
}

/// A text in one line, cut to [`LONGEST_TEXT`] characters.
fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST_TEXT {
        return line;
    }
    let kept: String = line.chars().take(LONGEST_TEXT - 1).collect();
    format!("{}\u{2026}", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::NotificationKind;

    #[test]
    fn texts_are_short_lines() {
        for (text, expected) in [
            ("", String::new()),
            ("a\n\nb  c", "a b c".to_owned()),
            (&"x".repeat(140), "x".repeat(140)),
            (&"x".repeat(141), format!("{}\u{2026}", "x".repeat(139))),
            (&"ü".repeat(999), format!("{}\u{2026}", "ü".repeat(139))),
            (
                &format!("{} {}", "x".repeat(138), "y".repeat(9)),
                format!("{}\u{2026}", "x".repeat(138)),
            ),
        ] {
            assert_eq!(shorten(text), expected, "{text}");
        }
    }

    #[test]
    fn every_kind_that_clients_can_ask_for_has_its_words() {
        // Clients have no word to ask for these: they find them where they read the others.
        let silent = [
            NotificationKind::ModerationWarning,
            NotificationKind::SeveredRelationships,
        ];
        for kind in NotificationKind::ALL
            .iter()
            .filter(|kind| !silent.contains(kind))
        {
            let word = kind.common().word();
            assert!(!title(word, "Ann").starts_with("News"), "{kind:?}");
            assert!(ALERTS.contains(&word), "{kind:?}");
        }
    }
}
