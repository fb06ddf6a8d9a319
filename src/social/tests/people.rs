//! Making people, changing them, and what becomes of their tokens.

use super::nodes::{ann, make_ann, new_node};
use crate::id::AccountId;
use crate::keys::Secret;
use crate::keys::actors::{SigningKey, VerifyingKey};
use crate::node::Node;
use crate::social::setup::{self, NewOwner};
use crate::social::tokens::{self, Presented};
use crate::social::users::{self, NewUser};
use crate::social::{Error, keys, passwords};
use crate::store::jobs::{self, Job};
use crate::store::keys::Key;
use crate::store::{self, Conn, KeyAlgorithm, Role, Tx};

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[tokio::test]
async fn a_person_has_account_keys_and_user() {
    let node = new_node().await;
    let account = make_ann(&node).await;
    assert_eq!(account.handle, "ann");
    assert_eq!(account.username, "Ann");
    assert_eq!(account.uri, "http://node.localhost/users/ann");
    assert_eq!(account.url, "http://node.localhost/@Ann");
    assert_eq!(account.inbox_url, "http://node.localhost/users/ann/inbox");
    let id = account.id;
    let keys = node
        .db
        .read(move |conn| store::keys::list(conn, id))
        .await
        .expect("a database");
    let ids: Vec<&str> = keys.iter().map(|key| key.key_id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "http://node.localhost/users/ann#ed25519-key",
            "http://node.localhost/users/ann#main-key"
        ]
    );
    for (key, algorithm) in keys.iter().zip([KeyAlgorithm::Ed25519, KeyAlgorithm::Rsa]) {
        assert_eq!(key.algorithm, algorithm);
        let private = key.private_pem.as_deref().expect("a private key");
        let signature = SigningKey::from_pem(private).and_then(|key| key.sign(b"x"));
        let public = VerifyingKey::from_pem(&key.public_pem).expect("a public key");
        assert!(public.verify(b"x", &signature.expect("it signs")));
    }

    for identifier in ["ann", "@ANN", "ann@Example.org", " Ann "] {
        let person = users::find(&node, identifier).await.expect("a database");
        let person = person.expect(identifier);
        assert_eq!(person.account.id, account.id);
        assert_eq!(person.user.email, "ann@example.org");
    }
    let person = users::find_by_id(&node, id)
        .await
        .expect("a database")
        .expect("Ann");
    let stored = person.user.password_hash;
    assert!(stored.starts_with("$argon2id$"));
    for (password, expected) in [("correct horse", true), ("correct horsf", false)] {
        let is_right = passwords::verify(secret(password), Some(stored.clone())).await;
        assert_eq!(is_right.expect("a hash"), expected);
    }
}

async fn list_keys(node: &Node, account: AccountId) -> Vec<Key> {
    let list = move |conn: &mut Conn| store::keys::list(conn, account);
    node.db.read(list).await.expect("a database")
}

/// How the keys of an account sign.
async fn list_algorithms(node: &Node, account: AccountId) -> Vec<KeyAlgorithm> {
    let keys = list_keys(node, account).await;
    keys.iter().map(|key| key.algorithm).collect()
}

/// Leaves an account the keys that it had before there were others.
async fn forget_newer_keys(node: &Node, account: AccountId) {
    let mut keys = list_keys(node, account).await;
    keys.retain(|key| key.algorithm == KeyAlgorithm::Rsa);
    let write = move |tx: &mut Tx| store::keys::replace(tx, account, &keys);
    node.db.write(write).await.expect("a database");
    let left = list_algorithms(node, account).await;
    assert_eq!(left, [KeyAlgorithm::Rsa]);
}

#[tokio::test]
async fn accounts_from_before_get_the_keys_that_they_lack() {
    let both = [KeyAlgorithm::Ed25519, KeyAlgorithm::Rsa];
    let node = new_node().await;
    let first = make_ann(&node).await.id;
    let bob = NewUser {
        username: "bob".into(),
        email: "bob@example.org".into(),
        ..ann()
    };
    let second = users::create_local(&node, bob).await.expect("Bob").id;
    let own = setup::ensure_node_actor(&node).await.expect("an actor").id;
    forget_newer_keys(&node, first).await;
    forget_newer_keys(&node, own).await;
    let kept = list_keys(&node, second).await;

    keys::make_missing(&node, AccountId(0)).await.expect("keys");
    assert_eq!(list_algorithms(&node, first).await, both);
    let again = list_keys(&node, second).await;
    assert_eq!(again[0].public_pem, kept[0].public_pem, "Bob had his");
    setup::ensure_node_actor(&node).await.expect("an actor");
    assert_eq!(list_algorithms(&node, own).await, both);

    // It goes on behind the last account until there is none.
    let waiting = node.db.read(|conn| jobs::list(conn, false, 10));
    let waiting = waiting.await.expect("a database");
    let payloads: Vec<&str> = waiting.iter().map(|job| job.payload.as_str()).collect();
    let next = serde_json::to_string(&Job::MakeKeys { after: second }).expect("a text");
    assert_eq!(payloads, [next.as_str()]);
    keys::make_missing(&node, second).await.expect("keys");
    let waiting = node.db.read(|conn| jobs::list(conn, false, 10));
    assert_eq!(waiting.await.expect("a database").len(), 1, "nothing more");
}

#[tokio::test]
async fn names_and_addresses_are_taken_once() {
    let node = new_node().await;
    make_ann(&node).await;
    setup::ensure_node_actor(&node).await.expect("an actor");
    let cases = [
        NewUser {
            username: "aNN".into(),
            email: "other@example.org".into(),
            ..ann()
        },
        NewUser {
            username: "bob".into(),
            email: "ANN@EXAMPLE.ORG".into(),
            ..ann()
        },
    ];
    for new in cases {
        let refused = users::create_local(&node, new).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    let sign_up = users::SignUp {
        username: "bob".into(),
        email: "bob@example.org".into(),
        password: secret("correct horse"),
        agrees: true,
        reason: None,
        invite_code: None,
        date_of_birth: None,
        locale: "en".into(),
        address: None,
    };
    let refused = users::register(&node, sign_up, None).await;
    assert!(
        matches!(refused, Err(Error::Forbidden(_))),
        "sign-up is closed by default"
    );
    assert_eq!(users::list(&node, 10).await.expect("a list").len(), 1);
}

#[tokio::test]
async fn the_node_has_one_actor_of_its_own() {
    let node = new_node().await;
    let first = setup::ensure_node_actor(&node).await.expect("an actor");
    let again = setup::ensure_node_actor(&node).await.expect("an actor");
    assert_eq!(first.id, again.id);
    assert_eq!(first.uri, "http://node.localhost/actor");
    assert_eq!(first.inbox_url, "http://node.localhost/actor/inbox");
    let key = node
        .db
        .read(|conn| store::keys::find(conn, "http://node.localhost/actor#main-key"))
        .await
        .expect("a database");
    assert!(key.is_some_and(|key| key.private_pem.is_some()));
}

#[tokio::test]
async fn the_owner_comes_in_by_the_newest_link_once() {
    let node = new_node().await;
    let owner = || NewOwner {
        username: "admin".into(),
        email: "me@example.org".into(),
        password: secret("correct horse"),
        locale: "en".into(),
    };
    let token = |link: Option<String>| {
        let link = link.expect("a link");
        link.split_once("token=").expect("a token").1.to_owned()
    };
    let old = token(setup::new_owner_link(&node).await.expect("a database"));
    let new = token(setup::new_owner_link(&node).await.expect("a database"));
    for wrong in [old.as_str(), "", "guess"] {
        let refused = setup::create_owner(&node, wrong, owner()).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{wrong}");
    }
    let account = setup::create_owner(&node, &new, owner())
        .await
        .expect("the owner");
    let person = users::find_by_id(&node, account.id)
        .await
        .expect("a database");
    assert_eq!(person.expect("the owner").user.role, Role::Owner);
    let again = setup::create_owner(&node, &new, owner()).await;
    assert!(matches!(again, Err(Error::NotFound)));
    assert_eq!(
        setup::new_owner_link(&node).await.expect("a database"),
        None
    );
}

#[tokio::test]
async fn a_new_password_ends_tokens() {
    let node = new_node().await;
    let account = make_ann(&node).await;
    let issued = tokens::create_for(&node, account.id, "script", "read write")
        .await
        .expect("a token");
    let token = issued.secret.expose().clone();
    let present = || tokens::find_viewer(&node, &token);
    let Presented::Valid(viewer) = present().await.expect("a database") else {
        panic!("the token is new");
    };
    assert!(viewer.scopes.covers("write:media") && !viewer.scopes.covers("push"));
    assert_eq!(
        viewer.person.map(|person| person.account.id),
        Some(account.id)
    );

    let person = users::find_by_id(&node, account.id)
        .await
        .expect("a database")
        .expect("Ann");
    let kept = crate::id::SessionId(0);
    let wrong = users::change_own_password(
        &node,
        &person,
        secret("wrong"),
        secret("a better horse"),
        kept,
    );
    assert!(matches!(wrong.await, Err(Error::Forbidden(_))));
    assert!(matches!(present().await, Ok(Presented::Valid(_))));
    let short = users::change_password(&node, account.id, secret("short"), None).await;
    assert!(matches!(short, Err(Error::Invalid(_))));
    users::change_own_password(
        &node,
        &person,
        secret("correct horse"),
        secret("a better horse"),
        kept,
    )
    .await
    .expect("it is right");
    assert!(matches!(present().await, Ok(Presented::Revoked)));
    assert!(matches!(
        tokens::find_viewer(&node, "guess").await,
        Ok(Presented::Unknown)
    ));
}

#[tokio::test]
async fn people_are_disabled_enabled_and_deleted() {
    let node = new_node().await;
    let id = make_ann(&node).await.id;
    let person = async || {
        users::find_by_id(&node, id)
            .await
            .expect("a database")
            .expect("Ann")
    };
    assert!(users::check_active(&person().await).is_ok());
    users::disable(&node, id).await.expect("Ann is there");
    assert!(users::check_active(&person().await).is_err());
    users::enable(&node, id).await.expect("Ann is there");
    assert!(users::check_active(&person().await).is_ok());
    users::set_role(&node, id, Role::Moderator)
        .await
        .expect("Ann is there");
    assert_eq!(person().await.user.role, Role::Moderator);

    let issued = tokens::create_for(&node, id, "script", "read")
        .await
        .expect("a token");
    users::delete_account(&node, id)
        .await
        .expect("Ann is there");
    let gone = person().await;
    assert!(gone.account.suspended_at.is_some() && users::check_active(&gone).is_err());
    assert!(!gone.user.email.contains("ann"));
    let presented = tokens::find_viewer(&node, issued.secret.expose()).await;
    assert!(matches!(presented, Ok(Presented::Revoked)));
    assert!(matches!(
        users::enable(&node, id).await,
        Err(Error::Conflict(_))
    ));
    let taken = users::create_local(&node, ann()).await;
    assert!(
        matches!(taken, Err(Error::Invalid(_))),
        "the name stays taken"
    );
}
