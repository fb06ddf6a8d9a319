//! How a command ends other than well.

use std::fmt;
use std::process::ExitCode;

use crate::config::ConfigErrors;
use crate::node::OpenError;
use crate::server::StartError;
use crate::social;

/// Why a command did not do what it was asked for; what is told are sentences that say what to do next.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was tried, and it did not work: exit code 1.
    Failed(String),
    /// The command or the configuration is not right: exit code 2.
    Usage(String),
    /// Everything is told already, and something needs a look: exit code 3.
    Found,
}

impl Failure {
    /// It did not work.
    pub(super) fn failed(cause: impl fmt::Display) -> Self {
        Self::Failed(cause.to_string())
    }

    /// The exit code of the process.
    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Found => 3,
        })
    }

    /// What is told on standard error, when there is anything left to tell.
    pub(super) fn sentence(&self) -> Option<&str> {
        match self {
            Self::Failed(sentence) | Self::Usage(sentence) => Some(sentence),
            Self::Found => None,
        }
    }
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        Self::Usage(errors.to_string())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::failed(error)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::failed(error)
    }
}

impl From<social::Error> for Failure {
    fn from(error: social::Error) -> Self {
        Self::failed(error)
    }
}

impl From<crate::store::Error> for Failure {
    fn from(error: crate::store::Error) -> Self {
        match crate::store::Trouble::of(&error) {
            Some(trouble) => Self::failed(trouble),
            None => Self::Failed(format!(
                "the database refused: {error}; `whimbrel doctor` looks into it"
            )),
        }
    }
}
