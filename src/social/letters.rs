//! Letters to people: what each says, and the links in it. A letter is written when it is sent, by the job that carries
//! it, so the secret of a link is in the letter and nowhere else.
//!
//! An address that was sent too many links gets no more for a while, whoever asks for them.

use super::users::{self, Person};
use crate::clock::{DAY, HOUR};
use crate::config::Rate;
use crate::id::AccountId;
use crate::keys::digests::sha256_hex;
use crate::keys::random;
use crate::mail::{self, Message};
use crate::node::Node;
use crate::store::letters::Letter;
use crate::store::mail_links::{self, MailLink};
use crate::store::{self, Conn, LinkPurpose, QueryResult, Tx};

/// How long a link that confirms an address counts, in milliseconds.
const CONFIRMATION_LASTS: i64 = 7 * DAY;
/// How long a link to a new password counts, in milliseconds.
const RESET_LASTS: i64 = 6 * HOUR;

/// Why a letter was not sent.
#[derive(Debug)]
pub enum Unsent {
    /// The database failed.
    Database(store::Error),
    /// The mail was not taken.
    Mail(mail::Error),
}

impl From<store::Error> for Unsent {
    fn from(error: store::Error) -> Self {
        Self::Database(error)
    }
}

/// What a letter needs to know of the node.
#[derive(Clone, Debug)]
struct Desk {
    origin: String,
    domain: String,
    title: String,
    /// How many links an address gets in which time; none where there are no limits.
    limit: Option<Rate>,
}

/// A letter, and the digest of its link if it has one.
struct Written {
    message: Message,
    digest: Option<String>,
}

/// Writes a letter and sends it. Where no mail is sent, or nobody is there to be written to, nothing happens.
///
/// # Errors
/// [`Unsent`]; what the letter's link would open is shut again.
pub async fn send(node: &Node, letter: Letter) -> Result<(), Unsent> {
    if !node.mail.is_on() {
        return Ok(());
    }
    let limits = &node.config.limits;
    let desk = Desk {
        origin: node.urls.origin().to_owned(),
        domain: node.urls.authority().to_owned(),
        title: node.config.instance.title.clone(),
        limit: limits.enabled.then_some(limits.links_per_email),
    };
    let written = node.db.write(move |tx| write(tx, &desk, &letter)).await?;
    let Some(Written { message, digest }) = written else {
        return Ok(());
    };
    let Err(error) = node.mail.send(&message).await else {
        return Ok(());
    };
    if let Some(digest) = digest {
        let forget = move |tx: &mut Tx| mail_links::delete(tx, &digest);
        node.db.write(forget).await?;
    }
    Err(Unsent::Mail(error))
}

fn write(tx: &mut Tx, desk: &Desk, letter: &Letter) -> QueryResult<Option<Written>> {
    match letter {
        Letter::Confirm { account } => {
            let Some(person) = find(tx, *account)? else {
                return Ok(None);
            };
            let wanted = users::wanted_address(tx, &person.user)?;
            match wanted {
                Some(email) => with_link(tx, desk, &person, (email, LinkPurpose::Confirmation)),
                None => Ok(None),
            }
        }
        Letter::ConfirmAgain { email } => match find_by_email(tx, email)? {
            Some(one) if one.user.confirmed_at.is_none() => {
                with_link(tx, desk, &one, (email.clone(), LinkPurpose::Confirmation))
            }
            _ => Ok(None),
        },
        Letter::Reset { email } => match find_by_email(tx, email)? {
            Some(one) => with_link(tx, desk, &one, (email.clone(), LinkPurpose::Password)),
            None => Ok(None),
        },
        Letter::AddressChanged { account, former } => {
            Ok(find(tx, *account)?.map(|person| address_changed(desk, &person, former)))
        }
        Letter::PasswordChanged { account } => {
            Ok(find(tx, *account)?.map(|person| password_changed(desk, &person)))
        }
        Letter::Approved { account } => {
            Ok(find(tx, *account)?.map(|person| approved(desk, &person)))
        }
    }
}

/// Somebody who may be written to.
fn find(conn: &mut Conn, account: AccountId) -> QueryResult<Option<Person>> {
    let person = users::load(conn, account)?;
    Ok(person.filter(|person| users::may_be_asked(person).is_ok()))
}

/// Somebody with this address who may be written to.
fn find_by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<Person>> {
    match store::users::find_by_email(conn, email)? {
        Some(user) => find(conn, user.account_id),
        None => Ok(None),
    }
}

/// A letter with a link to a page that the secret opens, unless its address got too many of them.
fn with_link(
    tx: &mut Tx,
    desk: &Desk,
    person: &Person,
    (email, purpose): (String, LinkPurpose),
) -> QueryResult<Option<Written>> {
    let now = tx.now();
    if let Some(limit) = desk.limit {
        let sent = mail_links::count_sent(tx, &email, now - limit.window_millis)?;
        if sent >= i64::from(limit.count) {
            tracing::info!(
                account = person.account.id.0,
                "an address got too many links"
            );
            return Ok(None);
        }
    }
    let secret = random::token();
    let (page, lasts) = match purpose {
        LinkPurpose::Confirmation => ("/auth/confirmation", CONFIRMATION_LASTS),
        LinkPurpose::Password => ("/auth/password/new", RESET_LASTS),
    };
    let link = MailLink {
        digest: sha256_hex(secret.as_bytes()),
        account_id: person.account.id,
        purpose,
        email: email.clone(),
        created_at: now,
        expires_at: now + lasts,
    };
    mail_links::insert(tx, &link)?;
    let url = format!("{}{page}?token={secret}", desk.origin);
    let text = match purpose {
        LinkPurpose::Confirmation => confirmation(desk, person, &url),
        LinkPurpose::Password => reset(desk, person, &url),
    };
    Ok(Some(Written {
        digest: Some(link.digest),
        ..text.to(email)
    }))
}

/// Subject and text of a letter.
struct Text {
    subject: String,
    body: String,
}

impl Text {
    /// A greeting, the text, and who writes.
    fn new(desk: &Desk, person: &Person, subject: String, paragraphs: &[String]) -> Self {
        let hello = format!("Hello @{},", person.account.username);
        let who = format!("-- \n{} ({})", desk.title, desk.origin);
        let all: Vec<&str> = std::iter::once(hello.as_str())
            .chain(paragraphs.iter().map(String::as_str))
            .chain(std::iter::once(who.as_str()))
            .collect();
        let body = format!("{}\n", all.join("\n\n"));
        Self { subject, body }
    }

    fn to(self, to: String) -> Written {
        let message = Message {
            to,
            subject: self.subject,
            body: self.body,
        };
        Written {
            message,
            digest: None,
        }
    }
}

fn confirmation(desk: &Desk, person: &Person, url: &str) -> Text {
    let domain = &desk.domain;
    let subject = format!("Confirm your e-mail address for {domain}");
    let paragraphs = [
        format!("to use this e-mail address for your account at {domain}, open this page and press its button:"),
        url.to_owned(),
        "The link counts for seven days. If you did not ask for this, do nothing: without the button nothing happens."
            .to_owned(),
    ];
    Text::new(desk, person, subject, &paragraphs)
}

fn reset(desk: &Desk, person: &Person, url: &str) -> Text {
    let domain = &desk.domain;
    let subject = format!("A new password for {domain}");
    let paragraphs = [
        format!("somebody asked for a new password for your account at {domain}. If it was you, open this page and set one:"),
        url.to_owned(),
        "The link counts once and for six hours. If it was not you, do nothing: your password stays as it is.".to_owned(),
    ];
    Text::new(desk, person, subject, &paragraphs)
}

fn address_changed(desk: &Desk, person: &Person, former: &str) -> Written {
    let domain = &desk.domain;
    let subject = format!("Your account at {domain} has another e-mail address");
    let paragraphs = [
        format!(
            "your account at {domain} has another e-mail address now, and nothing is sent to this one any more."
        ),
        "If it was not you, somebody else may use your account: tell those who run the node."
            .to_owned(),
    ];
    Text::new(desk, person, subject, &paragraphs).to(former.to_owned())
}

fn password_changed(desk: &Desk, person: &Person) -> Written {
    let domain = &desk.domain;
    let subject = format!("Your password for {domain} was changed");
    let paragraphs = [
        format!(
            "the password of your account at {domain} was changed, and every app was signed out."
        ),
        format!(
            "If it was not you, set a new one: {}/auth/password",
            desk.origin
        ),
    ];
    Text::new(desk, person, subject, &paragraphs).to(person.user.email.clone())
}

fn approved(desk: &Desk, person: &Person) -> Written {
    let domain = &desk.domain;
    let subject = format!("Welcome to {domain}");
    let paragraphs = [
        format!("your request for an account at {domain} was accepted. You can sign in now:"),
        format!("{}/auth/sign_in", desk.origin),
    ];
    Text::new(desk, person, subject, &paragraphs).to(person.user.email.clone())
}
