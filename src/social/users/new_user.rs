//! What is entered to make an account.

use std::net::IpAddr;

use crate::config::Registrations;
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
    /// Why they want to be here.
    pub reason: Option<String>,
    /// The language of their pages.
    pub locale: String,
    /// From where they come, if that is known.
    pub address: Option<IpAddr>,
}

/// The most characters of a reason that are kept.
const LONGEST_REASON: usize = 2_000;

impl SignUp {
    /// The account that this asks for on a node with these registrations.
    ///
    /// This version sends no mail, so every address counts as confirmed.
    #[must_use]
    pub fn into_new_user(self, registrations: Registrations) -> NewUser {
        let reason = self
            .reason
            .map(|reason| reason.trim().chars().take(LONGEST_REASON).collect())
            .filter(|reason: &String| !reason.is_empty());
        NewUser {
            username: self.username,
            email: self.email,
            password: self.password,
            role: Role::User,
            is_confirmed: true,
            is_approved: registrations == Registrations::Open,
            reason,
            locale: self.locale,
        }
    }
}
