//! Nothing of a letter and no password leaves without TLS, or under a certificate that is not the server's.

use std::sync::Arc;

use adapters::mail::SmtpOptions;
use ports::mail::{MailError, Mailer as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::server::{Act, Protection, Server, mailer};
use crate::{ID, letter};

/// A certificate for `name` that signs itself: the server's side, and what a client may trust.
pub(crate) fn certificate(name: &str) -> (TlsAcceptor, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), made.cert.pem().into_bytes())
}

type Sent = (Result<(), MailError>, Vec<String>);

async fn sent(scheme: &str, protection: Protection, trusted: Option<Vec<u8>>) -> Sent {
    sent_to(Server::protected(&[], protection).await, scheme, trusted).await
}

async fn sent_to(server: Server, scheme: &str, trusted: Option<Vec<u8>>) -> Sent {
    let url = format!("{scheme}://omoi:hunter2@127.0.0.1:{}", server.port);
    let options = SmtpOptions { trusted, ..SmtpOptions::default() };
    let sent = mailer(&url, &options).send(ID, &letter("token-1")).await;
    (sent, server.heard().lines)
}

fn is_misconfigured(sent: &Result<(), MailError>) -> bool {
    matches!(sent, Err(MailError::Misconfigured { .. }))
}

#[tokio::test]
async fn smtps_says_nothing_before_tls() {
    let (tls, pem) = certificate("127.0.0.1");
    let (sent, lines) = sent("smtps", Protection::FromTheStart(tls), Some(pem)).await;
    assert_eq!(sent, Ok(()));
    assert_eq!(lines.first().map(String::as_str), Some("tls EHLO example.org"));
    assert!(lines.iter().all(|line| line.starts_with("tls ")), "{lines:?}");
}

#[tokio::test]
async fn smtp_says_nothing_but_hello_before_tls() {
    let (tls, pem) = certificate("127.0.0.1");
    let (sent, lines) = sent("smtp", Protection::StartTls(tls), Some(pem)).await;
    assert_eq!(sent, Ok(()));
    let open: Vec<_> = lines.iter().filter(|line| !line.starts_with("tls ")).collect();
    assert_eq!(open, ["EHLO example.org", "STARTTLS"]);
    assert!(lines.contains(&"tls AUTH PLAIN AG9tb2kAaHVudGVyMg==".to_owned()), "{lines:?}");
}

/// What a thief on the way does: takes STARTTLS out of what the server offers.
#[tokio::test]
async fn smtp_does_not_go_on_when_tls_is_not_offered() {
    let (sent, lines) = sent("smtp", Protection::Plain, None).await;
    assert!(is_misconfigured(&sent), "{sent:?}");
    assert_eq!(lines, ["EHLO example.org"]);
}

/// The other thing that a thief does: says more than the server before TLS begins, to be believed after it.
#[tokio::test]
async fn what_is_slipped_in_before_tls_is_not_believed_after_it() {
    const SLIPPED: Act = Act::Say("220 go on\r\n250-mail.example.net\r\n250 AUTH PLAIN");
    let (tls, pem) = certificate("127.0.0.1");
    let server = Server::protected(&[("STARTTLS", SLIPPED)], Protection::StartTls(tls)).await;
    let (sent, lines) = sent_to(server, "smtp", Some(pem)).await;
    assert!(is_misconfigured(&sent), "{sent:?}");
    assert!(!lines.iter().any(|line| line.contains("MAIL")), "{lines:?}");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    for scheme in ["smtps", "smtp"] {
        let (tls, _) = certificate("127.0.0.1");
        let protection =
            if scheme == "smtp" { Protection::StartTls(tls) } else { Protection::FromTheStart(tls) };
        let (sent, lines) = sent(scheme, protection, None).await;
        assert!(is_misconfigured(&sent), "{scheme}: {sent:?}");
        assert!(!lines.iter().any(|line| line.starts_with("tls ")), "{scheme}: {lines:?}");
    }
}

#[tokio::test]
async fn a_certificate_of_another_server_is_refused() {
    let (tls, pem) = certificate("mail.example.org");
    let (sent, lines) = sent("smtps", Protection::FromTheStart(tls), Some(pem)).await;
    assert!(is_misconfigured(&sent), "{sent:?}");
    assert!(lines.is_empty(), "{lines:?}");
}

/// TLS where there is none: a wrong port, which no later attempt makes right.
#[tokio::test]
async fn a_server_that_does_not_speak_tls_calls_for_an_operator() {
    let (sent, lines) = sent("smtps", Protection::Plain, None).await;
    assert!(is_misconfigured(&sent), "{sent:?}");
    assert!(!lines.iter().any(|line| line.contains("AUTH")), "{lines:?}");
}

#[test]
fn what_is_no_certificate_cannot_be_trusted() {
    use adapters::mail::{Sender, Smtp, SmtpUrl};

    let url = SmtpUrl::parse(&"smtps://mail.example.org".into()).unwrap();
    let options = SmtpOptions {
        trusted: Some(b"-----BEGIN CERTIFICATE-----\nnonsense".to_vec()),
        ..SmtpOptions::default()
    };
    assert!(Smtp::new(&url, Sender::parse("omoi@example.org").unwrap(), &options).is_err());
}
