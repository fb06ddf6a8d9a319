//! Mail into a folder, and to a mail server of the test's own on loopback.

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::*;
use crate::config::MailPassword;

/// 2026-08-08, at noon.
const NOON: i64 = 1_786_190_400_000;

fn message(to: &str, subject: &str, body: &str) -> Message {
    Message {
        to: to.to_owned(),
        subject: subject.to_owned(),
        body: body.to_owned(),
    }
}

fn folder_config(folder: &TempDir) -> Config {
    let mut config = Config::default();
    config.server.domain = "node.example".to_owned();
    config.mail.transport = MailTransport::File;
    config.mail.from = Some("Whimbrel <noreply@node.example>".to_owned());
    config.mail.folder = Some(folder.path().join("mail"));
    config
}

fn only_file(folder: &TempDir) -> String {
    let files: Vec<PathBuf> = std::fs::read_dir(folder.path().join("mail"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].to_string_lossy().ends_with(".eml"));
    std::fs::read_to_string(&files[0]).unwrap()
}

#[tokio::test]
async fn a_message_becomes_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mail = Mail::new(&folder_config(&folder), Clock::stepped(NOON)).unwrap();
    assert!(mail.is_on());
    let letter = message(
        "ann@example.org",
        "Willkommen, Änne",
        "Hello.\n\nGood bye.\n",
    );
    mail.send(&letter).await.unwrap();
    let file = only_file(&folder);
    for line in [
        "From: Whimbrel <noreply@node.example>\r\n",
        "To: ann@example.org\r\n",
        "Date: Sat, 08 Aug 2026 12:00:00 +0000\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "MIME-Version: 1.0\r\n",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "@node.example>\r\n",
        "\r\n\r\nHello.\r\n\r\nGood bye.\r\n",
    ] {
        assert!(file.contains(line), "{line:?} is not in {file}");
    }
    assert!(!file.contains("Änne"), "headers are ASCII: {file}");
}

#[tokio::test]
async fn nothing_can_be_put_into_the_headers() {
    for (subject, body) in [
        ("Hi\r\nBcc: eve@evil.example", "x"),
        ("Hi\nBcc: eve@evil.example", "x"),
        ("Hi\rBcc: eve@evil.example\r\n\r\nbody", "x"),
        ("Hi\u{2028}Bcc: eve@evil.example", "x"),
        ("Hi\0\u{85}Bcc: eve@evil.example", "x"),
        ("Hi", "\r\nBcc: eve@evil.example\r\n.\r\nMAIL FROM:<x>"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mail = Mail::new(&folder_config(&folder), Clock::stepped(NOON)).unwrap();
        let letter = message("ann@example.org", subject, body);
        mail.send(&letter).await.unwrap();
        let file = only_file(&folder);
        let (head, _) = file.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        assert!(!names.contains(&"Bcc"), "{subject:?}: {head}");
        assert_eq!(names.len(), 9, "{head}");
    }
}

#[tokio::test]
async fn only_addresses_are_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let mail = Mail::new(&folder_config(&folder), Clock::stepped(NOON)).unwrap();
    for to in [
        "",
        "ann",
        "ann@example.org\r\nBcc: eve@evil.example",
        "ann@example.org, eve@evil.example",
        "Ann <ann@example.org>",
        "ann@example.org> SIZE=1\r\nRCPT TO:<eve@evil.example",
    ] {
        let refused = mail.send(&message(to, "Hi", "x")).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{to:?}");
    }
    assert!(!folder.path().join("mail").exists());
}

#[tokio::test]
async fn a_message_stands_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = folder_config(&folder);
    config.mail.transport = MailTransport::Log;
    let mail = Mail::new(&config, Clock::stepped(NOON)).unwrap();
    assert!(mail.is_on());
    let link = format!(
        "https://node.example/auth/confirmation?token={}",
        "a".repeat(80)
    );
    let letter = message("ann@example.org", "Confirm\nit", &link);
    assert_eq!(
        to_log(&letter),
        format!("mail to ann@example.org: Confirm it\n\n{link}"),
        "a link is not broken into lines"
    );
    mail.send(&letter).await.unwrap();
    let refused = mail.send(&message("ann", "Hi", "x")).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
    assert!(!folder.path().join("mail").exists());
}

#[tokio::test]
async fn mail_that_is_off_goes_nowhere() {
    let mail = Mail::new(&Config::default(), Clock::stepped(NOON)).unwrap();
    assert!(!mail.is_on());
    assert_eq!(
        mail.send(&message("ann@example.org", "a", "b")).await,
        Ok(())
    );
}

/// Talks with one client as a mail server does; `refusal` answers RCPT. Gives what it was told.
async fn serve(stream: TcpStream, refusal: Option<&str>) -> Vec<String> {
    let mut stream = BufReader::new(stream);
    let mut heard = Vec::new();
    let mut is_data = false;
    stream.write_all(b"220 mail.test\r\n").await.unwrap();
    let mut line = String::new();
    while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
        let told = line.trim_end().to_owned();
        line.clear();
        let answer = match (is_data, told.split([' ', ':']).next().unwrap()) {
            (true, ".") => {
                is_data = false;
                "250 kept\r\n"
            }
            (true, _) => "",
            (_, "EHLO") => "250-mail.test\r\n250 AUTH PLAIN\r\n",
            (_, "AUTH") => "235 in\r\n",
            (_, "RCPT") => refusal.unwrap_or("250 ok\r\n"),
            (_, "DATA") => {
                is_data = true;
                "354 go on\r\n"
            }
            _ => "250 ok\r\n",
        };
        heard.push(told);
        if stream.write_all(answer.as_bytes()).await.is_err() {
            break;
        }
    }
    heard
}

fn smtp_config(port: u16) -> Config {
    let mut config = Config::default();
    config.server.domain = "node.example".to_owned();
    config.mail.transport = MailTransport::Smtp;
    config.mail.from = Some("noreply@node.example".to_owned());
    config.mail.smtp_host = Some("127.0.0.1".to_owned());
    config.mail.smtp_port = port.into();
    config.mail.smtp_security = MailSecurity::None;
    config.mail.smtp_user = Some("whimbrel".to_owned());
    config.mail.smtp_password = Some(MailPassword::new("open sesame"));
    config
}

/// Sends one message to a mail server that answers RCPT so, and gives how it went and what the server heard.
async fn send_by(refusal: Option<&'static str>) -> (Result<(), Error>, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = smtp_config(listener.local_addr().unwrap().port());
    let sending = async move {
        let mail = Mail::new(&config, Clock::stepped(NOON)).unwrap();
        mail.send(&message("ann@example.org", "Hi", ".\nEnd")).await
    };
    let serving = async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream, refusal).await
    };
    tokio::join!(sending, serving)
}

#[tokio::test]
async fn a_mail_server_takes_it() {
    let (sent, heard) = send_by(None).await;
    assert_eq!(sent, Ok(()));
    for line in [
        "EHLO node.example",
        "MAIL FROM:<noreply@node.example>",
        "RCPT TO:<ann@example.org>",
        "Subject: Hi",
        "..",
    ] {
        assert!(heard.iter().any(|told| told == line), "{line}: {heard:?}");
    }
}

#[tokio::test]
async fn refusals_for_good_are_told_from_those_that_pass() {
    let (sent, _) = send_by(Some("550 no ann@example.org here\r\n")).await;
    let expected = "the mail server answered 550".to_owned();
    assert_eq!(sent, Err(Error::Refused(expected)));
    let (sent, _) = send_by(Some("451 later, ann@example.org\r\n")).await;
    let expected = "the mail server answered 451".to_owned();
    assert_eq!(sent, Err(Error::Failed(expected)));
}

#[tokio::test]
async fn nothing_is_sent_without_the_encryption_that_was_asked_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut config = smtp_config(listener.local_addr().unwrap().port());
    config.mail.smtp_security = MailSecurity::Starttls;
    let sending = async move {
        let mail = Mail::new(&config, Clock::stepped(NOON)).unwrap();
        mail.send(&message("ann@example.org", "Hi", "x")).await
    };
    let serving = async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream, None).await
    };
    let (sent, heard) = tokio::join!(sending, serving);
    assert!(matches!(sent, Err(Error::Failed(_))), "{sent:?}");
    let told = heard.join("\n");
    assert!(!told.contains("AUTH") && !told.contains("MAIL"), "{told}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    // A port that is taken, so that nobody else gets it, but on which nobody listens.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let config = smtp_config(taken.local_addr().unwrap().port());
    let mail = Mail::new(&config, Clock::stepped(NOON)).unwrap();
    let sent = mail.send(&message("ann@example.org", "Hi", "x")).await;
    let expected = "the mail server could not be reached".to_owned();
    assert_eq!(sent, Err(Error::Failed(expected)));
}
