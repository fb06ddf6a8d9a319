//! What the figures of the staff are made of, the largest parts first, and what the node takes up.

use super::Result;
use super::figures::Span;
use super::measures::Server;
use super::staff::By;
use crate::id::TagId;
use crate::node::Node;
use crate::store::dimensions::{self as rows, Parts};
use crate::store::{self, Conn};

/// The newest statuses of a span by which servers are told apart: however long it is, no more are read.
const MOST_STATUSES: i64 = 100_000;

/// Something that has parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The languages of those who used the node.
    Languages,
    /// Through what people signed up.
    Sources,
    /// From where the newest 100,000 statuses are.
    Servers,
    /// From where the statuses with a hashtag are.
    TagServers(TagId),
    /// In which languages the statuses with a hashtag are.
    TagLanguages(TagId),
    /// The accounts of a server that people here follow.
    InstanceAccounts(Server),
    /// In which languages the statuses of a server are.
    InstanceLanguages(Server),
}

/// The largest parts of something over some days, at most `limit`. A part without a name is this node, its own pages,
/// or a language that is not known.
///
/// # Errors
/// [`super::Error::Forbidden`] for people outside the staff, [`super::Error::Invalid`] where too many servers lie below
/// a domain.
pub async fn list_parts(
    node: &Node,
    by: By,
    dimension: Dimension,
    span: Span,
    limit: i64,
) -> Result<Parts> {
    by.check_look()?;
    let span = (span.first, span.end());
    let read = move |conn: &mut Conn| -> Result<Parts> {
        Ok(match dimension {
            Dimension::Languages => rows::languages(conn, span, limit)?,
            Dimension::Sources => rows::sources(conn, span, limit)?,
            Dimension::Servers => rows::servers(conn, span, MOST_STATUSES, limit)?,
            Dimension::TagServers(tag) => rows::tag_servers(conn, tag, span, limit)?,
            Dimension::TagLanguages(tag) => rows::tag_languages(conn, tag, span, limit)?,
            Dimension::InstanceAccounts(server) => {
                let domains = server.list_domains(conn)?;
                rows::accounts_of(conn, &domains, limit)?
            }
            Dimension::InstanceLanguages(server) => {
                let domains = server.list_domains(conn)?;
                rows::languages_of(conn, &domains, span, limit)?
            }
        })
    };
    node.db.read(read).await
}

/// What the node takes up, in bytes. How much the files of people here take is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// The database.
    pub database: i64,
    /// Files of other servers.
    pub remote_files: i64,
}

/// What the node takes up.
///
/// # Errors
/// [`super::Error::Forbidden`] for people outside the staff.
pub async fn measure_space(node: &Node, by: By) -> Result<Space> {
    by.check_look()?;
    let read = |conn: &mut Conn| -> Result<Space> {
        Ok(Space {
            database: rows::database_bytes(conn)?,
            remote_files: store::remote_files::sum(conn)?,
        })
    };
    node.db.read(read).await
}

/// The version of the database.
///
/// # Errors
/// [`super::Error::Forbidden`] for people outside the staff.
pub async fn find_database_version(node: &Node, by: By) -> Result<String> {
    by.check_look()?;
    Ok(node.db.read(rows::database_version).await?)
}
