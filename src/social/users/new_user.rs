//! What is entered to make an account.

use std::net::IpAddr;

use crate::keys::Secret;
use crate::store::Role;

/// A local account to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name, as its owner writes it.
    pub username: String,
    /// Where its owner gets mail.
    pub email: String,
    /// Its password.
    pub password: Secret<String>,
    /// What it may do to the node.
    pub role: Role,
    /// Whether the e-mail address counts as confirmed.
    pub is_confirmed: bool,
    /// Whether the account may be used at once.
    pub is_approved: bool,
    /// Why its owner wants to be here, for whoever approves.
    pub reason: Option<String>,
    /// The language of its owner's pages.
    pub locale: String,
}

/// What somebody enters who asks for an account.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// The name that they want.
    pub username: String,
    /// Where they get mail.
    pub email: String,
    /// Their password.
    pub password: Secret<String>,
    /// Whether they agree to the rules.
    pub agrees: bool,
    /// Why they want to be here.
    pub reason: Option<String>,
    /// The code by which somebody invited them.
    pub invite_code: Option<String>,
    /// When they were born, as `2001-02-28`; needed where the node has a minimum age. It is not kept.
    pub date_of_birth: Option<String>,
    /// The language of their pages.
    pub locale: String,
    /// From where they come, if that is known.
    pub address: Option<IpAddr>,
}

/// The most characters of a reason that are kept.
const LONGEST_REASON: usize = 2_000;

/// The language of somebody's pages, as far as what they say is one: `pt-BR` and the like are kept.
#[must_use]
pub fn locale(said: Option<&str>) -> String {
    let said = said.unwrap_or_default().trim();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if (2..=12).contains(&said.len()) && said.chars().all(is_plain) {
        said.to_owned()
    } else {
        "en".to_owned()
    }
}

impl SignUp {
    /// The reason, if there is any.
    pub(super) fn reason(&self) -> Option<String> {
        let reason = self.reason.as_deref().unwrap_or_default().trim();
        let reason: String = reason.chars().take(LONGEST_REASON).collect();
        (!reason.is_empty()).then_some(reason)
    }

    /// The account that this asks for.
    pub(super) fn into_new_user(self, is_confirmed: bool, is_approved: bool) -> NewUser {
        NewUser {
            reason: self.reason(),
            username: self.username,
            email: self.email,
            password: self.password,
            role: Role::User,
            is_confirmed,
            is_approved,
            locale: self.locale,
        }
    }
}
