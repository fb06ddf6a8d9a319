//! Who decides, whom they may decide about, and the record of every deed.
//!
//! Moderators look after accounts and reports. What concerns other servers or the whole node is for administrators.
//! Nobody decides about somebody of their own rank or above.

use super::super::staff::By;
use super::super::{Error, Result};
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::audits::AuditEntry;
use crate::store::{self, Conn, Page, QueryResult, Role, Tx};

/// Somebody who decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Their account; none for whoever runs the program.
    pub account: Option<AccountId>,
    /// Their name, as the record keeps it.
    pub name: String,
    /// What they may do.
    pub by: By,
}

impl Staff {
    /// Whoever runs the program itself, from the command line.
    #[must_use]
    pub fn operator() -> Self {
        Self {
            account: None,
            name: "operator".to_owned(),
            by: By::Operator,
        }
    }

    /// A person with this role.
    #[must_use]
    pub fn person(account: &Account, role: Role) -> Self {
        Self {
            account: Some(account.id),
            name: account.username.clone(),
            by: By::Person(role),
        }
    }

    /// Lets pass who may decide about this account: of the staff, and above its role if it has one.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody else.
    pub fn check_above(&self, conn: &mut Conn, target: &Account) -> Result<()> {
        self.by.check_look()?;
        let By::Person(own) = self.by else {
            return Ok(());
        };
        let role = store::users::find(conn, target.id)?.map_or(Role::User, |user| user.role);
        if role < own {
            Ok(())
        } else {
            Err(Error::forbidden("This action is not allowed"))
        }
    }
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    id: Option<i64>,
    name: String,
}

impl Target {
    /// An account.
    #[must_use]
    pub fn account(account: &Account) -> Self {
        Self {
            id: Some(account.id.0),
            name: account.acct(),
        }
    }

    /// A row of a list, by its id and its name.
    #[must_use]
    pub fn row(id: i64, name: impl Into<String>) -> Self {
        Self {
            id: Some(id),
            name: name.into(),
        }
    }
}

/// Adds to the record.
///
/// # Errors
/// Whatever the database says.
pub fn record(
    tx: &mut Tx,
    staff: &Staff,
    action: &str,
    target: Target,
    detail: &str,
) -> QueryResult<()> {
    let entry = AuditEntry {
        id: tx.new_id(),
        account_id: staff.account,
        actor: staff.name.clone(),
        action: action.to_owned(),
        target_id: target.id,
        target: target.name,
        detail: detail.to_owned(),
        created_at: tx.now(),
    };
    tracing::info!(
        actor = entry.actor,
        action,
        target = entry.target,
        "the staff decided"
    );
    store::audits::insert(tx, &entry)
}

/// A page of the record.
///
/// # Errors
/// [`Error::Forbidden`] for people outside the staff.
pub async fn list(
    node: &Node,
    by: By,
    of: Option<AccountId>,
    page: Page,
) -> Result<Vec<AuditEntry>> {
    by.check_look()?;
    let read = move |conn: &mut Conn| store::audits::page(conn, of, &page);
    Ok(node.db.read(read).await?)
}
