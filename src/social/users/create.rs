//! Making a local account: its row, its keys and its person in one write.

use super::super::moderation::entrances::{self, Admission};
use super::super::notifications::notify;
use super::super::{Error, Result, passwords, visitors};
use super::checks::{self, Problem};
use super::new_user::{NewUser, SignUp};
use crate::config::Registrations;
use crate::id::AccountId;
use crate::keys::rsa::KeyPairPem;
use crate::node::Node;
use crate::store::accounts::Account;
use crate::store::keys::Key;
use crate::store::users::User;
use crate::store::{
    self, AccountKind, Conn, Json, NotificationKind, QueryResult, QuotePolicy, Tx, Visibility,
};
use crate::urls::Urls;

/// Makes an account for somebody who signs up, as far as the node lets people sign up.
///
/// # Errors
/// [`Error::Forbidden`] when it does not, and whatever [`create_local`] says.
pub async fn register(node: &Node, sign_up: SignUp) -> Result<Account> {
    let registrations = node.config.instance.registrations;
    if registrations == Registrations::Closed {
        return Err(Error::forbidden("This node takes no new accounts"));
    }
    let (email, from, now) = (sign_up.email.clone(), sign_up.address, node.clock.now());
    let look = move |conn: &mut Conn| entrances::admit(conn, &email, from, now);
    let admission = node.db.read(look).await?;
    if let Some(refusal) = admission.refusal() {
        return Err(Error::forbidden(refusal));
    }
    let mut new = sign_up.into_new_user(registrations);
    new.is_approved &= admission == Admission::Open;
    check(node, &new).await?;
    let prepared = prepare(new).await?;
    let urls = node.urls.clone();
    node.db
        .write(move |tx| {
            let account = insert(tx, &urls, &prepared)?;
            visitors::note_in(tx, account.id, from)?;
            tell_staff(tx, account.id)?;
            Ok(account)
        })
        .await
}

/// The staff hears of everybody who signs up.
fn tell_staff(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    for staff in store::users::list_staff(tx)? {
        notify(tx, staff, NotificationKind::AdminSignUp, account, None)?;
    }
    Ok(())
}

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
        problems.push(Problem::new("username", "This username is taken"));
    }
    if store::users::find_by_email(conn, email)?.is_some() {
        let sentence = "An account with this e-mail address exists already";
        problems.push(Problem::new("email", sentence));
    }
    Ok(problems)
}

/// A new user whose costly parts, hash and keys, are made.
pub(in crate::social) struct Prepared {
    new: NewUser,
    password_hash: String,
    keys: KeyPairPem,
}

/// Makes the costly parts of a new user.
pub(in crate::social) async fn prepare(new: NewUser) -> Result<Prepared> {
    let password_hash = passwords::hash(new.password.clone()).await?;
    let keys = passwords::key_pair().await?;
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
    insert_key(tx, &account, &prepared.keys)?;
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

/// Writes the key pair of a local actor.
pub(in crate::social) fn insert_key(
    tx: &mut Tx,
    account: &Account,
    keys: &KeyPairPem,
) -> QueryResult<()> {
    let created_at = tx.now();
    store::keys::insert(
        tx,
        &Key {
            key_id: format!("{}#main-key", account.uri),
            account_id: account.id,
            public_pem: keys.public.clone(),
            private_pem: Some(keys.private.expose().clone()),
            created_at,
        },
    )
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
