//! Documents as lanes send them, each loaded and hashed once whatever the number of its recipients, and kept in bounded
//! number of bytes.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::federation::synchronization;
use crate::id::{AccountId, ActivityId};
use crate::keys::digests::sha256_base64;
use crate::store::activities::{self, Activity};
use crate::store::{Conn, QueryResult};

/// Bytes of documents that are kept for the next delivery.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// How many documents that usually is.
const USUAL_NUMBER: usize = 4_096;
/// What a document takes beside its texts, in bytes.
const OVERHEAD: usize = 256;

/// A document that is ready to be sent.
#[derive(Debug)]
pub(super) struct Document {
    /// Who signs it.
    pub(super) account_id: AccountId,
    /// Its type.
    pub(super) kind: String,
    /// What it is about, on the wire.
    pub(super) about: Arc<str>,
    /// The bytes that are sent.
    pub(super) body: Bytes,
    /// The SHA-256 of these bytes as base64.
    pub(super) sha256_base64: String,
    /// Whether it may be a post for followers.
    pub(super) may_be_for_followers: bool,
}

/// The documents of one process.
#[derive(Clone)]
pub(super) struct Documents(Arc<Cache<ActivityId, Arc<Document>, Weight>>);

#[derive(Clone)]
struct Weight;

impl Weighter<ActivityId, Arc<Document>> for Weight {
    fn weight(&self, _: &ActivityId, document: &Arc<Document>) -> u64 {
        let texts = document.body.len() + document.about.len();
        u64::try_from(texts + OVERHEAD).unwrap_or(u64::MAX)
    }
}

impl Documents {
    /// Room for nothing yet but the bound.
    pub(super) fn new() -> Self {
        Self(Arc::new(Cache::with_weighter(
            USUAL_NUMBER,
            MOST_BYTES,
            Weight,
        )))
    }

    /// These documents, from memory where they are there; those that are gone are left out.
    pub(super) fn list(
        &self,
        conn: &mut Conn,
        ids: &[ActivityId],
    ) -> QueryResult<HashMap<ActivityId, Arc<Document>>> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for id in ids {
            match self.0.get(id) {
                Some(document) => drop(found.insert(*id, document)),
                None => missing.push(*id),
            }
        }
        for activity in activities::list(conn, &missing)? {
            let id = activity.id;
            let document = Arc::new(Document::from(activity));
            self.0.insert(id, document.clone());
            found.insert(id, document);
        }
        Ok(found)
    }
}

impl From<Activity> for Document {
    fn from(activity: Activity) -> Self {
        let may_be_for_followers =
            synchronization::may_be_for_followers(&activity.kind, &activity.body);
        let body = Bytes::from(activity.body);
        Self {
            may_be_for_followers,
            account_id: activity.account_id,
            kind: activity.kind,
            about: activity.object_uri.into(),
            sha256_base64: sha256_base64(&body),
            body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(length: usize) -> Arc<Document> {
        Arc::new(Document::from(Activity {
            id: ActivityId(1),
            account_id: AccountId(1),
            kind: "Create".to_owned(),
            object_uri: "https://a.test/1".to_owned(),
            body: "x".repeat(length),
            created_at: 0,
        }))
    }

    #[test]
    fn a_document_has_the_digest_of_what_is_sent() {
        let document = document(3);
        assert_eq!(document.sha256_base64, sha256_base64(b"xxx"));
        assert_eq!(&document.body[..], b"xxx");
    }

    #[test]
    fn documents_stay_within_their_bytes() {
        let documents = Documents::new();
        let one_mebibyte = document(1024 * 1024);
        for number in 0..64 {
            documents.0.insert(ActivityId(number), one_mebibyte.clone());
        }
        assert!(
            (1..=16).contains(&documents.0.len()),
            "{}",
            documents.0.len()
        );
    }
}
