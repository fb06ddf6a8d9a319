//! Sending mail: one message to one address, as plain text, by a mail server, into a folder or into the log. What messages say and
//! who gets them is not known here.
//!
//! Errors name no address and no text of the message, as they end up in logs and listings.

use std::fmt;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, Message as Built};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncTransport as _, Tokio1Executor};

use crate::clock::Clock;
use crate::config::{self, Config, MailSecurity, MailTransport};
use crate::keys::random;

/// How long the mail server may take for each answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most characters of a subject.
const LONGEST_SUBJECT: usize = 200;

/// A message to one address. `Debug` shows neither the address nor the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The address alone, such as `ann@example.org`.
    pub to: String,
    /// One line; control characters become spaces, and what is longer than 200 characters is cut off.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").finish_non_exhaustive()
    }
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// It will never be taken as it is.
    Refused(String),
    /// It may be taken later.
    Failed(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) | Self::Failed(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Error {}

/// What sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mail(Arc<Inner>);

struct Inner {
    sender: Option<Mailbox>,
    transport: Transport,
    host: String,
    clock: Clock,
}

enum Transport {
    None,
    Folder(PathBuf),
    Log,
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = match self.0.transport {
            Transport::None => "none",
            Transport::Folder(_) => "file",
            Transport::Log => "log",
            Transport::Smtp(_) => "smtp",
        };
        f.debug_tuple("Mail").field(&transport).finish()
    }
}

impl Mail {
    /// What the configuration asks for. Nothing is connected to.
    ///
    /// # Errors
    /// A sentence that names the setting that cannot be used.
    pub fn new(config: &Config, clock: Clock) -> Result<Self, String> {
        let mail = &config.mail;
        let sender = mail.from.as_deref().map(parse_sender).transpose()?;
        let transport = match mail.transport {
            MailTransport::None => Transport::None,
            MailTransport::File => Transport::Folder(config.mail_folder()),
            MailTransport::Log => Transport::Log,
            MailTransport::Smtp => Transport::Smtp(connector(config)?),
        };
        if sender.is_none() && mail.transport != MailTransport::None {
            return Err("mail.from is not set".to_owned());
        }
        let host = config.server.host().to_owned();
        Ok(Self(Arc::new(Inner {
            sender,
            transport,
            host,
            clock,
        })))
    }

    /// Whether mail is sent at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !matches!(self.0.transport, Transport::None)
    }

    /// Sends a message; where mail is off, nothing happens.
    ///
    /// # Errors
    /// [`Error::Refused`] for an address that is none and for what the mail server refuses for good, [`Error::Failed`]
    /// for everything that may pass.
    pub async fn send(&self, message: &Message) -> Result<(), Error> {
        match &self.0.transport {
            Transport::None => Ok(()),
            Transport::Folder(folder) => {
                let (bytes, folder) = (self.build(message)?.formatted(), folder.clone());
                let name = format!("{}-{}.eml", self.0.clock.now(), random::hex_name());
                let written = tokio::task::spawn_blocking(move || write(&folder, &name, &bytes));
                match written.await {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => Err(Error::Failed(format!("mail.folder: {error}"))),
                    Err(error) => Err(Error::Failed(error.to_string())),
                }
            }
            Transport::Log => {
                self.build(message)?;
                tracing::info!("{}", to_log(message));
                Ok(())
            }
            Transport::Smtp(server) => {
                let built = self.build(message)?;
                let sent = server.send(built).await;
                sent.map(drop).map_err(|error| explain(&error))
            }
        }
    }

    /// Asks the mail server whether it is there and lets this node sign in; a folder is only looked for.
    ///
    /// # Errors
    /// As [`Mail::send`].
    pub async fn check(&self) -> Result<(), Error> {
        match &self.0.transport {
            Transport::None | Transport::Log => Ok(()),
            Transport::Folder(folder) => std::fs::create_dir_all(folder)
                .map_err(|error| Error::Failed(format!("mail.folder: {error}"))),
            Transport::Smtp(server) => match server.test_connection().await {
                Ok(true) => Ok(()),
                Ok(false) => Err(Error::Failed(
                    "the mail server does not answer as one".to_owned(),
                )),
                Err(error) => Err(explain(&error)),
            },
        }
    }

    fn build(&self, message: &Message) -> Result<Built, Error> {
        let refuse = |what: &str| Error::Refused(what.to_owned());
        let sender = self.0.sender.clone();
        let sender = sender.ok_or_else(|| refuse("mail.from is not set"))?;
        let to: Address = message
            .to
            .parse()
            .map_err(|_| refuse("the address is no e-mail address"))?;
        let now = u64::try_from(self.0.clock.now()).unwrap_or_default();
        let id = format!("<{}@{}>", random::hex_name(), self.0.host);
        Built::builder()
            .from(sender)
            .to(Mailbox::new(None, to))
            .subject(one_line(&message.subject))
            .date(UNIX_EPOCH + Duration::from_millis(now))
            .message_id(Some(id))
            .raw_header(automatic())
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(message.body.clone())
            .map_err(|_| refuse("the message cannot be written"))
    }
}

/// A message as the log shows it, where the operator asked for that.
fn to_log(message: &Message) -> String {
    let Message { to, subject, body } = message;
    format!("mail to {to}: {}\n\n{body}", one_line(subject))
}

/// Keeps answering machines silent.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc3834#section-5>
fn automatic() -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    HeaderValue::new(name, "auto-generated".to_owned())
}

/// A header holds one line: whatever could end it becomes a space.
fn one_line(text: &str) -> String {
    let plain = text.chars().map(|c| {
        let ends = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        if ends { ' ' } else { c }
    });
    plain.take(LONGEST_SUBJECT).collect()
}

fn parse_sender(text: &str) -> Result<Mailbox, String> {
    let sender = text.parse::<Mailbox>();
    sender.map_err(|_| format!("mail.from is \"{text}\", which is no sender"))
}

fn connector(config: &Config) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let mail = &config.mail;
    let host = mail
        .smtp_host
        .as_deref()
        .ok_or("mail.smtp_host is not set")?;
    let tls = match mail.smtp_security {
        MailSecurity::None => Tls::None,
        MailSecurity::Starttls => Tls::Required(tls_for(host, config)?),
        MailSecurity::Tls => Tls::Wrapper(tls_for(host, config)?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(u16::try_from(mail.smtp_port).unwrap_or(587))
        .hello_name(ClientId::Domain(config.server.host().to_owned()))
        .timeout(Some(PATIENCE))
        .tls(tls);
    if let Some((user, password)) = credentials(mail) {
        builder = builder.credentials(Credentials::new(user, password));
    }
    Ok(builder.build())
}

fn credentials(mail: &config::Mail) -> Option<(String, String)> {
    let password = mail.smtp_password.as_ref()?;
    Some((mail.smtp_user.clone()?, password.expose().to_owned()))
}

/// Trusts whom the outgoing client trusts.
fn tls_for(host: &str, config: &Config) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(host.to_owned());
    for path in &config.federation.extra_root_certificates {
        let unusable = |cause: String| format!("{}: {cause}", path.display());
        let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem);
        builder = builder.add_root_certificate(
            certificate.map_err(|_| unusable("it holds no certificate".to_owned()))?,
        );
    }
    let built = builder.build_rustls();
    built.map_err(|error| format!("the mail server cannot be reached safely: {error}"))
}

/// What the server said is left out, as it may repeat the address.
fn explain(error: &lettre::transport::smtp::Error) -> Error {
    if let Some(code) = error.status() {
        let reason = format!("the mail server answered {code}");
        // A server that does not let this node in may do so once the operator has looked.
        let is_sign_in = matches!(code.to_string().as_str(), "530" | "534" | "535" | "538");
        return if error.is_permanent() && !is_sign_in {
            Error::Refused(reason)
        } else {
            Error::Failed(reason)
        };
    }
    let reason = if error.is_timeout() {
        "the mail server took too long"
    } else if error.is_tls() {
        "the way to the mail server could not be encrypted"
    } else if error.is_client() {
        "the mail server does not offer what the configuration asks for"
    } else {
        "the mail server could not be reached"
    };
    Error::Failed(reason.to_owned())
}

/// Writes a file for nobody else to read; it has its name only once it is whole.
fn write(folder: &std::path::Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!("{name}.part"));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(unfinished, folder.join(name))
}

#[cfg(test)]
mod tests;
