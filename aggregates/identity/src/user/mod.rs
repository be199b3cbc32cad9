//! A user: somebody who signs in.
//!
//! ```text
//!           register               verify email
//!   absent ----------> unverified --------------> active
//!                        |    ^                   |    ^
//!                disable |    | enable    disable |    | enable
//!                        v    |                   v    |
//!                     disabled (unverified)    disabled (active)
//!
//!   erase: unverified, active, disabled ---> erased
//! ```
//!
//! | command | absent | unverified | active | disabled | erased |
//! |---|---|---|---|---|---|
//! | register | registered | `already_exists` | `already_exists` | `already_exists` | `erased` |
//! | verify e-mail | `not_found` | email_verified | email_verified | `disabled` | `erased` |
//! | change password | `not_found` | password_changed | password_changed | `disabled` | `erased` |
//! | change profile | `not_found` | profile_changed | profile_changed | `disabled` | `erased` |
//! | link an account | `not_found` | oauth_linked | oauth_linked | `disabled` | `erased` |
//! | disable | `not_found` | disabled | disabled | `disabled` | `erased` |
//! | enable | `not_found` | `not_disabled` | `not_disabled` | enabled | `erased` |
//! | erase | `not_found` | erased | erased | erased | nothing |
//!
//! What is so already makes no event: an address that is verified, a profile that is sealed just so, an account
//! that is linked.
//!
//! Invariants: an address is verified before it counts, so that another address takes the place of the first only
//! by being verified itself; who is enabled again is what was disabled, verified or not; after the erasure nothing
//! is left in the state, and nothing more can happen. Name and e-mail are sealed wherever they stand, and the key
//! that opens them is destroyed with the erasure.
//!
//! Not decided here: whether a password or a token is right (the vault), and that an address and an account at a
//! provider belong to one user (guards of the append, by their hashes). Of what the user is a member is known to the
//! organizations: before an erasure the user leaves them.

mod commands;
mod decide;
mod events;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{AccountHash, AddressHash, Sealed, Slug};

pub use self::commands::Command;
pub use self::decide::Rejection;
pub use self::events::Event;

/// A user as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum User {
    /// No event yet.
    #[default]
    Absent,
    /// Registered, at an address that nobody has proved to read.
    Unverified(Account),
    /// Can sign in.
    Active(Account),
    /// Cannot sign in until enabled.
    Disabled {
        /// What enabling brings back.
        was: Standing,
        /// What is known, as it was.
        account: Account,
    },
    /// Forgotten.
    Erased,
}

/// What a user is who is not disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The address is not verified.
    Unverified,
    /// It is.
    Active,
}

/// What is known of a user: nothing that says who it is without a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What the user is called.
    pub display_name: Sealed,
    /// Where the user gets mail.
    pub email: Sealed,
    /// Stands for that address.
    pub address: AddressHash,
    /// By which accounts the user signs in, by provider.
    pub oauth: BTreeMap<Slug, AccountHash>,
}

impl User {
    /// What is known of the user, unless absent or erased.
    #[must_use]
    pub const fn account(&self) -> Option<&Account> {
        match self {
            Self::Absent | Self::Erased => None,
            Self::Unverified(account) | Self::Active(account) | Self::Disabled { account, .. } => {
                Some(account)
            }
        }
    }

    /// Changes the account of a user who has one; of others there is nothing to change.
    fn change(&mut self, how: impl FnOnce(&mut Account)) {
        if let Self::Unverified(account) | Self::Active(account) | Self::Disabled { account, .. } = self {
            how(account);
        }
    }

    /// Turns the state into another one that follows from it.
    fn turn(&mut self, into: impl FnOnce(Self) -> Self) {
        *self = into(std::mem::take(self));
    }

    fn verified(self) -> Self {
        match self {
            Self::Unverified(account) => Self::Active(account),
            Self::Disabled { account, .. } => Self::Disabled { was: Standing::Active, account },
            other => other,
        }
    }
}

impl kernel::Decider for User {
    const TYPE: &'static str = "user";
    const LOGIC_VERSION: i32 = 1;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Registered { display_name, email, address } => self.turn(|before| match before {
                // Whatever follows: an erased user does not come back.
                Self::Erased => Self::Erased,
                _ => Self::Unverified(Account {
                    display_name: display_name.clone(),
                    email: email.clone(),
                    address: *address,
                    oauth: BTreeMap::new(),
                }),
            }),
            Event::EmailVerified { address, email } => {
                self.change(|account| (account.address, account.email) = (*address, email.clone()));
                self.turn(Self::verified);
            }
            // The vault alone knows the password.
            Event::PasswordChanged => {}
            Event::ProfileChanged { display_name } => {
                self.change(|account| account.display_name = display_name.clone());
            }
            Event::OauthLinked { provider, account } => self.change(|known| {
                known.oauth.insert(provider.clone(), *account);
            }),
            Event::Disabled => self.turn(|before| match before {
                Self::Unverified(account) => Self::Disabled { was: Standing::Unverified, account },
                Self::Active(account) => Self::Disabled { was: Standing::Active, account },
                other => other,
            }),
            Event::Enabled => self.turn(|before| match before {
                Self::Disabled { was: Standing::Unverified, account } => Self::Unverified(account),
                Self::Disabled { was: Standing::Active, account } => Self::Active(account),
                other => other,
            }),
            Event::Erased => self.turn(|before| match before {
                Self::Absent => Self::Absent,
                _ => Self::Erased,
            }),
        }
    }
}
