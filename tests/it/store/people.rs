//! What is kept of people: invitations, links in mails, profiles.

use whimbrel::clock::Clock;
use whimbrel::id::{AccountId, InviteId};
use whimbrel::store::invites::{self, Invite};
use whimbrel::store::mail_links::{self, MailLink};
use whimbrel::store::profiles::{self, Preferences, Profile};
use whimbrel::store::{self, Json, LinkPurpose, MediaDisplay, QueryResult};

use super::rows::account;
use crate::support::databases::{NOON, TestDatabase, on_both};

fn invite(id: i64, max_uses: Option<i64>, expires_at: Option<i64>) -> Invite {
    Invite {
        id: InviteId(id),
        code: format!("code{id}"),
        account_id: Some(AccountId(1)),
        max_uses,
        uses: 0,
        expires_at,
        revoked_at: None,
        created_at: NOON,
    }
}

on_both! {
    async fn an_invite_is_taken_as_often_as_it_says(engine) {
        let clock = Clock::stepped(NOON);
        let db = TestDatabase::new(engine).await.open(&clock).await;
        let taken = db.write(|tx| -> QueryResult<_> {
            store::accounts::insert(tx, &account(1, "ann"))?;
            for invite in [invite(1, Some(2), None), invite(2, None, Some(NOON)), invite(3, None, Some(NOON + 1)), invite(4, None, None)] {
                invites::insert(tx, &invite)?;
            }
            assert!(invites::revoke(tx, InviteId(4), Some(AccountId(1)))?);
            assert!(!invites::revoke(tx, InviteId(3), Some(AccountId(2)))?, "it is somebody else's");
            let mut taken = Vec::new();
            for id in [1, 1, 1, 2, 3, 3, 4, 5] {
                taken.push(invites::take(tx, InviteId(id))?);
            }
            assert_eq!(invites::find_by_code(tx, "code1")?.map(|invite| invite.uses), Some(2));
            assert_eq!(invites::list(tx, Some(AccountId(1)), 10)?.len(), 4);
            invites::revoke_all(tx, AccountId(1))?;
            assert!(!invites::take(tx, InviteId(3))?);
            Ok(taken)
        }).await.expect("a database");
        assert_eq!(taken, [true, true, false, false, true, true, false, false]);
    }
}

on_both! {
    async fn links_end_and_are_counted(engine) {
        let clock = Clock::stepped(NOON);
        let db = TestDatabase::new(engine).await.open(&clock).await;
        db.write(|tx| -> QueryResult<()> {
            store::accounts::insert(tx, &account(1, "ann"))?;
            for (digest, purpose) in [("a", LinkPurpose::Confirmation), ("b", LinkPurpose::Password)] {
                let link = MailLink {
                    digest: digest.to_owned(),
                    account_id: AccountId(1),
                    purpose,
                    email: "ann@example.org".to_owned(),
                    created_at: NOON,
                    expires_at: NOON + 10,
                };
                mail_links::insert(tx, &link)?;
            }
            assert!(mail_links::find(tx, LinkPurpose::Password, "b", NOON)?.is_some());
            assert!(mail_links::find(tx, LinkPurpose::Password, "a", NOON)?.is_none(), "another purpose");
            assert!(mail_links::find(tx, LinkPurpose::Password, "b", NOON + 10)?.is_none(), "it is over");
            mail_links::end(tx, AccountId(1), LinkPurpose::Password)?;
            assert!(mail_links::find(tx, LinkPurpose::Password, "b", NOON)?.is_none());
            assert!(mail_links::find(tx, LinkPurpose::Confirmation, "a", NOON)?.is_some());
            assert_eq!(mail_links::count_sent(tx, "ann@example.org", NOON - 1)?, 2, "ended ones count");
            assert_eq!(mail_links::count_sent(tx, "ann@example.org", NOON)?, 0);
            assert_eq!(mail_links::prune(tx, NOON + 1, 10)?, 1);
            assert_eq!(mail_links::prune(tx, NOON + 1, 10)?, 0, "one still counts");
            mail_links::set_change(tx, AccountId(1), "b@example.org")?;
            mail_links::set_change(tx, AccountId(1), "c@example.org")?;
            assert_eq!(mail_links::find_change(tx, AccountId(1))?.as_deref(), Some("c@example.org"));
            mail_links::delete_change(tx, AccountId(1))?;
            assert_eq!(mail_links::find_change(tx, AccountId(1))?, None);
            Ok(())
        }).await.expect("a database");
    }
}

on_both! {
    async fn profiles_are_the_usual_ones_until_they_say_more(engine) {
        let clock = Clock::stepped(NOON);
        let db = TestDatabase::new(engine).await.open(&clock).await;
        db.write(|tx| -> QueryResult<()> {
            let ann = AccountId(1);
            store::accounts::insert(tx, &account(1, "ann"))?;
            store::accounts::insert(tx, &account(2, "bob"))?;
            assert_eq!(profiles::find(tx, ann)?, Profile::usual(ann));
            let said = Profile {
                attribution_domains: Json(vec!["ann.example".to_owned()]),
                shows_media: false,
                also_known_as: Json(vec!["https://x.example/ann".to_owned()]),
                moved_to_id: Some(AccountId(2)),
                moved_at: Some(NOON),
                ..Profile::usual(ann)
            };
            profiles::save(tx, &said)?;
            profiles::save(tx, &said)?;
            profiles::set_links_due(tx, ann, Some(NOON))?;
            assert_eq!(profiles::list_links_due(tx, NOON - 1, 10)?, []);
            assert_eq!(profiles::list_links_due(tx, NOON, 10)?, [ann]);
            profiles::set_links_due(tx, ann, None)?;
            assert_eq!(profiles::list(tx, &[ann, AccountId(2)])?, [said]);
            store::accounts::delete(tx, AccountId(2))?;
            assert_eq!(profiles::find(tx, ann)?.moved_to_id, None, "where it moved to is gone");
            assert_eq!(profiles::find_preferences(tx, ann)?, Preferences::usual(ann));
            let wanted = Preferences {
                media_display: MediaDisplay::HideAll,
                ..Preferences::usual(ann)
            };
            profiles::save_preferences(tx, &wanted)?;
            assert_eq!(profiles::find_preferences(tx, ann)?, wanted);
            profiles::delete(tx, ann)?;
            assert_eq!(profiles::find(tx, ann)?, Profile::usual(ann));
            Ok(())
        }).await.expect("a database");
    }
}
