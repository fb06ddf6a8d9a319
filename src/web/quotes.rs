//! What the statuses of a page quote, as everybody may see it.

use std::collections::HashMap;

use super::pages::{Quote as Shown, Quoted};
use super::visits::card;
use crate::id::{AccountId, StatusId};
use crate::node::Node;
use crate::social::quotes::sights::{Reader, Sight, judge};
use crate::store::accounts::Account;
use crate::store::quotes::Quote;
use crate::store::statuses::Status;
use crate::store::{self, Conn, QueryResult};

/// The quotes of these statuses, by the status that quotes. Costs eight queries at most.
pub(super) fn load(
    conn: &mut Conn,
    node: &Node,
    ids: &[StatusId],
) -> QueryResult<HashMap<StatusId, Shown>> {
    let rows = store::quotes::list(conn, ids)?;
    let quoted: Vec<StatusId> = rows.iter().filter_map(|row| row.quoted_id).collect();
    let quoted = store::statuses::list(conn, &quoted)?;
    let authors: Vec<AccountId> = quoted.iter().map(|status| status.account_id).collect();
    let accounts = store::accounts::list(conn, &authors)?;
    let ids: Vec<StatusId> = quoted.iter().map(|status| status.id).collect();
    let mut files: HashMap<StatusId, usize> = HashMap::new();
    for status in store::attachments::list(conn, &ids)?
        .iter()
        .filter_map(|file| file.status_id)
    {
        *files.entry(status).or_default() += 1;
    }
    let named: Vec<&Status> = quoted.iter().collect();
    let around = Around {
        node,
        reader: Reader::gather(conn, None, &named, node.clock.now())?,
        accounts: accounts.into_iter().map(|one| (one.id, one)).collect(),
        quoted: quoted.iter().map(|one| (one.id, one)).collect(),
        files,
    };
    Ok(rows
        .iter()
        .filter_map(|row| Some((row.status_id, around.show(row)?)))
        .collect())
}

/// What else must be read to show quotes.
struct Around<'a> {
    node: &'a Node,
    reader: Reader,
    accounts: HashMap<AccountId, Account>,
    quoted: HashMap<StatusId, &'a Status>,
    files: HashMap<StatusId, usize>,
}

impl Around<'_> {
    /// None if it is no more than a link in the text.
    fn show(&self, row: &Quote) -> Option<Shown> {
        let quoted = row.quoted_id.and_then(|id| self.quoted.get(&id).copied());
        let sight = judge(row, quoted, |quoted| self.reader.look(quoted))?;
        Some(match sight {
            Sight::Pending => Shown::Pending,
            Sight::Rejected | Sight::Revoked => Shown::Refused,
            Sight::Accepted => match quoted.and_then(|quoted| self.quoted(quoted)) {
                Some(quoted) => Shown::Shown(Box::new(quoted)),
                None => Shown::Unavailable,
            },
            Sight::Deleted
            | Sight::Unauthorized
            | Sight::BlockedAccount
            | Sight::BlockedDomain
            | Sight::MutedAccount => Shown::Unavailable,
        })
    }

    fn quoted(&self, status: &Status) -> Option<Quoted> {
        let author = self.accounts.get(&status.account_id)?;
        Some(Quoted {
            author: card(self.node, author),
            url: status.url.clone().unwrap_or_else(|| status.uri.clone()),
            published_at: status.created_at,
            language: status.language.clone(),
            content_warning: status.spoiler.clone(),
            content_html: status.content.clone(),
            files: self.files.get(&status.id).copied().unwrap_or_default(),
        })
    }
}
