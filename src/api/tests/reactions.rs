//! Reactions with emoji as clients meet them.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::desk::{Desk, Person};
use super::emojis::add_emoji;
use crate::api::render::crowds::Crowd;
use crate::api::render::{self, View};
use crate::id::StatusId;
use crate::social::reactions::{MOST_BY_ONE, MOST_EMOJI};
use crate::store::{self, Conn};

async fn post(desk: &Desk, by: &Person, text: &str) -> StatusId {
    let (path, body) = ("/api/v1/statuses", json!({ "status": text }));
    let posted = desk.send_json(by, Method::POST, path, &body).await.good();
    posted["id"].as_str().unwrap().parse().unwrap()
}

fn path(status: StatusId, emoji: &str) -> String {
    let emoji: String = url::form_urlencoded::byte_serialize(emoji.as_bytes()).collect();
    format!("/api/v1/pleroma/statuses/{status}/reactions/{emoji}")
}

async fn act(desk: &Desk, who: &Person, method: Method, path: &str) -> Value {
    desk.send_json(who, method, path, &Value::Null).await.good()
}

/// What becomes of a request, as an HTTP status.
async fn attempt(desk: &Desk, who: &Person, method: Method, path: &str) -> u16 {
    let answer = desk.send_json(who, method, path, &Value::Null).await;
    answer.status
}

fn party(count: i64, me: bool) -> Value {
    json!({"name": "\u{1f389}", "count": count, "me": me, "url": null, "static_url": null})
}

#[actix_web::test]
async fn a_reaction_is_seen_by_everybody_and_taken_back() {
    let desk = Desk::open().await;
    let (ann, bob) = (desk.person("ann").await, desk.person("bob").await);
    let tea = post(&desk, &ann, "tea").await;
    let party_at = path(tea, "\u{1f389}");
    for _ in 0..2 {
        let seen = act(&desk, &bob, Method::PUT, &party_at).await;
        assert_eq!(seen["reactions"], json!([party(1, true)]));
        assert_eq!(seen["pleroma"]["emoji_reactions"], seen["reactions"]);
        assert_eq!(seen["favourites_count"], 0);
    }
    let status = format!("/api/v1/statuses/{tea}");
    let by_ann = desk.get(&ann, &status).await.good();
    assert_eq!(by_ann["reactions"], json!([party(1, false)]));
    let by_nobody = desk.get_as_stranger(&status).await.good();
    assert_eq!(by_nobody["reactions"], json!([party(1, false)]));

    let all = format!("/api/v1/pleroma/statuses/{tea}/reactions");
    for asked in [all.as_str(), party_at.as_str()] {
        let found = desk.get(&bob, asked).await.good();
        assert_eq!(found[0]["accounts"][0]["acct"], "bob", "{asked}");
        let mut bare = found[0].clone();
        bare.as_object_mut().unwrap().remove("accounts");
        assert_eq!(bare, party(1, true));
    }
    let none = desk.get_as_stranger(&path(tea, "\u{1f44d}")).await.good();
    assert_eq!(none, json!([]));

    for _ in 0..2 {
        let seen = act(&desk, &bob, Method::DELETE, &party_at).await;
        assert_eq!(seen["reactions"], json!([]));
    }
}

#[actix_web::test]
async fn what_is_no_emoji_and_what_is_too_much_is_refused() {
    let desk = Desk::open().await;
    let (ann, bob) = (desk.person("ann").await, desk.person("bob").await);
    let tea = post(&desk, &ann, "tea").await;
    for wrong in ["word", "a", ":gone:", "cup@peer.test", "\u{1f389}\u{1f389}"] {
        let refused = attempt(&desk, &bob, Method::PUT, &path(tea, wrong)).await;
        assert_eq!(refused, 422, "{wrong}");
    }
    let mut emoji = (0x1f600..).map(|code| char::from_u32(code).unwrap().to_string());
    for _ in 0..MOST_BY_ONE {
        act(&desk, &bob, Method::PUT, &path(tea, &emoji.next().unwrap())).await;
    }
    let refused = attempt(&desk, &bob, Method::PUT, &path(tea, "\u{1f389}")).await;
    assert_eq!(refused, 422);
    let mut fans = Vec::new();
    for number in 1..MOST_EMOJI / MOST_BY_ONE {
        let fan = desk.person(&format!("fan{number}")).await;
        for _ in 0..MOST_BY_ONE {
            act(&desk, &fan, Method::PUT, &path(tea, &emoji.next().unwrap())).await;
        }
        fans.push(fan);
    }
    let refused = attempt(&desk, &ann, Method::PUT, &path(tea, "\u{1f389}")).await;
    assert_eq!(refused, 422, "there are twenty");
    let seen = act(&desk, &ann, Method::PUT, &path(tea, "\u{1f600}")).await;
    let shown = seen["reactions"].as_array().unwrap();
    assert_eq!((shown.len(), &shown[0]["count"]), (MOST_EMOJI, &json!(2)));
    let body = json!({"status": "secret", "visibility": "direct"});
    let secret = desk
        .send_json(&ann, Method::POST, "/api/v1/statuses", &body)
        .await
        .good();
    let secret: StatusId = secret["id"].as_str().unwrap().parse().unwrap();
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let hidden = attempt(&desk, &bob, method.clone(), &path(secret, "\u{1f389}")).await;
        assert_eq!(hidden, 404, "{method}");
    }
}

#[actix_web::test]
async fn custom_emoji_carry_their_pictures() {
    let desk = Desk::open().await;
    let ann = desk.person("ann").await;
    let cup = add_emoji(&desk, "cup").await;
    let tea = post(&desk, &ann, "tea").await;
    let seen = act(&desk, &ann, Method::PUT, &path(tea, ":cup:")).await;
    let picture = desk.node.urls.media(&cup.file_key);
    let expected = json!([{
        "name": "cup", "count": 1, "me": true, "url": picture, "static_url": picture,
    }]);
    assert_eq!(seen["reactions"], expected);
    let seen = act(&desk, &ann, Method::DELETE, &path(tea, "cup")).await;
    assert_eq!(seen["reactions"], json!([]));
}

/// Type and emoji of what somebody was told.
async fn told(desk: &Desk, who: &Person, query: &str) -> Vec<(String, Value)> {
    let path = format!("/api/v1/notifications?{query}");
    let list = desk.get(who, &path).await.good();
    let list = list.as_array().unwrap().iter();
    list.map(|one| {
        (
            one["type"].as_str().unwrap().to_owned(),
            one["emoji"].clone(),
        )
    })
    .collect()
}

#[actix_web::test]
async fn who_does_not_ask_for_reactions_is_told_of_a_like() {
    const OWN: &str = "pleroma:emoji_reaction";
    let desk = Desk::open().await;
    let (ann, bob) = (desk.person("ann").await, desk.person("bob").await);
    let tea = post(&desk, &ann, "tea").await;
    act(&desk, &bob, Method::PUT, &path(tea, "\u{1f389}")).await;
    let disguised = vec![("favourite".to_owned(), Value::Null)];
    let own = vec![(OWN.to_owned(), json!("\u{1f389}"))];
    for (query, expected) in [
        ("", &disguised),
        ("types[]=favourite", &disguised),
        ("exclude_types[]=follow", &disguised),
        ("types[]=pleroma:emoji_reaction", &own),
        ("types[]=mention&types[]=pleroma:emoji_reaction", &own),
        ("types[]=mention", &Vec::new()),
        ("exclude_types[]=favourite", &Vec::new()),
        ("exclude_types[]=pleroma:emoji_reaction", &Vec::new()),
    ] {
        assert_eq!(&told(&desk, &ann, query).await, expected, "{query}");
    }
    for (query, expected) in [("", "favourite"), ("types[]=pleroma:emoji_reaction", OWN)] {
        let path = format!("/api/v2/notifications?grouped_types[]=favourite&{query}");
        let groups = desk.get(&ann, &path).await.good();
        let group = &groups["notification_groups"][0];
        assert_eq!(group["type"], expected, "{query}");
        let path = format!(
            "/api/v2/notifications/{}",
            group["group_key"].as_str().unwrap()
        );
        let one = desk.get(&ann, &path).await.good();
        assert_eq!(one["notification_groups"][0]["type"], "favourite");
    }
    act(&desk, &bob, Method::DELETE, &path(tea, "\u{1f389}")).await;
    assert_eq!(told(&desk, &ann, "").await, []);
}

#[actix_web::test]
async fn among_many_each_sees_their_own_reactions() {
    let desk = Desk::open().await;
    let (ann, bob) = (desk.person("ann").await, desk.person("bob").await);
    add_emoji(&desk, "cup").await;
    let tea = post(&desk, &ann, "tea").await;
    let body = json!({"status": "see", "quoted_status_id": tea});
    let quoting = desk
        .send_json(&bob, Method::POST, "/api/v1/statuses", &body)
        .await
        .good();
    let boost = desk
        .post(&bob, &format!("/api/v1/statuses/{tea}/reblog"))
        .await
        .good();
    let [quoting, boost]: [StatusId; 2] =
        [quoting, boost].map(|one| one["id"].as_str().unwrap().parse().unwrap());
    for (who, emoji) in [
        (&bob, "\u{1f389}"),
        (&bob, "cup"),
        (&ann, "cup"),
        (&ann, "\u{1f44d}"),
    ] {
        act(&desk, who, Method::PUT, &path(tea, emoji)).await;
    }
    act(&desk, &ann, Method::PUT, &path(quoting, "\u{1f44d}")).await;
    let people = [ann.id, bob.id, desk.person("carl").await.id];
    let view = View::of(&desk.node, None);
    let compared = desk.node.db.read(move |conn: &mut Conn| {
        let rows = store::statuses::list(conn, &[tea, quoting, boost])?;
        let by_id = rows.iter().map(|row| (row.id, row.clone())).collect();
        let crowd = Crowd::load(conn, &view, by_id, &people)?;
        let mut compared = Vec::new();
        for viewer in people {
            let own = View {
                viewer: Some(viewer),
                ..view.clone()
            };
            for row in &rows {
                let alone = render::statuses::single(conn, &own, row.clone())?;
                let marks = crowd.marks(viewer, row.id).unwrap();
                compared.push((alone, crowd.status(row.id, marks).unwrap()));
            }
        }
        Ok::<_, store::Error>(compared)
    });
    let compared = compared.await.unwrap();
    let of_tea = compared.iter().filter(|(alone, _)| alone.id == tea);
    let mine: Vec<Vec<bool>> = of_tea
        .map(|(alone, _)| alone.reactions.0.iter().map(|one| one.me).collect())
        .collect();
    assert_eq!(mine, [[false, true, true], [true, true, false], [false; 3]]);
    for (alone, among) in compared {
        assert_eq!(json!(alone), json!(among));
    }
}
