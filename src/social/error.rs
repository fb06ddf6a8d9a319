//! Why a rule said no. Each door has one table that turns these into its own answers.

use std::{fmt, io};

use crate::id::AccountId;
use crate::store;

/// The outcome of a rule.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a rule said no. The texts are sentences for people.
#[derive(Debug)]
pub enum Error {
    /// It does not exist, or the viewer may not know that it does.
    NotFound,
    /// The same, where it must be said what is meant.
    Missing(String),
    /// The viewer may not do this.
    Forbidden(String),
    /// What was given cannot be used.
    Invalid(String),
    /// A text names these accounts, which its author did not mean to name.
    UnexpectedMentions(Vec<AccountId>),
    /// It was changed or taken meanwhile.
    Conflict(String),
    /// It was done too often.
    TooMany(String),
    /// The database failed; the cause is logged at the door.
    Internal(store::Error),
    /// The store of files failed; the cause is logged at the door.
    Files(io::Error),
    /// Something else of this node failed; the cause is logged at the door.
    Broken(String),
}

impl Error {
    /// [`Error::Invalid`] with this sentence.
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Invalid(sentence.into())
    }

    /// [`Error::Forbidden`] with this sentence.
    pub fn forbidden(sentence: impl Into<String>) -> Self {
        Self::Forbidden(sentence.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("Record not found"),
            Self::UnexpectedMentions(_) => {
                f.write_str("The post would reach accounts that it was not meant for")
            }
            Self::Missing(text)
            | Self::Forbidden(text)
            | Self::Invalid(text)
            | Self::Conflict(text)
            | Self::TooMany(text) => f.write_str(text),
            Self::Internal(error) => write!(f, "the database failed: {error}"),
            Self::Files(error) => write!(f, "the store of files failed: {error}"),
            Self::Broken(cause) => write!(f, "this node failed: {cause}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Internal(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Files(error)
    }
}
