//! Deadlines, caps and failures: what the client does with servers that misbehave.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use url::Url;

use super::super::{Client, ClientSettings, Error};
use super::servers::{listen, names, ok, open_client, open_settings, redirect, reply, serve, url};
use crate::clock::Clock;

#[tokio::test]
async fn gets_a_document() {
    let server = serve(|request, out| {
        let seen = format!(
            "{} | {} | {} | {}",
            request.line,
            request.header("accept").unwrap(),
            request.header("user-agent").unwrap(),
            request.header("accept-encoding").unwrap(),
        );
        reply(
            out,
            "404 Not Found",
            "Content-Type: text/x\r\n",
            seen.as_bytes(),
        )
    });
    let client = open_client();
    let answer = client
        .get(&url(server, "/a?b#c"), "text/x", None)
        .await
        .unwrap();
    assert_eq!(answer.status, 404);
    assert!(!answer.is_success());
    assert_eq!(answer.header("Content-Type"), Some("text/x"));
    assert_eq!(answer.final_url, url(server, "/a?b"));
    let version = env!("CARGO_PKG_VERSION");
    let seen = format!("GET /a?b HTTP/1.1 | text/x | Whimbrel/{version} | identity");
    assert_eq!(String::from_utf8(answer.body).unwrap(), seen);
}

#[tokio::test]
async fn a_deadline_holds_however_the_peer_dawdles() {
    let dribbling = serve(|_, out| {
        write!(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
        loop {
            out.write_all(b"x")?;
            out.flush()?;
            thread::park_timeout(Duration::from_millis(20));
        }
    });
    let dribbling_headers = serve(|_, out| {
        write!(out, "HTTP/1.1 200 OK\r\n")?;
        loop {
            write!(out, "X-A: b\r\n")?;
            out.flush()?;
            thread::park_timeout(Duration::from_millis(20));
        }
    });
    let silent = serve(|_, _| {
        thread::park_timeout(Duration::from_secs(30));
        Ok(())
    });
    let settings = ClientSettings {
        deadline: Duration::from_millis(300),
        connect_timeout: Duration::from_millis(200),
        ..open_settings()
    };
    let client = Client::new(settings, Clock::stepped(0)).unwrap();
    for server in [dribbling, dribbling_headers, silent] {
        let begin = Instant::now();
        let got = client.get(&url(server, "/"), "*/*", None).await;
        assert!(matches!(got, Err(Error::Timeout { .. })), "{got:?}");
        let posted = client.post(&url(server, "/"), &[], b"hi".to_vec()).await;
        if server == dribbling {
            assert_eq!(posted.unwrap().status, 200);
        } else {
            assert!(matches!(posted, Err(Error::Timeout { .. })), "{posted:?}");
        }
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
    // A handshake is part of connecting.
    let mute = listen(|_stream| {
        thread::park_timeout(Duration::from_secs(30));
        Ok(())
    });
    let target = Url::parse(&format!("https://{mute}/")).unwrap();
    let got = client.get(&target, "*/*", None).await.unwrap_err();
    assert!(
        matches!(&got, Error::Timeout { after, .. } if after.as_millis() == 200),
        "{got:?}"
    );
}

#[tokio::test]
async fn bodies_end_at_the_cap() {
    let server = serve(|request, out| match request.path() {
        "/fits" => ok(out, "", &[b'x'; 1000]),
        "/stated" => ok(out, "", &[b'x'; 1001]),
        // Promises more than the cap and sends nothing: refused before reading.
        "/promise" => write!(
            out,
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"
        ),
        "/endless" => {
            write!(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            loop {
                write!(out, "100\r\n{}\r\n", "x".repeat(256))?;
            }
        }
        "/until-close" => {
            write!(out, "HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(5000))
        }
        "/lies-short" => {
            write!(
                out,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello, and much more"
            )
        }
        "/lies-long" => {
            write!(out, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello")
        }
        other => panic!("{other}"),
    });
    let settings = ClientSettings {
        body_cap: 1000,
        ..open_settings()
    };
    let client = Client::new(settings, Clock::stepped(0)).unwrap();
    let get = async |path: &str| client.get(&url(server, path), "*/*", None).await;
    assert_eq!(get("/fits").await.unwrap().body.len(), 1000);
    for path in ["/stated", "/promise", "/endless", "/until-close"] {
        let got = get(path).await;
        assert!(
            matches!(got, Err(Error::TooLarge { cap: 1000, .. })),
            "{path}: {got:?}"
        );
    }
    assert_eq!(get("/lies-short").await.unwrap().body, b"hello");
    let long = get("/lies-long").await;
    assert!(matches!(long, Err(Error::Other { .. })), "{long:?}");
    let own_cap = client.get_bytes(&url(server, "/stated"), 1001).await;
    assert_eq!(own_cap.unwrap().body.len(), 1001);
    let own_cap = client.get_bytes(&url(server, "/fits"), 999).await;
    assert!(matches!(own_cap, Err(Error::TooLarge { cap: 999, .. })));
}

#[tokio::test]
async fn what_is_saved_goes_to_its_sink_within_its_limits() {
    let server = serve(|request, out| match request.path() {
        "/fits" => ok(out, "", &[7; 1000]),
        "/long" => ok(out, "", &[7; 1001]),
        "/endless" => {
            write!(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            out.write_all(&[7; 5000])
        }
        "/slow" => {
            write!(out, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")?;
            loop {
                out.write_all(b"x")?;
                out.flush()?;
                thread::park_timeout(Duration::from_millis(20));
            }
        }
        _ => reply(out, "404 Not Found", "", b"no such picture"),
    });
    let client = open_client();
    let save = async |path: &str| {
        let (mut sink, place) = (Vec::new(), url(server, path));
        let deadline = match path {
            "/slow" => Duration::from_millis(500),
            _ => Duration::from_mins(1),
        };
        let answer = client.save(&place, 1000, deadline, &mut sink).await;
        answer.map(|answer| (answer.status, answer.body.len(), sink.len()))
    };
    assert_eq!(save("/fits").await, Ok((200, 0, 1000)));
    assert_eq!(save("/none").await, Ok((404, 0, 0)));
    for path in ["/long", "/endless"] {
        let got = save(path).await;
        assert!(
            matches!(got, Err(Error::TooLarge { cap: 1000, .. })),
            "{path}: {got:?}"
        );
    }
    assert!(matches!(save("/slow").await, Err(Error::Timeout { .. })));
}

#[tokio::test]
async fn headers_have_an_end_and_compression_is_refused() {
    let server = serve(|request, out| match request.path() {
        "/one-long" => ok(out, &format!("X-A: {}\r\n", "a".repeat(70_000)), b""),
        "/many" => ok(out, &"X-A: b\r\n".repeat(5_000), b""),
        "/gzip" => ok(
            out,
            "Content-Encoding: gzip\r\n",
            &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0],
        ),
        "/identity" => ok(out, "Content-Encoding: Identity\r\n", b"plain"),
        other => panic!("{other}"),
    });
    let client = open_client();
    let get = async |path: &str| client.get(&url(server, path), "*/*", None).await;
    assert!(matches!(
        get("/one-long").await,
        Err(Error::TooLarge { .. })
    ));
    assert!(matches!(get("/many").await, Err(Error::Other { .. })));
    assert!(matches!(get("/gzip").await, Err(Error::Other { .. })));
    assert_eq!(get("/identity").await.unwrap().body, b"plain");
}

#[tokio::test]
async fn a_post_follows_nothing_and_keeps_little() {
    let server = serve(|request, out| match request.path() {
        "/moved" => redirect(out, "/elsewhere"),
        "/busy" => reply(
            out,
            "429 Too Many Requests",
            "Retry-After: 120\r\n",
            b"later",
        ),
        "/echo" => {
            let kind = request.header("content-type").unwrap().as_bytes();
            let body = [kind, b" ", &request.body].concat();
            reply(out, "202 Accepted", "", &body)
        }
        "/endless" => {
            write!(out, "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            loop {
                write!(out, "100\r\n{}\r\n", "x".repeat(256))?;
            }
        }
        "/breaks" => write!(
            out,
            "HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\nhe"
        ),
        other => panic!("{other}"),
    });
    let client = open_client();
    let post = async |path: &str| {
        let headers = [
            ("Content-Type".to_owned(), "application/x".to_owned()),
            ("Host".to_owned(), "victim.test".to_owned()),
        ];
        let body = b"hello".to_vec();
        client
            .post(&url(server, path), &headers, body)
            .await
            .unwrap()
    };
    assert_eq!(post("/moved").await.status, 302);
    let busy = post("/busy").await;
    assert_eq!((busy.status, busy.retry_after), (429, Some(120_000)));
    assert_eq!(post("/echo").await.body, b"application/x hello");
    let endless = post("/endless").await;
    assert_eq!((endless.status, endless.body.len()), (500, 4096));
    assert_eq!(post("/breaks").await.status, 202);
}

#[tokio::test]
async fn failures_are_told_apart() {
    let mail = listen(|mut stream| {
        stream.write_all(b"220 mail.test ESMTP\r\n")?;
        stream.read(&mut [0; 1024]).map(drop)
    });
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let client = Client::with_lookup(
        open_settings(),
        Clock::stepped(0),
        names(move |name, _| (name == "beta.test").then_some(mail)),
    )
    .unwrap();
    let get = async |url: &str| {
        let url = Url::parse(url).unwrap();
        client.get(&url, "*/*", None).await.unwrap_err()
    };
    let dns = get("http://missing.test/").await;
    assert!(matches!(&dns, Error::Dns { host, .. } if host == "missing.test"));
    let refused = get(&format!("http://{closed}/")).await;
    assert!(matches!(refused, Error::Connect { .. }), "{refused:?}");
    let tls = get("https://beta.test/").await;
    assert!(matches!(tls, Error::Tls { .. }), "{tls:?}");
    let other = get(&format!("http://{mail}/")).await;
    assert!(matches!(other, Error::Other { .. }), "{other:?}");
    for error in [&dns, &refused, &tls, &other] {
        assert!(error.is_outage() && !error.is_refusal());
        assert!(error.to_string().len() > 20, "{error}");
    }
    assert!(get("ftp://beta.test/").await.is_refusal());
}
