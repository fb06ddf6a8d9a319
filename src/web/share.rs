//! Writing a post that another page suggests: "share" buttons and other servers send people here.
//!
//! Nothing is posted before its author has seen it and sent the form.
//! Source: <https://w3id.org/fep/3b86>

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use url::form_urlencoded;

use super::fields::{Fields, Sent};
use super::interaction::refuse;
use super::listings::show_all;
use super::pages::share::Share;
use super::pages::{self, Problem};
use super::paths;
use super::refusals::Refused;
use super::visits::{Visit, found, see_other};
use crate::federation::resolve::{self, Resolved};
use crate::keys::random;
use crate::social::Error;
use crate::social::sessions::SignedIn;
use crate::social::statuses::{Draft, publish};
use crate::social::visibility::find_original;
use crate::store::accounts::Account;
use crate::store::statuses::Status;
use crate::store::{self, Conn, Visibility};

/// The parameters that are kept over the sign-in page.
const PARAMETERS: [&str; 5] = ["title", "text", "url", "in_reply_to", "visibility"];
/// The longest text that is taken from an address, in characters.
const LONGEST: usize = 20_000;
/// The longest word that makes a form the same, in bytes.
const LONGEST_KEY: usize = 64;

/// `GET /share?text=...&url=...`: a form with that text. `in_reply_to` names what it answers.
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refused> {
    let Some(signed_in) = &visit.signed_in else {
        return Ok(found(&sign_in_url(&visit.query)));
    };
    let parent = match find_parent(&visit, signed_in, &visit.query).await? {
        Ok(parent) => parent,
        Err(refused) => return Ok(refused),
    };
    let mut entered = Entered {
        text: suggested(&visit.query),
        warning: String::new(),
        audience: audience(&visit.query, signed_in, parent.as_ref()),
        key: random::token(),
    };
    if let Some(parent) = parent.as_ref().filter(|_| entered.text.is_empty()) {
        entered.text = parent.greeting(signed_in);
    }
    page(&visit, entered, parent, None).await
}

/// `POST /share`: posts it, and goes to its page.
pub(super) async fn post(visit: Visit, sent: Sent) -> Result<HttpResponse, Refused> {
    let Sent(sent) = sent;
    let Some(signed_in) = &visit.signed_in else {
        return Ok(see_other(&sign_in_url(&sent)));
    };
    visit.check_form(&sent)?;
    let parent = match find_parent(&visit, signed_in, &sent).await? {
        Ok(parent) => parent,
        Err(refused) => return Ok(refused),
    };
    let entered = Entered {
        text: sent.get("text").replace("\r\n", "\n"),
        warning: sent.get("spoiler_text").to_owned(),
        audience: audience(&sent, signed_in, parent.as_ref()),
        key: sent.get("key").chars().take(LONGEST_KEY).collect(),
    };
    let account = &signed_in.person.account;
    let draft = Draft {
        text: entered.text.clone(),
        spoiler: entered.warning.clone(),
        visibility: Some(entered.audience),
        in_reply_to: parent.as_ref().map(|parent| parent.status.id),
        idempotency_key: (!entered.key.is_empty()).then(|| format!("share-{}", entered.key)),
        ..Draft::default()
    };
    resolve::mentions(&visit.node, &draft.text).await;
    match publish(&visit.node, account.id, draft).await {
        Ok(id) => Ok(see_other(
            &visit.node.urls.status_page(&account.username, id),
        )),
        Err(Error::Invalid(sentence) | Error::Forbidden(sentence)) => {
            let sentence = sentence
                .trim_start_matches("Validation failed: ")
                .to_owned();
            page(&visit, entered, parent, Some(sentence)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What is in the fields of the form.
struct Entered {
    text: String,
    warning: String,
    audience: Visibility,
    key: String,
}

/// What is answered.
struct Parent {
    status: Status,
    author: Account,
    /// The address that was given for it.
    given: String,
}

impl Parent {
    /// How a reply to it begins: with its author's name, as their server tells them only of posts that name them.
    fn greeting(&self, signed_in: &SignedIn) -> String {
        if self.author.id == signed_in.person.account.id {
            return String::new();
        }
        format!("@{} ", self.author.acct())
    }
}

/// What the fields name as answered; an answer of its own where that cannot be had.
async fn find_parent(
    visit: &Visit,
    signed_in: &SignedIn,
    fields: &Fields,
) -> Result<Result<Option<Parent>, HttpResponse>, Refused> {
    let given = fields.get("in_reply_to").trim().to_owned();
    // A place of a template that nobody filled is nothing.
    if given.is_empty() || given.starts_with('{') {
        return Ok(Ok(None));
    }
    let found = match resolve::address(&visit.node, &given).await {
        Ok(Resolved::Status(status)) => status,
        Ok(Resolved::Account(_)) => return Err(Refused(StatusCode::NOT_FOUND)),
        Err(error) => return Ok(Err(refuse(visit, &error))),
    };
    let viewer = signed_in.person.account.id;
    let read = move |conn: &mut Conn| {
        let status = find_original(conn, Some(viewer), found.id)?;
        let author = store::accounts::find(conn, status.account_id)?.ok_or(Error::NotFound)?;
        Ok::<_, Error>(Parent {
            status,
            author,
            given,
        })
    };
    Ok(Ok(Some(visit.node.db.read(read).await?)))
}

/// The text that an address suggests: its parts, each on a line.
fn suggested(query: &Fields) -> String {
    let parts = ["title", "text", "url"].map(|name| query.get(name).trim());
    let told: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    told.join("\n").chars().take(LONGEST).collect()
}

/// The audience that is asked for, else the usual one; a reply has no wider one than what it answers unless its author
/// chooses so.
fn audience(fields: &Fields, signed_in: &SignedIn, parent: Option<&Parent>) -> Visibility {
    if let Some(asked) = Visibility::from_word(fields.get("visibility")) {
        return asked;
    }
    let usual = signed_in.person.user.default_visibility;
    let of_parent = parent.map_or(Visibility::Public, |parent| parent.status.visibility);
    let mut from_narrow = Visibility::ALL.iter().rev();
    let narrower = from_narrow.find(|one| **one == usual || **one == of_parent);
    narrower.copied().unwrap_or(usual)
}

async fn page(
    visit: &Visit,
    entered: Entered,
    parent: Option<Parent>,
    wrong: Option<String>,
) -> Result<HttpResponse, Refused> {
    let node = visit.node.clone();
    let shown = match parent {
        Some(Parent { status, given, .. }) => {
            let read = move |conn: &mut Conn| show_all(conn, &node, &[status]);
            let shown = visit.node.db.read(read).await?.into_iter().next();
            let shown = shown.ok_or(Refused(StatusCode::NOT_FOUND))?;
            Some((Box::new(shown), given))
        }
        None => None,
    };
    let status = match wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let problem = |message| Problem {
        field: Some("text".to_owned()),
        message,
    };
    let view = Share {
        form: visit.form(wrong.map(problem).into_iter().collect()),
        key: entered.key,
        text: entered.text,
        warning: entered.warning,
        audience: entered.audience.word(),
        most_characters: visit.node.config.instance.max_characters,
        parent: shown,
    };
    let html = pages::share::render(&visit.frame(None), &view);
    Ok(visit.form_page(status, html))
}

/// The sign-in page, with the way back here.
fn sign_in_url(fields: &Fields) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in PARAMETERS {
        if let Some(value) = fields.find(name) {
            query.append_pair(name, value);
        }
    }
    let back = format!("{}?{}", paths::SHARE, query.finish());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("return_to", &back);
    format!("{}?{}", paths::SIGN_IN, query.finish())
}
