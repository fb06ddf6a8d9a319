//! Lists of blocked servers that come in as a whole.

use whimbrel::social::moderation::block_lists::{self, Entry, Terms};
use whimbrel::social::moderation::hosts;
use whimbrel::social::moderation::imports::{self, Change, Step};
use whimbrel::social::moderation::staff::Staff;
use whimbrel::social::staff::By;
use whimbrel::store::{self, Conn, HostSeverity, Page, Role};

use crate::support::databases::on_both;
use crate::support::networks::Fediverse;
use crate::support::nodes::TestNode;

fn entries(node: &TestNode, list: &str) -> Vec<Entry> {
    let terms = Terms {
        own: node.node.urls.authority(),
        severity: HostSeverity::Suspend,
    };
    block_lists::read(list.as_bytes(), terms).expect("the list is fine")
}

async fn preview(node: &TestNode, list: &str, overwrites: bool) -> Vec<Step> {
    let entries = entries(node, list);
    let steps = imports::preview(&node.node, By::Operator, entries, overwrites).await;
    steps.expect("a database")
}

async fn import(node: &TestNode, list: &str, overwrites: bool) -> Vec<Step> {
    let entries = entries(node, list);
    let steps = imports::import(&node.node, Staff::operator(), entries, overwrites).await;
    steps.expect("a database")
}

fn told(steps: &[Step]) -> Vec<(&str, Change, i64)> {
    let told = |step: &Step| (step.change.clone(), step.follows);
    steps
        .iter()
        .map(|step| {
            let (change, follows) = told(step);
            (step.entry.domain.as_str(), change, follows)
        })
        .collect()
}

async fn written(node: &TestNode) -> String {
    let read = |conn: &mut Conn| store::host_blocks::list(conn);
    block_lists::write(&node.node.db.read(read).await.expect("a database"))
}

on_both! {
    async fn a_list_is_looked_at_before_it_counts(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let (here, there) = (&world.nodes[0], &world.nodes[1]);
        let (ann, ben, zoe) = (here.person("ann").await, here.person("ben").await, there.person("zoe").await);
        let zoe_here = ann.follows(&zoe).await;
        ben.follows(&zoe).await;
        zoe.follows(&ann).await;
        world.settle().await;
        let list = "domain,severity,reject_media,public_comment\nbeta.localhost,,,\"Spam, mostly\"\n\
            files.beta.localhost,suspend,,\nloud.example,silence,true,\n";
        let expected = [
            ("beta.localhost", Change::Add, 3),
            ("files.beta.localhost", Change::Covered("beta.localhost".to_owned()), 0),
            ("loud.example", Change::Add, 0),
        ];
        let before = written(here).await;
        assert_eq!(told(&preview(here, list, false).await), expected);
        assert_eq!(written(here).await, before, "looking changes nothing");
        assert!(!here.node.bans.bars(&there.domain));

        assert_eq!(told(&import(here, list, false).await), expected);
        assert!(here.node.bans.bars(&there.domain) && here.node.bans.find("a.loud.example").rejects_media);
        world.settle().await;
        let path = format!("/api/v1/accounts/relationships?id={zoe_here}");
        let relation = ann.get(&path).await.ok()[0].clone();
        assert!(relation["following"] == false && relation["followed_by"] == false, "{relation}");
        let after = written(here).await;
        assert!(after.contains("beta.localhost,suspend,false,false,\"Spam, mostly\",false\n"), "{after}");
        assert!(!after.contains("files.beta"), "{after}");
        let audits = here.node.db.read(|conn| store::audits::page(conn, None, &Page::newest(10))).await.expect("a database");
        let deeds: Vec<_> = audits.iter().map(|one| (one.action.as_str(), one.target.as_str())).collect();
        assert_eq!(deeds, [("block_domain", "loud.example"), ("block_domain", "beta.localhost")]);

        // What this node writes changes nothing on this node, and makes another one equal.
        let steps = import(here, &after, true).await;
        assert!(steps.iter().all(|step| step.change == Change::Same && step.follows == 0), "{steps:?}");
        let other = there;
        let steps = import(other, &after.replace("beta.localhost", "gamma.localhost"), false).await;
        assert!(steps.iter().all(|step| step.change == Change::Add), "{steps:?}");
        assert_eq!(written(other).await, after.replace("beta.localhost", "gamma.localhost"));
        world.settle().await;
    }
}

on_both! {
    async fn what_was_decided_here_stays_unless_the_list_may_change_it(engine) {
        let world = Fediverse::of(engine, &["alpha", "beta"]).await;
        let (here, there) = (&world.nodes[0], &world.nodes[1]);
        let (ann, zoe) = (here.person("ann").await, there.person("zoe").await);
        ann.follows(&zoe).await;
        world.settle().await;
        let wish = hosts::Wish {
            severity: Some(HostSeverity::Silence),
            private_comment: Some("For us".to_owned()),
            public_comment: Some("Loud".to_owned()),
            ..hosts::Wish::default()
        };
        hosts::block(&here.node, Staff::operator(), "beta.localhost", wish).await.expect("it is fine");
        let list = "domain,severity\nlocalhost.example,suspend\nbeta.localhost,suspend\n";
        let kept = import(here, list, false).await;
        assert_eq!(told(&kept)[1], ("beta.localhost", Change::Kept, 0));
        assert_eq!(told(&preview(here, list, true).await)[1], ("beta.localhost", Change::Alter, 1));
        assert!(!here.node.bans.bars(&there.domain));
        let altered = import(here, list, true).await;
        assert_eq!(told(&altered)[1], ("beta.localhost", Change::Alter, 1));
        assert!(here.node.bans.bars(&there.domain));
        let block = hosts::find_by_domain(&here.node, By::Operator, "beta.localhost").await.expect("it is there");
        assert_eq!((block.private_comment.as_deref(), block.public_comment.as_deref()), (Some("For us"), Some("Loud")));
        // A stricter block of what lies below is not covered by a milder one above.
        let list = "domain,severity\nmild.example,silence\nbad.mild.example,suspend\n";
        let steps = import(here, list, false).await;
        assert!(steps.iter().all(|step| step.change == Change::Add), "{steps:?}");
        world.settle().await;
    }
}

on_both! {
    async fn only_who_may_block_one_server_may_block_many(engine) {
        let world = Fediverse::of(engine, &["alpha"]).await;
        let here = &world.nodes[0];
        for role in [Role::User, Role::Moderator] {
            let staff = Staff { account: None, name: "somebody".to_owned(), by: By::Person(role) };
            let entries = entries(here, "evil.example");
            let refused = imports::import(&here.node, staff, entries, false).await;
            assert!(matches!(refused, Err(whimbrel::social::Error::Forbidden(_))), "{role:?}");
        }
        let entries = entries(here, "evil.example");
        let refused = imports::preview(&here.node, By::Person(Role::User), entries, false).await;
        assert!(matches!(refused, Err(whimbrel::social::Error::Forbidden(_))));
        let empty = written(here).await;
        assert_eq!(empty.lines().count(), 1, "{empty}");
    }
}
