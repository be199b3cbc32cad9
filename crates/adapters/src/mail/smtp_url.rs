//! Where a mail server is, how it is reached and who signs in there: one setting.

use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

/// The setting, read. It is never printed with what signs in.
pub struct SmtpUrl {
    pub(super) security: Security,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) credentials: Option<(String, SecretString)>,
}

/// What protects a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS before anything else is said, or no conversation.
    StartTls,
    /// None: the conversation does not leave this machine.
    Loopback,
}

impl Security {
    const fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::Loopback => 25,
        }
    }
}

impl SmtpUrl {
    /// Reads `smtps://user:password@host:port`, the same with `smtp://`, or `smtp+plain://127.0.0.1:port`.
    ///
    /// # Errors
    /// When it is none of these. No error holds a part of the text.
    pub fn parse(text: &SecretString) -> Result<Self, SmtpUrlError> {
        let url = Url::parse(text.expose_secret()).map_err(|_| SmtpUrlError::Form)?;
        let security = match url.scheme() {
            "smtps" => Security::Tls,
            "smtp" => Security::StartTls,
            "smtp+plain" => Security::Loopback,
            _ => return Err(SmtpUrlError::Scheme),
        };
        let host = match url.host() {
            Some(Host::Domain(name)) if !name.is_empty() => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(Host::Domain(_)) | None => return Err(SmtpUrlError::Form),
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(SmtpUrlError::Rest);
        }
        match security {
            Security::Loopback if !is_loopback(&host) => return Err(SmtpUrlError::PlainBeyondLoopback),
            Security::Loopback => {}
            Security::Tls | Security::StartTls => {
                ServerName::try_from(host.as_str()).map_err(|_| SmtpUrlError::Form)?;
            }
        }
        let port = url.port().unwrap_or(security.port());
        Ok(Self { security, host, port, credentials: credentials(&url)? })
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpUrl")
            .field("security", &self.security)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("signs_in", &self.credentials.is_some())
            .finish()
    }
}

/// Why a setting is no mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// Not a URL with a host.
    #[error(
        "the mail server is not written as smtps://user:password@host:port: \
         write special characters of user and password with %, `/` as %2F and `#` as %23"
    )]
    Form,
    /// A way to reach it that is not known.
    #[error(
        "the mail server is reached by smtps:// (TLS), smtp:// (STARTTLS) or smtp+plain:// (this machine only)"
    )]
    Scheme,
    /// A path, a query or a fragment: whoever wrote it expected something of it.
    #[error("the mail server has something after its port: end the URL there")]
    Rest,
    /// Half of what it takes to sign in, or text that is none.
    #[error(
        "the mail server has a user without a password, the reverse, or one that is no text: give both or none"
    )]
    Credentials,
    /// Passwords and tokens would cross a network in the open.
    #[error(
        "smtp+plain:// is for a mail server on this machine (127.0.0.1, ::1, localhost): use smtps:// or smtp://"
    )]
    PlainBeyondLoopback,
}

/// The parser knows no addresses under schemes that are not of the web: 127.0.0.1 is a name to it.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn credentials(url: &Url) -> Result<Option<(String, SecretString)>, SmtpUrlError> {
    let (user, password) = (url.username(), url.password().unwrap_or_default());
    match (user.is_empty(), password.is_empty()) {
        (true, true) => Ok(None),
        (false, false) => Ok(Some((decoded(user)?, decoded(password)?.into()))),
        _ => Err(SmtpUrlError::Credentials),
    }
}

/// A NUL would end the user where the password begins.
fn decoded(text: &str) -> Result<String, SmtpUrlError> {
    let text = percent_decode_str(text).decode_utf8().map_err(|_| SmtpUrlError::Credentials)?;
    if text.contains(char::is_control) { Err(SmtpUrlError::Credentials) } else { Ok(text.into_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SmtpUrl, SmtpUrlError> {
        SmtpUrl::parse(&text.into())
    }

    fn place(text: &str) -> Result<(Security, String, u16), SmtpUrlError> {
        parse(text).map(|url| (url.security, url.host, url.port))
    }

    #[test]
    fn the_scheme_says_how_and_the_port_follows() {
        for (text, security, host, port) in [
            ("smtps://mail.example.org", Security::Tls, "mail.example.org", 465),
            ("smtps://mail.example.org:2465/", Security::Tls, "mail.example.org", 2465),
            ("smtp://mail.example.org", Security::StartTls, "mail.example.org", 587),
            ("smtp://192.0.2.7:25", Security::StartTls, "192.0.2.7", 25),
            ("smtp://[2001:db8::7]:25\n", Security::StartTls, "2001:db8::7", 25),
            ("smtp+plain://localhost", Security::Loopback, "localhost", 25),
            ("smtp+plain://127.0.0.1:1025", Security::Loopback, "127.0.0.1", 1025),
            ("smtp+plain://[::1]:1025", Security::Loopback, "::1", 1025),
        ] {
            assert_eq!(place(text), Ok((security, host.to_owned(), port)), "{text}");
        }
    }

    #[test]
    fn without_tls_the_server_is_on_this_machine() {
        for host in [
            "mail.example.org",
            "192.0.2.7",
            "0.0.0.0",
            "[2001:db8::7]",
            "[::ffff:192.0.2.7]",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "127.0.0.1%2eexample.org",
        ] {
            assert_eq!(
                place(&format!("smtp+plain://{host}:25")),
                Err(SmtpUrlError::PlainBeyondLoopback),
                "{host}"
            );
        }
    }

    #[test]
    fn user_and_password_are_read_with_their_special_characters() {
        let url = parse("smtps://ada%40example.org:p%2Fa%23s%3As%25%C3%BC@mail.example.org").unwrap();
        let (user, password) = url.credentials.unwrap();
        assert_eq!((user.as_str(), password.expose_secret()), ("ada@example.org", "p/a#s:s%ü"));
        assert!(parse("smtps://mail.example.org").unwrap().credentials.is_none());
    }

    #[test]
    fn half_of_the_credentials_is_refused() {
        for part in ["ada", "ada:", ":hunter2", "ada:%00", "ada%00:hunter2", "ada:%FF"] {
            let refused = parse(&format!("smtps://{part}@mail.example.org")).map(drop);
            assert_eq!(refused, Err(SmtpUrlError::Credentials), "{part}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_and_not_passed_over() {
        for (text, error) in [
            ("", SmtpUrlError::Form),
            ("mail.example.org", SmtpUrlError::Form),
            ("smtps://", SmtpUrlError::Form),
            ("smtps:mail.example.org", SmtpUrlError::Form),
            ("smtps://ada:hun/ter2@mail.example.org", SmtpUrlError::Form),
            ("smtps://ada:hun#ter2@mail.example.org", SmtpUrlError::Form),
            ("smtps://mail_.exa mple.org", SmtpUrlError::Form),
            ("https://mail.example.org", SmtpUrlError::Scheme),
            ("smtp://mail.example.org?tls=opportunistic", SmtpUrlError::Rest),
            ("smtp://mail.example.org/me", SmtpUrlError::Rest),
            ("smtp://mail.example.org#me", SmtpUrlError::Rest),
        ] {
            assert_eq!(place(text), Err(error), "{text}");
        }
    }

    #[test]
    fn nothing_that_signs_in_is_printed() {
        let url = parse("smtps://ada:hunter2@mail.example.org").unwrap();
        let printed = format!("{url:?}");
        assert!(!printed.contains("ada") && !printed.contains("hunter2"), "{printed}");
        assert!(printed.contains("mail.example.org") && printed.contains("465"), "{printed}");
    }
}
