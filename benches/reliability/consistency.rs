//! What must be true of a database whatever happened to its node: nothing half applied, nothing left behind, counts
//! that count.

use crate::shared::figures::Figure;
use crate::shared::rows::Rows;

/// Rows that may not exist, as what follows `SELECT count(*)`, and what each would mean.
const FAULTS: [(&str, &str); 11] = [
    (
        "posts of followed people missing in a home timeline",
        "FROM statuses s JOIN follows f ON f.target_id = s.account_id AND f.is_accepted \
         JOIN users u ON u.account_id = f.account_id \
         WHERE NOT EXISTS (SELECT 1 FROM home_entries h WHERE h.status_id = s.id AND h.account_id = f.account_id)",
    ),
    (
        "places in home timelines without a post",
        "FROM home_entries h WHERE NOT EXISTS (SELECT 1 FROM statuses s WHERE s.id = h.status_id)",
    ),
    (
        "accounts whose count of posts is wrong",
        "FROM account_counts c WHERE c.statuses <> \
         (SELECT count(*) FROM statuses s WHERE s.account_id = c.account_id)",
    ),
    (
        "posts whose count of replies is wrong",
        "FROM statuses p WHERE p.replies_count <> (SELECT count(*) FROM statuses s WHERE s.in_reply_to_id = p.id)",
    ),
    (
        "posts whose count of favourites is wrong",
        "FROM statuses p WHERE p.favourites_count <> (SELECT count(*) FROM favourites f WHERE f.status_id = p.id)",
    ),
    (
        "replies without exactly one notification",
        "FROM statuses s WHERE NOT s.is_local AND s.in_reply_to_id IS NOT NULL \
         AND 1 <> (SELECT count(*) FROM notifications n WHERE n.status_id = s.id)",
    ),
    (
        "Creates that count as applied and have no post",
        "FROM receipts r WHERE r.state = 1 AND r.activity_uri LIKE '%/notes/%/activity' \
         AND NOT EXISTS (SELECT 1 FROM statuses s WHERE s.uri || '/activity' = r.activity_uri)",
    ),
    (
        "posts of peers whose Create does not count as applied",
        "FROM statuses s WHERE NOT s.is_local \
         AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.activity_uri = s.uri || '/activity' AND r.state = 1)",
    ),
    (
        "Likes that count as applied and are not there",
        "FROM receipts r WHERE r.state = 1 AND r.activity_uri LIKE '%/likes/%' \
         AND NOT EXISTS (SELECT 1 FROM favourites f WHERE f.uri = r.activity_uri)",
    ),
    (
        "received activities that are not applied",
        "FROM receipts WHERE state <> 1",
    ),
    ("jobs left or given up", "FROM jobs"),
];

/// Checks the whole database.
pub async fn check(rows: &mut Rows) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (name, query) in FAULTS {
        let count = rows.count(query).await;
        if count > 0 {
            figures.push(Figure::none(format!("  {name}"), count));
        }
    }
    figures.extend(check_file(rows).await);
    if figures.is_empty() {
        let name = format!("  faults of {} kinds in the database", FAULTS.len() + 2);
        figures.push(Figure::none(name, 0));
    }
    figures
}

/// What SQLite says of its own file, if it is SQLite.
pub async fn check_file(rows: &mut Rows) -> Vec<Figure> {
    if matches!(rows, Rows::Postgres(_)) {
        return Vec::new();
    }
    let said = rows
        .texts("SELECT integrity_check AS value FROM pragma_integrity_check")
        .await;
    let dangling = rows.count("FROM pragma_foreign_key_check").await;
    let mut figures = Vec::new();
    if said != ["ok"] {
        figures.push(Figure::none(format!("  corrupt: {said:?}"), said.len()));
    }
    if dangling > 0 {
        figures.push(Figure::none("  rows that refer to nothing", dangling));
    }
    figures
}
