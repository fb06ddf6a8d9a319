//! Pages for the staff, the public status, the metrics: who sees what, and what they give away.

use reqwest::Method;
use whimbrel::clock::HOUR;
use whimbrel::config::Metrics;
use whimbrel::id::{AbsenceId, AccountId, ActivityId};
use whimbrel::social::statuses::{Draft, publish};
use whimbrel::social::{absences, users};
use whimbrel::store::activities::Activity;
use whimbrel::store::follows::Destination;
use whimbrel::store::mailings::Mailing;
use whimbrel::store::{
    self, AbsenceCause, AbsenceState, Engine, HostState, QueryResult, Role, Visibility,
};

use super::browser::{Answer, Browser, PASSWORD, Site, form, with};
use crate::support::databases::on_both;

/// A server that takes nothing, and has a secret for a name.
const DOWN: &str = "saltmarsh.example";

/// A node that asks nobody: its other servers are made up.
pub(super) async fn start(engine: Engine) -> Site {
    Site::start_with(engine, |config| config.federation.enabled = false).await
}

async fn id_of(site: &Site, name: &str) -> AccountId {
    let person = users::find(&site.node, name).await.expect("a database");
    person.expect("somebody").account.id
}

/// The browser of somebody new with this role.
pub(super) async fn somebody(site: &Site, name: &str, role: Role) -> Browser {
    site.add_user(name).await;
    let id = id_of(site, name).await;
    users::set_role(&site.node, id, role).await.expect("a role");
    let browser = site.browser();
    let entered = browser.sign_in("/auth/sign_in", name, PASSWORD).await;
    assert_eq!(entered.status, 303, "{entered:?}");
    browser
}

/// A post of Ann's that waits for [`DOWN`]; gives the address of its page.
async fn waiting_post(site: &Site) -> String {
    post_that_waits(site, Visibility::Public).await
}

/// The same with another circle of readers.
async fn post_that_waits(site: &Site, visibility: Visibility) -> String {
    let ann = id_of(site, "ann").await;
    let draft = Draft {
        text: "hello".to_owned(),
        visibility: Some(visibility),
        ..Draft::default()
    };
    let id = publish(&site.node, ann, draft).await.expect("it is fine");
    let queue = move |tx: &mut store::Tx<'_>| -> QueryResult<String> {
        let status = store::statuses::find(tx, id)?.expect("the post");
        let activity = Activity {
            id: ActivityId(tx.new_id()),
            account_id: ann,
            kind: "Create".to_owned(),
            object_uri: status.uri,
            body: "{}".to_owned(),
            created_at: tx.now(),
        };
        let destination = Destination {
            domain: DOWN.to_owned(),
            inbox_url: format!("https://{DOWN}/inbox"),
        };
        store::mailings::queue(tx, &Mailing::new(&activity, &[destination]))?;
        let peer = store::peers::ensure(tx, DOWN)?;
        store::peers::record_failure(tx, peer, "<b>no</b> answer", tx.now() + 41 * 60_000)?;
        Ok(status.url.expect("a page"))
    };
    site.node.db.write(queue).await.expect("a database")
}

on_both! {
    async fn only_the_staff_sees_the_pages_for_it(engine) {
        let site = start(engine).await;
        waiting_post(&site).await;
        let one = format!("/admin/peers/{DOWN}");
        let stranger = site.browser();
        let user = somebody(&site, "una", Role::User).await;
        let moderator = somebody(&site, "mia", Role::Moderator).await;
        let admin = somebody(&site, "ada", Role::Admin).await;
        for (browser, sees, acts) in [
            (&stranger, false, 404),
            (&user, false, 404),
            (&moderator, true, 403),
            (&admin, true, 303),
        ] {
            for (path, found) in [("/admin", 302), ("/admin/peers", 200), (one.as_str(), 200), ("/admin/peers/b.example", 404)] {
                let page = browser.get(path).await;
                assert_eq!(page.status, if sees { found } else { 404 }, "{path}");
                assert_eq!(page.header("x-frame-options"), "DENY");
                assert!(sees || !page.body.contains(DOWN), "{path}");
            }
            let settings = browser.get("/settings").await.hidden();
            for decision in ["pause", "resume", "retry"] {
                let answer = browser.post(&format!("{one}/{decision}"), &settings).await;
                assert_eq!(answer.status, acts, "{decision}");
            }
        }
        let page = moderator.get(&one).await.body;
        assert!(page.contains("&lt;b&gt;no&lt;/b&gt; answer") && !page.contains("<b>no"), "{page}");
        assert!(!page.contains("/pause\""), "moderators find no buttons");
        assert!(page.contains("next try now"), "{page}");
        let link = |page: &str| page.contains("href=\"/admin\"");
        assert!(link(&moderator.get("/settings").await.body));
        assert!(!link(&user.get("/settings").await.body));
        site.stop().await;
    }
}

on_both! {
    async fn buttons_work_from_this_nodes_own_pages_alone(engine) {
        let site = start(engine).await;
        waiting_post(&site).await;
        let admin = somebody(&site, "ada", Role::Owner).await;
        let one = format!("/admin/peers/{DOWN}");
        let pause = format!("{one}/pause");
        let is_paused = async || admin.get(&one).await.body.contains("state\">paused");
        let fields = admin.get(&one).await.hidden();
        for wrong in [with(fields.clone(), "csrf_token", "x"), Vec::new()] {
            assert_eq!(admin.post(&pause, &wrong).await.status, 403);
        }
        let foreign = admin.request(Method::POST, &pause).header("origin", "https://evil.example");
        assert_eq!(admin.send(form(foreign, &fields)).await.status, 403);
        assert_eq!(admin.get(&pause).await.status, 405, "reading changes nothing");
        assert!(!is_paused().await);
        let done = admin.post(&pause, &fields).await;
        assert_eq!(done.location(), format!("{one}?done=pause"));
        assert!(admin.get(done.location()).await.body.contains("role=\"status\""));
        assert!(is_paused().await);
        assert_eq!(admin.post(&format!("{one}/explode"), &fields).await.status, 404);
        let unsure = admin.post(&format!("{one}/forget"), &fields).await;
        assert_eq!(unsure.location(), format!("{one}?done=unsure"));
        let backlog = |conn: &mut store::Conn| store::deliveries::count(conn, None);
        assert_eq!(site.node.db.read(backlog).await.expect("a number"), 1);
        let sure = admin.post(&format!("{one}/forget"), &with(fields, "yes", "true")).await;
        assert_eq!(sure.location(), format!("{one}?done=forget"));
        assert_eq!(site.node.db.read(backlog).await.expect("a number"), 0);
        assert!(!is_paused().await);
        site.stop().await;
    }
}

on_both! {
    async fn the_author_sees_who_has_a_post(engine) {
        let site = start(engine).await;
        let page = waiting_post(&site).await;
        let delivery = format!("{page}/delivery");
        let line = "Delivered to 0 of 1 server · 1 waiting";
        let author = site.browser();
        author.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        let stranger = site.browser();
        let user = somebody(&site, "una", Role::User).await;
        let moderator = somebody(&site, "mia", Role::Moderator).await;
        for (browser, sees_line, sees_page) in [
            (&author, true, 200),
            (&stranger, false, 404),
            (&user, false, 404),
            (&moderator, false, 200),
        ] {
            let post = browser.get(&page).await;
            assert_eq!((post.status, post.body.contains(line)), (200, sees_line));
            let servers = browser.get(&delivery).await;
            assert_eq!(servers.status, sees_page);
            assert_eq!(servers.body.contains(DOWN), sees_page == 200);
        }
        let other_name = delivery.replace("/@ann/", "/@una/");
        assert_eq!(author.get(&other_name).await.status, 404);
        site.stop().await;
    }
}

on_both! {
    async fn only_its_author_learns_of_a_post_that_is_not_for_everybody(engine) {
        let site = start(engine).await;
        let (author, stranger) = (site.browser(), site.browser());
        author.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        let user = somebody(&site, "una", Role::User).await;
        let owner = somebody(&site, "olga", Role::Owner).await;
        let nowhere = stranger.get("/@ann/117065123456789012").await;
        for visibility in [Visibility::Private, Visibility::Direct] {
            let page = post_that_waits(&site, visibility).await;
            let delivery = format!("{page}/delivery");
            let seen = author.get(&page).await;
            assert_eq!(seen.status, 200, "{visibility:?}");
            assert_eq!(seen.header("cache-control"), "private, no-store");
            assert!(seen.body.contains("Delivered to 0 of 1 server · 1 waiting"));
            assert!(seen.body.contains(&format!("href=\"{delivery}\"")), "{}", seen.body);
            assert!(author.get(&delivery).await.body.contains(DOWN));
            for browser in [&stranger, &user, &owner] {
                for path in [&page, &delivery] {
                    let hidden = browser.get(path).await;
                    assert_eq!(hidden.status, 404, "{visibility:?} {path}");
                    assert!(!hidden.body.contains("hello") && !hidden.body.contains(DOWN));
                }
            }
            let hidden = stranger.get(&page).await;
            assert_eq!(without_id(&hidden), without_id(&nowhere), "as if there were nothing");
            let profile = stranger.get("/@ann").await;
            assert!(!profile.body.contains("hello"));
            let other_name = page.replace("/@ann/", "/@una/");
            assert_eq!(author.get(&other_name).await.status, 404);
        }
        site.stop().await;
    }
}

/// The body of an answer without the number of its request.
fn without_id(answer: &Answer) -> String {
    answer.body.replace(answer.header("x-request-id"), "")
}

/// The node was away and asks three servers, one of which was given up; `estuary.example` was away since.
async fn absences(site: &Site) {
    let write = |tx: &mut store::Tx<'_>| -> QueryResult<()> {
        let own = absences::ask(tx, tx.now() - 6 * HOUR, None)?;
        let host = |name: &str| store::absences::Host {
            absence_id: own,
            host: name.to_owned(),
            state: HostState::Open,
            due_at: tx.now() + HOUR,
            failing_since: None,
            failures: 0,
            last_error: None,
            budget: 9,
            requests: 0,
            recovered: 0,
        };
        let hosts = [host("a.example"), host(DOWN), host("shut.example")];
        store::absences::plan(tx, own, &hosts, &[])?;
        store::absences::set_state(tx, own, AbsenceState::Running)?;
        let gain = store::absences::Gain {
            requests: 3,
            recovered: 12,
        };
        store::absences::add(tx, own, DOWN, gain)?;
        store::absences::finish_host(tx, own, DOWN, None)?;
        store::absences::finish_host(tx, own, "shut.example", Some("<i>no</i> answer"))?;
        for _ in 0..3 {
            let absence = store::absences::Absence {
                id: AbsenceId(tx.new_id()),
                host: Some("estuary.example".to_owned()),
                cause: AbsenceCause::Peer,
                away_from: tx.now() - 2 * HOUR,
                away_until: tx.now(),
                state: AbsenceState::Done,
                peers: 1,
                peers_done: 1,
                peers_failed: 0,
                requests: 3,
                recovered: 1,
                created_at: tx.now(),
                ended_at: Some(tx.now()),
            };
            store::absences::insert(tx, &absence)?;
        }
        store::peers::ensure(tx, "estuary.example")?;
        Ok(())
    };
    site.node.db.write(write).await.expect("a database");
}

on_both! {
    async fn the_staff_sees_what_is_caught_up_with(engine) {
        let site = start(engine).await;
        waiting_post(&site).await;
        let moderator = somebody(&site, "mia", Role::Moderator).await;
        assert!(!moderator.get("/admin/peers").await.body.contains("Catching up"), "nothing was missed");
        absences(&site).await;
        let page = moderator.get("/admin/peers").await.body;
        for part in [
            "Asked for the last 6 h: so far recovered 12 posts from 1 of 3 peers (1 could not be asked for all: shut.example)",
            "<progress value=\"2\" max=\"3\"",
            "<dt>Servers done</dt><dd>1</dd>",
            "<dt>Still to ask</dt><dd>1</dd>",
            "<dt>Given up</dt><dd>1</dd>",
            "&lt;i&gt;no&lt;/i&gt; answer",
            "<span class=\"state state-good\">done</span> estuary.example was away 2 h: recovered 1 post. ",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let shown = |state: &str| page.matches(&format!("\">{state}</span> ")).count();
        let counts = (shown("under way"), shown("done"));
        assert_eq!(counts, (1, 2), "the node's own stays, however many others there are since");
        assert!(!moderator.get("/admin/peers?after=a").await.body.contains("Catching up"));
        let page = moderator.get("/admin/peers/estuary.example").await.body;
        assert!(page.contains("The last time it was away") && page.contains("estuary.example was away 2 h"));
        let page = moderator.get(&format!("/admin/peers/{DOWN}")).await.body;
        assert!(page.contains("asked for everything; 12 posts recovered"), "{page}");
        assert!(!page.contains("The last time it was away"));
        site.stop().await;
    }
}

on_both! {
    async fn the_public_status_tells_nothing_about_anybody(engine) {
        let site = start(engine).await;
        waiting_post(&site).await;
        let browser = site.browser();
        let page = browser.get("/status").await;
        assert_eq!((page.status, page.header("cache-control")), (200, "public, max-age=15"));
        assert!(page.body.contains("The node is up") && !page.body.contains("<script"));
        let asked = browser.request(Method::GET, "/status").header("accept", "application/json");
        let told = browser.send(asked).await;
        let json = told.json();
        assert_eq!((&json["status"], &json["servers"]["down"]), (&"up".into(), &1.into()));
        assert_eq!(json["running_since"], "2026-08-08T12:34:56.789Z");
        let keys: Vec<&String> = json.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["status", "lag_seconds", "lag", "servers", "running_since"]);
        for body in [&page.body, &told.body] {
            assert!(!body.contains("saltmarsh") && !body.contains("ann"), "{body}");
        }
        site.stop().await;
    }
}

on_both! {
    async fn metrics_are_read_by_those_who_may_alone(engine) {
        let token = "0123456789abcdef0123";
        for (metrics, header, expected) in [
            (Metrics::Off, None, 404),
            (Metrics::Off, Some(("authorization", format!("Bearer {token}"))), 404),
            (Metrics::Local, None, 200),
            (Metrics::Local, Some(("x-forwarded-for", "127.0.0.1".to_owned())), 404),
            (Metrics::Local, Some(("forwarded", "for=127.0.0.1".to_owned())), 404),
            (Metrics::Token, None, 401),
            (Metrics::Token, Some(("authorization", "Bearer wrong".to_owned())), 401),
            (Metrics::Token, Some(("authorization", format!("Bearer {token}"))), 200),
        ] {
            let site = Site::start_with(engine, |config| {
                config.server.metrics = metrics;
                config.federation.enabled = false;
                config.server.metrics_token = token.parse().ok();
            }).await;
            waiting_post(&site).await;
            let browser = site.browser();
            let mut request = browser.request(Method::GET, "/metrics");
            if let Some((name, value)) = &header {
                request = request.header(*name, value);
            }
            let answer = browser.send(request).await;
            assert_eq!(answer.status, expected, "{metrics:?} {header:?}");
            let is_read = expected == 200;
            assert_eq!(answer.body.contains("whimbrel_delivery_backlog 1"), is_read, "{}", answer.body);
            assert!(!answer.body.contains(DOWN), "no names");
            site.stop().await;
        }
    }
}
