//! What we send, we understand: every document that is built here is read back as what it was.

use serde_json::Value;
use whimbrel::federation::documents::activities::{
    self, Announced, Created, Deed, FollowReference, IncomingActivity, OutgoingAnnounce,
    UndoneKind, Updated,
};
use whimbrel::federation::documents::actors::{
    ActorKind, IncomingActor, InstanceActor, OutgoingActor, ProfileField,
};
use whimbrel::federation::documents::attachments::Media;
use whimbrel::federation::documents::notes::{GroupAddress, IncomingNote, OutgoingNote};
use whimbrel::federation::documents::tags::{Emoji, Hashtag, Mention};
use whimbrel::federation::documents::{Incoming, Origin, Visibility, local, read, understand};
use whimbrel::id::StatusId;
use whimbrel::keys::multikeys;
use whimbrel::urls::Urls;

const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n";
/// The key of FEP-521a.
const MULTIKEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
const ORIGIN: &str = "http://alpha.localhost:8081";
const BOB: &str = "https://beta.example/users/bob";

fn urls() -> Urls {
    Urls::new(ORIGIN)
}

fn ann() -> String {
    urls().actor("ann")
}

/// As another server would see it.
fn seen(document: &Value) -> Incoming {
    let elsewhere = Origin::of("https://elsewhere.example").expect("an origin");
    let document = read(document.to_string().as_bytes()).expect("readable");
    understand(&document, &elsewhere).expect("understood")
}

fn seen_activity(document: &Value) -> IncomingActivity {
    let Incoming::Activity(activity) = seen(document) else {
        panic!("no activity: {document}");
    };
    assert_eq!(activity.actor, ann());
    assert!(activity.id.is_some());
    *activity
}

fn picture(url: &str) -> Media {
    Media {
        url: url.into(),
        media_type: Some("image/png".into()),
        alt: Some("a teapot".into()),
        ..Media::default()
    }
}

fn emoji() -> Emoji {
    Emoji {
        shortcode: "cup".into(),
        url: format!("{ORIGIN}/media/cup.png"),
        media_type: Some("image/png".into()),
        updated: Some(1_000),
        id: None,
    }
}

fn actor() -> OutgoingActor {
    OutgoingActor {
        id: ann(),
        kind: ActorKind::Service,
        username: "ann".into(),
        domain: "alpha.localhost:8081".into(),
        name: "Ann :cup:".into(),
        summary: "<p>Tea.</p>".into(),
        url: urls().profile("ann"),
        shared_inbox: urls().shared_inbox(),
        public_key_pem: PEM.into(),
        ed25519_multikey: Some(MULTIKEY.into()),
        icon: Some(picture("http://alpha.localhost:8081/media/1")),
        image: None,
        fields: vec![ProfileField {
            name: "Home".into(),
            value: "<a href=\"https://a.example\">a</a>".into(),
        }],
        emojis: vec![emoji()],
        manually_approves_followers: true,
        discoverable: true,
        indexable: false,
        published: 1_700_000_123_456,
        also_known_as: vec![BOB.into()],
        attribution_domains: Vec::new(),
        moved_to: Some(BOB.into()),
        memorial: false,
        suspended: true,
    }
}

fn assert_is_ann(seen: &IncomingActor) {
    let built = actor();
    assert_eq!(
        (&seen.id, seen.kind, &seen.username),
        (&built.id, built.kind, &built.username)
    );
    assert_eq!(seen.webfinger.as_deref(), Some("ann@alpha.localhost:8081"));
    assert_eq!(
        (&seen.name, &seen.summary, &seen.url),
        (&built.name, &built.summary, &built.url)
    );
    assert_eq!(seen.inbox, local::inbox(&built.id));
    assert_eq!(seen.shared_inbox, Some(built.shared_inbox));
    assert_eq!(seen.outbox, Some(local::outbox(&built.id)));
    assert_eq!(seen.followers, Some(local::followers(&built.id)));
    assert_eq!(seen.following, Some(local::following(&built.id)));
    assert_eq!(seen.featured, Some(local::featured(&built.id)));
    assert_eq!(
        (
            seen.public_keys[0].id.as_str(),
            seen.public_keys[0].pem.as_str()
        ),
        (local::main_key(&built.id).as_str(), PEM)
    );
    let second = &seen.public_keys[1];
    assert_eq!(second.id, local::ed25519_key(&built.id));
    assert_eq!(multikeys::from_pem(&second.pem).as_deref(), Some(MULTIKEY));
    assert_eq!((&seen.icon, &seen.image), (&built.icon, &built.image));
    assert_eq!((&seen.fields, &seen.emojis), (&built.fields, &built.emojis));
    assert_eq!(
        (seen.discoverable, seen.indexable),
        (Some(true), Some(false))
    );
    assert_eq!(seen.published, Some(1_699_920_000_000));
    assert_eq!(
        (&seen.also_known_as, &seen.moved_to),
        (&built.also_known_as, &built.moved_to)
    );
    assert!(seen.manually_approves_followers && seen.suspended && !seen.memorial && seen.is_bot());
}

fn note(visibility: Visibility) -> OutgoingNote {
    let id = urls().status("ann", StatusId(7));
    OutgoingNote {
        url: urls().status_page("ann", StatusId(7)),
        author: ann(),
        content: "<p>The kettle is on :cup: #tea</p>".into(),
        language: Some("en".into()),
        summary: Some("steam".into()),
        sensitive: true,
        published: 1_700_000_123_456,
        updated: Some(1_700_000_200_000),
        in_reply_to: Some("https://beta.example/objects/1".into()),
        visibility,
        mentions: vec![Mention {
            href: BOB.into(),
            name: "@bob@beta.example".into(),
        }],
        groups: vec![GroupAddress {
            id: "https://beta.example/c/tea".into(),
            followers: Some("https://beta.example/c/tea/followers".into()),
        }],
        hashtags: vec![Hashtag {
            name: "tea".into(),
            href: Some(urls().tag("tea")),
        }],
        emojis: vec![emoji()],
        attachments: vec![Media {
            blurhash: Some("00OZZy".into()),
            focus: Some((0.5, -0.5)),
            width: Some(640),
            height: Some(480),
            ..picture("http://alpha.localhost:8081/media/2")
        }],
        poll: None,
        quote: None,
        quotable_by: vec![local::followers(&ann())],
        conversation: Some(format!("{ORIGIN}/conversations/1")),
        likes: 3,
        shares: 1,
        id,
    }
}

fn assert_is_note(seen: &IncomingNote, visibility: Visibility) {
    let built = note(visibility);
    assert_eq!(
        (&seen.id, &seen.url, &seen.attributed_to),
        (&built.id, &built.url, &built.author)
    );
    assert_eq!(
        (&seen.content, &seen.summary, seen.sensitive),
        (&built.content, &built.summary, true)
    );
    assert_eq!(
        (&seen.language, &seen.in_reply_to),
        (&built.language, &built.in_reply_to)
    );
    assert_eq!(
        (seen.published, seen.updated),
        (Some(built.published), built.updated)
    );
    assert_eq!(seen.visibility(Some(&local::followers(&ann()))), visibility);
    assert_eq!(
        (&seen.mentions, &seen.hashtags, &seen.emojis),
        (&built.mentions, &built.hashtags, &built.emojis)
    );
    assert_eq!(
        (&seen.attachments, &seen.conversation),
        (&built.attachments, &built.conversation)
    );
    assert!(seen.addressees.all().any(|address| address == BOB));
    let is_open = matches!(visibility, Visibility::Public | Visibility::Unlisted);
    for group in [
        "https://beta.example/c/tea",
        "https://beta.example/c/tea/followers",
    ] {
        assert_eq!(seen.addressees.cc.iter().any(|to| to == group), is_open);
    }
    assert_eq!(seen.addressees.audience.len(), usize::from(is_open));
    let policy = seen.quote_policy.as_ref().expect("a policy");
    assert_eq!(
        (&policy.automatic, policy.manual.len()),
        (&built.quotable_by, 0)
    );
}

const VISIBILITIES: [Visibility; 4] = [
    Visibility::Public,
    Visibility::Unlisted,
    Visibility::Private,
    Visibility::Direct,
];

#[test]
fn actors() {
    let Incoming::Actor(seen_actor) = seen(&actor().document()) else {
        panic!("no actor")
    };
    assert_is_ann(&seen_actor);
    let update = seen_activity(&activities::update_actor(&actor(), 5));
    let Deed::Update(Updated::Actor(seen_actor)) = update.deed else {
        panic!("no update")
    };
    assert_is_ann(&seen_actor);

    let instance = InstanceActor {
        id: urls().node_actor(),
        domain: "alpha.localhost:8081".into(),
        url: ORIGIN.into(),
        shared_inbox: urls().shared_inbox(),
        public_key_pem: PEM.into(),
        ed25519_multikey: Some(MULTIKEY.into()),
    };
    let Incoming::Actor(instance) = seen(&instance.document()) else {
        panic!("no actor")
    };
    assert_eq!(
        (instance.kind, instance.public_keys.len()),
        (ActorKind::Application, 2)
    );
    assert_eq!(instance.username, "alpha.localhost:8081");
}

#[test]
fn notes_and_the_activities_that_carry_them() {
    for visibility in VISIBILITIES {
        let built = note(visibility);
        let Incoming::Note(alone) = seen(&built.document()) else {
            panic!("no note")
        };
        assert_is_note(&alone, visibility);

        let create = seen_activity(&activities::create(&built));
        assert_eq!(
            create.id.as_deref(),
            Some("http://alpha.localhost:8081/users/ann/statuses/7/activity")
        );
        assert_eq!(create.addressees, alone.addressees);
        let Deed::Create(Created::Note(carried)) = create.deed else {
            panic!("no create")
        };
        assert_is_note(&carried, visibility);

        let update = seen_activity(&activities::update_note(&built, 1_700_000_200_000));
        let Deed::Update(Updated::Note(carried)) = update.deed else {
            panic!("no update")
        };
        assert_is_note(&carried, visibility);

        let is_open = matches!(visibility, Visibility::Public | Visibility::Unlisted);
        assert_eq!(built.document().get("likes").is_some(), is_open);
    }
}

#[test]
fn deletions() {
    let status = urls().status("ann", StatusId(7));
    let delete = seen_activity(&activities::delete_note(&ann(), &status, &[BOB.to_owned()]));
    assert_eq!(
        delete.deed,
        Deed::Delete {
            object: status.clone(),
            is_actor: false
        }
    );
    let delete = seen_activity(&activities::delete_actor(&ann()));
    assert_eq!(
        delete.deed,
        Deed::Delete {
            object: ann(),
            is_actor: true
        }
    );
    assert_eq!(
        seen(&activities::tombstone(&status)),
        Incoming::Tombstone { id: status }
    );
}

#[test]
fn follows_likes_and_blocks_and_their_undoing() {
    let status = "https://beta.example/objects/1";
    let follow = activities::follow(&format!("{}/follows/1", ann()), &ann(), BOB);
    let like = activities::like(&format!("{}/likes/2", ann()), &ann(), status);
    let block = activities::block(&format!("{}/blocks/3", ann()), &ann(), BOB);
    let cases = [
        (
            follow,
            Deed::Follow { object: BOB.into() },
            UndoneKind::Follow,
            BOB,
        ),
        (
            like,
            Deed::Like {
                object: status.into(),
            },
            UndoneKind::Like,
            status,
        ),
        (
            block,
            Deed::Block {
                object: BOB.into(),
                target: None,
            },
            UndoneKind::Block,
            BOB,
        ),
    ];
    for (built, deed, kind, object) in cases {
        let done = seen_activity(&built);
        assert_eq!(done.deed, deed);
        let Deed::Undo(undone) = seen_activity(&activities::undo(&built)).deed else {
            panic!("no undo")
        };
        assert_eq!(
            (undone.kind, undone.id, undone.object.as_deref()),
            (kind, done.id, Some(object))
        );
    }
}

#[test]
fn answers_to_follows() {
    let whole = FollowReference {
        id: Some(format!("{BOB}#follows/1")),
        follower: Some(BOB.into()),
    };
    let only_id = FollowReference {
        follower: None,
        ..whole.clone()
    };
    let only_follower = FollowReference {
        id: None,
        ..whole.clone()
    };
    for follow in [whole, only_id, only_follower] {
        let accept =
            activities::accept_follow(&local::follow_answer(&ann(), "accepts", 1), &ann(), &follow);
        assert_eq!(seen_activity(&accept).deed, Deed::Accept(follow.clone()));
        let reject =
            activities::reject_follow(&local::follow_answer(&ann(), "rejects", 1), &ann(), &follow);
        assert_eq!(seen_activity(&reject).deed, Deed::Reject(follow));
    }
}

#[test]
fn boosts() {
    for visibility in VISIBILITIES {
        let boost = OutgoingAnnounce {
            id: local::status_activity(&urls().status("ann", StatusId(8))),
            actor: ann(),
            object: "https://beta.example/objects/1".into(),
            author: BOB.into(),
            published: 1_700_000_000_000,
            visibility,
        };
        let built = activities::announce(&boost);
        let announce = seen_activity(&built);
        let expected = Announced {
            object: boost.object,
            wrapped: None,
        };
        assert_eq!(announce.deed, Deed::Announce(expected));
        assert_eq!(announce.published, Some(boost.published));
        let followers = local::followers(&ann());
        let widest = visibility.min(Visibility::Private);
        assert_eq!(announce.addressees.visibility(Some(&followers)), widest);
        assert!(announce.addressees.all().any(|address| address == BOB));
        let Deed::Undo(undone) = seen_activity(&activities::undo(&built)).deed else {
            panic!("no undo")
        };
        assert_eq!(
            (undone.kind, undone.id),
            (UndoneKind::Announce, announce.id)
        );
    }
}
