//! Why a signed request is not believed: one sentence each, and the HTTP status that says it.

use std::fmt;

use super::messages::fields::Unreadable;
use super::parse::Malformed;

/// Why a request is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no signature.
    Unsigned,
    /// The named header is there more than once.
    Repeated(&'static str),
    /// The signature header cannot be read.
    Malformed(Malformed),
    /// The named header of RFC 9421 cannot be read.
    Unreadable(&'static str, Unreadable),
    /// There are several signatures by RFC 9421: two readers could take different ones.
    Several,
    /// The signature by RFC 9421 lacks the named parameter.
    NoParameter(&'static str),
    /// The named header or parameter of RFC 9421 has a value that makes no sense for it.
    Value(&'static str),
    /// The signature by RFC 9421 covers something that is not understood.
    Component(String),
    /// The signature by RFC 9421 covers the named part twice.
    CoveredTwice(String),
    /// The named algorithm is not one that is accepted here.
    Algorithm(String),
    /// The signature does not cover the named part.
    NotCovered(&'static str),
    /// The signature covers the named part, which the request does not have.
    Absent(String),
    /// The request is for the named host and not for us.
    OtherHost(String),
    /// The `Date` header is not an HTTP date.
    UnreadableDate,
    /// The request was signed longer ago than a peer may be late.
    TooOld,
    /// The request was signed further in the future than clocks may differ.
    InFuture,
    /// The signature has expired, or did so before it was made.
    Expired,
    /// The digest of the body cannot be read.
    UnreadableDigest,
    /// There is no digest of the body of a sort that is accepted here.
    NoDigest,
    /// The body is not the one that was signed.
    OtherBody,
    /// The signature was not made with this key over this request.
    WrongSignature,
}

impl Refusal {
    /// The HTTP status that answers it: 400 when the request cannot be read, 401 when it is not believed.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Repeated(_)
            | Self::Malformed(_)
            | Self::Unreadable(..)
            | Self::Several
            | Self::NoParameter(_)
            | Self::Value(_)
            | Self::CoveredTwice(_)
            | Self::UnreadableDate
            | Self::UnreadableDigest => 400,
            _ => 401,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str("the request is not signed"),
            Self::Repeated(name) => write!(f, "the request has more than one {name:?} header"),
            Self::Malformed(cause) => cause.fmt(f),
            Self::Unreadable(name, cause) => write!(f, "{name} cannot be read: {cause}"),
            Self::Several => f.write_str("the request has more than one signature"),
            Self::NoParameter(name) => write!(f, "the signature lacks the parameter {name:?}"),
            Self::Value(name) => write!(f, "{name} has an impossible value"),
            Self::Component(name) => {
                write!(f, "the signature covers {name:?}, which is not understood")
            }
            Self::CoveredTwice(name) => write!(f, "the signature covers {name:?} twice"),
            Self::Algorithm(name) => write!(
                f,
                "the signature algorithm {name:?} is not accepted; use RSA with SHA-256, or Ed25519"
            ),
            Self::NotCovered(name) => write!(f, "the signature must cover {name}"),
            Self::Absent(name) => {
                write!(f, "the signature covers {name:?}, which the request lacks")
            }
            Self::OtherHost(host) => {
                write!(f, "the request is for the host {host:?}, not this one")
            }
            Self::UnreadableDate => f.write_str("the Date header is not an HTTP date"),
            Self::TooOld => f.write_str("the request was signed more than 12 hours ago"),
            Self::InFuture => f.write_str("the request was signed more than 1 hour in the future"),
            Self::Expired => f.write_str("the signature has expired"),
            Self::UnreadableDigest => f.write_str("the digest of the body cannot be read"),
            Self::NoDigest => f.write_str("there is no SHA-256 of the body"),
            Self::OtherBody => f.write_str("the body is not that of its digest"),
            Self::WrongSignature => f.write_str("the signature does not match the request and key"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Malformed> for Refusal {
    fn from(cause: Malformed) -> Self {
        Self::Malformed(cause)
    }
}
