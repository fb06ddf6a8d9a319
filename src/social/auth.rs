//! Signing in with a password.

use super::attempts::Attempts;
use super::users::{self, Person};
use super::{Error, Result, passwords};
use crate::keys::Secret;
use crate::node::Node;

/// What somebody enters to sign in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Their e-mail address or username.
    pub identifier: String,
    /// Their password.
    pub password: Secret<String>,
}

/// Who these credentials belong to.
///
/// A wrong name and a wrong password are told apart neither by the sentence nor by the time it takes.
///
/// # Errors
/// [`Error::Invalid`] for wrong credentials, [`Error::TooMany`] after too many attempts, [`Error::Forbidden`] for
/// somebody who may not use the node at present.
pub async fn sign_in(node: &Node, attempts: &Attempts, given: Credentials) -> Result<Person> {
    let name = given.identifier.trim().to_lowercase();
    attempts.count(&name)?;
    let person = users::find(node, &name).await?;
    let stored = person
        .as_ref()
        .map(|person| person.user.password_hash.clone());
    let is_right = passwords::verify(given.password, stored).await?;
    let Some(person) = person.filter(|_| is_right) else {
        return Err(Error::invalid("The name or the password is wrong"));
    };
    attempts.forget(&name);
    users::check_active(&person)?;
    Ok(person)
}
