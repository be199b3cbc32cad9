//! A token made and read. The order of the checks is the order of cost, and nothing of a token is believed, not even
//! read, before its signature.

use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use kernel::{ActorId, OrgId, Timestamp, Uuid};
use serde::{Deserialize, Serialize};

use super::ring::KeyRing;
use crate::secret::SecretString;

/// How long a token lives. A shorter one that an older release wrote is read; a longer one is not.
pub const LIFETIME: Duration = Duration::from_secs(15 * 60);
/// How far the clocks of two nodes may be apart: a token counts this much sooner and longer.
pub const LEEWAY: Duration = Duration::from_secs(5);

const LIFETIME_S: i64 = LIFETIME.as_secs() as i64;
const LEEWAY_S: i64 = LEEWAY.as_secs() as i64;
/// Bytes; ours are a quarter of it.
const LONGEST: usize = 4_096;
const LONGEST_NAME: usize = 256;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The person or agent.
    pub subject: ActorId,
    /// The organization they act in.
    pub org: OrgId,
    /// The session that the token belongs to.
    pub session: Uuid,
    /// The token's own id.
    pub token: Uuid,
}

/// What a token says, once it is verified. Whether the session still lives is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who acts.
    pub access: Access,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it ends, without leeway: a socket that was opened with it is looked at again then.
    pub expires_at: Timestamp,
}

/// Why a token does not count. For the log: a client is told that it is not signed in, and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// Longer than any token.
    #[error("the text is too long for an access token")]
    TooLong,
    /// Not three parts.
    #[error("the text is no access token: those have three parts")]
    Shape,
    /// Its header is not one that this installation writes: another algorithm, type, key or field.
    #[error("the access token was not made by this installation, or by a key that has left its ring")]
    Header,
    /// The signature does not fit.
    #[error("the signature of the access token does not fit what it says")]
    Signature,
    /// The claims are signed and not as this release writes them.
    #[error("the access token has other claims than this release writes: sign in again")]
    Claims,
    /// Made by another installation with the same key.
    #[error("the access token names another issuer")]
    Issuer,
    /// For somebody else.
    #[error("the access token names another audience")]
    Audience,
    /// It lives longer than 15 minutes, or not at all.
    #[error("the access token lives longer than it may")]
    Lifetime,
    /// It was made in the future: two clocks are apart.
    #[error("the access token was made later than now: set the clocks of the nodes right")]
    NotYet,
    /// It is over.
    #[error("the access token has expired: refresh it")]
    Expired,
    /// Its key had been taken out of use when it was signed.
    #[error(
        "the access token was signed with a key that was out of use by then: somebody else may hold that key"
    )]
    KeyRetired,
}

/// A name of the issuer or the audience that cannot stand in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {0} of access tokens is 1 to {max} visible ASCII characters, such as https://omoi.example", max = LONGEST_NAME)]
pub struct BadName(
    /// Which of the two.
    pub &'static str,
);

/// Makes and reads the access tokens of an installation.
#[derive(Debug)]
pub struct AccessTokens {
    issuer: String,
    audience: String,
    ring: KeyRing,
}

/// In the order in which they are written.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: ActorId,
    org: OrgId,
    sid: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

impl AccessTokens {
    /// Tokens of `issuer` for `audience`, signed with the keys of `ring`.
    ///
    /// # Errors
    /// When a name is empty, long, or holds anything but visible ASCII.
    pub fn new(issuer: &str, audience: &str, ring: KeyRing) -> Result<Self, BadName> {
        for (name, which) in [(issuer, "issuer"), (audience, "audience")] {
            let fits = (1..=LONGEST_NAME).contains(&name.len());
            if !fits || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(BadName(which));
            }
        }
        Ok(Self { issuer: issuer.to_owned(), audience: audience.to_owned(), ring })
    }

    /// The keys, for `/.well-known/jwks.json`.
    #[must_use]
    pub const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// A token that counts from `now`, for [`LIFETIME`].
    #[must_use]
    pub fn issue(&self, access: &Access, now: Timestamp) -> SecretString {
        let iat = seconds(now);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: access.subject,
            org: access.org,
            sid: access.session,
            jti: access.token,
            iat,
            exp: iat + LIFETIME_S,
        };
        self.ring.sign(&claims.to_json()).into()
    }

    /// What a token says, if it counts at `now`.
    ///
    /// # Errors
    /// When it does not; the variant is for the log.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, AccessError> {
        if token.len() > LONGEST {
            return Err(AccessError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(AccessError::Shape)?;
        let (header, payload) = signed.split_once('.').ok_or(AccessError::Shape)?;
        if payload.contains('.') {
            return Err(AccessError::Shape);
        }
        let known = self.ring.of_header(header).ok_or(AccessError::Header)?;
        let signature = read_signature(signature).ok_or(AccessError::Signature)?;
        if !known.key.verifies(signed, &signature) {
            return Err(AccessError::Signature);
        }
        let claims = Claims::read(payload).ok_or(AccessError::Claims)?;
        if claims.iss != self.issuer {
            return Err(AccessError::Issuer);
        }
        if claims.aud != self.audience {
            return Err(AccessError::Audience);
        }
        claims.check_times(seconds(now), known.until.map(seconds))?;
        Ok(claims.verified())
    }
}

/// One text for one signature: neither padding nor other last bits.
fn read_signature(text: &str) -> Option<[u8; 64]> {
    let mut signature = [0; 64];
    let whole = Base64UrlUnpadded::decode(text, &mut signature).ok()?.len() == 64;
    whole.then_some(signature)
}

impl Claims {
    fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers are JSON")
    }

    /// What we would write for it must be what is there: this refuses claims that are unknown, doubled, in another
    /// order or another type, and ids and numbers that are written in another way.
    fn read(payload: &str) -> Option<Self> {
        let json = Base64UrlUnpadded::decode_vec(payload).ok()?;
        let claims: Self = serde_json::from_slice(&json).ok()?;
        (claims.to_json() == json).then_some(claims)
    }

    /// All in seconds since 1970, as the claims are.
    fn check_times(&self, now: i64, key_until: Option<i64>) -> Result<(), AccessError> {
        // Any two numbers can be signed with a stolen key, so their difference may not run over. Past the first two
        // checks both are no later than a little after now.
        if !(1..=LIFETIME_S).contains(&self.exp.saturating_sub(self.iat)) {
            return Err(AccessError::Lifetime);
        }
        if self.iat > now + LEEWAY_S {
            return Err(AccessError::NotYet);
        }
        if now >= self.exp + LEEWAY_S {
            return Err(AccessError::Expired);
        }
        if key_until.is_some_and(|until| self.iat > until + LEEWAY_S) {
            return Err(AccessError::KeyRetired);
        }
        Ok(())
    }

    const fn verified(&self) -> Verified {
        let access = Access { subject: self.sub, org: self.org, session: self.sid, token: self.jti };
        Verified { access, issued_at: timestamp(self.iat), expires_at: timestamp(self.exp) }
    }
}

const fn seconds(time: Timestamp) -> i64 {
    time.micros().div_euclid(1_000_000)
}

const fn timestamp(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::access::{OtherKey, SigningKey};
    use crate::secret::ExposeSecret as _;

    const NOW: i64 = 1_800_000_000;

    fn tokens(signing: SigningKey, others: Vec<OtherKey>) -> AccessTokens {
        let ring = KeyRing::new(signing, others).unwrap();
        AccessTokens::new("https://omoi.example", "omoi-api", ring).unwrap()
    }

    fn access() -> Access {
        Access {
            subject: ActorId(Uuid::from_u128(1)),
            org: OrgId(Uuid::from_u128(2)),
            session: Uuid::from_u128(3),
            token: Uuid::from_u128(4),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        timestamp(seconds)
    }

    #[test]
    fn a_token_says_who_acts_and_until_when() {
        let tokens = tokens(SigningKey::random(), vec![]);
        let token = tokens.issue(&access(), Timestamp::from_micros(NOW * 1_000_000 + 999_999));
        let expected = Verified { access: access(), issued_at: at(NOW), expires_at: at(NOW + 900) };
        assert_eq!(tokens.verify(token.expose_secret(), at(NOW)), Ok(expected));
    }

    #[test]
    fn it_counts_for_15_minutes_and_5_seconds_on_either_side() {
        let tokens = tokens(SigningKey::random(), vec![]);
        let token = tokens.issue(&access(), at(NOW));
        let verify = |seconds| tokens.verify(token.expose_secret(), at(seconds)).map(drop);
        assert_eq!(verify(NOW - 6), Err(AccessError::NotYet));
        assert_eq!(verify(NOW - 5), Ok(()));
        assert_eq!(verify(NOW + 904), Ok(()));
        assert_eq!(verify(NOW + 905), Err(AccessError::Expired));
    }

    #[test]
    fn keys_turn_over_without_a_refused_token() {
        let (old, new) = (SigningKey::random(), SigningKey::random());
        let old_text = old.to_text();
        let (old_public, new_public) = (old.public(), new.public());
        // A node that signs with the old key and knows the next, and one that has changed over already.
        let before = tokens(old, vec![OtherKey { key: new_public, until: None }]);
        let after = tokens(new, vec![OtherKey { key: old_public, until: Some(at(NOW)) }]);
        let (of_before, of_after) = (before.issue(&access(), at(NOW)), after.issue(&access(), at(NOW)));
        for tokens in [&before, &after] {
            for token in [&of_before, &of_after] {
                assert!(tokens.verify(token.expose_secret(), at(NOW + 899)).is_ok());
            }
        }
        // The old key is stolen, and still stands in the ring.
        let thief = tokens(SigningKey::parse(&old_text).unwrap(), vec![]);
        let stolen = |seconds| {
            let token = thief.issue(&access(), at(seconds));
            after.verify(token.expose_secret(), at(seconds)).map(drop)
        };
        assert_eq!(stolen(NOW + 5), Ok(()));
        assert_eq!(stolen(NOW + 6), Err(AccessError::KeyRetired));
        // And one that has left the ring opens nothing.
        let without = tokens(SigningKey::random(), vec![]);
        assert_eq!(without.verify(of_before.expose_secret(), at(NOW)), Err(AccessError::Header));
    }

    #[test]
    fn every_change_of_one_character_is_refused() {
        let tokens = tokens(SigningKey::random(), vec![]);
        let token = tokens.issue(&access(), at(NOW));
        let token = token.expose_secret();
        for place in 0..token.len() {
            for other in ["A", "Q", "9", "-", ".", "=", "\n", "\u{e9}"] {
                if &token[place..=place] != other {
                    let changed = format!("{}{other}{}", &token[..place], &token[place + 1..]);
                    assert!(tokens.verify(&changed, at(NOW)).is_err(), "{place} {other:?}");
                }
            }
        }
    }

    /// The last character holds two bits of the signature, so that without the check 16 texts were the same 64 bytes.
    #[test]
    fn a_signature_has_one_text() {
        let texts = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars();
        let read =
            texts.filter(|last| read_signature(&format!("{}{last}", "A".repeat(85))).is_some()).count();
        assert_eq!(read, 4);
        assert!(read_signature(&"A".repeat(87)).is_none() && read_signature(&"A".repeat(84)).is_none());
    }

    #[test]
    fn names_that_cannot_stand_in_a_token_are_refused() {
        let new = |issuer: &str, audience: &str| {
            AccessTokens::new(issuer, audience, KeyRing::new(SigningKey::random(), vec![]).unwrap()).map(drop)
        };
        let longest = "a".repeat(256);
        assert_eq!(new(&longest, &longest), Ok(()));
        for wrong in ["", "two words", "caf\u{e9}", "line\n", &format!("{longest}a")] {
            assert_eq!(new(wrong, "omoi-api"), Err(BadName("issuer")), "{wrong:?}");
            assert_eq!(new("https://omoi.example", wrong), Err(BadName("audience")), "{wrong:?}");
        }
    }

    #[test]
    fn the_longest_names_still_make_a_token_that_is_read() {
        let ring = KeyRing::new(SigningKey::random(), vec![]).unwrap();
        let tokens = AccessTokens::new(&"\"".repeat(256), &"\\".repeat(256), ring).unwrap();
        let token = tokens.issue(&access(), at(NOW));
        assert!(tokens.verify(token.expose_secret(), at(NOW)).is_ok());
    }

    proptest! {
        #[test]
        fn whoever_is_named_is_read(ids in any::<[u128; 4]>(), now in 0_i64..253_402_300_799) {
            let [subject, org, session, token] = ids.map(Uuid::from_u128);
            let access = Access { subject: ActorId(subject), org: OrgId(org), session, token };
            let tokens = tokens(SigningKey::random(), vec![]);
            let token = tokens.issue(&access, at(now));
            prop_assert_eq!(tokens.verify(token.expose_secret(), at(now)).unwrap().access, access);
        }

        #[test]
        fn no_text_is_too_strange_to_be_refused(text in any::<String>(), payload in any::<String>()) {
            let tokens = tokens(SigningKey::random(), vec![]);
            prop_assert!(tokens.verify(&text, at(NOW)).is_err());
            let in_three = format!("{payload}.{text}.{text}");
            prop_assert!(tokens.verify(&in_three, at(NOW)).is_err());
        }
    }
}
