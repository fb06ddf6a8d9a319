//! The checks of `whimbrel doctor`. Each looks at one thing and changes nothing that stays.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use url::Url;

use super::findings::{Finding, Outcome};
use crate::clock::{MINUTE, from_rfc3339, to_rfc3339};
use crate::config::{Config, Registrations};
use crate::http::{self, Client, ClientSettings};
use crate::keys::random;
use crate::load::open_files;
use crate::node::Node;
use crate::social::texts;
use crate::store::{Conn, Engine, QueryResult, Tx, health, settings};

/// Open files below which a busy node runs out.
const FEW_FILES: usize = 4_096;

/// Free space below which an operator should act, in mebibytes.
const LITTLE_SPACE: u64 = 1_024;
/// Free space below which posts may soon not be kept, in mebibytes.
const NO_SPACE: u64 = 100;

/// The setting in which the doctor remembers when it was last here.
const LAST_VISIT: &str = "doctor.last_visit";

/// How far the clock may seem to go back between two visits, in milliseconds.
const JITTER: i64 = MINUTE;

/// Settings that are for closed networks only, on a node that is not in one.
pub(super) fn settings(config: &Config) -> Finding {
    let host = config.server.host();
    let is_closed = host == "localhost" || host.ends_with(".localhost");
    let mut trouble = Vec::new();
    if config.federation.allow_private_addresses && !is_closed {
        trouble.push("federation.allow_private_addresses opens this network to strangers");
    }
    if config.federation.allow_http && !is_closed {
        trouble.push("federation.allow_http lets peers talk without encryption");
    }
    if !config.server.is_https() && !is_closed {
        trouble.push("without https other servers will not talk with this node");
    }
    if !config.limits.enabled && !is_closed {
        trouble.push("limits.enabled is off, so passwords can be tried without end");
    }
    if trouble.is_empty() {
        Finding::new("settings", Outcome::Ok, "nothing unusual")
    } else {
        Finding::new("settings", Outcome::Warn, trouble.join("; "))
    }
}

/// How many files and connections the system grants.
pub(super) fn open_files() -> Finding {
    let check = "open files";
    match open_files::granted() {
        None => Finding::new(check, Outcome::Skip, "this system does not tell"),
        Some(files) if files < FEW_FILES => {
            let advice = "the server limits its connections accordingly; `ulimit -n` or systemd's \
                          LimitNOFILE= grants more";
            Finding::new(check, Outcome::Ok, format!("{files}: {advice}"))
        }
        Some(files) => Finding::new(check, Outcome::Ok, format!("{files} granted")),
    }
}

/// Whether the database answers and takes writes.
pub(super) async fn database(node: &Node) -> Finding {
    let check = "database";
    let engine = match node.db.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let version: QueryResult<String> = node.db.read(health::version).await;
    let version = match version {
        Ok(version) => version,
        Err(error) => {
            return Finding::new(
                check,
                Outcome::Fail,
                format!("{engine} does not answer: {error}"),
            );
        }
    };
    let mark = random::hex_name();
    let written: QueryResult<()> = node
        .db
        .write(move |tx: &mut Tx<'_>| {
            let name = format!("doctor.{mark}");
            settings::set(tx, &name, "writable")?;
            settings::delete(tx, &name)
        })
        .await;
    match written {
        Ok(()) => {
            let place = node.config.database_url();
            let detail = format!("{engine} {version} at {place}, up to date and writable");
            Finding::new(check, Outcome::Ok, detail)
        }
        Err(error) => Finding::new(
            check,
            Outcome::Fail,
            format!("{engine} takes no writes: {error}; look at its disk and its permissions"),
        ),
    }
}

/// Whether the clock runs forward. Other servers refuse what is signed with a wrong clock.
pub(super) async fn clock(node: &Node) -> Finding {
    let check = "clock";
    let (begun, before) = (Instant::now(), node.clock.now());
    let visit = node
        .db
        .write(move |tx: &mut Tx<'_>| remember_visit(tx))
        .await;
    let now = node.clock.now();
    let passed = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    if (now - before - passed).abs() > MINUTE {
        let detail = "the clock jumped while it was watched; let NTP keep it";
        return Finding::new(check, Outcome::Fail, detail);
    }
    let last = match visit {
        Ok(last) => last,
        Err(error) => return Finding::new(check, Outcome::Skip, error.to_string()),
    };
    let instant = to_rfc3339(now);
    match last {
        Some(last) if last > now + JITTER => {
            let last = to_rfc3339(last);
            let detail =
                format!("it is {instant}, but it was {last} already; let NTP keep the clock");
            Finding::new(check, Outcome::Fail, detail)
        }
        _ => {
            let detail = format!("{instant} and running; not compared with any other computer's");
            Finding::new(check, Outcome::Ok, detail)
        }
    }
}

/// When the doctor was last here. From now on the answer is now, unless it was later already.
fn remember_visit(tx: &mut Tx<'_>) -> QueryResult<Option<i64>> {
    let conn: &mut Conn = tx;
    let last = settings::find(conn, LAST_VISIT)?.and_then(|text| from_rfc3339(&text));
    let now = tx.now();
    if last.is_none_or(|last| last < now) {
        settings::set(tx, LAST_VISIT, &to_rfc3339(now))?;
    }
    Ok(last)
}

/// Whether uploaded files can be kept.
pub(super) fn files(node: &Node) -> Finding {
    let check = "files";
    let folder = node.config.media_folder();
    let key = format!("doctor/{}", random::hex_name());
    let tried = node
        .blobs
        .write(&key, b"doctor")
        .and_then(|()| node.blobs.read(&key))
        .and_then(|read| node.blobs.delete(&key).map(|()| read));
    let folder = folder.display();
    match tried {
        Ok(Some(bytes)) if bytes == b"doctor" => Finding::new(
            check,
            Outcome::Ok,
            format!("{folder} keeps what is written"),
        ),
        Ok(_) => Finding::new(
            check,
            Outcome::Fail,
            format!("{folder} gives back something else than what was written"),
        ),
        Err(error) => {
            let detail = format!("{folder} cannot be used: {error}; media.folder names another");
            Finding::new(check, Outcome::Fail, detail)
        }
    }
}

/// Whether the files of the node's longer texts can be read.
pub(super) fn texts(node: &Node) -> Finding {
    let check = "texts";
    for (name, path) in texts::list_files(node) {
        if let Err(error) = std::fs::read_to_string(&path) {
            let detail = format!(
                "instance.{name}: {} cannot be read: {error}",
                path.display()
            );
            return Finding::new(check, Outcome::Fail, detail);
        }
    }
    Finding::new(
        check,
        Outcome::Ok,
        "what the configuration names can be read",
    )
}

/// Whether mail is sent, and whether the mail server takes it.
pub(super) async fn mail(node: &Node) -> Finding {
    let check = "mail";
    let is_closed = node.config.instance.registrations == Registrations::Closed;
    if !node.mail.is_on() {
        let detail = "no mail is sent (mail.transport): e-mail addresses count as confirmed, and only \
                      `whimbrel account password` helps who forgot a password";
        let outcome = if is_closed {
            Outcome::Ok
        } else {
            Outcome::Warn
        };
        return Finding::new(check, outcome, detail);
    }
    match node.mail.check().await {
        Ok(()) => Finding::new(check, Outcome::Ok, "mail can be sent"),
        Err(error) => Finding::new(
            check,
            Outcome::Fail,
            format!("{error}; look at the section mail of the configuration"),
        ),
    }
}

/// How much room is left where the data lies.
pub(super) fn disk(folder: &Path) -> Finding {
    let check = "disk";
    let Some(mebibytes) = free_space(folder) else {
        let detail = "the program df does not tell how much room is left";
        return Finding::new(check, Outcome::Skip, detail);
    };
    let place = folder.display();
    let detail = format!("{mebibytes} MiB left for {place}");
    if mebibytes < NO_SPACE {
        let detail = format!("{detail}: make room before posts cannot be kept");
        Finding::new(check, Outcome::Fail, detail)
    } else if mebibytes < LITTLE_SPACE {
        Finding::new(check, Outcome::Warn, format!("{detail}: make room soon"))
    } else {
        Finding::new(check, Outcome::Ok, detail)
    }
}

/// The room left in mebibytes, as the standard program tells.
fn free_space(folder: &Path) -> Option<u64> {
    let told = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    read_free_space(&String::from_utf8_lossy(&told.stdout))
}

/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/df.html>
fn read_free_space(told: &str) -> Option<u64> {
    let line = told.lines().nth(1)?;
    let mut numbers = line.split_whitespace().rev();
    // The mount point and the percentage stand to the right; a mount point may hold spaces.
    let percent = numbers.position(|word| word.ends_with('%') && word.len() > 1)?;
    let available: u64 = line
        .split_whitespace()
        .rev()
        .nth(percent + 1)?
        .parse()
        .ok()?;
    Some(available / 1024)
}

/// Whether the node's own address leads to this node, as other servers would go there.
pub(super) async fn domain(node: &Node) -> Finding {
    let check = "domain";
    let origin = node.urls.origin();
    let actor = node.urls.node_actor();
    let Ok(mut url) = Url::parse(&node.urls.at("/.well-known/webfinger")) else {
        return Finding::new(check, Outcome::Fail, format!("{origin} is no address"));
    };
    url.query_pairs_mut().append_pair("resource", &actor);
    // The way to oneself may lead through a private network, whatever is true of strangers.
    let settings = ClientSettings {
        allow_http: true,
        allow_private_addresses: true,
        ..node.http.settings().clone()
    };
    let answer = match Client::new(settings, node.clock.clone()) {
        Ok(client) => client.get(&url, "application/jrd+json", None).await,
        Err(error) => Err(error),
    };
    let (outcome, detail) = match answer {
        Ok(answer) => judge_webfinger(answer.status, &answer.body, &actor, origin),
        Err(error) => (Outcome::Fail, explain(&error, origin)),
    };
    Finding::new(check, outcome, detail)
}

fn judge_webfinger(status: u16, body: &[u8], actor: &str, origin: &str) -> (Outcome, String) {
    let names_actor = String::from_utf8_lossy(body).contains(actor);
    match status {
        200 if names_actor => {
            let detail = format!("{origin} leads to this node, and webfinger answers");
            (Outcome::Ok, detail)
        }
        _ => {
            let detail = format!(
                "{origin} answers {status} on webfinger, but not as this node: something else answers \
                 there, the node was started with another --domain, or the proxy does not pass \
                 /.well-known/webfinger on"
            );
            (Outcome::Fail, detail)
        }
    }
}

fn explain(error: &http::Error, origin: &str) -> String {
    let advice = match error {
        http::Error::Dns { .. } => "let the domain's DNS point to this computer",
        http::Error::Tls { .. } => "look at the certificate of the proxy in front of the node",
        http::Error::Connect { .. } | http::Error::Timeout { .. } => {
            "start the node with `whimbrel serve`, then look at the firewall and at the proxy in front"
        }
        _ => "look at the proxy in front of the node",
    };
    format!("{origin} does not lead to a running node: {error}; {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_closed_networks_are_named() {
        let mut config = Config::default();
        config.federation.allow_private_addresses = true;
        assert_eq!(settings(&config).outcome, Outcome::Ok);
        config.server.domain = "example.org".to_owned();
        let finding = settings(&config);
        assert_eq!(finding.outcome, Outcome::Warn);
        assert!(finding.detail.contains("allow_private_addresses"));
    }

    #[test]
    fn reads_what_df_tells() {
        let told = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                    /dev/vda1 103081248 40000000 63064864 39% /mnt/my data\n";
        assert_eq!(read_free_space(told), Some(61_586));
        assert_eq!(read_free_space(""), None);
        assert_eq!(read_free_space("a\nb"), None);
    }

    #[test]
    fn only_this_node_counts_as_this_node() {
        let (origin, actor) = ("https://a.example", "https://a.example/actor");
        let body = br#"{"links":[{"href":"https://a.example/actor"}]}"#;
        for (status, body, expected) in [
            (200, &body[..], Outcome::Ok),
            (200, b"Welcome to nginx", Outcome::Fail),
            (404, &body[..], Outcome::Fail),
        ] {
            assert_eq!(judge_webfinger(status, body, actor, origin).0, expected);
        }
    }
}
