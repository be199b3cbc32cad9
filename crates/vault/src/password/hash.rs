//! What is kept of a password: argon2id as a PHC string, with salt and cost inside.

use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier as _, phc};
use argon2::{Algorithm, Argon2, Params, Version};

use super::Password;

/// 19 MiB, two passes, one lane: the least that OWASP advises for argon2id, tens of milliseconds of one core.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// What a stored hash may ask for at most: whoever can write one row must not be able to take the machine's memory.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;

/// A hash that no password has: its last part was not made by argon2id but is SHA-256 of a sentence. Made at today's
/// cost, so that an unknown user takes as long as a known one.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$u+9pheP+p8pLdZLDNAjazA$rb9RTdab1Y8RKXR2DdEHoH4icWcEHv1FKq94wW5Hf/A";

/// A stored password. Its text is not for logs: with it one can guess at leisure.
#[derive(Clone)]
pub struct PasswordHash(phc::PasswordHash);

/// The stored text is not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the stored password hash cannot be used: it is not argon2id within our limits; let its owner set a new password"
)]
pub struct UnreadableHash;

/// There was no memory or no randomness to hash with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed: try again when the machine has memory to spare")]
pub struct HashingFailed(#[source] password_hash::Error);

impl PasswordHash {
    /// Hashes a password with a fresh salt.
    ///
    /// Takes 19 MiB and tens of milliseconds: call it off the runtime, and few at a time.
    ///
    /// # Errors
    /// When there is no memory or no randomness.
    pub fn of(password: &Password) -> Result<Self, HashingFailed> {
        hasher().hash_password(password.expose().as_bytes()).map(Self).map_err(HashingFailed)
    }

    /// One that was stored.
    ///
    /// # Errors
    /// When it is not an argon2id PHC string, or asks for more than we would spend on it.
    pub fn parse(text: &str) -> Result<Self, UnreadableHash> {
        let hash = phc::PasswordHash::new(text).map_err(|_| UnreadableHash)?;
        let cost = Params::try_from(&hash).map_err(|_| UnreadableHash)?;
        let ours = hash.algorithm.as_str() == Algorithm::Argon2id.as_str()
            && hash.version == Some(u32::from(Version::V0x13))
            && hash.hash.is_some();
        let affordable =
            cost.m_cost() <= MOST_MEMORY_KIB && cost.t_cost() <= MOST_PASSES && cost.p_cost() <= MOST_LANES;
        if ours && affordable { Ok(Self(hash)) } else { Err(UnreadableHash) }
    }

    /// What is stored, as a PHC string.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.0.to_string()
    }

    /// Whether one made today would have another cost: hash again at the next sign-in, while the password is there.
    #[must_use]
    pub fn needs_rehash(&self) -> bool {
        let cost = Params::try_from(&self.0).expect("checked in parse, or made here");
        (cost.m_cost(), cost.t_cost(), cost.p_cost()) != (MEMORY_KIB, PASSES, LANES)
    }

    fn matches(&self, entered: &Password) -> Result<bool, HashingFailed> {
        match hasher().verify_password(entered.expose().as_bytes(), &self.0) {
            Ok(()) => Ok(true),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(HashingFailed(error)),
        }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([REDACTED])")
    }
}

/// Whether `entered` is the password of `stored`. Nobody's is `None`: it never matches, and takes as long as any.
///
/// Takes 19 MiB and tens of milliseconds: call it off the runtime, and few at a time.
///
/// # Errors
/// When there is no memory.
pub fn verify(stored: Option<&PasswordHash>, entered: &Password) -> Result<bool, HashingFailed> {
    static NOBODY: LazyLock<PasswordHash> =
        LazyLock::new(|| PasswordHash::parse(NOBODYS).expect("a test parses it"));
    verify_or(&NOBODY, stored, entered)
}

fn verify_or(
    nobody: &PasswordHash,
    stored: Option<&PasswordHash>,
    entered: &Password,
) -> Result<bool, HashingFailed> {
    let matches = stored.unwrap_or(nobody).matches(entered)?;
    Ok(matches && stored.is_some())
}

fn hasher() -> Argon2<'static> {
    let cost = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("within the limits of argon2");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn entered(text: &str) -> Password {
        Password::enter(&text.into()).unwrap()
    }

    fn is(stored: &PasswordHash, text: &str) -> bool {
        verify(Some(stored), &entered(text)).unwrap()
    }

    /// Cheap, for tests that are not about the cost.
    fn cheap(memory: u32, passes: u32, lanes: u32) -> String {
        let cost = Params::new(memory, passes, lanes, None).unwrap();
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
        hasher.hash_password(b"correct horse").unwrap().to_string()
    }

    #[test]
    fn a_password_is_known_again_and_another_is_not() {
        let stored = PasswordHash::of(&entered("correct horse")).unwrap();
        assert!(is(&stored, "correct horse"));
        assert!(!is(&stored, "correct horsf"));
        assert!(!is(&stored, ""));
    }

    #[test]
    fn what_is_stored_says_its_cost_and_reads_back() {
        let stored = PasswordHash::of(&entered("correct horse")).unwrap();
        let text = stored.to_text();
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
        let read = PasswordHash::parse(&text).unwrap();
        assert_eq!(read.to_text(), text);
        assert!(is(&read, "correct horse") && !read.needs_rehash());
        assert_ne!(PasswordHash::of(&entered("correct horse")).unwrap().to_text(), text, "the salt is fresh");
    }

    #[test]
    fn every_character_counts() {
        let long: String = ('a'..='z').cycle().take(128).collect();
        let stored = PasswordHash::of(&entered(&long)).unwrap();
        assert!(is(&stored, &long));
        for at in [0, 72, 127] {
            let mut other = long.clone();
            other.replace_range(at..=at, "#");
            assert!(!is(&stored, &other), "character {at}");
        }
    }

    #[test]
    fn nobodys_password_is_never_right_and_costs_what_any_does() {
        let nobody = PasswordHash::parse(NOBODYS).unwrap();
        assert!(!nobody.needs_rehash(), "its cost is not that of today");
        let of_today = PasswordHash::of(&entered("correct horse")).unwrap();
        assert_eq!(nobody.to_text().len(), of_today.to_text().len());
        assert_eq!(verify(None, &entered("correct horse")), Ok(false));
        // Whoever looks an answer up has it in microseconds; two passes over 19 MiB take no machine less than this. That
        // both take the same time is measured over HTTP (S-04).
        let before = Instant::now();
        verify(None, &entered("incorrect horse")).unwrap();
        assert!(before.elapsed() > Duration::from_millis(2), "{:?}", before.elapsed());
    }

    #[test]
    fn even_the_password_of_nobody_opens_nobody() {
        let stored = PasswordHash::parse(&cheap(64, 1, 1)).unwrap();
        let right = entered("correct horse");
        assert_eq!(verify_or(&stored, Some(&stored), &right), Ok(true));
        assert_eq!(verify_or(&stored, None, &right), Ok(false));
    }

    #[test]
    fn a_hash_of_another_cost_still_opens_and_asks_to_be_made_again() {
        for (memory, passes, lanes) in [(64, PASSES, LANES), (MEMORY_KIB, 1, LANES), (MEMORY_KIB, PASSES, 2)]
        {
            let stored = PasswordHash::parse(&cheap(memory, passes, lanes)).unwrap();
            assert!(is(&stored, "correct horse") && stored.needs_rehash(), "{memory} {passes} {lanes}");
        }
    }

    #[test]
    fn what_is_no_hash_of_ours_is_refused() {
        let whole = cheap(512, 1, 1);
        let (head, hash) = whole.rsplit_once('$').unwrap();
        let (cost, salt) = head.rsplit_once('$').unwrap();
        let wrong = [
            String::new(),
            "correct horse".to_owned(),
            "$2b$12$abcdefghijklmnopqrstuv".to_owned(),
            whole.replace("argon2id", "argon2i"),
            whole.replace("argon2id", "argon2d"),
            whole.replace("v=19", "v=16"),
            whole.replace("$v=19", ""),
            head.to_owned(),
            cost.to_owned(),
            format!("{cost}$${hash}"),
            format!("{whole}$more"),
            format!("{whole}\n"),
            whole.replace("m=512", "m=262145"),
            whole.replace("m=512", "m=4294967295"),
            whole.replace("t=1", "t=17"),
            whole.replace("p=1", "p=17"),
            whole.replace("m=512", "m=-1"),
            whole.replace("m=512", "m=0"),
            format!("{cost}$AA${hash}"),
        ];
        assert!(!salt.is_empty());
        for wrong in wrong {
            assert_eq!(PasswordHash::parse(&wrong).map(drop), Err(UnreadableHash), "{wrong}");
        }
    }

    #[test]
    fn a_hash_is_never_printed() {
        let stored = PasswordHash::parse(NOBODYS).unwrap();
        assert_eq!(format!("{stored:?}"), "PasswordHash([REDACTED])");
    }
}
