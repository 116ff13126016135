//! E-mail, by SMTP. A message goes at least once: where the answer is lost it goes again, with the same `Message-ID`, by
//! which mailboxes recognise it.
//!
//! Headers are built from typed values, never from text that is put together, so that no value can add another header.

use std::time::{Duration, SystemTime};

use domain::Email;
use domain::notify::Problem;
use jiff::Timestamp;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use store::Outgoing;

use super::{Undelivered, Written};

/// How long each step of a conversation may take.
const LONGEST: Duration = Duration::from_secs(20);
/// How long the whole of it may take.
const LONGEST_ALL: Duration = Duration::from_mins(1);
/// Answers about ourselves and not about the message: the mailbox is not to blame.
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

/// The way to mailboxes. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why there is no way.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMailer {
    /// Not the address of a server. What it says may hold a password, so it is not repeated.
    #[error(
        "not the address of a mail server, such as smtps://user:password@mail.example or smtp://mail.example:587?tls=required"
    )]
    Server,
    /// Not an address to send from.
    #[error("{0:?} is not an address to send from, such as Einklang <einklang@salon.example>")]
    From(String),
}

impl Mailer {
    /// The server at `url` (`smtp://` or `smtps://`), sending from `from`.
    ///
    /// # Errors
    /// [`InvalidMailer`].
    pub fn new(url: &SecretString, from: &str) -> Result<Self, InvalidMailer> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret());
        let transport = transport.map_err(|_| InvalidMailer::Server)?.timeout(Some(LONGEST)).build();
        let from = from.parse().map_err(|_| InvalidMailer::From(from.to_owned()))?;
        Ok(Self { transport, from })
    }

    /// Sends a message to whoever signs in with an address.
    pub(super) async fn send(
        &self,
        message: &Outgoing,
        written: Written,
        now: Timestamp,
    ) -> Result<(), Undelivered> {
        let user = message.user.as_ref().ok_or(Undelivered::for_good(Problem::Address))?;
        let (company, begun) = (message.company.id.0.simple(), message.begun_at.as_millisecond());
        self.send_to(&user.email, &format!("{}.{begun}.{company}", message.number), written, now).await
    }

    /// Tries once to send something to an address. `id` is its own among all that this installation sends.
    ///
    /// # Errors
    /// [`Undelivered`].
    pub async fn send_to(
        &self,
        to: &Email,
        id: &str,
        written: Written,
        now: Timestamp,
    ) -> Result<(), Undelivered> {
        let letter = self.letter(to, id, written, now).ok_or(Undelivered::for_good(Problem::Address))?;
        match tokio::time::timeout(LONGEST_ALL, self.transport.send(letter)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(match error.status().map(u16::from) {
                Some(status) if error.is_permanent() && !ABOUT_US.contains(&status) => {
                    Undelivered::for_good(Problem::Refused(status))
                }
                Some(status) => Undelivered::for_now(Problem::Refused(status)),
                None => Undelivered::for_now(Problem::Unreachable),
            }),
            Err(_) => Err(Undelivered::for_now(Problem::Unreachable)),
        }
    }

    fn letter(&self, to: &Email, id: &str, written: Written, now: Timestamp) -> Option<Message> {
        let to: Address = to.as_str().parse().ok()?;
        let id = format!("<{id}@{}>", self.from.email.domain());
        let part = |kind, text| SinglePart::builder().header(kind).body(text);
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(written.subject)
            .message_id(Some(id))
            .date(SystemTime::from(now))
            .header(AutoSubmitted)
            .multipart(
                MultiPart::alternative()
                    .singlepart(part(ContentType::TEXT_PLAIN, written.text))
                    .singlepart(part(ContentType::TEXT_HTML, written.html)),
            )
            .ok()
    }
}

/// Says that no person has written it, so that no programme answers (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_to_mailboxes_is_checked_and_its_password_is_not_told() {
        let mailer = |url: &str, from: &str| Mailer::new(&url.into(), from).map(|_| ());
        assert!(mailer("smtps://user:secret@mail.example", "Einklang <e@salon.example>").is_ok());
        assert!(mailer("smtp://mail.example:587?tls=required", "e@salon.example").is_ok());
        for url in ["https://user:secret@mail.example", "mail.example", ""] {
            let error = mailer(url, "e@salon.example").unwrap_err();
            assert!(
                matches!(error, InvalidMailer::Server) && !error.to_string().contains("secret"),
                "{error}"
            );
        }
        for from in ["nobody", "a@b.example\r\nBcc: x@y.example", ""] {
            assert!(matches!(mailer("smtp://mail.example", from), Err(InvalidMailer::From(_))), "{from}");
        }
    }
}
