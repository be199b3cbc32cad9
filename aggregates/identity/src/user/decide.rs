//! What a command causes, in each state.

use super::{Command, Event, User};

/// Why a user's state refuses a command: what is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such user.
    #[error("the user does not exist")]
    NotFound,
    /// Registered before.
    #[error("the user already exists")]
    AlreadyExists,
    /// Not let in.
    #[error("the user is disabled; enable the user first")]
    Disabled,
    /// There is nothing to enable.
    #[error("the user is not disabled")]
    NotDisabled,
    /// Forgotten for good.
    #[error("the user is erased for good")]
    Erased,
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::Disabled => "disabled",
            Self::NotDisabled => "not_disabled",
            Self::Erased => "erased",
        }
    }
}

pub(super) fn decide(user: &User, command: Command) -> Result<Vec<Event>, Rejection> {
    use Command as C;
    use User::{Absent, Active, Disabled, Erased, Unverified};
    match (user, command) {
        (Absent, C::Register { display_name, email, address }) => {
            Ok(vec![Event::Registered { display_name, email, address }])
        }
        (Unverified(_) | Active(_) | Disabled { .. }, C::Register { .. }) => Err(Rejection::AlreadyExists),

        // What is proved counts, also when it is not the address of the registration.
        (Unverified(_), C::VerifyEmail { address, email }) => {
            Ok(vec![Event::EmailVerified { address, email }])
        }
        (Active(account), C::VerifyEmail { address, email }) => {
            Ok(unless(account.address == address, Event::EmailVerified { address, email }))
        }
        (Unverified(_) | Active(_), C::ChangePassword) => Ok(vec![Event::PasswordChanged]),
        (Unverified(account) | Active(account), C::ChangeProfile { display_name }) => {
            Ok(unless(account.display_name == display_name, Event::ProfileChanged { display_name }))
        }
        (Unverified(known) | Active(known), C::LinkOauth { provider, account }) => {
            let same = known.oauth.get(&provider) == Some(&account);
            Ok(unless(same, Event::OauthLinked { provider, account }))
        }
        (Unverified(_) | Active(_), C::Disable) => Ok(vec![Event::Disabled]),
        (Unverified(_) | Active(_), C::Enable) => Err(Rejection::NotDisabled),
        (Disabled { .. }, C::Enable) => Ok(vec![Event::Enabled]),
        (Unverified(_) | Active(_) | Disabled { .. }, C::Erase) => Ok(vec![Event::Erased]),
        // Whoever asks again after a crash is told that it is done.
        (Erased, C::Erase) => Ok(Vec::new()),

        (
            Absent,
            C::VerifyEmail { .. }
            | C::ChangePassword
            | C::ChangeProfile { .. }
            | C::LinkOauth { .. }
            | C::Disable
            | C::Enable
            | C::Erase,
        ) => Err(Rejection::NotFound),
        (
            Disabled { .. },
            C::VerifyEmail { .. }
            | C::ChangePassword
            | C::ChangeProfile { .. }
            | C::LinkOauth { .. }
            | C::Disable,
        ) => Err(Rejection::Disabled),
        (
            Erased,
            C::Register { .. }
            | C::VerifyEmail { .. }
            | C::ChangePassword
            | C::ChangeProfile { .. }
            | C::LinkOauth { .. }
            | C::Disable
            | C::Enable,
        ) => Err(Rejection::Erased),
    }
}

/// What is so already is no news.
fn unless(same: bool, event: Event) -> Vec<Event> {
    if same { Vec::new() } else { vec![event] }
}
