//! A real process is killed in the middle of its work, and peers hang: nothing is lost, and nobody waits for
//! somebody else.

use serde_json::json;
use whimbrel::clock::Clock;

use crate::support::peers::{Peers, SignedPost};
use crate::support::processes::Process;

pub(super) const HOSTS: usize = 100;
const POSTS: usize = 10;

async fn send(process: &Process, post: SignedPost) -> u16 {
    let mut request = reqwest::Client::new()
        .post(format!("http://{}{}", process.address, post.path))
        .header("Host", post.host);
    for (name, value) in post.headers {
        request = request.header(name, value);
    }
    request
        .body(post.body)
        .send()
        .await
        .expect("the node answers")
        .status()
        .as_u16()
}

/// `ann` gets a follower on each host; all of them have the answer to their Follow.
pub(super) async fn gather_followers(process: &Process, peers: &Peers) {
    let ann = format!("http://{}/users/ann", process.domain);
    for number in 0..HOSTS {
        let follow = peers.sign(
            number,
            &format!("{ann}/inbox"),
            &peers.follow(number, &ann),
            Clock::real().now(),
        );
        assert_eq!(send(process, follow).await, 202);
    }
    peers.wait_for(HOSTS).await;
}

/// Posts once; gives back the id of the activity on the wire.
pub(super) async fn post(process: &Process, token: &str, number: usize) -> String {
    let request = reqwest::Client::new()
        .post(format!("http://{}/api/v1/statuses", process.address))
        .header("Host", &process.domain)
        .header("Content-Type", "application/json")
        .bearer_auth(token)
        .body(json!({ "status": format!("post {number}") }).to_string());
    let response = request.send().await.expect("the node answers");
    assert_eq!(response.status().as_u16(), 200);
    let status: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    format!("{}/activity", status["uri"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_the_middle_of_a_thousand_deliveries_loses_none() {
    let peers = Peers::start().await;
    let mut process = Process::prepare();
    let token = process.token();
    process.serve();
    gather_followers(&process, &peers).await;
    let mut posted = Vec::new();
    for number in 0..POSTS {
        posted.push(post(&process, &token, number).await);
    }
    peers.wait_for(HOSTS + 200).await;
    process.kill();
    let before: usize = (0..HOSTS).map(|host| peers.received(host).len()).sum();
    assert!(
        before < HOSTS + HOSTS * POSTS,
        "the kill came in the middle"
    );
    process.serve();
    peers.wait_for_all(0..HOSTS, &posted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn peers_that_hang_delay_nobody_else() {
    let peers = Peers::start().await;
    let mut process = Process::prepare();
    let token = process.token();
    process.serve();
    gather_followers(&process, &peers).await;
    for number in 0..20 {
        peers.hang(number);
    }
    for number in 0..3 {
        post(&process, &token, number).await;
    }
    // The hanging requests are not answered before this is over: eighty hosts times three posts still come.
    peers.wait_for(HOSTS + (HOSTS - 20) * 3).await;
    assert!(
        (0..20).all(|host| peers.received(host).len() == 1),
        "the hanging ones took nothing but their Accept"
    );
    process.kill();
}
