//! How SQLite carries out the figures of the staff: by indexes, and never by a look at every row of a table.

use super::plans::{Query, explain, open};
use super::{QueryResult, blocked_sign_ups, dimensions, figures, follows, invites};
use crate::id::{AccountId, TagId};

const TEA: TagId = TagId(1);
const SPAN: (i64, i64) = (0, 1_786_190_400_000);

fn there() -> Vec<String> {
    vec!["b.test".to_owned(), "c.test".to_owned()]
}

/// What is counted, and the table of which only a part is read.
fn measures() -> [(&'static str, Query); 16] {
    [
        ("user_days", |tx| {
            figures::interactions(tx, SPAN.0, SPAN.1).map(drop)
        }),
        ("users", |tx| {
            figures::sign_ups(tx, SPAN.0, SPAN.1).map(drop)
        }),
        ("reports", |tx| {
            figures::opened_reports(tx, SPAN.0, SPAN.1).map(drop)
        }),
        ("reports", |tx| {
            figures::resolved_reports(tx, SPAN.0, SPAN.1).map(drop)
        }),
        ("tag_uses", |tx| figures::tag_uses(tx, TEA, 1, 9).map(drop)),
        ("tag_uses", |tx| {
            figures::tag_accounts(tx, TEA, 1, 9).map(drop)
        }),
        ("tag_uses", |tx| {
            figures::count_tag_accounts(tx, TEA, 1, 9).map(drop)
        }),
        ("tag_uses", |tx| {
            figures::tag_servers(tx, TEA, 1, 9).map(drop)
        }),
        ("tag_uses", |tx| {
            figures::count_tag_servers(tx, TEA, 1, 9).map(drop)
        }),
        ("accounts", |tx| {
            figures::accounts_of(tx, &there()).map(drop)
        }),
        ("statuses", |tx| {
            figures::statuses_of(tx, &there()).map(drop)
        }),
        ("reports", |tx| figures::reports_of(tx, &there()).map(drop)),
        ("follows", |tx| figures::follows_of(tx, &there()).map(drop)),
        ("follows", |tx| figures::follows_by(tx, &there()).map(drop)),
        ("remote_files", |tx| {
            figures::bytes_of(tx, "test.b.", "test.b/").map(drop)
        }),
        ("blocked_sign_ups", |tx| {
            blocked_sign_ups::list(tx, &[1, 2], 0).map(drop)
        }),
    ]
}

fn parts() -> [(&'static str, Query); 9] {
    [
        ("user_days", |tx| {
            dimensions::languages(tx, SPAN, 9).map(drop)
        }),
        ("users", |tx| dimensions::sources(tx, SPAN, 9).map(drop)),
        ("statuses", |tx| {
            dimensions::servers(tx, SPAN, 100, 9).map(drop)
        }),
        ("status_tags", |tx| {
            dimensions::tag_servers(tx, TEA, SPAN, 9).map(drop)
        }),
        ("status_tags", |tx| {
            dimensions::tag_languages(tx, TEA, SPAN, 9).map(drop)
        }),
        ("follows", |tx| {
            dimensions::accounts_of(tx, &there(), 9).map(drop)
        }),
        ("statuses", |tx| {
            dimensions::languages_of(tx, &there(), SPAN, 9).map(drop)
        }),
        ("follows", |tx| {
            let targets = [AccountId(2), AccountId(3)];
            follows::list_familiar(tx, AccountId(1), &targets, 80).map(drop)
        }),
        ("sign_ups", |tx| {
            invites::list_origins(tx, &[AccountId(1)]).map(drop)
        }),
    ]
}

#[tokio::test]
async fn no_figure_reads_a_whole_table() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(&folder).await;
    let explained = db.write(|tx| -> QueryResult<Vec<(&'static str, Vec<String>)>> {
        let mut explained = Vec::new();
        for (table, query) in measures().into_iter().chain(parts()) {
            explained.push((table, explain(tx, query)?));
        }
        Ok(explained)
    });
    for (table, steps) in explained.await.unwrap() {
        for step in &steps {
            // What is grouped is sorted; parts of a statement stop after a few rows.
            let is_small = step.starts_with("SCAN part_") || step.starts_with("SCAN (subquery");
            assert!(!step.starts_with("SCAN") || is_small, "{table}: {steps:?}");
        }
        let search = format!("SEARCH {table} USING ");
        let is_searched = steps.iter().any(|step| step.starts_with(&search));
        assert!(is_searched, "{table}: {steps:?}");
    }
}

/// The part of the migration that counts what was done before it.
fn backfill() -> &'static str {
    let sql = include_str!("../../migrations/sqlite/0031_figures/up.sql");
    let begin = sql.find("UPDATE user_days").unwrap();
    let length = sql[begin..].find(';').unwrap();
    &sql[begin..begin + length]
}

#[tokio::test]
async fn what_was_done_before_is_counted_too() {
    const DAY: i64 = 86_400_000;
    let folder = tempfile::tempdir().unwrap();
    let db = open(&folder).await;
    let counted = db.write(|tx| -> QueryResult<_> {
        tx.execute(
            "PRAGMA defer_foreign_keys = ON; INSERT INTO users (account_id, email, password_hash, role, locale, \
             default_visibility, default_sensitive, default_quote_policy, created_at) \
             VALUES (1, '', '', 0, 'en', 0, FALSE, 0, 0)",
        )?;
        for day in [DAY, 2 * DAY] {
            super::visitors::note_day(tx, AccountId(1), day)?;
        }
        let at = |millis: i64| millis << 16;
        for (id, account) in [(at(DAY), 1), (at(2 * DAY) - 1, 1), (at(DAY) + 1, 2), (at(3 * DAY), 1)] {
            tx.execute(&format!(
                "INSERT INTO favourites (id, account_id, status_id, uri, created_at) VALUES ({id}, {account}, {id}, '{id}', 0)"
            ))?;
        }
        for (id, boost, answers) in [
            (at(2 * DAY) + 1, "7", "NULL"),
            (at(2 * DAY) + 2, "NULL", "2"),
            (at(2 * DAY) + 3, "NULL", "1"),
            (at(2 * DAY) + 4, "NULL", "NULL"),
        ] {
            tx.execute(&format!(
                "INSERT INTO statuses (id, uri, account_id, is_local, visibility, content, spoiler, sensitive, emojis, \
                 in_reply_to_account_id, conversation_id, boost_of_id, replies_count, boosts_count, favourites_count, \
                 created_at, fetched_at) VALUES ({id}, '{id}', 1, TRUE, 0, '', '', FALSE, '[]', {answers}, 1, {boost}, \
                 0, 0, 0, 0, 0)"
            ))?;
        }
        tx.execute(backfill())?;
        let counted = figures::interactions(tx, 0, 9 * DAY)?;
        tx.execute("DELETE FROM statuses; DELETE FROM favourites; DELETE FROM user_days; DELETE FROM users")?;
        Ok(counted)
    });
    let mut counted = counted.await.unwrap();
    counted.sort_unstable();
    assert_eq!(counted, [(DAY, 2), (2 * DAY, 2)]);
}
