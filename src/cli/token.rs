//! `whimbrel token`: access tokens for bots and scripts, without a browser.

use std::io::{self, BufRead as _};

use clap::{Args, Subcommand};
use serde_json::json;

use super::account::find;
use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::node::Node;
use crate::social::tokens;

/// What can be done with access tokens.
#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Gives a token for an account and prints it
    Create(Create),
    /// Makes a token void
    Revoke(Revoke),
}

/// A new token.
#[derive(Debug, Args)]
pub(super) struct Create {
    /// The username, or the e-mail address
    account: String,
    /// What the token may do, separated by spaces
    #[arg(long, default_value = "read write follow push")]
    scopes: String,
    /// The name of the program that uses it, as its owner sees it in the settings
    #[arg(long, default_value = "Command line")]
    name: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A token to be made void.
#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// The token, or "-" to read it from standard input
    #[arg(allow_hyphen_values = true)]
    token: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl TokenCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self {
            Self::Create(command) => create(&node, &command).await,
            Self::Revoke(command) => revoke(&node, command).await,
        }
    }
}

async fn create(node: &Node, command: &Create) -> Result<(), Failure> {
    let person = find(node, &command.account).await?;
    let id = person.account.id;
    let issued = tokens::create_for(node, id, &command.name, &command.scopes).await?;
    let secret = issued.secret.expose();
    if command.json {
        let scopes = &issued.token.scopes;
        let account = &person.account.username;
        return output::json(&json!({"token": secret, "scopes": scopes, "account": account}));
    }
    output::line(secret)
}

async fn revoke(node: &Node, command: Revoke) -> Result<(), Failure> {
    let mut token = command.token;
    if token == "-" {
        token.clear();
        let read = io::stdin().lock().read_line(&mut token);
        read.map_err(|error| Failure::Failed(format!("no token could be read: {error}")))?;
    }
    let was_valid = tokens::revoke_by_secret(node, token.trim()).await?;
    if command.json {
        return output::json(&json!({ "revoked": was_valid }));
    }
    if was_valid {
        output::line("The token is void from now on.")
    } else {
        Err(Failure::failed(
            "No valid token is like this one: it may be void already, or belong to another node.",
        ))
    }
}
