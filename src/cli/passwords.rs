//! Where a command gets a new password from: the command line, standard input, or chance.

use std::io::{self, BufRead as _};

use clap::Args;

use super::failure::Failure;
use crate::keys::{Secret, random};

/// Characters of a generated password; each carries six bits of chance.
const GENERATED_CHARACTERS: usize = 20;

/// A new password; one of the three is needed.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct NewPassword {
    /// The password; others on this computer may see it in the list of processes
    #[arg(long)]
    password: Option<String>,

    /// Reads the password from standard input, one line
    #[arg(long)]
    password_stdin: bool,

    /// Makes a password up and prints it
    #[arg(long)]
    generate_password: bool,
}

/// A password, and whether its owner has yet to be told.
pub(super) struct Chosen {
    /// The password.
    pub(super) password: Secret<String>,
    /// Whether it was made up here.
    pub(super) is_generated: bool,
}

impl NewPassword {
    /// The password that was asked for.
    ///
    /// # Errors
    /// When standard input ends without one.
    pub(super) fn choose(self) -> Result<Chosen, Failure> {
        if let Some(password) = self.password {
            return Ok(Chosen {
                password: password.into(),
                is_generated: false,
            });
        }
        if self.password_stdin {
            let mut line = String::new();
            io::stdin()
                .lock()
                .read_line(&mut line)
                .map_err(|error| Failure::Failed(format!("no password could be read: {error}")))?;
            let password = line.trim_end_matches(['\r', '\n']).to_owned();
            return Ok(Chosen {
                password: password.into(),
                is_generated: false,
            });
        }
        Ok(Chosen {
            password: generate().into(),
            is_generated: true,
        })
    }
}

/// A password that nobody guesses.
pub(super) fn generate() -> String {
    random::token().chars().take(GENERATED_CHARACTERS).collect()
}
