//! The actors of local accounts, and of the node itself, for other servers.
//!
//! Source: <https://www.w3.org/TR/activitypub/#actor-objects>.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::answers::{self, Absence, Keep};
use super::portraits;
use crate::node::Node;
use crate::social::users;
use crate::store::accounts::Account;
use crate::store::{self, AccountKind, Conn, tombstones};
use crate::urls::Urls;

/// The local account of this name, suspended or not.
///
/// # Errors
/// [`Absence::Gone`] if it was deleted, [`Absence::Missing`] if there never was one or its sign-up is not complete.
pub(super) fn find(conn: &mut Conn, urls: &Urls, name: &str) -> Result<Account, Absence> {
    let handle = name.to_lowercase();
    if !crate::text::handles::is_username(&handle) {
        return Err(Absence::Missing);
    }
    let actor = urls.actor(&handle);
    if tombstones::find(conn, &actor)?.is_some() {
        return Err(Absence::Gone(actor));
    }
    let account = store::accounts::find_by_handle(conn, &handle)?
        .filter(|account| account.kind != AccountKind::Application)
        .ok_or(Absence::Missing)?;
    match store::users::find(conn, account.id)? {
        // Nobody sees whose sign-up is not complete: the name may be given to somebody else.
        Some(user) if !users::has_arrived(&user) => Err(Absence::Missing),
        _ => Ok(account),
    }
}

/// The local account of this name, if it is in good standing.
///
/// # Errors
/// As [`find`]; [`Absence::Withheld`] if it is suspended.
pub(super) fn find_open(conn: &mut Conn, urls: &Urls, name: &str) -> Result<Account, Absence> {
    let account = find(conn, urls, name)?;
    match account.suspended_at {
        Some(_) => Err(Absence::Withheld("the account is suspended")),
        None => Ok(account),
    }
}

/// `GET /users/{name}`: an actor. A suspended one is still served, blank and marked.
///
/// Source: <https://docs.joinmastodon.org/spec/activitypub/#profile>.
pub async fn show(
    node: Data<Node>,
    request: HttpRequest,
    name: Path<String>,
) -> Result<HttpResponse, Absence> {
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| {
        let account = find(conn, &urls, &name)?;
        let actor = portraits::actor(conn, &urls, &account)?;
        Ok::<_, Absence>((account.url, actor.ok_or(Absence::Missing)?))
    };
    let (page, actor) = node.db.read(read).await?;
    if answers::wants_page(&request) {
        return Ok(answers::to_page(&page));
    }
    Ok(answers::document(&actor.document(), Keep::Public))
}

/// `GET /actor`: the actor that signs for the node. Served to everybody, or two careful servers could never meet.
///
/// Source: <https://codeberg.org/fediverse/fep/src/branch/main/fep/d556/fep-d556.md>.
pub async fn show_node(node: Data<Node>) -> Result<HttpResponse, Absence> {
    let urls = node.urls.clone();
    let read = move |conn: &mut Conn| portraits::node_actor(conn, &urls);
    let actor = node.db.read(read).await?.ok_or(Absence::Missing)?;
    Ok(answers::document(&actor.document(), Keep::Public))
}
