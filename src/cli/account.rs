//! `whimbrel account`: the people of this node, for whoever runs it. The rules are those of `social::users`.

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use super::decided::{self, Audit, Decided};
use super::failure::Failure;
use super::globals::Globals;
use super::output;
use super::passwords::{Chosen, NewPassword};
use crate::clock::to_rfc3339;
use crate::node::Node;
use crate::social::moderation::accounts::{self, Relief};
use crate::social::moderation::staff::Staff;
use crate::social::users::{self, NewUser, Person};
use crate::store::{self, WarningAction};

/// What can be done with the people of this node.
#[derive(Debug, Subcommand)]
pub(super) enum AccountCommand {
    /// Makes an account
    Create(Create),
    /// Lists the people of this node
    List(List),
    /// Shows one of them
    Show(Named),
    /// Gives somebody another role
    Role(ChangeRole),
    /// Counts somebody's e-mail address as confirmed, where no mail reaches them
    Confirm(Named),
    /// Lets somebody in who asked for an account
    Approve(Named),
    /// Refuses somebody who asked for an account; the name is free again
    Reject(Named),
    /// Keeps somebody from using the node until `enable`
    Disable(Named),
    /// Lets somebody use the node again
    Enable(Named),
    /// Suspends an account, here or elsewhere, until `unsuspend`
    Suspend(Decided),
    /// Ends a suspension; everything comes back
    Unsuspend(Decided),
    /// Limits an account: only its followers find it
    Limit(Decided),
    /// Limits an account no longer
    Unlimit(Decided),
    /// Shows what the staff did, the newest first
    Audit(Audit),
    /// Sets a new password; ends all sessions and tokens
    Password(Password),
    /// Deletes an account for good; the name stays taken
    Delete(Delete),
}

/// Whose account.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// The username, or the e-mail address
    name: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A new account.
#[derive(Debug, Args)]
pub(super) struct Create {
    /// The username: letters, digits and underscores
    name: String,
    /// Where its owner gets mail; it is what they sign in with
    #[arg(long)]
    email: String,
    #[command(flatten)]
    password: NewPassword,
    /// What the account may do to the node
    #[arg(long, value_enum, default_value_t = Role::User)]
    role: Role,
    /// Whether the e-mail address counts as confirmed
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = true,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    confirmed: bool,
    /// Whether the account may be used at once
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = true,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    approved: bool,
    /// The language of its owner's pages
    #[arg(long, default_value = "en")]
    locale: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A list of people.
#[derive(Debug, Args)]
pub(super) struct List {
    /// How many, at most, in the order in which they came
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// Another role for somebody.
#[derive(Debug, Args)]
pub(super) struct ChangeRole {
    #[command(flatten)]
    named: Named,
    /// The new role
    #[arg(value_enum)]
    role: Role,
}

/// A new password for somebody.
#[derive(Debug, Args)]
pub(super) struct Password {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    password: NewPassword,
}

/// An account to be deleted.
#[derive(Debug, Args)]
pub(super) struct Delete {
    #[command(flatten)]
    named: Named,
    /// Says that this is meant: it cannot be undone
    #[arg(long)]
    yes: bool,
}

/// What an account may do to the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// Everything, and nobody can take it away
    Owner,
    /// Everything
    Admin,
    /// Keeps order among people
    Moderator,
    /// Posts and reads
    User,
}

impl From<Role> for store::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Moderator => Self::Moderator,
            Role::User => Self::User,
        }
    }
}

impl AccountCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self {
            Self::Create(command) => create(&node, command).await,
            Self::List(command) => list(&node, &command).await,
            Self::Show(named) => {
                let person = find(&node, &named.name).await?;
                tell(&person, None, named.json)
            }
            Self::Role(command) => {
                let person = find(&node, &command.named.name).await?;
                users::set_role(&node, person.account.id, command.role.into()).await?;
                tell_again(&node, &person, None, command.named.json).await
            }
            Self::Confirm(named) => {
                let person = find(&node, &named.name).await?;
                users::confirm_by_hand(&node, person.account.id).await?;
                tell_again(&node, &person, None, named.json).await
            }
            Self::Approve(named) => {
                let person = find(&node, &named.name).await?;
                if person.user.approved_at.is_none() {
                    accounts::approve(&node, Staff::operator(), person.account.id).await?;
                }
                tell_again(&node, &person, None, named.json).await
            }
            Self::Reject(named) => {
                let person = find(&node, &named.name).await?;
                if person.user.approved_at.is_some() {
                    let sentence = "This account was let in already; disable it, or delete it";
                    return Err(Failure::failed(sentence));
                }
                accounts::reject(&node, Staff::operator(), person.account.id).await?;
                tell(&person, None, named.json)
            }
            Self::Disable(named) => {
                let person = find(&node, &named.name).await?;
                users::disable(&node, person.account.id).await?;
                tell_again(&node, &person, None, named.json).await
            }
            Self::Enable(named) => {
                let person = find(&node, &named.name).await?;
                users::enable(&node, person.account.id).await?;
                tell_again(&node, &person, None, named.json).await
            }
            Self::Suspend(command) => decided::act(&node, command, WarningAction::Suspend).await,
            Self::Limit(command) => decided::act(&node, command, WarningAction::Silence).await,
            Self::Unsuspend(command) => decided::relieve(&node, &command, Relief::Unsuspend).await,
            Self::Unlimit(command) => decided::relieve(&node, &command, Relief::Unsilence).await,
            Self::Audit(command) => decided::show_audits(&node, &command).await,
            Self::Password(command) => change_password(&node, command).await,
            Self::Delete(command) => delete(&node, command).await,
        }
    }
}

async fn create(node: &Node, command: Create) -> Result<(), Failure> {
    let chosen = command.password.choose()?;
    let new = NewUser {
        username: command.name,
        email: command.email,
        password: chosen.password.clone(),
        role: command.role.into(),
        is_confirmed: command.confirmed,
        is_approved: command.approved,
        reason: None,
        locale: command.locale,
    };
    let account = users::create_local(node, new).await?;
    let person = find(node, &account.username).await?;
    tell(&person, Some(&chosen), command.json)
}

async fn list(node: &Node, command: &List) -> Result<(), Failure> {
    let people = users::list(node, command.limit).await?;
    let shown: Vec<Shown> = people.iter().map(Shown::of).collect();
    if command.json {
        return output::json(&shown);
    }
    let rows: Vec<Vec<String>> = shown.into_iter().map(Shown::into_cells).collect();
    output::table(&["name", "role", "state", "e-mail", "since"], &rows)
}

async fn change_password(node: &Node, command: Password) -> Result<(), Failure> {
    let person = find(node, &command.named.name).await?;
    let chosen = command.password.choose()?;
    let password = chosen.password.clone();
    users::change_password(node, person.account.id, password, None).await?;
    tell_again(node, &person, Some(&chosen), command.named.json).await
}

async fn delete(node: &Node, command: Delete) -> Result<(), Failure> {
    let person = find(node, &command.named.name).await?;
    if !command.yes {
        return Err(Failure::Usage(format!(
            "Deleting @{} cannot be undone, and other servers are told; add --yes if it is meant.",
            person.account.username
        )));
    }
    users::delete_account(node, person.account.id).await?;
    tell_again(node, &person, None, command.named.json).await
}

/// The person of this name or e-mail address.
///
/// # Errors
/// A sentence that leads to the list when there is none.
pub(super) async fn find(node: &Node, name: &str) -> Result<Person, Failure> {
    let found = users::find(node, name).await?;
    found.ok_or_else(|| {
        Failure::Failed(format!(
            "Nobody here is called \"{name}\"; `whimbrel account list` shows who is."
        ))
    })
}

/// Shows a person as they are after a change.
async fn tell_again(
    node: &Node,
    person: &Person,
    chosen: Option<&Chosen>,
    json: bool,
) -> Result<(), Failure> {
    let changed = users::find_by_id(node, person.account.id).await?;
    tell(changed.as_ref().unwrap_or(person), chosen, json)
}

fn tell(person: &Person, chosen: Option<&Chosen>, json: bool) -> Result<(), Failure> {
    let mut shown = Shown::of(person);
    let generated = chosen.filter(|chosen| chosen.is_generated);
    shown.password = generated.map(|chosen| chosen.password.expose().clone());
    if json {
        return output::json(&shown);
    }
    output::table(&["", ""], &shown.into_lines())
}

/// A person as the terminal shows them.
#[derive(Debug, Serialize)]
struct Shown {
    id: String,
    name: String,
    url: String,
    role: &'static str,
    state: &'static str,
    email: String,
    created_at: String,
    last_active_at: Option<String>,
    /// Only when it was made up just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

impl Shown {
    fn of(person: &Person) -> Self {
        let Person { account, user } = person;
        Self {
            id: account.id.to_string(),
            name: account.username.clone(),
            url: account.url.clone(),
            role: match user.role {
                store::Role::Owner => "owner",
                store::Role::Admin => "admin",
                store::Role::Moderator => "moderator",
                store::Role::User => "user",
            },
            state: state(person),
            email: user.email.clone(),
            created_at: to_rfc3339(user.created_at),
            last_active_at: user.last_active_at.map(to_rfc3339),
            password: None,
        }
    }

    fn into_cells(self) -> Vec<String> {
        vec![
            self.name,
            self.role.to_owned(),
            self.state.to_owned(),
            self.email,
            self.created_at,
        ]
    }

    fn into_lines(self) -> Vec<Vec<String>> {
        let mut lines = vec![
            ("name", self.name),
            ("page", self.url),
            ("id", self.id),
            ("role", self.role.to_owned()),
            ("state", self.state.to_owned()),
            ("e-mail", self.email),
            ("since", self.created_at),
        ];
        lines.extend(self.last_active_at.map(|day| ("last active", day)));
        lines.extend(self.password.map(|password| ("password", password)));
        let lines = lines.into_iter();
        lines
            .map(|(name, value)| vec![name.to_owned(), value])
            .collect()
    }
}

fn state(person: &Person) -> &'static str {
    let Person { account, user } = person;
    if account.suspended_at.is_some() && user.email.ends_with("@deleted.invalid") {
        "deleted"
    } else if account.suspended_at.is_some() {
        "suspended"
    } else if user.disabled_at.is_some() {
        "disabled"
    } else if user.approved_at.is_none() {
        "awaits approval"
    } else if user.confirmed_at.is_none() {
        "unconfirmed"
    } else {
        "active"
    }
}
