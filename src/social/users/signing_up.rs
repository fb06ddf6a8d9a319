//! Signing up: who may, what is asked of them, and the account that comes of it. The page and the client API share this.

use chrono::{DateTime, NaiveDate};

use super::super::moderation::blocked_sign_ups;
use super::super::moderation::entrances::{self, Admission, Finding};
use super::super::notifications::notify;
use super::super::tokens::{self, Issued};
use super::super::{Error, Result, invites, visitors};
use super::checks::Problem;
use super::create::{insert, list_problems, prepare};
use super::new_user::SignUp;
use crate::config::Registrations;
use crate::id::{AccountId, ApplicationId};
use crate::node::Node;
use crate::social::scopes::Scopes;
use crate::store::accounts::Account;
use crate::store::invites::{Invite, SignedUp};
use crate::store::jobs::Job;
use crate::store::letters::Letter;
use crate::store::{self, Conn, NotificationKind, QueryResult, Tx};

/// What somebody signs up with, and gets a token for.
#[derive(Clone, Debug)]
pub struct Through {
    /// The application.
    pub application: ApplicationId,
    /// What its token may do.
    pub scopes: Scopes,
}

/// By what somebody comes in.
#[derive(Clone, Debug)]
struct Entrance {
    invite: Option<Invite>,
    admission: Admission,
    /// The blocks of domains that the e-mail address falls under.
    domain_blocks: Vec<i64>,
    registrations: Registrations,
}

impl Entrance {
    /// Whether somebody has to say why they want to be here.
    fn needs_reason(&self) -> bool {
        self.registrations == Registrations::Approval && self.invite.is_none()
    }

    /// Whether the account may be used without the consent of the staff.
    fn is_open(&self) -> bool {
        !self.needs_reason() && self.admission == Admission::Open
    }
}

/// Everything that is wrong with a sign-up; nothing has happened then, but that a blocked domain counts it.
///
/// # Errors
/// [`Error::Forbidden`] where the node does not let this person sign up at all.
pub async fn check_sign_up(node: &Node, sign_up: &SignUp) -> Result<Vec<Problem>> {
    let entrance = find_entrance(node, sign_up).await?;
    let problems = list_sign_up_problems(node, sign_up, &entrance).await?;
    note_refusal(node, sign_up, &entrance).await?;
    Ok(problems)
}

/// Somebody whose e-mail address is refused is counted by the blocks of its domain.
async fn note_refusal(node: &Node, sign_up: &SignUp, entrance: &Entrance) -> Result<()> {
    if entrance.admission != Admission::WrongEmail || entrance.domain_blocks.is_empty() {
        return Ok(());
    }
    let (blocks, from) = (entrance.domain_blocks.clone(), sign_up.address);
    let write = move |tx: &mut Tx| blocked_sign_ups::note(tx, &blocks, from);
    Ok(node.db.write_later(write).await?)
}

async fn list_sign_up_problems(
    node: &Node,
    sign_up: &SignUp,
    entrance: &Entrance,
) -> Result<Vec<Problem>> {
    let new = sign_up.clone().into_new_user(false, false);
    let mut problems = list_problems(node, &new).await?;
    if let (Admission::WrongEmail, Some(refusal)) =
        (entrance.admission, entrance.admission.refusal())
    {
        problems.push(Problem::new("email", "ERR_BLOCKED", refusal));
    }
    let instance = &node.config.instance;
    if !sign_up.agrees {
        let sentence = "Agree to the rules to go on";
        problems.push(Problem::new("agreement", "ERR_ACCEPTED", sentence));
    }
    if entrance.needs_reason() && new.reason.is_none() {
        let sentence = "Say in a sentence why you want to join";
        problems.push(Problem::new("reason", "ERR_BLANK", sentence));
    }
    let born = sign_up.date_of_birth.as_deref();
    problems.extend(age_problem(instance.minimum_age, born, node.clock.now()));
    Ok(problems)
}

/// Makes an account for somebody who signs up, and a token for what they do it through. A link that confirms their
/// address is on its way then; where no mail is sent, the address counts as confirmed.
///
/// # Errors
/// [`Error::Forbidden`] where the node does not let this person sign up, [`Error::Invalid`] with everything that is
/// wrong, [`Error::Conflict`] when name, address or invite were taken meanwhile.
pub async fn register(
    node: &Node,
    sign_up: SignUp,
    through: Option<Through>,
) -> Result<(Account, Option<Issued>)> {
    let entrance = find_entrance(node, &sign_up).await?;
    let problems = list_sign_up_problems(node, &sign_up, &entrance).await?;
    if !problems.is_empty() {
        note_refusal(node, &sign_up, &entrance).await?;
        let sentences: Vec<String> = problems.into_iter().map(|p| p.sentence).collect();
        return Err(Error::invalid(sentences.join(". ")));
    }
    let is_confirmed = !node.mail.is_on();
    let (is_approved, from) = (entrance.is_open(), sign_up.address);
    let prepared = prepare(sign_up.into_new_user(is_confirmed, is_approved)).await?;
    let (urls, invite, blocks) = (node.urls.clone(), entrance.invite, entrance.domain_blocks);
    node.db
        .write(move |tx| {
            if let Some(invite) = &invite
                && !store::invites::take(tx, invite.id)?
            {
                let sentence = "This invitation was used up meanwhile";
                return Err(Error::Conflict(sentence.to_owned()));
            }
            let account = insert(tx, &urls, &prepared)?;
            let issued = enter(tx, &account, invite.as_ref(), through.as_ref())?;
            visitors::note_in(tx, account.id, from)?;
            if !blocks.is_empty() {
                blocked_sign_ups::note(tx, &blocks, from)?;
            }
            if is_confirmed {
                tell_staff(tx, account.id)?;
            } else {
                let account = account.id;
                tx.queue(&Job::Mail(Letter::Confirm { account }))?;
            }
            Ok((account, issued))
        })
        .await
}

/// The staff hears of everybody who signs up, once their address is confirmed.
///
/// # Errors
/// Whatever the database says.
pub(super) fn tell_staff(tx: &mut Tx, account: AccountId) -> QueryResult<()> {
    for staff in store::users::list_staff(tx)? {
        notify(tx, staff, NotificationKind::AdminSignUp, account, None)?;
    }
    Ok(())
}

/// Notes how somebody came, and gives what they came through its token.
fn enter(
    tx: &mut Tx,
    account: &Account,
    invite: Option<&Invite>,
    through: Option<&Through>,
) -> Result<Option<Issued>> {
    let signed_up = SignedUp {
        account_id: account.id,
        invite_id: invite.map(|invite| invite.id),
        application_id: through.map(|through| through.application),
    };
    store::invites::note(tx, &signed_up)?;
    let Some(through) = through else {
        return Ok(None);
    };
    let scopes = &through.scopes;
    let issued = tokens::issue(tx, through.application, Some(account.id), scopes)?;
    Ok(Some(issued))
}

/// By what somebody comes in: an invite that is open, if they have one, and what the staff's lists say of them.
async fn find_entrance(node: &Node, sign_up: &SignUp) -> Result<Entrance> {
    let registrations = node.config.instance.registrations;
    if registrations == Registrations::Closed {
        return Err(Error::forbidden("This node takes no new accounts"));
    }
    let invite = match sign_up.invite_code.as_deref() {
        Some(code) if !code.is_empty() => invites::find_open(node, code).await?,
        _ => None,
    };
    if registrations == Registrations::Invites && invite.is_none() {
        return Err(Error::forbidden(
            "This node takes new accounts by invitation only, and this is no invitation that counts",
        ));
    }
    let (email, from, now) = (sign_up.email.clone(), sign_up.address, node.clock.now());
    let look = move |conn: &mut Conn| entrances::admit(conn, &email, from, now);
    let Finding {
        admission,
        domain_blocks,
    } = node.db.read(look).await?;
    if let (Admission::WrongPlace, Some(refusal)) = (admission, admission.refusal()) {
        return Err(Error::forbidden(refusal));
    }
    Ok(Entrance {
        invite,
        admission,
        domain_blocks,
        registrations,
    })
}

/// What is wrong with a date of birth, where there is a minimum age (years; 0 is none).
fn age_problem(minimum: u32, born: Option<&str>, now: i64) -> Option<Problem> {
    if minimum == 0 {
        return None;
    }
    let problem = |code, sentence: String| Some(Problem::new("date_of_birth", code, sentence));
    let born = born.map(str::trim).unwrap_or_default();
    if born.is_empty() {
        return problem("ERR_BLANK", "Say when you were born".to_owned());
    }
    let today = DateTime::from_timestamp_millis(now)?.date_naive();
    let Ok(born) = born.parse::<NaiveDate>() else {
        let sentence = "A date of birth reads like 2001-02-28";
        return problem("ERR_INVALID", sentence.to_owned());
    };
    match today.years_since(born) {
        None => problem("ERR_INVALID", "This day has not come yet".to_owned()),
        Some(age) if age < minimum => {
            let sentence = format!("One must be {minimum} years old to have an account here");
            problem("ERR_BELOW_LIMIT", sentence)
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-08-08, at noon.
    const NOON: i64 = 1_786_190_400_000;

    #[test]
    fn ages_are_counted_to_the_day() {
        for (minimum, born, expected) in [
            (0, None, None),
            (0, Some("nonsense"), None),
            (16, None, Some("ERR_BLANK")),
            (16, Some(" "), Some("ERR_BLANK")),
            (16, Some("2010-08-08"), None),
            (16, Some("2010-08-09"), Some("ERR_BELOW_LIMIT")),
            (16, Some("1990-1-1"), None),
            (16, Some("01.01.1990"), Some("ERR_INVALID")),
            (16, Some("2010-13-01"), Some("ERR_INVALID")),
            (16, Some("2026-08-09"), Some("ERR_INVALID")),
        ] {
            let problem = age_problem(minimum, born, NOON);
            assert_eq!(problem.map(|problem| problem.code), expected, "{born:?}");
        }
    }
}
