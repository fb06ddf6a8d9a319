//! Files of other servers: kept within a size, those that are asked for longest.

use whimbrel::clock::{Clock, DAY};
use whimbrel::store::Error;
use whimbrel::store::remote_files::{self, RemoteFile};

use crate::support::databases::{NOON, TestDatabase, on_both};

fn file(name: &str, bytes: i64, used_at: i64) -> RemoteFile {
    RemoteFile {
        url_hash: name.to_owned(),
        file_key: Some(format!("remote/{name}.png")),
        bytes,
        failures: 0,
        retry_at: 0,
        fetched_at: NOON,
        used_at,
        host: Some("example.files.".to_owned()),
    }
}

on_both! {
    async fn what_was_not_asked_for_longest_goes_first(engine) {
        let database = TestDatabase::new(engine).await;
        let db = database.open(&Clock::stepped(NOON)).await;
        let written = db.write(|tx| {
            for (name, used_at) in [("a", 3), ("b", 1), ("c", 2)] {
                assert_eq!(remote_files::put(tx, &file(name, 100, used_at))?, None);
            }
            let failed = RemoteFile { file_key: None, bytes: 0, ..file("d", 0, 0) };
            remote_files::put(tx, &failed)?;
            assert_eq!(remote_files::sum(tx)?, 300);
            // One that comes again takes the place of the one before.
            let again = RemoteFile { file_key: Some("remote/b2.png".to_owned()), ..file("b", 150, 4) };
            assert_eq!(remote_files::put(tx, &again)?.as_deref(), Some("remote/b.png"));
            assert_eq!(remote_files::put(tx, &again)?, None);
            assert_eq!(remote_files::sum(tx)?, 350);
            assert!(remote_files::evict(tx, 350, 10)?.is_empty());
            assert_eq!(remote_files::evict(tx, 349, 10)?, ["remote/c.png"]);
            assert_eq!(remote_files::sum(tx)?, 250);
            remote_files::touch(tx, "a")?;
            assert_eq!(remote_files::find(tx, "a")?.map(|row| row.used_at), Some(tx.now()));
            assert_eq!(remote_files::evict(tx, 10, 1)?, ["remote/b2.png"]);
            assert_eq!(remote_files::evict(tx, 10, 10)?, ["remote/a.png"]);
            assert_eq!(remote_files::sum(tx)?, 0);
            assert_eq!(remote_files::prune_failures(tx, NOON, 10)?, 0);
            assert_eq!(remote_files::prune_failures(tx, NOON + DAY, 10)?, 1);
            assert_eq!(remote_files::find(tx, "d")?, None);
            Ok::<_, Error>(())
        });
        written.await.unwrap();
    }
}
