//! One attempt: sign a document, post it to the inbox, say what came of it.

use url::Url;

use super::answers::{self, Meaning, Refusal};
use super::documents::Document;
use super::parcels::Parcel;
use crate::federation::identities::NoIdentity;
use crate::federation::knocks::{self, Answered, Knocks};
use crate::federation::signatures::manners::Manner;
use crate::federation::signatures::sign::{Body, Header, SigningIdentity};
use crate::federation::synchronization;
use crate::http::{Error, PostReply};
use crate::node::Node;
use crate::store::SignatureForm;

/// Characters of a peer's own words that are kept.
const LONGEST_WORDS: usize = 200;

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The peer has it.
    Taken,
    /// The peer said no.
    Refused(Refusal),
    /// The peer takes nothing at the moment.
    Unavailable {
        /// How long it asks to be left alone, in milliseconds.
        retry_after: Option<i64>,
        /// Whether the message may have reached it, and so may be what it stumbles over.
        was_reached: bool,
    },
    /// This one can never be sent.
    Undeliverable,
    /// This node cannot sign it at the moment.
    Unsigned,
}

/// A message, what came of sending it, and a sentence about it.
#[derive(Debug)]
pub(super) struct Attempt {
    /// The message.
    pub(super) parcel: Parcel,
    /// What came of it.
    pub(super) outcome: Outcome,
    /// What the peer or the network said.
    pub(super) words: String,
    /// Whether the row says already that it was tried.
    pub(super) is_marked: bool,
    /// When it began, in milliseconds.
    pub(super) began: i64,
    /// Which signatures the peer takes, if that is news.
    pub(super) learned: Option<Learned>,
}

/// That a server takes signatures of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Learned {
    /// The server, see [`knocks::host_of`].
    pub(super) host: String,
    /// The form.
    pub(super) form: SignatureForm,
}

/// Sends one message. A second knock is part of the same attempt.
pub(super) async fn attempt(node: &Node, parcel: Parcel) -> Attempt {
    let began = node.clock.now();
    let extra = synchronization_of(node, &parcel).await;
    let mut learned = None;
    let (outcome, words) = match prepare(node, &parcel) {
        Err(failed) => failed,
        Ok((url, identity)) => {
            let letter = Letter {
                node,
                url,
                identity,
                document: &parcel.document,
                extra,
            };
            // On the heap, and only now: attempts of a thousand lanes may wait for their turn.
            let post = Box::pin(letter.knock(parcel.row.delivery.peer_id, &mut learned));
            read(post.await)
        }
    };
    Attempt {
        parcel,
        outcome,
        words,
        is_marked: false,
        began,
        learned,
    }
}

/// A document on its way to an inbox.
struct Letter<'a> {
    node: &'a Node,
    url: &'a Url,
    identity: &'a SigningIdentity,
    document: &'a Document,
    /// One more header.
    extra: Option<Header>,
}

impl Letter<'_> {
    /// Posts it signed in the form that the peer takes as far as is known, and once more in another if the peer refuses
    /// its signature.
    async fn knock(&self, peer: i64, learned: &mut Option<Learned>) -> Result<PostReply, Error> {
        let (knocks, host) = (Knocks::of(self.node), knocks::host_of(self.url));
        knocks::recall(self.node, &host, Some(peer)).await;
        let manner = knocks.first(&host);
        let reply = self.post(&manner).await?;
        let answer = Answered {
            status: reply.status,
            accept_signature: reply.accept_signature.as_deref(),
            has_body: true,
        };
        if let Some(other) = knocks.second(&host, &manner, answer) {
            let second = self.post(&other).await;
            let status = second.as_ref().ok().map(|second| second.status);
            let form = knocks.settle(&host, &other, status);
            *learned = form.map(|form| Learned { host, form });
            if status.is_some_and(knocks::says_more) {
                return second;
            }
        } else if answers::meaning(reply.status) == Meaning::Taken {
            let form = knocks.took(&host, &manner);
            *learned = form.map(|form| Learned { host, form });
        }
        Ok(reply)
    }

    async fn post(&self, manner: &Manner) -> Result<PostReply, Error> {
        let body = Body {
            sha256_base64: &self.document.sha256_base64,
            extra: self.extra.clone(),
        };
        let headers = manner
            .sign_post(self.identity, self.url, body, self.node.clock.now())
            .map_err(|error| Error::Sign(error.to_string()))?;
        let headers: Vec<(String, String)> = headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let bytes = self.document.body.clone();
        self.node.http.post(self.url, &headers, bytes).await
    }
}

type Prepared<'a> = (&'a Url, &'a SigningIdentity);

/// What a post for followers says about who these are.
async fn synchronization_of(node: &Node, parcel: &Parcel) -> Option<Header> {
    let document = &parcel.document;
    if !document.may_be_for_followers {
        return None;
    }
    let inbox = &parcel.inbox.text;
    synchronization::header_for(node, document.account_id, inbox, &document.body).await
}

fn prepare<'a>(node: &Node, parcel: &'a Parcel) -> Result<Prepared<'a>, (Outcome, String)> {
    let url = parcel
        .inbox
        .url
        .as_ref()
        .map_err(|error| (Outcome::Undeliverable, format!("no inbox URL: {error}")))?;
    if let Some(host) = url.host_str().filter(|host| node.bans.bars(host)) {
        let words = format!("this node does not talk with {host}");
        return Err((Outcome::Undeliverable, words));
    }
    let identity = (*parcel.signer).as_ref().map_err(|error| {
        let outcome = match error {
            NoIdentity::Absent => Outcome::Undeliverable,
            NoIdentity::Unusable(_) => Outcome::Unsigned,
        };
        (outcome, error.to_string())
    })?;
    Ok((url, identity))
}

fn read(answer: Result<PostReply, Error>) -> (Outcome, String) {
    match answer {
        Ok(reply) => {
            let outcome = match answers::meaning(reply.status) {
                Meaning::Taken => Outcome::Taken,
                Meaning::Refused(refusal) => Outcome::Refused(refusal),
                Meaning::Unavailable => Outcome::Unavailable {
                    retry_after: reply.retry_after,
                    was_reached: true,
                },
            };
            (outcome, words_of(&reply))
        }
        Err(error @ Error::Sign(_)) => (Outcome::Unsigned, error.to_string()),
        Err(error) => {
            let was_reached = matches!(
                error,
                Error::Timeout { .. } | Error::TooLarge { .. } | Error::Other { .. }
            );
            let outcome = Outcome::Unavailable {
                retry_after: None,
                was_reached,
            };
            (outcome, error.to_string())
        }
    }
}

fn words_of(reply: &PostReply) -> String {
    let body = String::from_utf8_lossy(&reply.body);
    let body: String = body
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(LONGEST_WORDS)
        .collect();
    format!("HTTP {} {}", reply.status, body.trim())
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_have_reached_the_peer_is_held_against_the_message() {
        let (host, cause) = (String::new(), String::new());
        let after = std::time::Duration::ZERO;
        for (error, expected) in [
            (Error::Refused(String::new()), false),
            (
                Error::Dns {
                    host: host.clone(),
                    cause: cause.clone(),
                },
                false,
            ),
            (
                Error::Connect {
                    host: host.clone(),
                    cause: cause.clone(),
                },
                false,
            ),
            (
                Error::Timeout {
                    host: host.clone(),
                    after,
                },
                true,
            ),
            (Error::Other { host, cause }, true),
        ] {
            let (outcome, _) = read(Err(error));
            assert_eq!(
                outcome,
                Outcome::Unavailable {
                    retry_after: None,
                    was_reached: expected
                }
            );
        }
    }

    #[test]
    fn a_peers_words_are_cut_and_plain() {
        let reply = PostReply {
            status: 503,
            retry_after: Some(7),
            accept_signature: None,
            body: format!("no\n\x1b{}", "x".repeat(900)).into_bytes(),
        };
        let (outcome, words) = read(Ok(reply));
        assert!(words.starts_with("HTTP 503 no  xxx") && words.len() < 220);
        assert!(matches!(
            outcome,
            Outcome::Unavailable {
                retry_after: Some(7),
                ..
            }
        ));
    }
}
