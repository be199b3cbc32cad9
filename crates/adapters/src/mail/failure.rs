//! What it means for a letter that a conversation with a server failed.

use std::error::Error;
use std::{fmt, io};

use lettre::transport::smtp;
use lettre::transport::smtp::response::Response;
use ports::mail::MailError;

/// How far a conversation had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Connect,
    StartTls,
    SignIn,
    Sender,
    Recipient,
    Data,
    Letter,
}

impl Stage {
    /// Up to here the server has heard nothing of this letter: what it refuses, it refuses to every letter.
    const fn is_about_us(self) -> bool {
        matches!(self, Self::Connect | Self::StartTls | Self::SignIn | Self::Sender)
    }

    const fn makes_tls(self) -> bool {
        matches!(self, Self::Connect | Self::StartTls)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "the connection",
            Self::StartTls => "STARTTLS",
            Self::SignIn => "the user and password",
            Self::Sender => "the sender's address",
            Self::Recipient => "the recipient's address",
            Self::Data => "DATA",
            Self::Letter => "the letter",
        })
    }
}

/// Sorts an error by what the caller can do. Nothing of what the server said is kept but its codes: servers repeat
/// addresses, and a filter repeats links.
pub(super) fn sort(stage: Stage, error: &smtp::Error) -> MailError {
    if let Some(code) = error.status() {
        let reason = match enhanced_code(error) {
            Some(more) => format!("the server answered {code} {more} to {stage}"),
            None => format!("the server answered {code} to {stage}"),
        };
        return if error.is_transient() {
            MailError::Later { reason }
        } else if stage.is_about_us() || asks_who_we_are(u16::from(code)) {
            MailError::Misconfigured { reason }
        } else {
            MailError::Never { reason }
        };
    }
    if stage.makes_tls()
        && let Some(refused) = tls_error(error)
    {
        return MailError::Misconfigured { reason: format!("TLS failed at {stage}: {refused}") };
    }
    if error.is_client() || error.is_tls() {
        // The library's own words: the server offers no STARTTLS, or no way to sign in that we know.
        let words = error.source().map_or_else(|| error.to_string(), |source| source.to_string());
        return MailError::Misconfigured { reason: format!("the conversation ends at {stage}: {words}") };
    }
    let reason = match io_error(error) {
        Some(io) => format!("the conversation broke at {stage}: {io}"),
        None => format!("the server gave no whole answer to {stage}"),
    };
    MailError::Later { reason }
}

/// Whether `response` is the answer to this step. Answers that somebody slipped in before TLS began are read after it, and
/// every later answer is then that to the step before: without this, a refusal of the letter would be read as nothing.
pub(super) fn in_step(stage: Stage, response: &Response, expected: u16) -> Result<(), MailError> {
    if response.has_code(expected) {
        return Ok(());
    }
    let reason =
        format!("the server answered {} to {stage}, and only {expected} answers it", response.code());
    Err(MailError::Misconfigured { reason })
}

/// The server was silent.
pub(super) fn silence(stage: Stage, within: std::time::Duration) -> MailError {
    MailError::Later { reason: format!("the server did not answer to {stage} within {within:?}") }
}

/// RFC 4954: sign in first, by another mechanism, with other credentials, under TLS. Some servers say so only when they
/// hear whom a letter is for.
const fn asks_who_we_are(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}

/// `5.1.1`, which says more than 550 (RFC 3463), where the text begins with it.
fn enhanced_code(error: &smtp::Error) -> Option<String> {
    let text = error.source()?.to_string();
    let first = text.split_whitespace().next()?;
    let parts = first
        .split('.')
        .map(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let parts: Vec<_> = parts.collect();
    (parts == [true; 3]).then(|| first.to_owned())
}

/// Errors of the connection carry that of TLS inside one of I/O.
fn tls_error(error: &smtp::Error) -> Option<&rustls::Error> {
    io_error(error)?.get_ref()?.downcast_ref()
}

fn io_error(error: &smtp::Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref() {
            return Some(io);
        }
        source = error.source();
    }
    None
}
