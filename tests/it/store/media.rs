//! Uploaded files that are worked on, and the jobs that do the work.

use whimbrel::clock::{Clock, HOUR};
use whimbrel::id::{AccountId, AttachmentId};
use whimbrel::store::attachments::Attachment;
use whimbrel::store::jobs::{self, Job};
use whimbrel::store::{AttachmentKind, AttachmentState, Error, accounts, attachments};

use super::rows::account;
use crate::support::databases::{NOON, TestDatabase, on_both};

on_both! {
    async fn a_file_remembers_how_far_the_work_is(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let written = db.write(|tx| {
            accounts::insert(tx, &account(1, "ann"))?;
            let waiting = Attachment {
                kind: AttachmentKind::Video,
                state: AttachmentState::Processing,
                source_key: Some("uploads/a.bin".to_owned()),
                ..Attachment::blank(AttachmentId(7), AccountId(1), NOON)
            };
            attachments::insert(tx, std::slice::from_ref(&waiting))?;
            let found = attachments::list_by_id(tx, &[waiting.id])?;
            assert_eq!(found, std::slice::from_ref(&waiting));
            let made = Attachment {
                state: AttachmentState::Ready,
                source_key: None,
                file_key: Some("attachments/a.mp4".to_owned()),
                preview_key: Some("attachments/a-small.jpg".to_owned()),
                failure: Some("none".to_owned()),
                duration_millis: Some(61_500),
                frame_rate: Some("30/1".to_owned()),
                bitrate: Some(128_000),
                remote_preview_url: Some("https://b.example/a.jpg".to_owned()),
                ..waiting
            };
            attachments::update(tx, &made)?;
            assert_eq!(made.blob_keys(), ["attachments/a.mp4", "attachments/a-small.jpg"]);
            assert_eq!(attachments::find_own(tx, AccountId(1), made.id)?, Some(made));
            Ok::<_, Error>(())
        });
        written.await.unwrap();
    }
}

on_both! {
    async fn work_on_uploads_is_claimed_by_itself(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let written = db.write(|tx| {
            for attachment in [1, 2] {
                let attachment = AttachmentId(attachment);
                tx.queue(&Job::ProcessMedia { attachment })?;
            }
            tx.queue(&Job::FetchParent { uri: "https://b.example/1".to_owned() })?;
            let lease_end = NOON + HOUR;
            let others = jobs::claim(tx, true, 10, lease_end)?;
            assert_eq!(others.len(), 1);
            assert!(jobs::claim(tx, false, 10, lease_end)?.is_empty());
            let first = jobs::claim_kind(tx, Job::PROCESS_MEDIA, 1, lease_end)?;
            let second = jobs::claim_kind(tx, Job::PROCESS_MEDIA, 10, lease_end)?;
            assert_eq!((first.len(), second.len()), (1, 1));
            assert_eq!(first[0].attempts, 1);
            assert!(jobs::claim_kind(tx, Job::PROCESS_MEDIA, 10, lease_end)?.is_empty());
            // What a process had in hand when it was killed is due again after its next start.
            jobs::release(tx)?;
            assert_eq!(jobs::claim_kind(tx, Job::PROCESS_MEDIA, 10, lease_end)?.len(), 2);
            Ok::<_, Error>(())
        });
        written.await.unwrap();
    }
}
