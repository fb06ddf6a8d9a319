//! Coming in: sign-ups through programs, links in mails, invitations, forgotten passwords. The mails are files.

use std::path::PathBuf;

use regex::Regex;
use reqwest::Method;
use serde_json::{Value, json};
use whimbrel::config::{Config, Inviters, Limits, MailTransport, Rate, Registrations};
use whimbrel::id::AccountId;
use whimbrel::social::follows::{self, Wishes};
use whimbrel::social::moderation::accounts;
use whimbrel::social::moderation::staff::Staff;
use whimbrel::social::{invites, tokens, users};
use whimbrel::store::{self, Conn, Engine, Page, QueryResult, Role};
use whimbrel::worker;

use super::browser::{Answer, Browser, PASSWORD, Site, form, with};
use crate::support::databases::on_both;

/// A node that writes its mails into a folder.
struct Post {
    site: Site,
    folder: PathBuf,
}

impl Post {
    async fn start(engine: Engine, adjust: impl FnOnce(&mut Config)) -> Self {
        let mut folder = PathBuf::new();
        let site = Site::start_idle(engine, |config| {
            config.mail.transport = MailTransport::File;
            config.mail.from = Some("noreply@node.localhost".to_owned());
            config.limits.enabled = false;
            folder = config.mail_folder();
            adjust(config);
        })
        .await;
        Self { site, folder }
    }

    /// Sends what waits to be sent, and takes the messages out of the folder.
    async fn collect(&self) -> Vec<String> {
        let node = &self.site.node;
        worker::settle(node).await.expect("everything is done");
        let Ok(files) = std::fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let taken = files.map(|file| {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("text");
            std::fs::remove_file(path).expect("it goes");
            if !text.contains("quoted-printable") {
                return text;
            }
            // Long lines are broken with a `=` at their ends.
            text.replace("=\r\n", "").replace("=3D", "=")
        });
        taken.collect()
    }

    /// The only message that waits, and its link.
    async fn link(&self) -> (String, String) {
        let mut letters = self.collect().await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        let letter = letters.remove(0);
        let link = Regex::new("http://node[.]localhost(/auth/[^\\s]*)").expect("an expression");
        let link = link.captures(&letter).expect("a link")[1].to_owned();
        (letter, link)
    }

    /// The token of a program for itself.
    async fn program(&self) -> String {
        let browser = self.site.browser();
        let app = browser
            .call(
                "/api/v1/apps",
                &[
                    ("client_name", "Tusk"),
                    ("redirect_uris", "urn:ietf:wg:oauth:2.0:oob"),
                    ("scopes", "read write"),
                ],
            )
            .await
            .json();
        let text = |name: &str| app[name].as_str().expect("text").to_owned();
        let token = browser
            .call(
                "/oauth/token",
                &[
                    ("grant_type", "client_credentials"),
                    ("client_id", &text("client_id")),
                    ("client_secret", &text("client_secret")),
                    ("scope", "read write"),
                ],
            )
            .await
            .json();
        token["access_token"].as_str().expect("a token").to_owned()
    }
}

/// Calls the API with a token and a form.
async fn call(browser: &Browser, path: &str, token: &str, fields: &[(&str, &str)]) -> Answer {
    let request = browser.request(Method::POST, path).bearer_auth(token);
    browser.send(form(request, fields)).await
}

const BEA: [(&str, &str); 4] = [
    ("username", "bea"),
    ("email", "Bea@example.org"),
    ("password", PASSWORD),
    ("agreement", "true"),
];

fn codes(answer: &Answer, field: &str) -> Vec<String> {
    let details = answer.json()["details"][field].clone();
    let list = details.as_array().cloned().unwrap_or_default();
    let code = |detail: &Value| detail["error"].as_str().expect("a code").to_owned();
    list.iter().map(code).collect()
}

on_both! {
    async fn a_program_makes_an_account_that_is_confirmed_by_mail(engine) {
        let post = Post::start(engine, |config| config.instance.registrations = Registrations::Open).await;
        let (site, browser) = (&post.site, post.site.browser());
        let program = post.program().await;
        let made = call(&browser, "/api/v1/accounts", &program, &BEA).await;
        assert_eq!(made.status, 200, "{made:?}");
        assert_eq!(made.json()["token_type"], "Bearer");
        let token = made.json()["access_token"].as_str().expect("a token").to_owned();

        let waiting = browser.ask("/api/v1/accounts/verify_credentials", &token).await;
        assert_eq!(waiting.status, 403);
        assert_eq!(waiting.json()["error"], "Your login is missing a confirmed e-mail address");
        let bea = users::find(&site.node, "bea").await.expect("a database").expect("Bea");
        let profile = format!("/api/v1/accounts/{}", bea.account.id);
        assert_eq!(browser.get(&profile).await.status, 404, "nobody sees her yet");
        assert_eq!(browser.get("/@bea").await.status, 404);
        let finger = "/.well-known/webfinger?resource=acct:bea@node.localhost";
        assert_eq!(browser.get(finger).await.status, 404, "nor does any other server");
        assert_eq!(browser.ask("/api/v1/emails/check_confirmation", &token).await.body, "false");

        let (letter, link) = post.link().await;
        assert!(letter.contains("To: bea@example.org\r\n"), "{letter}");
        let page = browser.get(&link).await;
        assert!(page.body.contains("bea@example.org"), "{page:?}");
        assert_eq!(browser.ask("/api/v1/emails/check_confirmation", &token).await.body, "false", "looking does nothing");
        let confirmed = browser.post("/auth/confirmation", &page.hidden()).await;
        assert!(confirmed.body.contains("Your address is confirmed"), "{confirmed:?}");
        assert_eq!(browser.ask("/api/v1/emails/check_confirmation", &token).await.body, "true");
        assert_eq!(browser.ask("/api/v1/accounts/verify_credentials", &token).await.status, 200);
        assert_eq!(browser.get(&profile).await.status, 200);
        assert_eq!(browser.get(finger).await.status, 200);
        assert_eq!(browser.get(&link).await.status, 404, "a link counts once");
        let late = call(&browser, "/api/v1/emails/confirmations", &token, &[]).await;
        assert_eq!(late.status, 403);
        post.site.stop().await;
    }
}

on_both! {
    async fn another_link_comes_for_those_who_wait_for_one(engine) {
        let post = Post::start(engine, |config| config.instance.registrations = Registrations::Open).await;
        let (node, browser) = (&post.site.node, post.site.browser());
        let program = post.program().await;
        call(&browser, "/api/v1/accounts", &program, &BEA).await;
        let (_, first) = post.link().await;
        assert!(browser.get("/auth/sign_in").await.body.contains("/auth/confirmation/new"));
        let ask = async |email: &str| {
            let fields = with(browser.get("/auth/confirmation/new").await.hidden(), "email", email);
            browser.post("/auth/confirmation/new", &fields).await
        };
        assert_eq!(ask("nonsense").await.status, 422);
        let (confirmed, unknown) = (ask("ann@example.org").await, ask("nobody@example.org").await);
        assert_eq!(post.collect().await.len(), 0, "they wait for none");
        let waiting = ask("BEA@example.org").await;
        assert_eq!((confirmed.status, &confirmed.body), (waiting.status, &waiting.body), "nothing is told");
        assert_eq!((unknown.status, &unknown.body), (waiting.status, &waiting.body), "nothing is told");
        let (letter, second) = post.link().await;
        assert!(letter.contains("To: bea@example.org\r\n"), "{letter}");
        let page = browser.get(&second).await;
        browser.post("/auth/confirmation", &page.hidden()).await;
        assert_eq!(browser.get(&first).await.status, 404, "both have done their work");
        let find = async |name: &str| users::find(node, name).await.expect("a database");
        assert!(find("bea").await.expect("Bea").user.confirmed_at.is_some());
        ask("bea@example.org").await;
        assert_eq!(post.collect().await.len(), 0, "it is done");

        let cid = [("username", "cid"), ("email", "cid@example.org"), ("password", PASSWORD), ("agreement", "true")];
        call(&browser, "/api/v1/accounts", &program, &cid).await;
        let (_, link) = post.link().await;
        let cid = find("cid").await.expect("Cid");
        users::confirm_by_hand(node, cid.account.id).await.expect("Cid waits");
        users::confirm_by_hand(node, cid.account.id).await.expect("twice is no error");
        assert!(users::check_active(&find("cid").await.expect("Cid")).is_ok());
        assert_eq!(browser.get(&link).await.status, 404, "nothing is left to confirm");
        post.site.stop().await;
    }
}

on_both! {
    async fn what_is_wrong_with_a_sign_up_is_told_field_by_field(engine) {
        let post = Post::start(engine, |config| {
            config.instance.registrations = Registrations::Approval;
            config.instance.minimum_age = 16;
        }).await;
        let browser = post.site.browser();
        let program = post.program().await;
        let nothing = call(&browser, "/api/v1/accounts", &program, &[]).await;
        assert_eq!(nothing.status, 422);
        for field in ["username", "email", "password", "reason", "date_of_birth"] {
            assert_eq!(codes(&nothing, field), ["ERR_BLANK"], "{field}");
        }
        assert_eq!(codes(&nothing, "agreement"), ["ERR_ACCEPTED"]);
        let wrong = [
            ("username", "ann"), ("email", "ANN@example.org"), ("password", "short"), ("agreement", "true"),
            ("reason", "Birds"), ("date_of_birth", "2020-01-01"),
        ];
        let wrong = call(&browser, "/api/v1/accounts", &program, &wrong).await;
        for (field, code) in [
            ("username", "ERR_TAKEN"), ("email", "ERR_TAKEN"), ("password", "ERR_TOO_SHORT"), ("date_of_birth", "ERR_BELOW_LIMIT"),
        ] {
            assert_eq!(codes(&wrong, field), [code], "{field}");
        }
        assert!(wrong.json()["error"].as_str().expect("text").starts_with("Validation failed: "));
        assert_eq!(post.collect().await.len(), 0);
        let instance = browser.get("/api/v2/instance").await.json();
        assert_eq!(instance["registrations"]["min_age"], 16);
        assert_eq!(instance["registrations"]["approval_required"], true);
        post.site.stop().await;
    }
}

on_both! {
    async fn only_programs_sign_people_up_and_only_where_it_is_open(engine) {
        let post = Post::start(engine, |_| {}).await;
        let browser = post.site.browser();
        let program = post.program().await;
        assert_eq!(call(&browser, "/api/v1/accounts", &program, &BEA).await.status, 403, "closed");
        assert_eq!(browser.call("/api/v1/accounts", &BEA).await.status, 401);
        let ann = users::find(&post.site.node, "ann").await.expect("a database").expect("Ann");
        let own = tokens::create_for(&post.site.node, ann.account.id, "Tusk", "read write").await;
        let own = own.expect("a token").secret;
        assert_eq!(call(&browser, "/api/v1/accounts", own.expose(), &BEA).await.status, 403, "a person's token");
        post.site.stop().await;
    }
}

on_both! {
    async fn another_address_may_be_given_until_one_is_confirmed(engine) {
        let post = Post::start(engine, |config| config.instance.registrations = Registrations::Approval).await;
        let browser = post.site.browser();
        let program = post.program().await;
        let fields = [BEA.as_slice(), &[("reason", "Birds")]].concat();
        let made = call(&browser, "/api/v1/accounts", &program, &fields).await.json();
        let token = made["access_token"].as_str().expect("a token");
        let (_, first) = post.link().await;
        for (email, status) in [("nonsense", 422), ("ann@example.org", 422), ("bee@example.org", 200)] {
            let asked = call(&browser, "/api/v1/emails/confirmations", token, &[("email", email)]).await;
            assert_eq!(asked.status, status, "{email}");
        }
        assert_eq!(browser.get(&first).await.status, 404, "the link to the wrong address");
        let (letter, second) = post.link().await;
        assert!(letter.contains("To: bee@example.org\r\n"), "{letter}");
        let page = browser.get(&second).await;
        let confirmed = browser.post("/auth/confirmation", &page.hidden()).await;
        assert!(confirmed.body.contains("will read your request"), "{confirmed:?}");
        let waiting = browser.ask("/api/v1/accounts/verify_credentials", token).await;
        assert_eq!(waiting.json()["error"], "Your login is currently pending approval");
        let bea = users::find(&post.site.node, "bea").await.expect("a database").expect("Bea");
        let approve = async || accounts::approve(&post.site.node, Staff::operator(), bea.account.id).await;
        approve().await.expect("Bea waits");
        let letters = post.collect().await;
        assert!(letters.len() == 1 && letters[0].contains("Welcome to node.localhost"), "{letters:?}");
        assert!(approve().await.is_err(), "she is in");
        assert_eq!(post.collect().await.len(), 0);
        assert_eq!(browser.ask("/api/v1/accounts/verify_credentials", token).await.status, 200);
        post.site.stop().await;
    }
}

on_both! {
    async fn forgotten_passwords_are_set_by_mail(engine) {
        let post = Post::start(engine, |_| {}).await;
        let browser = post.site.browser();
        let ann = users::find(&post.site.node, "ann").await.expect("a database").expect("Ann");
        let token = tokens::create_for(&post.site.node, ann.account.id, "Tusk", "read").await;
        let token = token.expect("a token").secret;
        let ask = async |email: &str| {
            let fields = with(browser.get("/auth/password").await.hidden(), "email", email);
            browser.post("/auth/password", &fields).await
        };
        let unknown = ask("nobody@example.org").await;
        assert_eq!(post.collect().await.len(), 0);
        let known = ask("Ann@example.org").await;
        assert_eq!((unknown.status, &unknown.body), (known.status, &known.body), "nothing is told");
        let (letter, link) = post.link().await;
        assert!(letter.contains("To: ann@example.org\r\n"), "{letter}");

        let set = async |again: &str| {
            let fields = browser.get(&link).await.hidden();
            let fields = with(with(fields, "password", "a better horse"), "password_again", again);
            browser.post("/auth/password/new", &fields).await
        };
        assert_eq!(set("another horse").await.status, 422);
        let done = set("a better horse").await;
        assert!(done.body.contains("Your password is set"), "{done:?}");
        assert_eq!(browser.get(&link).await.status, 404, "it counts once");
        assert_eq!(browser.ask("/api/v1/accounts/verify_credentials", token.expose()).await.status, 401);
        assert_eq!(browser.sign_in("/auth/sign_in", "ann", PASSWORD).await.status, 422);
        assert_eq!(browser.sign_in("/auth/sign_in", "ann", "a better horse").await.status, 303);
        let letters = post.collect().await;
        assert!(letters.len() == 1 && letters[0].contains("was changed"), "{letters:?}");

        let late = { ask("ann@example.org").await; post.link().await.1 };
        post.site.node.clock.advance(7 * 3_600_000);
        assert_eq!(browser.get(&late).await.status, 404, "six hours are over");
        for guess in ["/auth/password/new?token=guess", "/auth/password/new", "/auth/confirmation?token=guess"] {
            assert_eq!(browser.get(guess).await.status, 404, "{guess}");
        }
        post.site.stop().await;
    }
}

on_both! {
    async fn nobody_is_flooded_with_mail(engine) {
        let post = Post::start(engine, |config| config.limits = Limits {
            links_per_email: Rate::new(3, 1_800_000),
            ..Limits::default()
        }).await;
        let node = &post.site.node;
        for _ in 0..6 {
            users::ask_for_reset(node, "ann@example.org").await.expect("an address");
        }
        assert_eq!(post.collect().await.len(), 3);
        node.clock.advance(1_800_001);
        users::ask_for_reset(node, "ann@example.org").await.expect("an address");
        assert_eq!(post.collect().await.len(), 1);
        post.site.stop().await;
    }
}

on_both! {
    async fn an_address_changes_when_the_new_one_is_confirmed(engine) {
        let post = Post::start(engine, |_| {}).await;
        let browser = post.site.browser();
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        post.site.add_user("bea").await;
        let change = async |email: &str, password: &str| {
            let fields = browser.get("/settings").await.hidden();
            let fields = with(with(fields, "email", email), "email_password", password);
            browser.post("/settings/email", &fields).await
        };
        for (email, password) in [("new@example.org", "wrong"), ("nonsense", PASSWORD), ("bea@example.org", PASSWORD)] {
            assert_eq!(change(email, password).await.status, 422, "{email}");
        }
        users::ask_for_reset(&post.site.node, "ann@example.org").await.expect("an address");
        let (_, reset) = post.link().await;
        assert_eq!(change("New@example.org", PASSWORD).await.location(), "/settings?done=email_sent");
        let (letter, link) = post.link().await;
        assert!(letter.contains("To: new@example.org\r\n"), "{letter}");
        let settings = browser.get("/settings").await.body;
        assert!(settings.contains("ann@example.org") && settings.contains("new@example.org"));
        let page = browser.get(&link).await;
        browser.post("/auth/confirmation", &page.hidden()).await;
        let ann = users::find(&post.site.node, "ann").await.expect("a database").expect("Ann");
        assert_eq!(ann.user.email, "new@example.org");
        let letters = post.collect().await;
        assert!(letters.len() == 1 && letters[0].contains("To: ann@example.org\r\n"), "the one before is told: {letters:?}");
        assert_eq!(browser.get(&reset).await.status, 404, "links to the one before end");
        post.site.stop().await;
    }
}

on_both! {
    async fn whoever_is_invited_comes_in(engine) {
        let site = Site::start_with(engine, |config| {
            config.instance.registrations = Registrations::Invites;
            config.instance.invites = Inviters::People;
            config.limits.enabled = false;
        }).await;
        let (ann, browser) = (site.browser(), site.browser());
        assert!(browser.get("/auth/sign_up").await.body.contains("Sign-up is by invitation"));
        ann.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        let fields = ann.get("/settings/invites").await.hidden();
        let made = ann.post("/settings/invites", &with(with(fields, "max_uses", "1"), "days", "7")).await;
        assert_eq!(made.location(), "/settings/invites?done=created");
        let page = ann.get("/settings/invites").await;
        let (_, rest) = page.body.split_once("http://node.localhost/invite/").expect("an invitation");
        let path = format!("/invite/{}", rest.split('<').next().expect("an end"));

        let asking = browser.request(Method::GET, &path).header("accept", "application/json");
        let told = browser.send(asking).await.json();
        assert_eq!(told["instance_api_url"], "http://node.localhost/api/v2/instance");
        let form = browser.get(browser.get(&path).await.location()).await;
        let person = |name: &str| {
            let fields = with(form.hidden(), "username", name);
            let fields = with(fields, "email", &format!("{name}@example.org"));
            with(with(fields, "password", PASSWORD), "password_again", PASSWORD)
        };
        let without: Vec<_> = person("bea").into_iter().filter(|(name, _)| name != "invite_code").collect();
        assert_eq!(browser.post("/auth/sign_up", &without).await.status, 403);
        let entered = browser.post("/auth/sign_up", &person("bea")).await;
        assert_eq!((entered.status, entered.location()), (303, "/settings"));
        let late = site.browser();
        let token = late.get("/auth/sign_in").await.hidden();
        let fields = person("cid").into_iter().filter(|(name, _)| name != "csrf_token").chain(token);
        assert_eq!(late.post("/auth/sign_up", &fields.collect::<Vec<_>>()).await.status, 403, "one person only");
        assert_eq!(late.get(&path).await.status, 404);
        site.stop().await;
    }
}

on_both! {
    async fn invitations_are_taken_back_by_their_owners_alone(engine) {
        let site = Site::start_with(engine, |config| {
            config.instance.registrations = Registrations::Approval;
            config.instance.invites = Inviters::Staff;
        }).await;
        let ann = users::find(&site.node, "ann").await.expect("a database").expect("Ann");
        let browser = site.browser();
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        assert_eq!(browser.get("/settings/invites").await.status, 404, "she is not of the staff");
        users::set_role(&site.node, ann.account.id, Role::Moderator).await.expect("Ann");
        let invite = invites::create(&site.node, None, invites::Terms::default()).await.expect("an operator may");
        let fields = browser.get("/settings/invites").await.hidden();
        browser.post("/settings/invites/revoke", &with(fields, "invite_id", &invite.id.to_string())).await;
        assert_eq!(browser.get(&format!("/invite/{}", invite.code)).await.status, 302, "it was not hers");
        invites::revoke(&site.node, None, invite.id).await.expect("an operator may");
        assert_eq!(browser.get(&format!("/invite/{}", invite.code)).await.status, 404);
        site.stop().await;
    }
}

on_both! {
    async fn the_staff_lets_in_and_refuses(engine) {
        let post = Post::start(engine, |config| config.instance.registrations = Registrations::Approval).await;
        let browser = post.site.browser();
        let program = post.program().await;
        for name in ["bea", "cid"] {
            let email = format!("{name}@example.org");
            let fields = [("username", name), ("email", &email), ("password", PASSWORD), ("agreement", "1"), ("reason", "Birds <3")];
            assert_eq!(call(&browser, "/api/v1/accounts", &program, &fields).await.status, 200);
        }
        let ann = users::find(&post.site.node, "ann").await.expect("a database").expect("Ann");
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        assert_eq!(browser.get("/admin/sign-ups").await.status, 404);
        users::set_role(&post.site.node, ann.account.id, Role::Moderator).await.expect("Ann");
        let page = browser.get("/admin/sign-ups").await;
        assert!(page.body.contains("@bea") && page.body.contains("Birds &lt;3"), "{page:?}");
        let token = tokens::create_for(&post.site.node, ann.account.id, "Tusk", "read").await;
        let token = token.expect("a token").secret;
        let told = async || {
            let list = browser.ask("/api/v1/notifications?types[]=admin.sign_up", token.expose()).await.json();
            list.as_array().expect("a list").len()
        };
        assert_eq!(told().await, 0, "no address is confirmed");
        let letters = post.collect().await;
        let bea_s = letters.iter().find(|letter| letter.contains("To: bea@example.org")).expect("a letter");
        let (_, link) = bea_s.split_once("http://node.localhost").expect("a link");
        let confirm = browser.get(link.lines().next().expect("a line")).await;
        browser.post("/auth/confirmation", &confirm.hidden()).await;
        assert_eq!(told().await, 1);
        let find = async |name: &str| users::find(&post.site.node, name).await.expect("a database");
        let (bea, cid) = (find("bea").await.expect("Bea"), find("cid").await.expect("Cid"));
        for (id, decision) in [(bea.account.id, "approve"), (cid.account.id, "reject"), (bea.account.id, "reject")] {
            let decided = browser.post(&format!("/admin/sign-ups/{id}/{decision}"), &page.hidden()).await;
            assert_eq!(decided.status, 303, "{decision}");
        }
        assert!(find("bea").await.expect("Bea stays").user.approved_at.is_some());
        assert!(find("cid").await.is_none(), "nothing of him is kept");
        assert!(browser.get("/admin/sign-ups").await.body.contains("Nobody waits"));
        post.site.stop().await;
    }
}

on_both! {
    async fn those_who_never_confirm_are_forgotten(engine) {
        let post = Post::start(engine, |config| config.instance.registrations = Registrations::Open).await;
        let browser = post.site.browser();
        let program = post.program().await;
        call(&browser, "/api/v1/accounts", &program, &BEA).await;
        let node = &post.site.node;
        node.clock.advance(6 * 86_400_000);
        assert_eq!(worker::tidy(node).await.expect("a database").unconfirmed, 0);
        node.clock.advance(2 * 86_400_000);
        assert_eq!(worker::tidy(node).await.expect("a database").unconfirmed, 1);
        assert!(users::find(node, "bea").await.expect("a database").is_none());
        assert!(users::find(node, "ann").await.expect("a database").is_some());
        post.site.stop().await;
    }
}

/// How many follows, bookmarks and lists an account has.
async fn left_of(post: &Post, account: AccountId) -> (usize, usize, usize) {
    let look = move |conn: &mut Conn| -> QueryResult<(usize, usize, usize)> {
        let follows = store::departures::list_follows(conn, account, 10)?.len();
        let bookmarks = store::bookmarks::page_by(conn, account, &Page::newest(10))?.len();
        Ok((
            follows,
            bookmarks,
            store::lists::list_by(conn, account)?.len(),
        ))
    };
    post.site.node.db.read(look).await.expect("a database")
}

on_both! {
    async fn people_delete_their_accounts(engine) {
        let post = Post::start(engine, |config| config.federation.enabled = false).await;
        let browser = post.site.browser();
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        let (node, ann) = (&post.site.node, users::find(&post.site.node, "ann").await.expect("a database").expect("Ann"));
        let ann = ann.account.id;
        let bea = post.site.add_user("bea").await.id;
        let token = tokens::create_for(node, ann, "Tusk", "read write follow").await.expect("a token").secret;
        for (from, to) in [(ann, bea), (bea, ann)] {
            follows::follow(node, from, to, Wishes::default()).await.expect("nothing is between them");
        }
        let posted = call(&browser, "/api/v1/statuses", token.expose(), &[("status", "Good bye")]).await.json();
        let posted = format!("/api/v1/statuses/{}", posted["id"].as_str().expect("an id"));
        call(&browser, &format!("{posted}/bookmark"), token.expose(), &[]).await;
        call(&browser, "/api/v1/lists", token.expose(), &[("title", "Friends")]).await;
        assert_eq!(left_of(&post, ann).await, (2, 1, 1));
        assert_eq!(browser.get(&posted).await.status, 200);
        let page = browser.get("/settings/account").await;
        assert!(page.body.contains("Deleting it"), "{page:?}");
        let delete = async |password: &str, sure: &str| {
            let fields = with(with(page.hidden(), "delete_password", password), "sure", sure);
            browser.post("/settings/account/delete", &fields).await
        };
        assert_eq!(delete("wrong", "true").await.status, 422);
        assert_eq!(delete(PASSWORD, "").await.status, 422);
        assert_eq!(delete(PASSWORD, "true").await.location(), "/");
        assert_eq!(browser.get("/settings").await.status, 302, "nobody is signed in");
        assert_eq!(browser.sign_in("/auth/sign_in", "ann", PASSWORD).await.status, 403);
        let actor = browser.request(Method::GET, "/users/ann").header("accept", "application/activity+json");
        assert_eq!(browser.send(actor).await.status, 410);
        worker::settle(node).await.expect("everything is done");
        assert_eq!(left_of(&post, ann).await, (0, 0, 0), "nothing of it is kept");
        assert_eq!(browser.get(&posted).await.status, 404);
        let seen = browser.get(&format!("/api/v1/accounts/{bea}")).await.json();
        assert_eq!((&seen["followers_count"], &seen["following_count"]), (&json!(0), &json!(0)));
        let again = users::create_local(&post.site.node, users::NewUser {
            username: "ann".to_owned(),
            email: "ann@example.org".to_owned(),
            password: whimbrel::keys::Secret::new(PASSWORD.to_owned()),
            role: Role::User,
            is_confirmed: true,
            is_approved: true,
            reason: None,
            locale: "en".to_owned(),
        }).await;
        assert!(again.is_err(), "the name is not given out again");
        post.site.stop().await;
    }
}

on_both! {
    async fn reading_is_a_matter_of_taste(engine) {
        let post = Post::start(engine, |_| {}).await;
        let browser = post.site.browser();
        browser.sign_in("/auth/sign_in", "ann", PASSWORD).await;
        let fields = browser.get("/settings").await.hidden();
        let chosen = with(with(fields.clone(), "media", "hide_all"), "spoilers", "true");
        assert_eq!(browser.post("/settings/reading", &chosen).await.location(), "/settings?done=reading");
        assert_eq!(browser.post("/settings/reading", &with(fields, "media", "some")).await.status, 400);
        let ann = users::find(&post.site.node, "ann").await.expect("a database").expect("Ann");
        let token = tokens::create_for(&post.site.node, ann.account.id, "Tusk", "read").await;
        let told = browser.ask("/api/v1/preferences", token.expect("a token").secret.expose()).await.json();
        assert_eq!(told["reading:expand:media"], "hide_all");
        assert_eq!(told["reading:expand:spoilers"], true);
        assert_eq!(told["reading:autoplay:gifs"], false);
        post.site.stop().await;
    }
}
