//! Activities as others send them, and what is read of them.

use serde_json::json;

use super::*;

const ANN: &str = "https://a.example/users/ann";
const BOB: &str = "https://a.example/users/bob";
const LEA: &str = "https://home.example/users/lea";

fn parse(kind: &str, object: &Value) -> Result<Deed, Reject> {
    let activity =
        json!({"id": "https://a.example/act/1", "type": kind, "actor": ANN, "object": object});
    parse_whole(&activity).map(|activity| activity.deed)
}

fn parse_whole(activity: &Value) -> Result<IncomingActivity, Reject> {
    let ours = Origin::of("https://home.example").expect("an origin");
    IncomingActivity::parse(activity.as_object().expect("an object"), &ours)
}

fn note(changes: &Value) -> Value {
    let mut note =
        json!({"id": "https://a.example/1", "type": "Note", "attributedTo": ANN, "content": "tea"});
    for (key, value) in changes.as_object().expect("an object") {
        note[key] = value.clone();
    }
    note
}

#[test]
fn an_activity_comes_from_its_actors_origin() {
    let with = |changes: Value| {
        let mut activity =
            json!({"id": "https://a.example/act/1", "type": "Like", "actor": ANN, "object": LEA});
        for (key, value) in changes.as_object().expect("an object") {
            activity[key] = value.clone();
        }
        parse_whole(&activity)
    };
    for (changes, reason) in [
        (json!({}), None),
        (json!({"id": null}), None),
        (json!({"actor": {"type": "Person", "id": ANN}}), None),
        (json!({"attributedTo": ANN}), None),
        (json!({"id": "https://b.example/1"}), Some("another origin")),
        (
            json!({"id": "http://a.example/act/1"}),
            Some("another origin"),
        ),
        (json!({"id": "nonsense"}), Some("no usable")),
        (json!({"actor": null}), Some("the actor is no usable")),
        (json!({"actor": LEA}), Some("on this server")),
        (json!({"attributedTo": BOB}), Some("attributed to another")),
        (json!({"publicKey": {"id": ANN}}), Some("publicKey")),
        (json!({"inbox": "https://a.example/inbox"}), Some("inbox")),
        (json!({"type": "Note"}), Some("no activity")),
        (json!({"type": null}), Some("no type")),
        (json!({"object": null}), Some("no object")),
        (json!({"object": [LEA, ANN]}), Some("no usable")),
        (json!({"object": 5}), Some("no usable")),
    ] {
        match (with(changes.clone()), reason) {
            (Ok(_), None) => {}
            (Err(refusal), Some(reason)) => {
                assert!(refusal.0.contains(reason), "{changes}: {refusal}");
            }
            (found, _) => panic!("{changes}: {found:?}"),
        }
    }
}

#[test]
fn an_actor_makes_and_changes_only_what_is_its_own() {
    for kind in ["Create", "Update"] {
        for (object, reason) in [
            (note(&json!({})), None),
            (json!("https://a.example/1"), None),
            (note(&json!({"attributedTo": null})), None),
            (json!("https://good.example/1"), Some("another origin")),
            (
                note(&json!({"id": "https://good.example/1"})),
                Some("another origin"),
            ),
            (
                note(&json!({"attributedTo": "https://good.example/users/g"})),
                Some("not the actor"),
            ),
            (note(&json!({"attributedTo": BOB})), Some("not the actor")),
            (note(&json!({"id": LEA})), Some("another origin")),
            (note(&json!({"id": null})), Some("no usable")),
            (json!({"id": BOB, "type": "Person"}), Some("another actor")),
            (json!([]), Some("no object")),
            (json!([[]]), Some("neither")),
        ] {
            match (parse(kind, &object), reason) {
                (Ok(Deed::Create(_) | Deed::Update(_)), None) => {}
                (Err(refusal), Some(reason)) => {
                    assert!(refusal.0.contains(reason), "{object}: {refusal}");
                }
                (found, _) => panic!("{object}: {found:?}"),
            }
        }
    }
    let me = json!({"id": ANN, "type": "Person", "preferredUsername": "ann", "inbox": "https://a.example/inbox"});
    assert!(matches!(
        parse("Update", &me),
        Ok(Deed::Update(Updated::Actor(_)))
    ));
    assert!(parse("Create", &me).is_err());
    let book = json!({"id": "https://a.example/1", "type": "Edition"});
    assert_eq!(parse("Create", &book), Ok(unknown("Create of Edition")));
    let votes = json!([
        note(&json!({})),
        note(&json!({"id": "https://a.example/2"}))
    ]);
    assert_eq!(
        parse("Create", &votes),
        Ok(unknown("Create of several objects"))
    );
}

#[test]
fn deletes_reach_only_the_actors_origin() {
    let delete = |object: Value| parse("Delete", &object);
    let note = Deed::Delete {
        object: "https://a.example/1".into(),
        is_actor: false,
    };
    assert_eq!(delete(json!("https://a.example/1")), Ok(note.clone()));
    assert_eq!(delete(json!(["https://a.example/1"])), Ok(note.clone()));
    assert_eq!(
        delete(json!({"type": "Tombstone", "id": "https://a.example/1"})),
        Ok(note)
    );
    let actor = Deed::Delete {
        object: ANN.into(),
        is_actor: true,
    };
    assert_eq!(delete(json!(ANN)), Ok(actor.clone()));
    assert_eq!(delete(json!({"type": "Person", "id": ANN})), Ok(actor));
    for object in [
        json!("https://good.example/1"),
        json!(LEA),
        json!({"type": "Tombstone"}),
        json!(["https://a.example/1", ANN]),
    ] {
        assert!(delete(object.clone()).is_err(), "{object}");
    }
}

#[test]
fn an_answer_is_about_being_followed_oneself() {
    let follow = |id: Value, actor: Value, object: Value| json!({"type": "Follow", "id": id, "actor": actor, "object": object});
    let id = "https://home.example/users/lea#follows/1";
    let reference = |id: Option<&str>, follower: Option<&str>| {
        Ok(Deed::Accept(FollowReference {
            id: id.map(str::to_owned),
            follower: follower.map(str::to_owned),
        }))
    };
    for (object, expected) in [
        (json!(id), reference(Some(id), None)),
        (
            follow(json!(id), json!(LEA), json!(ANN)),
            reference(Some(id), Some(LEA)),
        ),
        (
            follow(json!(null), json!(LEA), json!(ANN)),
            reference(None, Some(LEA)),
        ),
        (
            follow(json!(id), json!(null), json!(null)),
            reference(Some(id), None),
        ),
        (
            json!({"type": "Offer", "id": id, "actor": LEA}),
            Ok(unknown("Accept of Offer")),
        ),
    ] {
        assert_eq!(parse("Accept", &object), expected, "{object}");
    }
    for object in [
        follow(json!(id), json!(LEA), json!(BOB)),
        follow(json!(null), json!(null), json!(ANN)),
        json!("nonsense"),
        json!(null),
        json!([id, id]),
    ] {
        assert!(parse("Accept", &object).is_err(), "{object}");
        assert!(parse("Reject", &object).is_err(), "{object}");
    }
}

#[test]
fn only_what_the_actor_did_is_undone() {
    let status = "https://home.example/users/lea/statuses/1";
    let inner = |kind: &str| json!({"type": kind, "id": "https://a.example/act/0", "actor": ANN, "object": status});
    let undone = |kind: UndoneKind| {
        Ok(Deed::Undo(Undone {
            kind,
            id: Some("https://a.example/act/0".into()),
            object: Some(status.into()),
            reaction: None,
        }))
    };
    for (kind, expected) in [
        ("Follow", UndoneKind::Follow),
        ("Like", UndoneKind::Like),
        ("Announce", UndoneKind::Announce),
        ("Block", UndoneKind::Block),
        ("Delete", UndoneKind::Delete),
        ("Dislike", UndoneKind::Dislike),
        ("View", UndoneKind::Other("View".into())),
    ] {
        assert_eq!(parse("Undo", &inner(kind)), undone(expected));
    }
    let accept = json!({"type": "Accept", "id": "https://a.example/act/0", "object": {"type": "Follow", "actor": LEA}});
    let Ok(Deed::Undo(undone)) = parse("Undo", &accept) else {
        panic!("an undo")
    };
    assert_eq!(
        (undone.kind, undone.object.as_deref()),
        (UndoneKind::Accept, Some(LEA))
    );
    let by_id = parse("Undo", &json!("https://a.example/act/0"));
    assert!(matches!(
        by_id,
        Ok(Deed::Undo(Undone {
            kind: UndoneKind::ById,
            ..
        }))
    ));
    for object in [
        json!("https://good.example/act/0"),
        json!({"type": "Follow", "id": "https://a.example/act/0", "actor": BOB, "object": LEA}),
        json!({"type": "Follow", "id": "https://good.example/act/0", "actor": ANN, "object": LEA}),
        json!({"type": "Follow", "actor": ANN}),
        json!({"id": "https://a.example/act/0"}),
    ] {
        assert!(parse("Undo", &object).is_err(), "{object}");
    }
}

#[test]
fn what_is_boosted_is_an_id_whatever_comes_along() {
    let forged = note(
        &json!({"id": "https://good.example/1", "attributedTo": "https://good.example/users/g"}),
    );
    let announced = Announced {
        object: "https://good.example/1".into(),
        wrapped: None,
    };
    assert_eq!(parse("Announce", &forged), Ok(Deed::Announce(announced)));
    let wrapped = json!({"id": "https://b.example/act/1", "type": "Create", "actor": "https://b.example/u/b", "object": forged});
    let Ok(Deed::Announce(announced)) = parse("Announce", &wrapped) else {
        panic!("an announce")
    };
    assert_eq!(announced.object, "https://b.example/act/1");
    let wrapped = announced.wrapped.expect("wrapped");
    assert_eq!(
        (wrapped.kind.as_str(), wrapped.object.as_deref()),
        ("Create", Some("https://good.example/1"))
    );
    assert!(parse("Announce", &json!({"type": "Note", "content": "anonymous"})).is_err());
}

#[test]
fn what_a_group_passes_on_is_told_by_its_kind_and_object() {
    let page = "https://b.example/post/1";
    let inner = |kind: &str, object: Value| json!({"id": "https://b.example/act/1", "type": kind, "actor": "https://b.example/u/b", "object": object});
    for (object, kind, about) in [
        (
            inner("Update", json!({"id": page, "type": "Page"})),
            "Update",
            Some(page),
        ),
        (inner("Delete", json!(page)), "Delete", Some(page)),
        (
            inner("Undo", inner("Delete", json!(page))),
            "Undo of Delete",
            Some(page),
        ),
        (
            inner("Undo", json!("https://b.example/act/0")),
            "Undo",
            Some("https://b.example/act/0"),
        ),
        (inner("Lock", json!(5)), "Lock", None),
        (inner("Like", json!("javascript:x")), "Like", None),
    ] {
        let Ok(Deed::Announce(announced)) = parse("Announce", &object) else {
            panic!("no announce: {object}");
        };
        let wrapped = announced.wrapped.expect("an activity");
        assert_eq!(
            (wrapped.kind.as_str(), wrapped.object.as_deref()),
            (kind, about)
        );
    }
}
