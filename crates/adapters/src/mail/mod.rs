//! Mail: which mailer an installation has.

mod compose;
mod failure;
mod kept;
mod outbox;
mod sender;
mod smtp;
mod smtp_url;

use std::path::Path;
use std::sync::Arc;

use ports::mail::Mailer;
use secrecy::SecretString;

pub use kept::{Kept, KeptLetter, Unreadable};
pub use outbox::{Outbox, OutboxError};
pub use sender::{Sender, SenderError};
pub use smtp::{Smtp, SmtpError, SmtpOptions};
pub use smtp_url::{SmtpUrl, SmtpUrlError};

/// The mailer of an installation: the server at `url`; without one, files in `outbox_dir`. `from` is one mailbox, such as
/// `OmoiOS <omoi@example.org>`. The server is first spoken to when there is a letter.
///
/// # Errors
/// When a setting cannot be right, or the outbox cannot be made.
pub fn mailer(
    url: Option<&SecretString>,
    from: &str,
    outbox_dir: &Path,
) -> Result<Arc<dyn Mailer>, MailSetupError> {
    let sender = Sender::parse(from)?;
    Ok(match url {
        Some(url) => Arc::new(Smtp::new(&SmtpUrl::parse(url)?, sender, &SmtpOptions::default())?),
        None => Arc::new(Outbox::open(outbox_dir, sender)?),
    })
}

/// Why an installation has no mailer.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// Whom letters are from.
    #[error(transparent)]
    Sender(#[from] SenderError),
    /// Where the server is.
    #[error(transparent)]
    Url(#[from] SmtpUrlError),
    /// How it is spoken to.
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    /// The directory for letters.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(url: Option<&str>, from: &str, dir: &Path) -> Result<String, MailSetupError> {
        let url = url.map(SecretString::from);
        mailer(url.as_ref(), from, dir).map(|mailer| format!("{mailer:?}"))
    }

    #[test]
    fn a_server_is_used_when_there_is_one_and_makes_no_outbox() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("outbox");
        let mailer = chosen(Some("smtps://ada:hunter2@mail.example.org"), "omoi@example.org", &dir).unwrap();
        assert!(mailer.starts_with("Smtp") && mailer.contains("mail.example.org"), "{mailer}");
        assert!(!mailer.contains("hunter2") && !dir.exists(), "{mailer}");
    }

    #[test]
    fn without_a_server_letters_become_files() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("var").join("outbox");
        assert!(chosen(None, "OmoiOS <omoi@example.org>", &dir).unwrap().starts_with("Outbox"));
        assert!(dir.is_dir());
    }

    #[test]
    fn a_wrong_setting_is_said_at_the_start_and_not_with_the_first_letter() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "in the way").unwrap();
        let from = "omoi@example.org";
        assert!(matches!(chosen(None, "omoi", &file), Err(MailSetupError::Sender(_))));
        assert!(matches!(chosen(Some("http://a"), from, &file), Err(MailSetupError::Url(_))));
        assert!(matches!(chosen(None, from, &file), Err(MailSetupError::Outbox(_))));
    }
}
