//! Follows that ended because of a decision about a server, and what each person lost by it.

use diesel::prelude::*;

use super::columns::{Json, SeveranceCause};
use super::conn::{Conn, on};
use super::follows::Follow;
use super::schema::{account_severances, accounts, follows, severances, severed_follows};
use super::tx::Tx;
use crate::id::{AccountId, FollowId};

/// One decision that ended follows.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = severances)]
pub struct Severance {
    /// Its id.
    pub id: i64,
    /// Why.
    pub cause: SeveranceCause,
    /// The domain or account that it was about.
    pub target_name: String,
    /// When, in milliseconds.
    pub created_at: i64,
}

/// What one person lost by it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_severances)]
pub struct Loss {
    /// Its id.
    pub id: i64,
    /// By what.
    pub severance_id: i64,
    /// Who.
    pub account_id: AccountId,
    /// How many followers.
    pub followers: i64,
    /// How many that they followed.
    pub following: i64,
    /// When the first was lost, in milliseconds.
    pub created_at: i64,
}

/// One follow that ended so; enough to make it anew.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = severed_follows, treat_none_as_default_value = false)]
pub struct SeveredFollow {
    /// The id that the follow had.
    pub id: FollowId,
    /// By what.
    pub severance_id: i64,
    /// Who followed.
    pub account_id: AccountId,
    /// Whom.
    pub target_id: AccountId,
    /// The Follow activity's id on the wire.
    pub uri: String,
    /// Whether boosts were shown.
    pub shows_boosts: bool,
    /// Whether each post notified.
    pub notifies: bool,
    /// Only these languages.
    pub languages: Option<Json<Vec<String>>>,
    /// When it was asked for, in milliseconds.
    pub created_at: i64,
}

impl SeveredFollow {
    /// A follow that ends now.
    #[must_use]
    pub fn of(follow: Follow, severance: i64) -> Self {
        Self {
            id: follow.id,
            severance_id: severance,
            account_id: follow.account_id,
            target_id: follow.target_id,
            uri: follow.uri,
            shows_boosts: follow.shows_boosts,
            notifies: follow.notifies,
            languages: follow.languages,
            created_at: follow.created_at,
        }
    }

    /// The follow as it was.
    #[must_use]
    pub fn restored(self) -> Follow {
        Follow {
            id: self.id,
            account_id: self.account_id,
            target_id: self.target_id,
            uri: self.uri,
            is_accepted: true,
            shows_boosts: self.shows_boosts,
            notifies: self.notifies,
            languages: self.languages,
            created_at: self.created_at,
        }
    }
}

/// Adds a decision unless it is there.
pub fn insert(tx: &mut Tx, severance: &Severance) -> QueryResult<()> {
    on!(&mut **tx, |c| diesel::insert_into(severances::table)
        .values(severance)
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// Notes follows that ended, and what a person lost by it; gives the id of their loss if it is the first by this
/// decision.
pub fn record(
    tx: &mut Tx,
    severance: i64,
    account: AccountId,
    ended: &[SeveredFollow],
) -> QueryResult<Option<i64>> {
    let number = |of: usize| i64::try_from(of).unwrap_or(i64::MAX);
    let following = ended.iter().filter(|one| one.account_id == account).count();
    let loss = Loss {
        id: tx.new_id(),
        severance_id: severance,
        account_id: account,
        followers: number(ended.len() - following),
        following: number(following),
        created_at: tx.now(),
    };
    for part in ended.chunks(500) {
        on!(&mut **tx, |c| diesel::insert_into(severed_follows::table)
            .values(part)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    let id: i64 = on!(&mut **tx, |c| diesel::insert_into(
        account_severances::table
    )
    .values(&loss)
    .on_conflict((
        account_severances::severance_id,
        account_severances::account_id
    ))
    .do_update()
    .set((
        account_severances::followers.eq(account_severances::followers + loss.followers),
        account_severances::following.eq(account_severances::following + loss.following),
    ))
    .returning(account_severances::id)
    .get_result(c))?;
    Ok((id == loss.id).then_some(id))
}

/// What people lost, with these ids, and by what.
pub fn list(conn: &mut Conn, ids: &[i64]) -> QueryResult<Vec<(Loss, Severance)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on!(conn, |c| account_severances::table
        .inner_join(severances::table.on(severances::id.eq(account_severances::severance_id)))
        .filter(account_severances::id.eq_any(ids))
        .select((Loss::as_select(), Severance::as_select()))
        .load(c))
}

/// The follows of a domain's account by accounts of this node, and of those by it: at most `limit`. Requests are among
/// them.
pub fn list_follows(conn: &mut Conn, account: AccountId, limit: i64) -> QueryResult<Vec<Follow>> {
    let mut found: Vec<Follow> = on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::target_id)))
        .filter(follows::account_id.eq(account))
        .filter(accounts::domain.is_null())
        .limit(limit)
        .select(Follow::as_select())
        .load(c))?;
    let further: Vec<Follow> = on!(conn, |c| follows::table
        .inner_join(accounts::table.on(accounts::id.eq(follows::account_id)))
        .filter(follows::target_id.eq(account))
        .filter(accounts::domain.is_null())
        .limit(limit)
        .select(Follow::as_select())
        .load(c))?;
    found.extend(further);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// Takes out what was severed from an account because its server was blocked: at most `limit`.
pub fn take(tx: &mut Tx, account: AccountId, limit: i64) -> QueryResult<Vec<SeveredFollow>> {
    on!(&mut **tx, |c| {
        let found: Vec<SeveredFollow> = severed_follows::table
            .inner_join(severances::table.on(severances::id.eq(severed_follows::severance_id)))
            .filter(severances::cause.eq(SeveranceCause::HostBlock))
            .filter(
                severed_follows::account_id
                    .eq(account)
                    .or(severed_follows::target_id.eq(account)),
            )
            .order(severed_follows::id.asc())
            .limit(limit)
            .select(SeveredFollow::as_select())
            .load(c)?;
        let ids: Vec<FollowId> = found.iter().map(|one| one.id).collect();
        diesel::delete(severed_follows::table.filter(severed_follows::id.eq_any(&ids)))
            .execute(c)?;
        Ok(found)
    })
}
