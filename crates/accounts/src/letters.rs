//! What the letters say: short, plain, and with what to do when nobody asked for it.

use vault::secret::{ExposeSecret as _, SecretString};

/// A letter before it is sealed and sent.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) subject: String,
    pub(crate) text: SecretString,
}

fn draft(subject: &str, text: String) -> Draft {
    Draft { subject: subject.to_owned(), text: text.into() }
}

/// The token after a `#`: what stands there is not sent to any server by itself, and so is in no log.
fn link(public_url: &str, page: &str, token: &SecretString) -> String {
    format!("{public_url}/{page}#token={}", token.expose_secret())
}

pub(crate) fn verify(public_url: &str, token: &SecretString) -> Draft {
    let link = link(public_url, "verify", token);
    draft(
        "Confirm your e-mail address",
        format!(
            "Somebody registered at OmoiOS with this address. If that was you, follow this link within 24 hours and \
             enter the password that you chose:\n\n  {link}\n\nIf it was not you, do nothing: without the password the \
             link is of no use to anybody.\n"
        ),
    )
}

pub(crate) fn known_already(public_url: &str) -> Draft {
    draft(
        "You have an account already",
        format!(
            "Somebody tried to register at OmoiOS with this address, which has an account. Sign in at\n\n  \
             {public_url}/sign-in\n\nand if you have forgotten the password, ask for another at\n\n  \
             {public_url}/forgot\n\nIf it was not you, there is nothing to do.\n"
        ),
    )
}

pub(crate) fn reset(public_url: &str, token: &SecretString) -> Draft {
    let link = link(public_url, "reset", token);
    draft(
        "Choose another password",
        format!(
            "Somebody asked for another password for your account at OmoiOS. If that was you, follow this link within \
             an hour:\n\n  {link}\n\nYou will be signed out everywhere. If it was not you, do nothing: your password \
             stays as it is.\n"
        ),
    )
}

pub(crate) fn password_changed(public_url: &str) -> Draft {
    draft(
        "Your password was changed",
        format!(
            "The password of your account at OmoiOS was changed just now, and your other sessions were ended. If that \
             was not you, choose another password at once:\n\n  {public_url}/forgot\n"
        ),
    )
}

pub(crate) fn linked(public_url: &str, provider: &str) -> Draft {
    draft(
        "Another way to sign in",
        format!(
            "From now on an account at {provider} opens your account at OmoiOS too: somebody who knows your password \
             connected the two. If that was not you, choose another password at once:\n\n  {public_url}/forgot\n"
        ),
    )
}

pub(crate) fn invitation(public_url: &str, token: &SecretString, organization: &str, role: &str) -> Draft {
    let link = link(public_url, "invitation", token);
    draft(
        "You are invited to an organization at OmoiOS",
        format!(
            "You are invited to join {organization} at OmoiOS as {role}. Follow this link to accept:\n\n  {link}\n\n\
             The invitation is for this address only. If you do not know who sent it, do nothing.\n"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_where_no_server_logs_it() {
        let token = SecretString::from("omoi_reset_x");
        for letter in [
            verify("http://h", &token),
            reset("http://h", &token),
            invitation("http://h", &token, "Acme", "member"),
        ] {
            let text = letter.text.expose_secret();
            assert!(text.contains("#token=omoi_reset_x"), "{text}");
            assert!(!letter.subject.contains("omoi_reset_x"));
            assert!(!format!("{letter:?}").contains("omoi_reset_x"));
        }
    }
}
