//! `whimbrel domain`: servers that the node blocks or allows. Works on the database beside a running node, which finds
//! what was decided within some seconds.

use clap::{Args, Subcommand};

use super::domain_import::{Import, Severity};
use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::api::render::admin::{domain_allow, domain_block};
use crate::node::Node;
use crate::social::moderation::block_lists;
use crate::social::moderation::hosts::{self, Blocked, Wish};
use crate::social::moderation::staff::Staff;
use crate::social::staff::By;
use crate::store::Page;
use crate::store::host_blocks::HostBlock;

/// Rows that are read at once.
const PAGE: i64 = 500;

/// What can be done with other servers as such.
#[derive(Debug, Subcommand)]
pub(super) enum DomainCommand {
    /// Blocks a server and all below its domain
    Block(Block),
    /// Ends a block; accounts and follows come back
    Unblock(Named),
    /// Lists the blocked servers
    List(Listed),
    /// Prints the blocked servers as a list that other servers read (CSV)
    Export,
    /// Blocks the servers of such a list, or of one with a domain on each line
    Import(Import),
    /// Lets a node in limited federation talk with a server
    Allow(Named),
    /// Takes that back
    Disallow(Named),
}

/// Which server.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// Its domain
    domain: String,
}

/// How a list is shown.
#[derive(Debug, Args)]
pub(super) struct Listed {
    /// Prints JSON
    #[arg(long)]
    json: bool,
    /// Lists the allowed servers instead
    #[arg(long)]
    allowed: bool,
}

/// A server to be blocked.
#[derive(Debug, Args)]
pub(super) struct Block {
    #[command(flatten)]
    named: Named,
    /// How little the node has to do with it
    #[arg(long, value_enum, default_value_t = Severity::Suspend)]
    severity: Severity,
    /// Shows no pictures and files from there
    #[arg(long)]
    reject_media: bool,
    /// Takes no reports from there
    #[arg(long)]
    reject_reports: bool,
    /// Shows people only a part of its name
    #[arg(long)]
    obfuscate: bool,
    /// A comment for everybody
    #[arg(long)]
    comment: Option<String>,
}

impl DomainCommand {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        match self {
            Self::Block(command) => block(&node, command).await,
            Self::Unblock(named) => {
                let found = hosts::find_by_domain(&node, By::Operator, &named.domain).await?;
                let ended = hosts::unblock(&node, Staff::operator(), found.id).await?;
                output::table(&["", ""], &lines(&ended, "unblocked"))
            }
            Self::List(command) if command.allowed => list_allowed(&node, command.json).await,
            Self::List(command) => list(&node, command.json).await,
            Self::Export => {
                let blocks = list_all(&node).await?;
                output::text(&block_lists::write(&blocks))
            }
            Self::Import(command) => command.run(&node).await,
            Self::Allow(named) => {
                let row = hosts::allow(&node, Staff::operator(), &named.domain).await?;
                output::table(&["", ""], &[vec!["allowed".to_owned(), row.domain]])
            }
            Self::Disallow(named) => disallow(&node, &named.domain).await,
        }
    }
}

async fn block(node: &Node, command: Block) -> Result<(), Failure> {
    let wish = Wish {
        severity: Some(command.severity.into()),
        reject_media: Some(command.reject_media),
        reject_reports: Some(command.reject_reports),
        obfuscate: Some(command.obfuscate),
        public_comment: command.comment,
        private_comment: None,
    };
    let domain = &command.named.domain;
    let row = match hosts::block(node, Staff::operator(), domain, wish.clone()).await? {
        Blocked::New(row) => row,
        Blocked::Known(row) if row.domain == *domain => {
            hosts::change(node, Staff::operator(), row.id, wish).await?
        }
        Blocked::Known(row) => {
            return Err(Failure::Failed(format!(
                "{domain} lies below {}, which is blocked already.",
                row.domain
            )));
        }
    };
    output::table(&["", ""], &lines(&row, row.severity.word()))
}

fn lines(row: &HostBlock, state: &str) -> Vec<Vec<String>> {
    vec![
        vec!["domain".to_owned(), row.domain.clone()],
        vec!["state".to_owned(), state.to_owned()],
    ]
}

/// Every block, by domain.
async fn list_all(node: &Node) -> Result<Vec<HostBlock>, Failure> {
    let mut found = Vec::new();
    let mut page = Page::newest(PAGE);
    loop {
        let some = hosts::page(node, By::Operator, page).await?;
        let Some(last) = some.last() else { break };
        page.max_id = Some(last.id);
        found.extend(some);
    }
    found.sort_by(|a, b| a.domain.cmp(&b.domain));
    Ok(found)
}

async fn list(node: &Node, json: bool) -> Result<(), Failure> {
    let found = list_all(node).await?;
    if json {
        let shown: Vec<_> = found.into_iter().map(domain_block).collect();
        return output::json(&shown);
    }
    let rows: Vec<Vec<String>> = found
        .into_iter()
        .map(|row| {
            let comment = row.public_comment.unwrap_or_default();
            vec![row.domain, row.severity.word().to_owned(), comment]
        })
        .collect();
    output::table(&["domain", "severity", ""], &rows)
}

async fn list_allowed(node: &Node, json: bool) -> Result<(), Failure> {
    let found = hosts::page_allows(node, By::Operator, Page::newest(PAGE)).await?;
    if json {
        let shown: Vec<_> = found.into_iter().map(domain_allow).collect();
        return output::json(&shown);
    }
    let rows: Vec<Vec<String>> = found.into_iter().map(|row| vec![row.domain]).collect();
    output::table(&["domain"], &rows)
}

async fn disallow(node: &Node, domain: &str) -> Result<(), Failure> {
    let found = hosts::page_allows(node, By::Operator, Page::newest(PAGE)).await?;
    let Some(row) = found.into_iter().find(|row| row.domain == domain) else {
        return Err(Failure::Failed(format!(
            "{domain} is not among the allowed servers; `whimbrel domain list --allowed` shows them."
        )));
    };
    hosts::disallow(node, Staff::operator(), row.id).await?;
    output::table(
        &["", ""],
        &[vec!["no longer allowed".to_owned(), row.domain]],
    )
}
