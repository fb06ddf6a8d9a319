//! A node for a test, its people, its router, and a worker that does what waits, once.

use std::ops::Deref;

use actix_web::dev::ServiceResponse;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use actix_web::{App, http::header::HeaderMap};
use serde_json::Value;
use tempfile::TempDir;

use super::peers::Person;
use crate::clock::{Clock, MINUTE};
use crate::config::Config;
use crate::federation::activities::{Verdict, apply};
use crate::federation::resolve::{self, JobError};
use crate::federation::signatures::sign::Header;
use crate::federation::{
    featured, links, moves, outbox, quotes, replies, routes, softwares, synchronization,
};
use crate::id::{AccountId, StatusId};
use crate::keys::Secret;
use crate::node::Node;
use crate::social::follows::Wishes;
use crate::social::moderation::sweeps;
use crate::social::polls::endings;
use crate::social::statuses::{Draft, publish};
use crate::social::user_domain_blocks;
use crate::social::users::{self, NewUser};
use crate::social::{self, follows, setup};
use crate::store::accounts::Account;
use crate::store::deliveries::Delivery;
use crate::store::jobs::{self, Job};
use crate::store::receipts;
use crate::store::statuses::Status;
use crate::store::{self, QueryResult, ReceiptState, Role, Visibility};

/// 2026-08-08, at noon.
pub(super) const NOON: i64 = 1_786_190_400_000;

pub(super) struct TestNode {
    node: Node,
    _folder: TempDir,
}

impl Deref for TestNode {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

/// An answer of the router.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl TestNode {
    pub(super) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// With other settings than usual.
    pub(super) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut config = Config::default();
        config.server.data = folder.path().join("data");
        config.server.domain = "node.localhost".to_owned();
        config.federation.allow_http = true;
        config.federation.allow_private_addresses = true;
        config.federation.inbox_body_limit_bytes = 64 * 1024;
        crate::testing::give_database(&mut config).await;
        change(&mut config);
        let node = Node::open(config, Clock::stepped(NOON)).await.unwrap();
        Self {
            node,
            _folder: folder,
        }
    }

    /// With the node's own actor, so that fetches are signed.
    pub(super) async fn start_with_actor() -> Self {
        let node = Self::start().await;
        setup::ensure_node_actor(&node).await.unwrap();
        node
    }

    pub(super) async fn add_person(&self, name: &str) -> Account {
        let new = NewUser {
            username: name.to_owned(),
            email: format!("{name}@example.org"),
            password: Secret::new("correct horse".to_owned()),
            role: Role::User,
            is_confirmed: true,
            is_approved: true,
            reason: None,
            locale: "en".to_owned(),
        };
        users::create_local(self, new).await.unwrap()
    }

    pub(super) async fn post(
        &self,
        author: AccountId,
        text: &str,
        visibility: Visibility,
    ) -> Status {
        let draft = Draft {
            text: text.to_owned(),
            visibility: Some(visibility),
            ..Draft::default()
        };
        let id = publish(self, author, draft).await.unwrap();
        self.status(id).await.unwrap()
    }

    pub(super) async fn status(&self, id: StatusId) -> Option<Status> {
        let look = move |conn: &mut store::Conn| store::statuses::find(conn, id);
        self.db.read(look).await.unwrap()
    }

    pub(super) async fn status_at(&self, uri: &str) -> Option<Status> {
        let uri = uri.to_owned();
        let look = move |conn: &mut store::Conn| store::statuses::find_by_uri(conn, &uri);
        self.db.read(look).await.unwrap()
    }

    pub(super) async fn account_at(&self, uri: &str) -> Option<Account> {
        let uri = uri.to_owned();
        let look = move |conn: &mut store::Conn| store::accounts::find_by_uri(conn, &uri);
        self.db.read(look).await.unwrap()
    }

    /// Makes `follower` follow a person elsewhere, who agrees.
    pub(super) async fn follow(&self, follower: AccountId, person: &Person) -> Account {
        let account = resolve::actor(self, &person.id).await.unwrap();
        let target = account.id;
        follows::follow(self, follower, target, Wishes::default())
            .await
            .unwrap();
        self.db
            .write(move |tx| -> QueryResult<()> {
                let by = store::accounts::find(tx, target)?.unwrap();
                let follower = store::accounts::find(tx, follower)?.unwrap();
                follows::receive_answer(tx, &by, &follower, true)
            })
            .await
            .unwrap();
        account
    }

    pub(super) async fn request(&self, request: TestRequest) -> Answer {
        let node = Data::new(self.node.clone());
        let app = init_service(App::new().app_data(node).configure(routes)).await;
        let response: ServiceResponse = call_service(&app, request.to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read_body(response).await;
        Answer {
            status,
            headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.get_as(path, "application/activity+json").await
    }

    pub(super) async fn get_as(&self, path: &str, accept: &str) -> Answer {
        let request = TestRequest::get()
            .uri(path)
            .insert_header(("accept", accept))
            .insert_header(("host", self.urls.authority()));
        self.request(request).await
    }

    /// Posts bytes with exactly these headers, and `Host`.
    pub(super) async fn post_raw(&self, path: &str, body: &[u8], headers: &[Header]) -> Answer {
        let mut request = TestRequest::post()
            .uri(path)
            .insert_header(("host", self.urls.authority()))
            .set_payload(body.to_vec());
        for (name, value) in headers {
            request = request.append_header((*name, value.as_str()));
        }
        self.request(request).await
    }

    /// Sends an activity signed by a person.
    pub(super) async fn deliver(&self, path: &str, activity: &Value, by: &Person) -> Answer {
        let body = activity.to_string();
        let url = self.urls.at(path);
        let headers = by.sign(&url, body.as_bytes(), self.clock.now());
        self.post_raw(path, body.as_bytes(), &headers).await
    }

    /// Sends an activity to the shared inbox and applies it.
    pub(super) async fn take(&self, activity: &Value, by: &Person) -> Verdict {
        let answer = self.deliver("/inbox", activity, by).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        let mut verdicts = self.apply_all().await;
        assert_eq!(verdicts.len(), 1, "{verdicts:?}");
        verdicts.remove(0)
    }

    /// Applies what was received, as the worker does.
    pub(super) async fn apply_all(&self) -> Vec<Verdict> {
        let lease = self.clock.now() + MINUTE;
        let claimed = self
            .db
            .write(move |tx| receipts::claim(tx, 100, lease))
            .await
            .unwrap();
        let mut verdicts = Vec::new();
        for receipt in claimed {
            let verdict = apply(self, &receipt).await;
            let lease = receipt.lease();
            let ended = match verdict.clone() {
                Verdict::Applied | Verdict::Retry(_) | Verdict::Hindered(_) => None,
                Verdict::Ignored(reason) => Some((ReceiptState::Ignored, reason)),
                Verdict::Rejected(reason) => Some((ReceiptState::Rejected, reason)),
            };
            if let Some((state, reason)) = ended {
                self.db
                    .write(move |tx| receipts::finish(tx, lease, state, Some(&reason)))
                    .await
                    .unwrap();
            }
            verdicts.push(verdict);
        }
        verdicts
    }

    /// Does the jobs that wait, as the worker does, until there are none.
    pub(super) async fn do_jobs(&self) -> Vec<Result<(), JobError>> {
        let mut done = Vec::new();
        loop {
            let lease = self.clock.now() + MINUTE;
            let claimed = self
                .db
                .write(move |tx| {
                    // What is told to others is done in order and not claimed.
                    let now = tx.now();
                    let mut due = jobs::list_due(tx, Job::DISTRIBUTE, now, 100)?;
                    due.extend(jobs::claim(tx, true, 100, lease)?);
                    due.extend(jobs::claim(tx, false, 100, lease)?);
                    Ok::<_, store::Error>(due)
                })
                .await
                .unwrap();
            if claimed.is_empty() {
                return done;
            }
            for queued in claimed {
                done.push(
                    self.do_job(serde_json::from_str(&queued.payload).unwrap())
                        .await,
                );
                let id = queued.id;
                self.db.write(move |tx| jobs::finish(tx, id)).await.unwrap();
            }
        }
    }

    async fn do_job(&self, job: Job) -> Result<(), JobError> {
        match job {
            Job::Distribute(fact) => {
                let urls = self.urls.clone();
                let write = move |tx: &mut store::Tx<'_>| outbox::distribute(tx, &urls, &fact);
                assert_eq!(self.db.write(write).await.unwrap(), None);
                Ok(())
            }
            Job::Spread(left) => panic!("nobody here has so many followers: {left:?}"),
            Job::FetchParent { uri } => resolve::fetch_parent(self, &uri).await,
            Job::RefreshAccount { uri } => resolve::refresh_account(self, &uri).await,
            Job::CheckInbox { inbox } => moves::check(self, inbox).await,
            Job::SyncFollowers { account } => synchronization::check(self, account).await,
            Job::SeverDomain { account, domain } => {
                let sever =
                    move |tx: &mut store::Tx<'_>| user_domain_blocks::sever(tx, account, &domain);
                self.db.write(sever).await.unwrap();
                Ok(())
            }
            // What is missed is pulled where whole nodes are tested.
            Job::CatchUp { .. }
            | Job::Mail(_)
            | Job::ProcessMedia { .. }
            | Job::RemoveBlobs { .. } => Ok(()),
            Job::CheckLinks { account } => links::check(self, account).await,
            Job::CarryFollowers { account } => {
                Ok(social::moves::carry_followers(self, account).await?)
            }
            Job::ClosePoll { poll, end, after } => {
                Ok(endings::close(self, poll, end, after).await?)
            }
            Job::TellPoll { poll } => Ok(endings::tell(self, poll).await?),
            Job::FetchFeatured { account } => featured::fetch(self, account).await,
            Job::VerifyQuote { status } => quotes::verify(self, status).await,
            Job::FetchReplies { refresh } => replies::fetch(self, refresh).await,
            Job::FetchCard { .. } => panic!("nobody here looks at links"),
            Job::PublishScheduled { .. } => panic!("nobody here posts later"),
            Job::MakeKeys { after } => {
                social::keys::make_missing(self, after).await.unwrap();
                Ok(())
            }
            Job::SortConversations { after } => {
                Ok(crate::social::conversations::sort_old(self, after).await?)
            }
            Job::IndexNames { after } => Ok(crate::social::names::index(self, after).await?),
            Job::EnforceHost { domain, severance } => {
                Ok(sweeps::enforce_host(self, &domain, severance).await?)
            }
            Job::PurgeAccount { account } => Ok(sweeps::purge_account(self, account).await?),
            Job::LearnSoftware { domain } => softwares::learn(self, &domain).await,
        }
    }

    /// What waits to be delivered: (inbox, document), oldest first.
    pub(super) async fn outgoing(&self) -> Vec<(String, Value)> {
        let now = self.clock.now();
        let look = move |conn: &mut store::Conn| -> QueryResult<_> {
            let mut parcels = Vec::new();
            for peer in store::peers::list_with_backlog(conn)? {
                for class in store::DeliveryClass::ALL {
                    let start = Delivery::before_all(peer.id, *class);
                    for row in store::deliveries::list_due(conn, start, now, 1_000)? {
                        let activity = store::activities::list(conn, &[row.delivery.activity_id])?;
                        let inbox = store::inboxes::find(conn, row.delivery.inbox_id)?.unwrap();
                        parcels.push((inbox.url, activity.into_iter().next().unwrap()));
                    }
                }
            }
            Ok(parcels)
        };
        let mut parcels = self.db.read(look).await.unwrap();
        parcels.sort_unstable_by_key(|(_, activity)| activity.id);
        parcels
            .into_iter()
            .map(|(inbox, activity)| (inbox, serde_json::from_str(&activity.body).unwrap()))
            .collect()
    }

    pub(super) async fn count_receipts(&self) -> i64 {
        let look = |conn: &mut store::Conn| -> QueryResult<i64> {
            let mut all = 0;
            for state in ReceiptState::ALL {
                all += receipts::count(conn, *state)?;
            }
            Ok(all)
        };
        self.db.read(look).await.unwrap()
    }

    pub(super) async fn home(&self, account: AccountId) -> Vec<StatusId> {
        let look = move |conn: &mut store::Conn| {
            store::home::page(conn, account, &store::Page::newest(40))
        };
        self.db.read(look).await.unwrap()
    }
}
