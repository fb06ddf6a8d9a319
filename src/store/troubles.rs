//! What can be wrong with a database for a while, told from what is wrong with a request.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error};

/// A failure that passes: the same request may succeed later. Its words are for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The database server does not answer. Nothing was saved.
    Away,
    /// The connection broke while a write was committed: it was saved, or it was not.
    Unsure,
    /// There is no room for more.
    Full,
    /// The disk does not read or write.
    Failing,
    /// Others were in the way for too long. Nothing was saved.
    Busy,
}

/// What databases say of troubles. SQLite's words are fixed; PostgreSQL's are those of an English server, and where it
/// speaks otherwise the failure counts as any other.
const WORDS: [(&str, Trouble); 9] = [
    ("database or disk is full", Trouble::Full),
    ("No space left on device", Trouble::Full),
    ("disk I/O error", Trouble::Failing),
    ("unable to open database file", Trouble::Failing),
    ("attempt to write a readonly database", Trouble::Failing),
    ("database is locked", Trouble::Busy),
    ("deadlock detected", Trouble::Busy),
    ("canceling statement due to lock timeout", Trouble::Busy),
    ("terminating connection", Trouble::Away),
];

impl Trouble {
    const ALL: [Self; 5] = [
        Self::Away,
        Self::Unsure,
        Self::Full,
        Self::Failing,
        Self::Busy,
    ];

    /// What of this error passes; none if the request itself, or the node, is at fault.
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        let Error::DatabaseError(kind, words) = error else {
            return None;
        };
        let words = words.message();
        let is_own = |trouble: &Self| words == trouble.sentence();
        if let Some(own) = Self::ALL.into_iter().find(is_own) {
            return Some(own);
        }
        match kind {
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                Some(Self::Away)
            }
            DatabaseErrorKind::Unknown => {
                let known = WORDS.iter().find(|(known, _)| words.contains(known));
                known.map(|(_, trouble)| *trouble)
            }
            _ => None,
        }
    }

    /// What a person is told.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Away => {
                "The database of this node does not answer at the moment; please try again in a moment"
            }
            Self::Unsure => {
                "The connection to the database of this node broke while this was saved; please look \
                 whether it is there before you try again"
            }
            Self::Full => {
                "The disk of this node is full: nothing can be saved until its operator makes room"
            }
            Self::Failing => {
                "The disk of this node does not work as it should: nothing can be saved at the moment"
            }
            Self::Busy => "The database of this node is too busy; please try again in a moment",
        }
    }

    /// The trouble as an error of the database.
    #[must_use]
    pub fn error(self) -> Error {
        let kind = match self {
            Self::Away | Self::Unsure => DatabaseErrorKind::ClosedConnection,
            Self::Full | Self::Failing | Self::Busy => DatabaseErrorKind::Unknown,
        };
        Error::DatabaseError(kind, Box::new(self.sentence().to_owned()))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

/// Writes an error into the log with what it kept from being done. A trouble is left out: the store says once that it
/// began and once that it is over, however many requests it fails meanwhile.
pub fn report(error: &Error, what: &str) {
    if Trouble::of(error).is_some() {
        tracing::debug!(%error, what, "not done for the moment");
    } else {
        tracing::error!(%error, "{what}");
    }
}

/// The same error once more: several writes may have to hear of one failed commit.
pub(super) fn copy(error: &Error) -> Error {
    match Trouble::of(error) {
        Some(trouble) => trouble.error(),
        None => Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(words: &str) -> Error {
        Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(words.to_owned()))
    }

    #[test]
    fn what_passes_is_told_from_what_does_not() {
        for (error, expected) in [
            (unknown("database or disk is full"), Some(Trouble::Full)),
            (
                unknown("could not extend file \"base/1\": No space left on device"),
                Some(Trouble::Full),
            ),
            (unknown("disk I/O error"), Some(Trouble::Failing)),
            (unknown("deadlock detected"), Some(Trouble::Busy)),
            (
                unknown("terminating connection due to administrator command"),
                Some(Trouble::Away),
            ),
            (unknown("no such table: statuses"), None),
            (Error::NotFound, None),
            (
                Error::DatabaseError(
                    DatabaseErrorKind::UnableToSendCommand,
                    Box::new("connection closed".to_owned()),
                ),
                Some(Trouble::Away),
            ),
            (
                Error::DatabaseError(
                    DatabaseErrorKind::UniqueViolation,
                    Box::new("disk I/O error".to_owned()),
                ),
                None,
            ),
        ] {
            assert_eq!(Trouble::of(&error), expected, "{error}");
        }
    }

    #[test]
    fn a_trouble_stays_itself_as_an_error_and_as_a_copy() {
        for trouble in Trouble::ALL {
            assert_eq!(Trouble::of(&trouble.error()), Some(trouble));
            assert_eq!(Trouble::of(&copy(&trouble.error())), Some(trouble));
        }
        let other = copy(&unknown("no such table: statuses"));
        assert_eq!(other.to_string(), "no such table: statuses");
    }
}
