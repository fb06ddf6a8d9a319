//! `whimbrel fetch`: asks another server for an account or a post, and shows what this node understood of it.

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use crate::clock::to_rfc3339;
use crate::federation::resolve::{self, Resolved};
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::attachments::Attachment;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult};
use crate::text::to_plain;
use crate::urls::Urls;

/// Asks another server for an account or a post; what was understood stays in the database, as if somebody had
/// looked for it.
#[derive(Debug, Args)]
pub(super) struct Fetch {
    /// A URL, or a handle such as @alice@example.org
    address: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

impl Fetch {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Failure> {
        let node = globals.open().await?;
        let resolved = resolve::address(&node, &self.address).await;
        let resolved = resolved.map_err(|error| {
            Failure::Failed(format!("{} cannot be shown: {error}.", self.address))
        })?;
        let shown = show(&node, resolved).await?;
        if self.json {
            return output::json(&shown);
        }
        output::table(&["", ""], &shown.into_lines())
    }
}

async fn show(node: &Node, resolved: Resolved) -> QueryResult<Shown> {
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| match resolved {
        Resolved::Account(account) => show_account(conn, &urls, *account).map(Shown::Account),
        Resolved::Status(status) => show_status(conn, &urls, *status).map(Shown::Status),
    };
    node.db.read(read).await
}

/// What was understood.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Shown {
    Account(ShownAccount),
    Status(ShownStatus),
}

#[derive(Debug, Serialize)]
struct ShownAccount {
    handle: String,
    name: String,
    kind: &'static str,
    id: String,
    page: String,
    inbox: String,
    shared_inbox: Option<String>,
    keys: Vec<String>,
    /// As far as this node knows.
    posts: i64,
    followers: i64,
    following: i64,
    fetched_at: String,
}

#[derive(Debug, Serialize)]
struct ShownStatus {
    author: String,
    id: String,
    page: Option<String>,
    visibility: &'static str,
    warning: Option<String>,
    text: String,
    language: Option<String>,
    reply_to: Option<String>,
    boost_of: Option<String>,
    attachments: Vec<ShownAttachment>,
    created_at: String,
    edited_at: Option<String>,
}

#[derive(Debug, Serialize)]
struct ShownAttachment {
    kind: &'static str,
    url: Option<String>,
    description: Option<String>,
}

fn handle_of(urls: &Urls, account: &Account) -> String {
    let host = account.domain.as_deref().unwrap_or(urls.authority());
    format!("@{}@{host}", account.username)
}

fn show_account(conn: &mut Conn, urls: &Urls, account: Account) -> QueryResult<ShownAccount> {
    let counts = store::accounts::list_counts(conn, &[account.id])?;
    let counts = counts.into_iter().next().map(|(_, counts)| counts);
    let counts = counts.unwrap_or_default();
    let keys = store::keys::list(conn, account.id)?;
    Ok(ShownAccount {
        handle: handle_of(urls, &account),
        name: account.display_name,
        kind: account.kind.word(),
        id: account.uri,
        page: account.url,
        inbox: account.inbox_url,
        shared_inbox: account.shared_inbox_url,
        keys: keys.into_iter().map(|key| key.key_id).collect(),
        posts: counts.statuses,
        followers: counts.followers,
        following: counts.following,
        fetched_at: to_rfc3339(account.fetched_at),
    })
}

fn show_status(conn: &mut Conn, urls: &Urls, status: Status) -> QueryResult<ShownStatus> {
    let author = store::accounts::find(conn, status.account_id)?;
    let original = match status.boost_of_id {
        Some(original) => store::statuses::find(conn, original)?,
        None => None,
    };
    let attachments = store::attachments::list(conn, &[status.id])?;
    let show_attachment = |attachment: Attachment| ShownAttachment {
        kind: attachment.kind.word(),
        url: match attachment.file_key {
            Some(key) => Some(urls.media(&key)),
            None => attachment.remote_url,
        },
        description: attachment.description,
    };
    Ok(ShownStatus {
        author: author.map_or_else(String::new, |author| handle_of(urls, &author)),
        id: status.uri,
        page: status.url,
        visibility: status.visibility.word(),
        warning: Some(status.spoiler).filter(|text| !text.is_empty()),
        text: to_plain(&status.content),
        language: status.language,
        reply_to: status.in_reply_to_uri,
        boost_of: original.map(|original| original.uri),
        attachments: attachments.into_iter().map(show_attachment).collect(),
        created_at: to_rfc3339(status.created_at),
        edited_at: status.edited_at.map(to_rfc3339),
    })
}

impl Shown {
    fn into_lines(self) -> Vec<Vec<String>> {
        let lines = match self {
            Self::Account(account) => account.into_lines(),
            Self::Status(status) => status.into_lines(),
        };
        let rows = lines.into_iter();
        rows.map(|(name, value)| vec![name.to_owned(), value])
            .collect()
    }
}

impl ShownAccount {
    fn into_lines(self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            ("account", self.handle),
            ("name", self.name),
            ("kind", self.kind.to_owned()),
            ("id", self.id),
            ("page", self.page),
            ("inbox", self.inbox),
        ];
        lines.extend(self.shared_inbox.map(|inbox| ("shared inbox", inbox)));
        lines.extend(self.keys.into_iter().map(|key| ("key", key)));
        lines.extend([
            ("posts known here", self.posts.to_string()),
            ("followers known here", self.followers.to_string()),
            ("following known here", self.following.to_string()),
            ("fetched", self.fetched_at),
        ]);
        lines
    }
}

impl ShownStatus {
    fn into_lines(self) -> Vec<(&'static str, String)> {
        let mut lines = vec![("post by", self.author), ("id", self.id)];
        lines.extend(self.page.map(|page| ("page", page)));
        lines.push(("visibility", self.visibility.to_owned()));
        lines.extend(self.warning.map(|warning| ("warning", warning)));
        let names = std::iter::once("text").chain(std::iter::repeat(""));
        lines.extend(names.zip(self.text.lines().map(str::to_owned)));
        lines.extend(self.language.map(|language| ("language", language)));
        lines.extend(self.reply_to.map(|id| ("reply to", id)));
        lines.extend(self.boost_of.map(|id| ("boost of", id)));
        let attachments = self.attachments.into_iter();
        lines.extend(attachments.map(|attachment| ("attachment", attachment.into_text())));
        lines.push(("posted", self.created_at));
        lines.extend(self.edited_at.map(|instant| ("edited", instant)));
        lines
    }
}

impl ShownAttachment {
    fn into_text(self) -> String {
        let parts = [Some(self.kind.to_owned()), self.url, self.description];
        parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
    }
}
