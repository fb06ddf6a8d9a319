//! The store's words in the client API's spelling: the one place where both meet.

use crate::api::entities;
use crate::api::entities::accounts::QuotePolicy;
use crate::api::entities::attachments::MediaKind;
use crate::api::entities::notifications::NotificationKind;
use crate::api::entities::preferences::MediaDisplay;
use crate::social::collections::MOST_COLLECTIONS;
use crate::store;

/// Who may see a status, as clients spell it.
#[must_use]
pub fn visibility(stored: store::Visibility) -> entities::Visibility {
    match stored {
        store::Visibility::Public => entities::Visibility::Public,
        store::Visibility::Unlisted => entities::Visibility::Unlisted,
        store::Visibility::Private => entities::Visibility::Private,
        store::Visibility::Direct => entities::Visibility::Direct,
    }
}

/// Who may quote, as clients spell it.
/// Who may quote posts, as clients spell it.
#[must_use]
pub fn quote_policy(stored: store::QuotePolicy) -> QuotePolicy {
    match stored {
        store::QuotePolicy::Public => QuotePolicy::Public,
        store::QuotePolicy::Followers => QuotePolicy::Followers,
        store::QuotePolicy::Nobody => QuotePolicy::Nobody,
    }
}

/// Which media are shown at once, as clients spell it.
#[must_use]
pub fn media_display(stored: store::MediaDisplay) -> MediaDisplay {
    match stored {
        store::MediaDisplay::Default => MediaDisplay::Default,
        store::MediaDisplay::ShowAll => MediaDisplay::ShowAll,
        store::MediaDisplay::HideAll => MediaDisplay::HideAll,
    }
}

/// What a file is, as clients spell it.
pub(super) fn media_kind(stored: store::AttachmentKind) -> MediaKind {
    match stored {
        store::AttachmentKind::Unknown => MediaKind::Unknown,
        store::AttachmentKind::Image => MediaKind::Image,
        store::AttachmentKind::Gifv => MediaKind::Gifv,
        store::AttachmentKind::Video => MediaKind::Video,
        store::AttachmentKind::Audio => MediaKind::Audio,
    }
}

/// What a notification tells, as clients spell it.
pub(super) fn notification_kind(stored: store::NotificationKind) -> NotificationKind {
    match stored {
        store::NotificationKind::Mention => NotificationKind::Mention,
        store::NotificationKind::Status => NotificationKind::Status,
        store::NotificationKind::Boost => NotificationKind::Reblog,
        store::NotificationKind::Follow => NotificationKind::Follow,
        store::NotificationKind::FollowRequest => NotificationKind::FollowRequest,
        store::NotificationKind::Favourite => NotificationKind::Favourite,
        store::NotificationKind::Update => NotificationKind::Update,
        store::NotificationKind::Poll => NotificationKind::Poll,
        store::NotificationKind::AdminReport => NotificationKind::AdminReport,
        store::NotificationKind::AdminSignUp => NotificationKind::AdminSignUp,
        store::NotificationKind::ModerationWarning => NotificationKind::ModerationWarning,
        store::NotificationKind::SeveredRelationships => NotificationKind::SeveredRelationships,
        store::NotificationKind::Quote => NotificationKind::Quote,
        store::NotificationKind::QuotedUpdate => NotificationKind::QuotedUpdate,
        store::NotificationKind::Reaction => NotificationKind::Reaction,
    }
}

/// A role with its documented number and permission flags.
///
/// Source: <https://docs.joinmastodon.org/entities/Role/#permission-flags>
pub(super) fn role(stored: store::Role) -> entities::Role {
    let (id, name, permissions) = match stored {
        store::Role::User => (-99, "", 0),
        // Audit log, dashboard, reports, taxonomies, users.
        store::Role::Moderator => (1, "Moderator", 1_308),
        // Everything but the administrator's and the operator's flag.
        store::Role::Admin => (2, "Admin", 983_036),
        store::Role::Owner => (3, "Owner", 983_039),
    };
    entities::Role {
        id,
        name: name.to_owned(),
        color: String::new(),
        permissions,
        highlighted: stored != store::Role::User,
        collection_limit: MOST_COLLECTIONS,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_sides_use_the_same_words() {
        for stored in store::Visibility::ALL {
            assert_eq!(json!(visibility(*stored)), stored.word());
        }
        for stored in store::QuotePolicy::ALL {
            assert_eq!(json!(quote_policy(*stored)), stored.word());
        }
        for stored in store::AttachmentKind::ALL {
            assert_eq!(json!(media_kind(*stored)), stored.word());
        }
        for stored in store::MediaDisplay::ALL {
            assert_eq!(json!(media_display(*stored)), stored.word());
        }
        for stored in store::NotificationKind::ALL {
            assert_eq!(json!(notification_kind(*stored)), stored.word());
        }
    }
}
