//! Knocking twice: a request that a server refuses for its signature is signed in the other form and sent once more.
//!
//! Every server takes the draft, save for those to come, so it is the first form until a server took the other. What a
//! server takes is remembered here and, where it is known as a peer, in its row; the rows are read again after a start.
//! Where both knocks were in vain, the second is left out for six hours: what a server refuses for another reason is not
//! sent twice each time.
//!
//! Source: <https://swicg.github.io/activitypub-http-signature/#how-to-upgrade-supported-versions>

use std::sync::LazyLock;

use quick_cache::sync::Cache;
use url::Url;

use super::signatures::manners::Manner;
use super::signatures::messages::demands::Demand;
use crate::clock::{Clock, HOUR};
use crate::http::host_header;
use crate::node::Node;
use crate::store::{self, Conn, SignatureForm, Tx, signature_forms};

/// Servers that are remembered at most.
const SERVERS: usize = 8_192;
/// How long no second knock is tried where it was in vain, in milliseconds.
const PAUSE: i64 = 6 * HOUR;

/// What is remembered of one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    form: SignatureForm,
    /// Whether it took something that was signed so.
    is_proven: bool,
    /// Whether its row says the same, or it has none and this is the usual form.
    is_written: bool,
    /// Until when no second knock is tried, in milliseconds.
    vain_until: i64,
}

const UNKNOWN: Known = Known {
    form: SignatureForm::Draft,
    is_proven: false,
    is_written: true,
    vain_until: 0,
};

static KNOWN: LazyLock<Cache<String, Known>> = LazyLock::new(|| Cache::new(SERVERS));

/// What one node knows of how other servers take its signatures.
#[derive(Clone, Debug)]
pub(super) struct Knocks {
    node: u64,
    clock: Clock,
}

/// How a server answered a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered<'a> {
    /// The HTTP status.
    pub(super) status: u16,
    /// What it asks of signatures.
    pub(super) accept_signature: Option<&'a str>,
    /// Whether the request has a body.
    pub(super) has_body: bool,
}

impl Knocks {
    /// Those of this node.
    pub(super) fn of(node: &Node) -> Self {
        Self {
            node: node.number,
            clock: node.clock.clone(),
        }
    }

    fn place(&self, host: &str) -> String {
        format!("{}\n{host}", self.node)
    }

    fn known(&self, host: &str) -> Known {
        KNOWN.get(&self.place(host)).unwrap_or(UNKNOWN)
    }

    /// How the first request to this server is signed.
    pub(super) fn first(&self, host: &str) -> Manner {
        match self.known(host).form {
            SignatureForm::Draft => Manner::Draft,
            SignatureForm::Message => Manner::Message(None),
        }
    }

    /// How a request is signed that this server refused as it was; none where that would not help.
    ///
    /// What it asks for comes first. 400 is also what servers say of documents that they do not like, so where a form is
    /// known to be taken only 401 speaks against it.
    pub(super) fn second(
        &self,
        host: &str,
        first: &Manner,
        answer: Answered<'_>,
    ) -> Option<Manner> {
        let known = self.known(host);
        let speaks_of_signatures =
            answer.status == 401 || (answer.status == 400 && !known.is_proven);
        if !speaks_of_signatures || self.clock.now() < known.vain_until {
            return None;
        }
        let asked = answer.accept_signature;
        let demand = asked.and_then(|value| Demand::read(value, answer.has_body));
        Some(match (demand, first) {
            (Some(demand), _) => Manner::Message(Some(demand)),
            (None, Manner::Draft) => Manner::Message(None),
            (None, Manner::Message(_)) => Manner::Draft,
        })
    }

    /// Remembers that this server took what was signed so; gives the form if its row must be changed.
    pub(super) fn took(&self, host: &str, manner: &Manner) -> Option<SignatureForm> {
        let known = self.known(host);
        let form = match manner {
            Manner::Draft => SignatureForm::Draft,
            Manner::Message(_) => SignatureForm::Message,
        };
        let is_written = known.is_written && known.form == form;
        let now_known = Known {
            form,
            is_proven: true,
            is_written,
            vain_until: 0,
        };
        if now_known != known {
            KNOWN.insert(self.place(host), now_known);
        }
        (!is_written).then_some(form)
    }

    /// Remembers how a second knock at this server went that was signed so: its status, if it was answered. Gives the form
    /// if the server's row must be changed.
    pub(super) fn settle(
        &self,
        host: &str,
        manner: &Manner,
        status: Option<u16>,
    ) -> Option<SignatureForm> {
        match status {
            // Whoever says so has believed the signature.
            Some(200..=399 | 404 | 410) => self.took(host, manner),
            Some(status) if says_more(status) => None,
            _ => {
                self.was_in_vain(host);
                None
            }
        }
    }

    fn was_in_vain(&self, host: &str) {
        let known = Known {
            vain_until: self.clock.now() + PAUSE,
            ..self.known(host)
        };
        KNOWN.insert(self.place(host), known);
    }

    /// Remembers that the row of this server says what is known of it.
    pub(super) fn is_written(&self, host: &str) {
        let known = Known {
            is_written: true,
            ..self.known(host)
        };
        KNOWN.insert(self.place(host), known);
    }
}

/// The host of a URL as peers are called: in lower case, with the port if it is not the scheme's own.
pub(super) fn host_of(url: &Url) -> String {
    host_header(url)
}

/// Whether the answer to a second knock says more than the one to the first: it was taken, or refused for another reason
/// than its signature. What breaks off, is put off or fails says less.
pub(super) fn says_more(status: u16) -> bool {
    matches!(status, 200..=399 | 402..=407 | 409..=424 | 426..=428 | 430..=499)
}

/// Makes sure that what was written down of a server is known in this process: of the peer with this id, or with the
/// name of the server.
///
/// A database that fails leaves the server unknown, which costs a second knock.
pub(super) async fn recall(node: &Node, host: &str, peer: Option<i64>) {
    let place = Knocks::of(node).place(host);
    if KNOWN.get(&place).is_some() {
        return;
    }
    let domain = host.to_owned();
    let look = move |conn: &mut Conn| match peer {
        Some(peer) => signature_forms::find_of_peer(conn, peer),
        None => signature_forms::find(conn, &domain),
    };
    match node.db.read(look).await {
        Ok(form) => KNOWN.insert(
            place,
            Known {
                form: form.unwrap_or(UNKNOWN.form),
                is_proven: form.is_some(),
                ..UNKNOWN
            },
        ),
        Err(error) => store::report(&error, "which signatures a peer takes could not be read"),
    }
}

/// Writes down what was learned of a server since it was recalled, if anything was.
pub(super) async fn write_down(node: &Node, host: &str) {
    let knocks = Knocks::of(node);
    let known = knocks.known(host);
    if known.is_written {
        return;
    }
    let domain = host.to_owned();
    let write = move |tx: &mut Tx| signature_forms::record(tx, &domain, known.form);
    match node.db.write_later(write).await {
        Ok(()) => knocks.is_written(host),
        Err(error) => store::report(&error, "which signatures a peer takes could not be noted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knocks(node: u64) -> Knocks {
        Knocks {
            node,
            clock: Clock::stepped(1_000),
        }
    }

    fn answered(status: u16) -> Answered<'static> {
        Answered {
            status,
            accept_signature: None,
            has_body: false,
        }
    }

    #[test]
    fn the_other_form_follows_a_refused_signature() {
        let knocks = knocks(u64::MAX);
        let message = Manner::Message(None);
        assert_eq!(knocks.first("a.test"), Manner::Draft);
        for (status, expected) in [
            (400, true),
            (401, true),
            (403, false),
            (404, false),
            (410, false),
            (202, false),
            (429, false),
            (500, false),
        ] {
            let second = knocks.second("a.test", &Manner::Draft, answered(status));
            assert_eq!(second, expected.then(|| message.clone()), "{status}");
        }
        let back = knocks.second("a.test", &message, answered(401));
        assert_eq!(back, Some(Manner::Draft));
        let asks = Answered {
            accept_signature: Some(r#"s=("@method");nonce="n""#),
            ..answered(401)
        };
        let second = knocks.second("a.test", &message, asks);
        let demand = Demand::read(r#"s=("@method");nonce="n""#, false);
        assert_eq!(second, Some(Manner::Message(demand)));
        let asks_too_much = Answered {
            accept_signature: Some(r#"s=("x-other")"#),
            ..answered(401)
        };
        let second = knocks.second("a.test", &Manner::Draft, asks_too_much);
        assert_eq!(second, Some(message));
    }

    #[test]
    fn what_a_server_takes_is_remembered_of_that_server() {
        let knocks = knocks(u64::MAX - 1);
        let message = Manner::Message(None);
        assert_eq!(knocks.took("a.test", &Manner::Draft), None, "as usual");
        let of_400 = knocks.second("a.test", &Manner::Draft, answered(400));
        assert_eq!(of_400, None, "the form is known to be taken");
        assert!(
            knocks
                .second("a.test", &Manner::Draft, answered(401))
                .is_some()
        );
        for (host, status) in [("b.test", 202), ("c.test", 410), ("d.test", 302)] {
            let learned = knocks.settle(host, &message, Some(status));
            assert_eq!(learned, Some(SignatureForm::Message), "{status}");
        }
        let learned = Some(SignatureForm::Message);
        assert_eq!(knocks.first("b.test"), message);
        assert_eq!(knocks.first("a.test"), Manner::Draft);
        assert_eq!(knocks.took("b.test", &message), learned, "not written yet");
        knocks.is_written("b.test");
        assert_eq!(knocks.took("b.test", &message), None);
        let learned = knocks.took("b.test", &Manner::Draft);
        assert_eq!(learned, Some(SignatureForm::Draft));
        let other = Knocks { node: 7, ..knocks };
        assert_eq!(other.first("b.test"), Manner::Draft, "each node for itself");
    }

    #[test]
    fn after_two_knocks_in_vain_there_is_one_for_a_while() {
        let knocks = knocks(u64::MAX - 2);
        let second = || knocks.second("a.test", &Manner::Draft, answered(401));
        let message = Manner::Message(None);
        for status in [Some(403), Some(413)] {
            assert_eq!(knocks.settle("a.test", &message, status), None);
            assert!(second().is_some(), "it may be for another reason");
        }
        for status in [None, Some(401), Some(503)] {
            assert_eq!(knocks.settle("a.test", &message, status), None);
            assert_eq!(second(), None);
        }
        knocks.clock.advance(PAUSE - 1);
        assert_eq!(second(), None);
        knocks.clock.advance(1);
        assert!(second().is_some());
    }

    #[test]
    fn the_second_answer_counts_when_it_says_more() {
        for (status, expected) in [
            (202, true),
            (302, true),
            (400, false),
            (401, false),
            (403, true),
            (404, true),
            (408, false),
            (410, true),
            (413, true),
            (425, false),
            (429, false),
            (499, true),
            (500, false),
            (503, false),
            (100, false),
        ] {
            assert_eq!(says_more(status), expected, "{status}");
        }
    }
}
