//! One message on its way: whether it is still wanted, what it is made of, and what the push service's answer means.

use url::Url;

use super::{keys, telling};
use crate::clock::{HOUR, MINUTE, SECOND};
use crate::http::{self, PostReply};
use crate::id::AccountId;
use crate::keys::Secret;
use crate::keys::ecdsa::SigningKey;
use crate::node::Node;
use crate::push::{self, Coding, Message, Recipient, Sender};
use crate::social::{Error, Result, notifications, tokens};
use crate::store::notifications::Notification;
use crate::store::push_subscriptions::Subscription;
use crate::store::pushes::Push;
use crate::store::{self, Conn};

/// How long a message may be on its way, in milliseconds: until it is sent, and with the push service.
pub const LASTS: i64 = 48 * HOUR;

/// The pauses after the first, second, ... failure, in milliseconds; the last one repeats.
const PAUSES: [i64; 6] = [
    10 * SECOND,
    MINUTE,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    6 * HOUR,
];

/// A message with all that sending it needs.
pub struct Parcel {
    /// Where it goes.
    pub subscription: Subscription,
    /// What it tells.
    pub notification: Notification,
    /// The language of whoever is told.
    pub locale: String,
    /// The token, by which clients find the account.
    pub token: Secret<String>,
    key: SigningKey,
    queued_at: i64,
}

/// What there is to do about a message.
pub enum Found {
    /// It is sent.
    Parcel(Box<Parcel>),
    /// Nobody wants it any more.
    Unwanted,
    /// Its subscription cannot be used any more.
    Broken(Subscription),
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The push service has it.
    Taken,
    /// The push service says that there is no such subscription, or that it will never take a message for it.
    Gone,
    /// It may be taken later; some say when: not before so many milliseconds.
    Later(Option<i64>),
}

/// A message as its rows are now.
///
/// # Errors
/// Of the database, or that the node's key cannot be read.
pub fn find(conn: &mut Conn, push: &Push, now: i64) -> Result<Found> {
    let Some(subscription) = store::push_subscriptions::find(conn, push.subscription_id)? else {
        return Ok(Found::Unwanted);
    };
    let to = subscription.account_id;
    let notification = match notifications::find(conn, to, push.notification_id) {
        Ok(notification) => notification,
        Err(Error::NotFound) => return Ok(Found::Unwanted),
        Err(error) => return Err(error),
    };
    let is_late = push.created_at + LASTS <= now;
    if is_late
        || !telling::asks_for(&subscription.alerts.0, notification.kind)
        || is_muted(conn, to, notification.from_account_id, now)?
        || !tokens::list_void(conn, &[subscription.token_id])?.is_empty()
    {
        return Ok(Found::Unwanted);
    }
    let (Some(key), Some(user)) = (keys::find(conn)?, store::users::find(conn, to)?) else {
        return Ok(Found::Unwanted);
    };
    let place = subscription.token_id.0.to_be_bytes();
    let Ok(token) = key.sealing().open(&place, &subscription.sealed_token) else {
        return Ok(Found::Broken(subscription));
    };
    Ok(Found::Parcel(Box::new(Parcel {
        subscription,
        notification,
        locale: user.locale,
        token: Secret::new(token),
        key,
        queued_at: push.created_at,
    })))
}

/// Whoever muted somebody meanwhile does not want to hear of what they did before.
fn is_muted(conn: &mut Conn, to: AccountId, from: AccountId, now: i64) -> Result<bool> {
    let mutes = store::mutes::list_by(conn, to, &[from])?;
    let hides = |mute: &store::mutes::Mute| mute.hides_notifications && mute.holds(now);
    Ok(mutes.iter().any(hides))
}

/// Encrypts a text for whoever the parcel is for; gives the endpoint, and what is posted there.
///
/// # Errors
/// That the endpoint or the keys cannot be used.
pub fn wrap(node: &Node, parcel: &Parcel, text: &[u8]) -> Result<(Url, Message)> {
    let subscription = &parcel.subscription;
    let unusable = |what: &str| Error::Broken(format!("a push could not be made: {what}"));
    let endpoint = Url::parse(&subscription.endpoint).map_err(|_| unusable("its endpoint"))?;
    let recipient = Recipient::parse(&subscription.public_key, &subscription.secret)
        .map_err(|bad| unusable(&bad.to_string()))?;
    let coding = if subscription.is_standard {
        Coding::Standard
    } else {
        Coding::Draft
    };
    let now = node.clock.now();
    let contact = match &node.config.instance.contact_email {
        Some(address) => format!("mailto:{address}"),
        None => node.urls.at("/"),
    };
    let sender = Sender {
        key: &parcel.key,
        contact: &contact,
        now,
    };
    let ttl = ((LASTS / SECOND) - (now - parcel.queued_at) / SECOND).max(0);
    let made = push::prepare(&sender, &endpoint, (coding, &recipient), text, ttl);
    let made = made.map_err(|error| unusable(&error.to_string()))?;
    Ok((endpoint, made))
}

/// What a push service's answer means.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc8030#section-7.3>
#[must_use]
pub fn meaning(reply: &std::result::Result<PostReply, http::Error>) -> Answer {
    let Ok(reply) = reply else {
        return Answer::Later(None);
    };
    match reply.status {
        200..=299 => Answer::Taken,
        408 | 429 => Answer::Later(reply.retry_after),
        400..=499 => Answer::Gone,
        _ => Answer::Later(reply.retry_after),
    }
}

/// When a message is tried again that has failed, in milliseconds; never if that would be too late.
#[must_use]
pub fn due_after(push: &Push, wait: Option<i64>, now: i64) -> Option<i64> {
    let place = usize::try_from(push.attempts - 1).unwrap_or_default();
    let pause = PAUSES.get(place).or(PAUSES.last()).copied();
    let due = now + pause.unwrap_or(HOUR).max(wait.unwrap_or_default());
    (due < push.created_at + LASTS).then_some(due)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::DAY;
    use crate::id::{NotificationId, PushId, SubscriptionId};

    #[test]
    fn answers_mean_what_the_standard_says() {
        let reply = |status, retry_after| {
            Ok(PostReply {
                status,
                retry_after,
                accept_signature: None,
                body: Vec::new(),
            })
        };
        for (reply, expected) in [
            (reply(200, None), Answer::Taken),
            (reply(201, None), Answer::Taken),
            (reply(202, None), Answer::Taken),
            (reply(301, None), Answer::Later(None)),
            (reply(400, None), Answer::Gone),
            (reply(401, None), Answer::Gone),
            (reply(403, None), Answer::Gone),
            (reply(404, None), Answer::Gone),
            (reply(408, None), Answer::Later(None)),
            (reply(410, None), Answer::Gone),
            (reply(413, None), Answer::Gone),
            (reply(429, Some(5_000)), Answer::Later(Some(5_000))),
            (reply(500, None), Answer::Later(None)),
            (reply(503, Some(7)), Answer::Later(Some(7))),
            (Err(http::Error::Refused("no".into())), Answer::Later(None)),
        ] {
            assert_eq!(meaning(&reply), expected, "{reply:?}");
        }
    }

    #[test]
    fn tries_end_after_two_days() {
        let mut push = Push {
            id: PushId(1),
            subscription_id: SubscriptionId(1),
            notification_id: NotificationId(1),
            due_at: 0,
            attempts: 1,
            created_at: 0,
        };
        assert_eq!(due_after(&push, Some(HOUR), 0), Some(HOUR));
        assert_eq!(due_after(&push, Some(3 * DAY), 0), None);
        let (mut now, mut tries) = (0, 1);
        while let Some(due) = due_after(&push, None, now) {
            assert!(due > now);
            (now, tries) = (due, tries + 1);
            push.attempts += 1;
        }
        assert!((40 * HOUR..LASTS).contains(&now), "{now}");
        assert_eq!(tries, 13);
    }
}
