//! Why a request to another computer failed, told apart so that the caller can decide what to do about it.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use url::Url;

/// Why a request failed. Each variant displays as one sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The rules of this node forbid the request; nothing was sent to the refused address.
    Refused(String),
    /// The name of the host has no address.
    Dns {
        /// The name that was looked up.
        host: String,
        /// What the resolver said.
        cause: String,
    },
    /// No connection to the host came about.
    Connect {
        /// The host that was called.
        host: String,
        /// What the operating system said.
        cause: String,
    },
    /// The host's certificate or its TLS is not acceptable.
    Tls {
        /// The host that was called.
        host: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The host took too long.
    Timeout {
        /// The host that was called.
        host: String,
        /// How long was waited.
        after: Duration,
    },
    /// The body or the headers are longer than the cap.
    TooLarge {
        /// The host that answered.
        host: String,
        /// The cap in bytes.
        cap: usize,
    },
    /// A redirect that is not followed: too many, without a target, or to plain http.
    Redirect(String),
    /// The request could not be signed.
    Sign(String),
    /// The connection broke, or what came back is not HTTP.
    Other {
        /// The host that was called.
        host: String,
        /// What happened.
        cause: String,
    },
}

impl Error {
    /// Whether this node's own rules stopped the request, so that trying again is of no use.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Redirect(_) | Self::Sign(_))
    }

    /// Whether the host was not reached, or not in time: another attempt later may work.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::Dns { .. }
                | Self::Connect { .. }
                | Self::Tls { .. }
                | Self::Timeout { .. }
                | Self::Other { .. }
        )
    }

    /// Sorts an error of the library by what went wrong.
    pub(super) fn sort(error: &reqwest::Error, url: &Url, waited: Waits) -> Self {
        if let Some(own) = find::<Self>(error) {
            return own.clone();
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let cause = innermost(error);
        if let Some(tls) = find::<rustls::Error>(error) {
            let cause = tls.to_string();
            Self::Tls { host, cause }
        } else if error.is_dns() {
            Self::Dns { host, cause }
        } else if error.is_timeout() {
            let after = if error.is_connect() {
                waited.connect
            } else {
                waited.total
            };
            Self::Timeout { host, after }
        } else if error.is_connect() {
            Self::Connect { host, cause }
        } else {
            Self::Other { host, cause }
        }
    }
}

/// How long is waited for the two stages of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    /// For the connection.
    pub(super) connect: Duration,
    /// For everything.
    pub(super) total: Duration,
}

/// The first error of type `T` in the chain of causes. An `io::Error` hides the error that it carries from
/// `source`, so it is opened.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<T>() {
            return Some(found);
        }
        next = match current.downcast_ref::<std::io::Error>() {
            Some(io) => io
                .get_ref()
                .map(|inner| -> &(dyn StdError + 'static) { inner }),
            None => current.source(),
        };
    }
    None
}

/// The words of the last cause, which are those of the operating system or the peer.
fn innermost(error: &dyn StdError) -> String {
    let mut cause = error.to_string();
    let mut next = error.source();
    while let Some(inner) = next {
        cause = inner.to_string();
        next = inner.source();
    }
    cause
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => write!(f, "the request is refused: {why}"),
            Self::Dns { host, cause } => write!(f, "the name {host} has no address: {cause}"),
            Self::Connect { host, cause } => write!(f, "{host} cannot be reached: {cause}"),
            Self::Tls { host, cause } => {
                write!(f, "no secure connection to {host} came about: {cause}")
            }
            Self::Timeout { host, after } => {
                write!(
                    f,
                    "{host} did not answer in full within {} ms",
                    after.as_millis()
                )
            }
            Self::TooLarge { host, cap } => {
                write!(f, "the answer of {host} is longer than {cap} bytes")
            }
            Self::Redirect(why) => write!(f, "the redirect is not followed: {why}"),
            Self::Sign(why) => write!(f, "the request cannot be signed: {why}"),
            Self::Other { host, cause } => {
                write!(f, "the exchange with {host} broke off: {cause}")
            }
        }
    }
}

impl StdError for Error {}
