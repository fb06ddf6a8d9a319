//! Which form of signatures a peer takes, where that is known not to be the usual one, or was once.

use diesel::prelude::*;

use super::columns::SignatureForm;
use super::conn::{Conn, on};
use super::schema::peers;
use super::tx::Tx;

/// The form that the peer with this id takes, as far as that was written down.
pub fn find_of_peer(conn: &mut Conn, peer: i64) -> QueryResult<Option<SignatureForm>> {
    let found = on!(conn, |c| peers::table
        .find(peer)
        .select(peers::signature_form)
        .first::<Option<SignatureForm>>(c)
        .optional())?;
    Ok(found.flatten())
}

/// The form that the peer with this domain takes, as far as that was written down.
pub fn find(conn: &mut Conn, domain: &str) -> QueryResult<Option<SignatureForm>> {
    let found = on!(conn, |c| peers::table
        .filter(peers::domain.eq(domain))
        .select(peers::signature_form)
        .first::<Option<SignatureForm>>(c)
        .optional())?;
    Ok(found.flatten())
}

/// Writes down which form the peer with this id takes.
pub fn record_of_peer(tx: &mut Tx, peer: i64, form: SignatureForm) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(peers::table.find(peer))
        .set((
            peers::signature_form.eq(form),
            peers::signature_form_at.eq(now)
        ))
        .execute(c))
    .map(drop)
}

/// Writes down which form the peer with this domain takes, if it is known.
pub fn record(tx: &mut Tx, domain: &str, form: SignatureForm) -> QueryResult<()> {
    let now = tx.now();
    on!(&mut **tx, |c| diesel::update(
        peers::table.filter(peers::domain.eq(domain))
    )
    .set((
        peers::signature_form.eq(form),
        peers::signature_form_at.eq(now)
    ))
    .execute(c))
    .map(drop)
}
