//! Why something about accounts had no effect, by what the caller can do about it.

use std::time::Duration;

use commands::CommandError;
use eventstore::{LoadError, Unavailable};
use vault::password::PasswordError;

use crate::address::InvalidAddress;
use crate::custody::CustodyError;

/// Nothing happened.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// No such person, or another password: nobody is told which.
    #[error(
        "the e-mail address or the password is not right; who has just registered follows the link in the mail first"
    )]
    InvalidCredentials,
    /// What was mailed or printed is unknown, used or over.
    #[error("this link is not valid: it was used, has expired, or is incomplete; ask for another")]
    InvalidToken,
    /// A provider said no, or something that cannot be believed.
    #[error(transparent)]
    Elsewhere(#[from] oauth::OauthError),
    /// A provider does not know that somebody reads mail at the address, so neither do we.
    #[error(
        "the provider has not verified an e-mail address of yours; verify it there, or register here with a password"
    )]
    AddressNotVerified,
    /// Too many tries.
    #[error("too many tries; wait {} s", .retry_after.as_secs().max(1))]
    TooManyTries {
        /// How long.
        retry_after: Duration,
    },
    /// Not a password that is taken.
    #[error(transparent)]
    WeakPassword(#[from] PasswordError),
    /// Not an e-mail address.
    #[error(transparent)]
    InvalidAddress(#[from] InvalidAddress),
    /// Not a name.
    #[error("the display name cannot be used: {0}")]
    InvalidName(#[from] vocabulary::InvalidName),
    /// No such thing, or somebody else's.
    #[error("the {0} does not exist")]
    NotFound(&'static str),
    /// The same wish was granted before, and what it gave is shown once.
    #[error(
        "this was issued before with the same Idempotency-Key, and is shown once: revoke it and make another"
    )]
    AlreadyIssued,
    /// As many credentials of the bus as there may be.
    #[error("an organization has at most {most} credentials of the event bus; revoke one first")]
    TooManyBusCredentials {
        /// How many.
        most: i64,
    },
    /// The write side refused.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The database cannot be used just now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// A key is not what it was.
    #[error(transparent)]
    Custody(#[from] CustodyError),
    /// There was no memory to hash with.
    #[error("the password could not be checked just now; try again")]
    Hashing,
}

impl From<sqlx::Error> for AccountError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<LoadError> for AccountError {
    fn from(error: LoadError) -> Self {
        Self::Command(error.into())
    }
}
