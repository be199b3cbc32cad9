//! What a password may be: 12 to 128 characters of any script, and not among the first that somebody would guess. No
//! rule about digits or signs: such rules make passwords alike.
//!
//! How soon it would be guessed is the estimate of the crate `zxcvbn`: it carries a list of 30,000 passwords and
//! dictionaries, sees repeats, keyboard rows, dates and letters replaced by digits, and takes words of one's own.
//! Its copies of what it looks at are not wiped, and it counts years from the year of this machine's clock.

use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::Score;

use crate::secret::{ExposeSecret as _, SecretString, Zeroizing};

/// Characters of the shortest and of the longest password, in NFC.
const FEWEST: usize = 12;
const MOST: usize = 128;
/// Bytes of the longest text that can be `MOST` characters: NFC joins at most four, of at most four bytes.
const LONGEST_TEXT: usize = MOST * 4 * 4;
/// The estimate takes time that grows with the square of the length: a tenth of a second for the worst 32 characters,
/// half a second for 48. A password whose first 32 can be guessed is refused whatever follows.
const ESTIMATED: usize = 32;
/// 10^10 guesses. One less, 10^8, is what any three pieces get, and `password password` is three.
const STRONG_ENOUGH: Score = Score::Four;
/// Everybody here knows these.
const WORDS_OF_THE_HOUSE: [&str; 2] = ["omoios", "omoi"];

/// Why a password is not taken. No variant holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than 12 characters.
    #[error("the password is too short: use at least {} characters, such as four unrelated words", FEWEST)]
    TooShort,
    /// More than 128 characters.
    #[error("the password is too long: use at most {} characters; none is cut off", MOST)]
    TooLong,
    /// It holds U+0000.
    #[error("the password holds a NUL character: leave it out")]
    Nul,
    /// It is common, or one of the first guesses.
    #[error("the password is one of the first that would be guessed: use one that is longer or less usual")]
    Common,
    /// It is made of words that belong to its owner.
    #[error(
        "the password is made of your own name, address or organization: use words that nobody knows of you"
    )]
    Personal,
}

/// A password in NFC, so that the same characters typed on another keyboard are the same password.
#[derive(Debug)]
pub struct Password(SecretString);

impl Password {
    /// One that somebody wants to have. `context` is what others know of them: name, address, organization.
    ///
    /// Takes a millisecond, and a tenth of a second for a text that was made to take long: call it off the runtime, and
    /// few at a time.
    ///
    /// # Errors
    /// When it breaks the policy; every variant says what to do.
    pub fn choose(text: &SecretString, context: &[&str]) -> Result<Self, PasswordError> {
        let password = Self::enter(text)?;
        let text = password.expose();
        if text.chars().count() < FEWEST {
            return Err(PasswordError::TooShort);
        }
        let words = words(context);
        let words: Vec<_> = words.iter().map(String::as_str).chain(WORDS_OF_THE_HOUSE).collect();
        if can_be_guessed(text, &words) {
            let by_anybody = can_be_guessed(text, &WORDS_OF_THE_HOUSE);
            return Err(if by_anybody { PasswordError::Common } else { PasswordError::Personal });
        }
        Ok(password)
    }

    /// One that somebody signs in with. It may be older than the policy, so it is held only to what bounds the work.
    ///
    /// # Errors
    /// `TooLong` or `Nul`: no password that was ever taken is like that, whoever's it is.
    pub fn enter(text: &SecretString) -> Result<Self, PasswordError> {
        let text = text.expose_secret();
        if text.len() > LONGEST_TEXT {
            return Err(PasswordError::TooLong);
        }
        // NFC makes a text at most three times as long; one that need not grow leaves no copies behind.
        let mut normal = Zeroizing::new(String::with_capacity(3 * text.len()));
        normal.extend(text.nfc());
        if normal.chars().count() > MOST {
            return Err(PasswordError::TooLong);
        }
        if normal.contains('\0') {
            return Err(PasswordError::Nul);
        }
        Ok(Self(normal.as_str().into()))
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// What is known of somebody, whole and in parts: of `ada@example.org` also `ada`, `example` and `org`. No word is
/// longer than what is looked at of a password, or it would never be found there.
fn words(context: &[&str]) -> Vec<String> {
    let whole_and_parts = |text: &&str| {
        let text: String = text.nfc().take(ESTIMATED).collect();
        let parts: Vec<_> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        std::iter::once(text).chain(parts)
    };
    context.iter().flat_map(whole_and_parts).collect()
}

fn can_be_guessed(password: &str, words: &[&str]) -> bool {
    let beginning: Zeroizing<String> = Zeroizing::new(password.chars().take(ESTIMATED).collect());
    zxcvbn::zxcvbn(&beginning, words).score() < STRONG_ENOUGH
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    fn choose(text: &str, context: &[&str]) -> Result<(), PasswordError> {
        Password::choose(&text.into(), context).map(drop)
    }

    /// Different characters, so that only their number matters.
    fn of_length(characters: u32) -> String {
        (0..characters).map(|at| char::from_u32(0x4e00 + 37 * at).unwrap()).collect()
    }

    #[test]
    fn the_length_counts_in_characters_from_12_to_128() {
        assert_eq!(choose(&of_length(11), &[]), Err(PasswordError::TooShort));
        assert_eq!(choose(&of_length(12), &[]), Ok(()));
        assert_eq!(choose(&of_length(128), &[]), Ok(()));
        assert_eq!(choose(&of_length(129), &[]), Err(PasswordError::TooLong));
        assert_eq!(choose("", &[]), Err(PasswordError::TooShort));
    }

    #[test]
    fn any_script_and_any_sign_is_fine() {
        for text in [
            "correct horse battery staple",
            "kqzvwmxptrhn",
            "\u{1f98a}\u{1f34b}\u{1f680}\u{1f3bb}\u{1f9ca}\u{1fab4}\u{1f6f6}\u{1f9ed}\u{1f9f5}\u{1f95d}\u{1f400}\u{1f6b2}",
            "\u{43f}\u{43e}\u{435}\u{437}\u{434} \u{441}\u{438}\u{43d}\u{438}\u{439} \u{43a}\u{438}\u{442}",
            "tab\tand\nnewline\u{7f}",
        ] {
            assert_eq!(choose(text, &[]), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn composed_and_decomposed_are_one_password() {
        let composed = Password::enter(&"na\u{ef}ve caf\u{e9} \u{1eed}\u{ac01}".into()).unwrap();
        let decomposed =
            Password::enter(&"nai\u{308}ve cafe\u{301} u\u{31b}\u{309}\u{1100}\u{1161}\u{11a8}".into())
                .unwrap();
        assert_eq!(composed.expose(), decomposed.expose());
        // NFC and not NFKC: what looks alike stays different.
        assert_eq!(Password::enter(&"\u{fb01}".into()).unwrap().expose(), "\u{fb01}");
    }

    #[test]
    fn the_longest_password_may_come_decomposed() {
        // Alpha with breathing, accent and iota: four characters that are one.
        let decomposed = "\u{3b1}\u{314}\u{301}\u{345}".repeat(MOST);
        assert_eq!(Password::enter(&decomposed.as_str().into()).unwrap().expose().chars().count(), MOST);
        let longer = "\u{3b1}\u{314}\u{301}\u{345}".repeat(MOST + 1);
        assert_eq!(Password::enter(&longer.into()).map(drop), Err(PasswordError::TooLong));
    }

    #[test]
    fn a_nul_is_refused_and_cuts_nothing_off() {
        assert_eq!(choose("correct horse\0battery staple", &[]), Err(PasswordError::Nul));
        assert_eq!(Password::enter(&"\0".into()).map(drop), Err(PasswordError::Nul));
    }

    #[test]
    fn a_huge_text_is_refused_before_it_is_normalised() {
        let huge = SecretString::from(format!("e{}", "\u{301}\u{323}".repeat(2_000_000)));
        let before = Instant::now();
        let refused = Password::enter(&huge).map(drop);
        let took = before.elapsed();
        assert_eq!(refused, Err(PasswordError::TooLong));
        assert!(took < Duration::from_millis(200), "{took:?}");
    }

    #[test]
    fn common_passwords_are_refused() {
        for text in [
            "passwordpassword",
            "password password",
            "password1234",
            "Password1234!",
            "P@ssw0rd1234",
            "123456789012",
            "qwertyuiopas",
            "1q2w3e4r5t6y",
            "1qaz2wsx3edc",
            "iloveyouiloveyou",
            "aaaaaaaaaaaa",
            "abcdefghijklm",
            "letmeinletmein",
            "monkeymonkey",
            "championship",
            "omoiosomoios",
            "omoios omoios",
        ] {
            assert_eq!(choose(text, &[]), Err(PasswordError::Common), "{text}");
        }
    }

    #[test]
    fn words_of_ones_own_are_refused() {
        let context = ["Zbigniew Wrzesniewski", "zbigniew.wrzesniewski@kwiaciarnia-pod-lipami.example"];
        for text in [
            "zbigniewwrzesniewski",
            "Wrzesniewski Zbigniew",
            "Wrzesniewski2024",
            "zbigniew.wrzesniewski@kwiaciarnia-pod-lipami.example",
            "kwiaciarnia1",
            "iksweinsezrw1",
        ] {
            assert_eq!(choose(text, &context), Err(PasswordError::Personal), "{text}");
            assert_eq!(choose(text, &[]), Ok(()), "{text} is fine for anybody else");
        }
        // Somebody's name in a long password gives nothing away.
        assert_eq!(choose("Zbigniew juggles nine copper kettles", &context), Ok(()));
    }

    #[test]
    fn a_name_is_known_whole_and_in_parts() {
        assert_eq!(
            words(&["Rene\u{301} Roe", "rr@x.org"]),
            ["Ren\u{e9} Roe", "Ren\u{e9}", "Roe", "rr@x.org", "rr", "x", "org"]
        );
    }

    #[test]
    fn a_password_that_is_older_than_the_policy_still_signs_in() {
        assert_eq!(Password::enter(&"password".into()).unwrap().expose(), "password");
    }

    #[test]
    fn the_worst_password_is_estimated_in_bounded_time() {
        // All letters that have digits for them, as often as they fit: 800 ways to read it.
        let worst: String = "4@8({[<369 1!|7$5+%20".chars().cycle().take(MOST).collect();
        let before = Instant::now();
        let _ = choose(&worst, &[]);
        assert!(before.elapsed() < Duration::from_secs(2), "{:?}", before.elapsed());
    }

    #[test]
    fn a_password_is_never_printed_and_its_error_does_not_hold_it() {
        let password = Password::enter(&"hunter2".into()).unwrap();
        assert!(!format!("{password:?}").contains("hunter2"), "{password:?}");
        let error = Password::choose(&"passwordpassword".into(), &[]).unwrap_err();
        assert!(!error.to_string().contains("passwordpassword"), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_text_is_too_strange_to_be_judged(text in "\\PC{0,130}", name in "\\PC{0,20}") {
            let _ = choose(&text, &[&name]);
        }

        #[test]
        fn whatever_is_taken_is_whole(text in any::<String>()) {
            if let Ok(password) = Password::enter(&text.as_str().into()) {
                let normal: String = text.nfc().collect();
                prop_assert_eq!(password.expose(), normal);
            }
        }
    }
}
