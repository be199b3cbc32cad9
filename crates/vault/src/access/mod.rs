//! Access tokens: who acts, for whom and until when, signed, so that no node has to ask another.
//!
//! Only what this installation wrote is read. A token's header must be, byte for byte, one that [`AccessTokens`] writes
//! for a key of its ring, and its claims must be the bytes that it would write for them. So there is no algorithm to
//! choose, no `jku`, `x5u`, `jwk` or `crit` to heed, no second way to spell a claim, and little code: this is why the
//! tokens are made and read here over `ed25519-dalek`. The library for JWT, `jsonwebtoken` (10.4 was read), takes the time
//! from the machine's clock and `exp` as a fraction too, and leaves `typ`, `crit`, `jku`, `jwk` and `x5u` to its caller:
//! every check here would have stood beside it.
//!
//! A claim that is added is written by nodes only when all nodes read it: tokens live 15 minutes, deploy twice.
//!
//! That a member was removed, a session ended or an organization in a path is another one is seen by whoever asks:
//! [`Verified`] says who, never whether they still may.

mod keys;
mod ring;
mod tokens;

pub use keys::{BadPublicKey, PublicKey, SigningKey};
pub use ring::{Jwk, Jwks, KeyNamedTwice, KeyRing, OtherKey};
pub use tokens::{Access, AccessError, AccessTokens, BadName, LEEWAY, LIFETIME, Verified};
