//! What may be asked of a user.

use vocabulary::{AccountHash, AddressHash, Sealed, Slug};

/// An order to a user. Which user is the stream's id; who asks stands in the envelope. What has to be proved
/// (a password, a mailed token, an answer of a provider) was proved before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Brings the user into being.
    Register {
        /// What the user is called.
        display_name: Sealed,
        /// Where the user gets mail.
        email: Sealed,
        /// Stands for that address.
        address: AddressHash,
    },
    /// Says that the user reads mail at an address: the first one, or another that takes its place.
    VerifyEmail {
        /// Stands for the address.
        address: AddressHash,
        /// The address.
        email: Sealed,
    },
    /// Says that the vault holds another password.
    ChangePassword,
    /// Calls the user something else.
    ChangeProfile {
        /// What the user is called.
        display_name: Sealed,
    },
    /// Lets the user sign in by an account elsewhere. One account a provider: another takes its place.
    LinkOauth {
        /// The provider, e.g. `github`.
        provider: Slug,
        /// Stands for the account there.
        account: AccountHash,
    },
    /// Lets the user in no more.
    Disable,
    /// Lets the user in again.
    Enable,
    /// Forgets the user for good.
    Erase,
}
