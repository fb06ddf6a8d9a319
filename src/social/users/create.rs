//! Making a local account: its row, its keys and its person in one write.

use super::super::{Error, Result, keys, passwords};
use super::checks::{self, Problem};
use super::new_user::NewUser;
use crate::id::AccountId;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::users::User;
use crate::store::{self, AccountKind, Conn, Json, QueryResult, QuotePolicy, Tx, Visibility};
use crate::urls::Urls;

/// Makes a local account with its key pair and its person.
///
/// # Errors
/// [`Error::Invalid`] with every reason why the name, address or password is refused.
pub async fn create_local(node: &Node, new: NewUser) -> Result<Account> {
    check(node, &new).await?;
    let prepared = prepare(new).await?;
    let urls = node.urls.clone();
    node.db.write(move |tx| insert(tx, &urls, &prepared)).await
}

/// Whether nothing is wrong with a new user.
///
/// # Errors
/// [`Error::Invalid`] with every reason why the name, address or password is refused.
pub(in crate::social) async fn check(node: &Node, new: &NewUser) -> Result<()> {
    let problems = list_problems(node, new).await?;
    if problems.is_empty() {
        return Ok(());
    }
    let sentences: Vec<String> = problems.into_iter().map(|p| p.sentence).collect();
    Err(Error::invalid(sentences.join(". ")))
}

/// Everything that is wrong with a new user, the names that are taken included.
///
/// # Errors
/// Only of the database.
pub async fn list_problems(node: &Node, new: &NewUser) -> Result<Vec<Problem>> {
    let mut problems = checks::list_problems(new);
    let (handle, email) = (new.username.to_lowercase(), new.email.to_lowercase());
    let taken: Vec<Problem> = node
        .db
        .read(move |conn| list_taken(conn, &handle, &email))
        .await?;
    problems.extend(taken);
    Ok(problems)
}

fn list_taken(conn: &mut Conn, handle: &str, email: &str) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    if store::accounts::find_by_handle(conn, handle)?.is_some() {
        problems.push(Problem::new(
            "username",
            "ERR_TAKEN",
            "This username is taken",
        ));
    }
    problems.extend(email_taken_problem(conn, email)?);
    Ok(problems)
}

/// That somebody has this e-mail address (lower case).
pub(super) fn email_taken_problem(conn: &mut Conn, email: &str) -> QueryResult<Option<Problem>> {
    let sentence = "An account with this e-mail address exists already";
    let user = store::users::find_by_email(conn, email)?;
    Ok(user.map(|_| Problem::new("email", "ERR_TAKEN", sentence)))
}

/// A new user whose costly parts, hash and keys, are made.
pub(in crate::social) struct Prepared {
    new: NewUser,
    password_hash: String,
    keys: keys::Pairs,
}

/// Makes the costly parts of a new user.
pub(in crate::social) async fn prepare(new: NewUser) -> Result<Prepared> {
    let password_hash = passwords::hash(new.password.clone()).await?;
    let keys = keys::make().await?;
    Ok(Prepared {
        new,
        password_hash,
        keys,
    })
}

/// Writes account, key and user, unless name or address were taken meanwhile.
pub(in crate::social) fn insert(tx: &mut Tx, urls: &Urls, prepared: &Prepared) -> Result<Account> {
    let new = &prepared.new;
    let email = new.email.to_lowercase();
    let account = new_account(AccountId(tx.new_id()), tx.now(), urls, &new.username);
    if let Some(problem) = list_taken(tx, &account.handle, &email)?.pop() {
        return Err(Error::Conflict(problem.sentence));
    }
    store::accounts::insert(tx, &account)?;
    keys::insert(tx, &account, &prepared.keys)?;
    let now = tx.now();
    store::users::insert(
        tx,
        &User {
            account_id: account.id,
            email,
            password_hash: prepared.password_hash.clone(),
            role: new.role,
            locale: new.locale.clone(),
            default_visibility: Visibility::Public,
            default_sensitive: false,
            default_language: None,
            default_quote_policy: QuotePolicy::Public,
            confirmed_at: new.is_confirmed.then_some(now),
            approved_at: new.is_approved.then_some(now),
            disabled_at: None,
            sign_up_reason: new.reason.clone(),
            last_active_at: None,
            created_at: now,
        },
    )?;
    Ok(account)
}

/// The row of a local person who has said nothing of themselves yet.
pub(in crate::social) fn new_account(
    id: AccountId,
    now: i64,
    urls: &Urls,
    username: &str,
) -> Account {
    let uri = urls.actor(username);
    let under = |part: &str| format!("{uri}/{part}");
    Account {
        id,
        handle: username.to_lowercase(),
        username: username.to_owned(),
        domain: None,
        url: urls.profile(username),
        kind: AccountKind::Person,
        display_name: String::new(),
        note: String::new(),
        note_source: String::new(),
        fields: Json::default(),
        emojis: Json::default(),
        avatar: None,
        avatar_alt: String::new(),
        header: None,
        header_alt: String::new(),
        locked: false,
        discoverable: None,
        indexable: false,
        hides_collections: false,
        inbox_url: under("inbox"),
        shared_inbox_url: Some(urls.shared_inbox()),
        outbox_url: Some(under("outbox")),
        followers_url: Some(under("followers")),
        following_url: Some(under("following")),
        featured_url: Some(under("collections/featured")),
        created_at: now,
        updated_at: now,
        fetched_at: now,
        suspended_at: None,
        uri,
    }
}
