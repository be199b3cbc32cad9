//! What may have happened to a user. These names and fields are for ever.

use kernel::EventKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{AccountHash, AddressHash, Sealed, Slug};

/// A fact about a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// The user came into being.
    #[serde(rename = "user.registered")]
    Registered {
        /// What the user is called.
        display_name: Sealed,
        /// Where the user gets mail, not verified yet.
        email: Sealed,
        /// Stands for that address.
        address: AddressHash,
    },
    /// The user has proved to read mail at this address, which is the user's address from now on.
    #[serde(rename = "user.email_verified")]
    EmailVerified {
        /// Stands for the address.
        address: AddressHash,
        /// The address.
        email: Sealed,
    },
    /// The user signs in by another password.
    #[serde(rename = "user.password_changed")]
    PasswordChanged,
    /// The user is called something else.
    #[serde(rename = "user.profile_changed")]
    ProfileChanged {
        /// What the user is called.
        display_name: Sealed,
    },
    /// The user can sign in by an account elsewhere; it takes the place of another at the same provider.
    #[serde(rename = "user.oauth_linked")]
    OauthLinked {
        /// The provider.
        provider: Slug,
        /// Stands for the account there.
        account: AccountHash,
    },
    /// The user is let in no more.
    #[serde(rename = "user.disabled")]
    Disabled,
    /// The user is let in again.
    #[serde(rename = "user.enabled")]
    Enabled,
    /// The user was forgotten: the key that opened what was sealed is destroyed.
    #[serde(rename = "user.erased")]
    Erased,
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("user.registered", 1),
        ("user.email_verified", 1),
        ("user.password_changed", 1),
        ("user.profile_changed", 1),
        ("user.oauth_linked", 1),
        ("user.disabled", 1),
        ("user.enabled", 1),
        ("user.erased", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "user.registered",
            Self::EmailVerified { .. } => "user.email_verified",
            Self::PasswordChanged => "user.password_changed",
            Self::ProfileChanged { .. } => "user.profile_changed",
            Self::OauthLinked { .. } => "user.oauth_linked",
            Self::Disabled => "user.disabled",
            Self::Enabled => "user.enabled",
            Self::Erased => "user.erased",
        }
    }
}
