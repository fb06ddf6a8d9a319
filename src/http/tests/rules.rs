//! Redirects, addresses, names and certificates: what the client refuses to call.
//!
//! All servers are on loopback; where a test needs a public address, 127.0.0.1 is declared public and 127.0.0.9
//! stays what it is.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use url::Url;

use super::super::{
    Client, ClientSettings, Error, Fetch, Judge, Refusal, Response, Signer, Unacceptable,
};
use super::servers::*;
use crate::clock::Clock;

#[tokio::test]
async fn redirects_are_signed_again_and_counted() {
    let elsewhere = serve(|request, out| {
        let seen = format!(
            "{:?} {:?}",
            request.header("signature"),
            request.header("authorization")
        );
        ok(out, "", seen.as_bytes())
    });
    let hits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&hits);
    let server = serve(move |request, out| match request.path() {
        "/loop" => {
            counted.fetch_add(1, Ordering::SeqCst);
            redirect(out, "/loop")
        }
        "/1" => redirect(out, "2"),
        "/2" if request.header("authorization").is_some() => redirect(out, "/3"),
        "/3" => redirect(out, &format!("http://{elsewhere}/end#part")),
        "/nowhere" => reply(out, "302 Found", "", b""),
        other => panic!("{other}"),
    });
    let client = open_client();
    let scribe = Scribe::default();
    let (start, bearer) = (
        url(server, "/1"),
        [("Authorization".to_owned(), "Bearer x".to_owned())],
    );
    let fetch = Fetch {
        headers: &bearer,
        signer: Some(&scribe),
        ..Fetch::new(&start, "*/*")
    };
    let answer = client.fetch(fetch).await.unwrap();
    let end = url(elsewhere, "/end");
    assert_eq!(answer.final_url, end);
    assert_eq!(
        String::from_utf8(answer.body).unwrap(),
        format!("Some(\"GET {end}\") None")
    );
    let signed = scribe.0.lock().unwrap().len();
    assert_eq!(signed, 4);

    let looped = client.get(&url(server, "/loop"), "*/*", None).await;
    assert!(matches!(looped, Err(Error::Redirect(_))), "{looped:?}");
    assert_eq!(hits.load(Ordering::SeqCst), 4);
    let nowhere = client.get(&url(server, "/nowhere"), "*/*", None).await;
    assert!(matches!(nowhere, Err(Error::Redirect(_))), "{nowhere:?}");
}

/// Signs again what is refused with 401.
#[derive(Default)]
struct Stubborn {
    settled: Mutex<Vec<Option<u16>>>,
}

impl Signer for Stubborn {
    fn sign(&self, _: &str, _: &Url) -> Result<Vec<(String, String)>, String> {
        Ok(vec![("Signature".to_owned(), "first".to_owned())])
    }

    fn sign_again(&self, _: &str, _: &Url, refusal: Refusal<'_>) -> Option<Vec<(String, String)>> {
        let asks = refusal.accept_signature.unwrap_or("second").to_owned();
        (refusal.status == 401).then(|| vec![("Signature".to_owned(), asks)])
    }

    fn settle(&self, _: &Url, status: Option<u16>) -> bool {
        self.settled.lock().unwrap().push(status);
        status == Some(200)
    }
}

#[tokio::test]
async fn a_refused_hop_is_signed_again_once() {
    let server = serve(|request, out| {
        let signature = request.header("signature").unwrap_or_default();
        match (request.path(), signature) {
            ("/open", "first") => ok(out, "", b"first"),
            ("/end", "second") => ok(out, "", b"second"),
            ("/asks", "first") => reply(out, "401 X", "Accept-Signature: third\r\n", b"no"),
            ("/asks", "third") => ok(out, "", b"third"),
            ("/breaks", "second") => Ok(()),
            ("/never", "second") => reply(out, "401 X", "", b"never"),
            (_, "first") => reply(out, "401 X", "", b"no"),
            other => panic!("{other:?}"),
        }
    });
    let client = open_client();
    for (path, status, body, settled) in [
        ("/open", 200, "first", vec![]),
        ("/end", 200, "second", vec![Some(200)]),
        ("/asks", 200, "third", vec![Some(200)]),
        ("/never", 401, "no", vec![Some(401)]),
        ("/breaks", 401, "no", vec![None]),
    ] {
        let signer = Stubborn::default();
        let answer = client.get(&url(server, path), "*/*", Some(&signer)).await;
        let answer = answer.unwrap();
        let text = String::from_utf8(answer.body).unwrap();
        assert_eq!((answer.status, text.as_str()), (status, body), "{path}");
        assert_eq!(*signer.settled.lock().unwrap(), settled, "{path}");
    }
}

#[tokio::test]
async fn a_redirect_leads_to_nothing_that_may_not_be_called() {
    let private_hit = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&private_hit);
    let server = serve(move |request, out| {
        let query = request.path().split_once('?').map(|(_, query)| query);
        if let Some(target) = query {
            return redirect(out, target);
        }
        counted.fetch_add(1, Ordering::SeqCst);
        ok(out, "", b"reached")
    });
    let port = server.port();
    let lookup = names(move |name, _| match name {
        "good.test" => Some(server),
        "private.test" => Some((PRIVATE, port).into()),
        _ => None,
    });
    let client = guarded_client(port, lookup);
    let get = async |target: &str| {
        let start = Url::parse(&format!("http://good.test:{port}/?{target}")).unwrap();
        client.get(&start, "*/*", None).await
    };
    for target in [
        format!("http://{PRIVATE}:{port}/"),
        format!("http://private.test:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://good.test:{}/", port ^ 1),
        format!("http://user@good.test:{port}/"),
        "http://169.254.169.254/latest/".to_owned(),
        "http://[::ffff:127.0.0.9]/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "data:text/plain,hi".to_owned(),
        "gopher://good.test/".to_owned(),
    ] {
        let got = get(&target).await;
        assert!(matches!(got, Err(Error::Refused(_))), "{target}: {got:?}");
    }
    assert_eq!(private_hit.load(Ordering::SeqCst), 0);
    let good = get(&format!("http://good.test:{port}/")).await.unwrap();
    assert_eq!(good.body, b"reached");
    assert_eq!(private_hit.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_refused_when_it_turns_private() {
    let server = serve(|_, out| ok(out, "", b"public"));
    let port = server.port();
    let lookup = names(move |_, asked| {
        let address = if asked % 2 == 0 {
            Ipv4Addr::LOCALHOST
        } else {
            PRIVATE
        };
        Some((address, port).into())
    });
    let client = guarded_client(port, lookup);
    let target = Url::parse(&format!("http://flip.test:{port}/")).unwrap();
    for round in 0..4 {
        let got = client.get(&target, "*/*", None).await;
        let posted = client.post(&target, &[], Vec::new()).await;
        // One lookup per connection: the address that was checked is the address that is called.
        assert_eq!(got.unwrap().body, b"public", "round {round}");
        assert!(matches!(posted, Err(Error::Refused(_))), "{posted:?}");
    }
}

#[tokio::test]
async fn localhost_names_need_no_lookup() {
    let server = serve(|request, out| ok(out, "", request.header("host").unwrap().as_bytes()));
    let port = server.port();
    let nobody = names(|name, _| panic!("{name} was looked up"));
    let client = Client::with_lookup(open_settings(), Clock::stepped(0), nobody).unwrap();
    for host in ["localhost", "alpha.localhost", "Beta.LOCALHOST"] {
        let target = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        let answer = client.get(&target, "*/*", None).await.unwrap();
        let expected = format!("{}:{port}", host.to_ascii_lowercase());
        assert_eq!(String::from_utf8(answer.body).unwrap(), expected);
    }
    let closed = Client::new(
        ClientSettings {
            allow_private_addresses: false,
            ..open_settings()
        },
        Clock::stepped(0),
    );
    let refused = closed.unwrap().check_url(&url(server, "/"));
    assert!(matches!(refused, Err(Error::Refused(_))));
}

#[tokio::test]
async fn https_needs_a_known_authority_and_stays_https() {
    let server = serve_tls(|request, out| match request.path() {
        "/down" => redirect(out, "http://beta.test/"),
        _ => ok(out, "", b"secret"),
    });
    let client = |roots: &[&[u8]]| {
        let settings = ClientSettings {
            extra_root_certificates: roots.iter().map(|pem| pem.to_vec()).collect(),
            ..open_settings()
        };
        let lookup = names(move |_, _| Some(server));
        Client::with_lookup(settings, Clock::stepped(0), lookup).unwrap()
    };
    let (trusting, ordinary) = (client(&[CA]), client(&[]));
    let get = async |client: &Client, url: &str| {
        let url = Url::parse(url).unwrap();
        client.get(&url, "*/*", None).await
    };
    let answer = get(&trusting, "https://beta.test/").await.unwrap();
    assert_eq!(answer.body, b"secret");
    let unknown = get(&ordinary, "https://beta.test/").await;
    assert!(matches!(unknown, Err(Error::Tls { .. })), "{unknown:?}");
    let wrong_name = get(&trusting, "https://gamma.test/").await;
    assert!(
        matches!(wrong_name, Err(Error::Tls { .. })),
        "{wrong_name:?}"
    );
    let down = get(&trusting, "https://beta.test/down").await;
    assert!(matches!(down, Err(Error::Redirect(_))), "{down:?}");
}

#[tokio::test]
async fn the_middleware_keeps_the_same_rules() {
    let server = serve(|request, out| match request.path() {
        "/moved" => redirect(out, "/here"),
        "/here" => {
            let signature = request.header("signature").unwrap_or("unsigned");
            ok(out, "Content-Type: application/x\r\n", signature.as_bytes())
        }
        "/inbox" => reply(out, "202 Accepted", "", &request.body),
        "/large" => ok(out, "", &vec![b'x'; 1024 * 1024 + 1]),
        other => panic!("{other}"),
    });
    let port = server.port();
    let lookup = names(move |name, _| (name == "good.test").then_some(server));
    let signer = Some(Arc::new(Scribe::default()) as Arc<dyn Signer>);
    let client = guarded_client(port, lookup).middleware(signer, None);
    let base = format!("http://good.test:{port}");

    let answer = client.get(format!("{base}/moved")).send().await.unwrap();
    assert_eq!(answer.url().as_str(), format!("{base}/here"));
    assert_eq!(
        answer.headers().get("content-type").unwrap(),
        "application/x"
    );
    assert_eq!(answer.text().await.unwrap(), format!("GET {base}/here"));
    let posted = client
        .post(format!("{base}/inbox"))
        .body("hi")
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status().as_u16(), 202);
    assert_eq!(posted.text().await.unwrap(), "hi");

    for refused in [
        format!("http://{PRIVATE}:{port}/"),
        "http://[::1]/".to_owned(),
        "http://localhost/".to_owned(),
        "ftp://good.test/".to_owned(),
    ] {
        let error = client.get(&refused).send().await.unwrap_err();
        assert!(
            error.is_middleware() && error.to_string().contains("refused"),
            "{error}"
        );
    }
    let error = client
        .get(format!("{base}/large"))
        .send()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("longer than"), "{error}");
}

struct Strict;

impl Judge for Strict {
    fn judge(&self, answer: &Response) -> Result<&'static str, Unacceptable> {
        match answer.status {
            200 => Ok("application/y"),
            status => Err(Unacceptable {
                status,
                why: "no success".to_owned(),
            }),
        }
    }
}

#[tokio::test]
async fn the_middleware_asks_its_judge() {
    let server = serve(|request, out| match request.path() {
        "/here" => ok(out, "Content-Type: application/x\r\n", b"hi"),
        _ => reply(out, "404 Not Found", "", b"none"),
    });
    let lookup = names(move |name, _| (name == "good.test").then_some(server));
    let client = guarded_client(server.port(), lookup).middleware(None, Some(Arc::new(Strict)));
    let base = format!("http://good.test:{}", server.port());
    let answer = client.get(format!("{base}/here")).send().await.unwrap();
    let content_type = answer.headers().get("content-type").unwrap();
    assert_eq!(content_type, "application/y");
    let error = client.get(format!("{base}/gone")).send().await.unwrap_err();
    assert!(error.to_string().contains("HTTP 404"), "{error}");
}
