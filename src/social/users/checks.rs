//! Which usernames, e-mail addresses and passwords are accepted. Pure.

use super::new_user::NewUser;
use crate::keys::passwords;
use crate::store::Role;
use crate::text::domains::normalise_domain;
use crate::text::handles::{MAX_LOCAL_USERNAME, is_local_username};

/// The fewest characters of a password.
pub const PASSWORD_MIN_CHARS: u32 = 8;
/// The most bytes of an e-mail address.
/// Source: <https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1>
const LONGEST_EMAIL: usize = 254;

/// Names that seem to speak for the node; only its staff may have them.
const RESERVED: &[&str] = &[
    "abuse",
    "admin",
    "administrator",
    "contact",
    "everyone",
    "help",
    "hostmaster",
    "info",
    "mod",
    "moderation",
    "moderator",
    "noc",
    "noreply",
    "official",
    "owner",
    "postmaster",
    "root",
    "security",
    "staff",
    "support",
    "sysadmin",
    "system",
    "team",
    "webmaster",
    "whimbrel",
];

/// Why one part of a form was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The part, by its name in the client API, such as `username`, `email` or `password`.
    pub field: &'static str,
    /// What kind of problem it is, for programs, such as `ERR_TAKEN`.
    ///
    /// Source: <https://docs.joinmastodon.org/methods/accounts/#422-unprocessable-entity>
    pub code: &'static str,
    /// A sentence for the person who filled it in.
    pub sentence: String,
}

impl Problem {
    /// A problem with this part.
    pub(super) fn new(
        field: &'static str,
        code: &'static str,
        sentence: impl Into<String>,
    ) -> Self {
        Self {
            field,
            code,
            sentence: sentence.into(),
        }
    }
}

/// Everything that is wrong with a new user before the database is asked.
pub(super) fn list_problems(new: &NewUser) -> Vec<Problem> {
    [
        username_problem(&new.username, new.role),
        email_problem(&new.email),
        password_problem(new.password.expose(), &[&new.username, &new.email]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn username_problem(name: &str, role: Role) -> Option<Problem> {
    let problem = |code, sentence: String| Some(Problem::new("username", code, sentence));
    if name.is_empty() {
        return problem("ERR_BLANK", "Choose a username".to_owned());
    }
    let is_plain = name.bytes().all(|byte| byte != b'.' && byte != b'-');
    if !is_local_username(name) || !is_plain {
        let is_long = name.chars().count() > MAX_LOCAL_USERNAME;
        let code = if is_long {
            "ERR_TOO_LONG"
        } else {
            "ERR_INVALID"
        };
        let sentence = format!(
            "A username has 1 to {MAX_LOCAL_USERNAME} letters (a to z), digits and underscores"
        );
        return problem(code, sentence);
    }
    let is_reserved = RESERVED.contains(&name.to_ascii_lowercase().as_str());
    if is_reserved && role == Role::User {
        let sentence = "This username is kept for those who run the node";
        return problem("ERR_RESERVED", sentence.to_owned());
    }
    None
}

/// What is wrong with an e-mail address.
pub(super) fn email_problem(email: &str) -> Option<Problem> {
    let is_broken = |c: char| c.is_whitespace() || c.is_control() || "<>,;:\"\\()[]".contains(c);
    let is_fine = email.rsplit_once('@').is_some_and(|(name, host)| {
        (1..=64).contains(&name.len()) && !name.contains('@') && normalise_domain(host).is_ok()
    });
    (!is_fine || email.len() > LONGEST_EMAIL || email.contains(is_broken)).then(|| {
        Problem::new(
            "email",
            if email.is_empty() {
                "ERR_BLANK"
            } else {
                "ERR_INVALID"
            },
            "This is not an e-mail address of the form name@example.org",
        )
    })
}

/// What is wrong with a new password of somebody who goes by `names`.
pub(super) fn password_problem(password: &str, names: &[&str]) -> Option<Problem> {
    let problem = |code, sentence: String| Some(Problem::new("password", code, sentence));
    let fewest = usize::try_from(PASSWORD_MIN_CHARS).unwrap_or(usize::MAX);
    if password.len() > passwords::LONGEST {
        let sentence = format!("A password has at most {} bytes", passwords::LONGEST);
        return problem("ERR_TOO_LONG", sentence);
    }
    if password.chars().count() < fewest {
        let code = if password.is_empty() {
            "ERR_BLANK"
        } else {
            "ERR_TOO_SHORT"
        };
        let sentence = format!("A password has at least {PASSWORD_MIN_CHARS} characters");
        return problem(code, sentence);
    }
    if names.iter().any(|name| name.eq_ignore_ascii_case(password)) {
        let sentence = "A password must not be the username or the e-mail address";
        return problem("ERR_INVALID", sentence.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames() {
        for (name, role, is_fine) in [
            ("ann", Role::User, true),
            ("Ann_7", Role::User, true),
            ("", Role::User, false),
            ("a.b", Role::User, false),
            ("a-b", Role::User, false),
            ("ann b", Role::User, false),
            ("änn", Role::User, false),
            ("ann@x.example", Role::User, false),
            ("a123456789012345678901234567890", Role::User, false),
            ("Admin", Role::User, false),
            ("admin", Role::Owner, true),
            ("root", Role::Moderator, true),
        ] {
            assert_eq!(username_problem(name, role).is_none(), is_fine, "{name}");
        }
    }

    #[test]
    fn email_addresses() {
        for (email, is_fine) in [
            ("ann@example.org", true),
            ("ann+tag@sub.example.org", true),
            ("ann@localhost", true),
            ("ann", false),
            ("@example.org", false),
            ("ann@", false),
            ("ann@b@example.org", false),
            ("ann b@example.org", false),
            ("ann@example.org\r\nBcc: x@y.example", false),
            ("Ann <ann@example.org>", false),
            ("ann@exa_mple..org", false),
        ] {
            assert_eq!(email_problem(email).is_none(), is_fine, "{email:?}");
        }
        assert!(email_problem(&format!("{}@example.org", "a".repeat(65))).is_some());
    }

    #[test]
    fn passwords_are_long_enough_and_no_name() {
        let names = ["annabella", "ann@example.org"];
        for (password, is_fine) in [
            ("12345678", true),
            ("größere", false),
            ("größeres", true),
            ("1234567", false),
            ("Annabella", false),
            ("ANN@example.org", false),
            ("annabella1", true),
        ] {
            let problem = password_problem(password, &names);
            assert_eq!(problem.is_none(), is_fine, "{password}");
        }
        assert!(password_problem(&"a".repeat(1_024), &names).is_none());
        assert!(password_problem(&"a".repeat(1_025), &names).is_some());
    }
}
