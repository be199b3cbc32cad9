//! Letters to a mail server. One conversation a letter, each step with a name, so that a refusal can be told from another:
//! 550 to the recipient is about this letter, 550 to us is about all of them.

use std::fmt;
use std::future::Future;
use std::time::{Duration, SystemTime};

use kernel::Uuid;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use ports::BoxFuture;
use ports::mail::{Letter, MailError, Mailer};
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use super::compose;
use super::failure::{self, Stage};
use super::sender::Sender;
use super::smtp_url::{Security, SmtpUrl};

/// The letter is delivered by now; a server that does not say good-bye is not waited for.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    sender: Sender,
    answer_within: Duration,
}

/// How a mail server is spoken to.
#[derive(Clone, Debug)]
pub struct SmtpOptions {
    /// How long one answer may take. A conversation has up to eight.
    pub answer_within: Duration,
    /// A certificate (PEM) that is trusted beside those of the operating system: for a server that has its own.
    pub trusted: Option<Vec<u8>>,
}

impl Default for SmtpOptions {
    fn default() -> Self {
        Self { answer_within: Duration::from_secs(10), trusted: None }
    }
}

/// Why TLS cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// It is none.
    #[error("the certificate to trust cannot be read: give it as PEM")]
    Certificate(#[source] smtp::Error),
    /// The library refuses the settings.
    #[error(
        "TLS cannot be prepared for the mail server: check its certificate and those of the operating system"
    )]
    Tls(#[source] smtp::Error),
}

impl Smtp {
    /// The server at `url`, which is not spoken to before there is a letter.
    ///
    /// # Errors
    /// When the certificate to trust is none.
    pub fn new(url: &SmtpUrl, sender: Sender, options: &SmtpOptions) -> Result<Self, SmtpError> {
        let tls = match url.security {
            Security::Tls | Security::StartTls => Some(tls(&url.host, options)?),
            Security::Loopback => None,
        };
        let credentials = url.credentials.as_ref();
        Ok(Self {
            host: url.host.clone(),
            port: url.port,
            security: url.security,
            tls,
            credentials: credentials
                .map(|(user, password)| Credentials::new(user.clone(), password.expose_secret().to_owned())),
            sender,
            answer_within: options.answer_within,
        })
    }

    async fn deliver(&self, id: Uuid, letter: &Letter) -> Result<(), MailError> {
        let to = compose::recipient(letter)?;
        let message = compose::for_wire(&self.sender, id, to.clone(), letter, now());
        let mut server = self.greet().await?;
        let parameters = parameters(&server, letter.to(), &message)?;
        let from = Mail::new(Some(self.sender.address()), parameters);
        self.step(Stage::Sender, server.command(from)).await?;
        self.step(Stage::Recipient, server.command(Rcpt::new(to, vec![]))).await?;
        let answer = self.step(Stage::Data, server.command(Data)).await?;
        failure::in_step(Stage::Data, &answer, 354)?;
        let answer = self.step(Stage::Letter, server.message(&message)).await?;
        failure::in_step(Stage::Letter, &answer, 250)?;
        let _ = timeout(GOODBYE_WITHIN, server.quit()).await;
        Ok(())
    }

    /// A conversation in which nothing was said of a letter yet: protected and signed in.
    async fn greet(&self) -> Result<AsyncSmtpConnection, MailError> {
        let name = ClientId::Domain(self.sender.domain().to_owned());
        let from_the_start = if self.security == Security::Tls { self.tls.clone() } else { None };
        // An address that leads nowhere leaves time for the next one of the same name.
        let an_address = Some(self.answer_within / 3);
        let place = (self.host.as_str(), self.port);
        let connect = AsyncSmtpConnection::connect_tokio1(place, an_address, &name, from_the_start, None);
        let mut server = self.step(Stage::Connect, connect).await?;
        if let (Security::StartTls, Some(tls)) = (self.security, &self.tls) {
            self.step(Stage::StartTls, server.starttls(tls.clone(), &name)).await?;
        }
        if let Some(credentials) = &self.credentials {
            let answer = self.step(Stage::SignIn, server.auth(DEFAULT_MECHANISMS, credentials)).await?;
            failure::in_step(Stage::SignIn, &answer, 235)?;
        }
        Ok(server)
    }

    async fn step<T>(
        &self,
        stage: Stage,
        work: impl Future<Output = Result<T, smtp::Error>>,
    ) -> Result<T, MailError> {
        match timeout(self.answer_within, work).await {
            Ok(done) => done.map_err(|error| failure::sort(stage, &error)),
            Err(_) => Err(failure::silence(stage, self.answer_within)),
        }
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, id: Uuid, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(self.deliver(id, letter))
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("signs_in", &self.credentials.is_some())
            .finish_non_exhaustive()
    }
}

fn tls(host: &str, options: &SmtpOptions) -> Result<TlsParameters, SmtpError> {
    let mut tls = TlsParameters::builder(host.to_owned());
    if let Some(pem) = &options.trusted {
        tls = tls.add_root_certificate(Certificate::from_pem(pem).map_err(SmtpError::Certificate)?);
    }
    tls.build().map_err(SmtpError::Tls)
}

/// What the server has to know before it takes such a letter; only an address can be outside of ASCII.
fn parameters(
    server: &AsyncSmtpConnection,
    to: &str,
    message: &[u8],
) -> Result<Vec<MailParameter>, MailError> {
    let can = |extension| server.server_info().supports_feature(extension);
    let mut parameters = Vec::new();
    if !to.is_ascii() {
        if !can(Extension::SmtpUtfEight) {
            let reason = "the mail server takes no address with letters other than a to z".to_owned();
            return Err(MailError::Never { reason });
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() && can(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the date of a letter is for its reader; no event has this time"
)]
fn now() -> SystemTime {
    SystemTime::now()
}
