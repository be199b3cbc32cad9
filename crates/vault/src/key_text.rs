//! A key of 32 bytes as people keep it: a line in a file or a variable.

use base64ct::{Base64, Encoding as _};

use crate::secret::{ExposeSecret as _, ExposeSecretMut as _, SecretKey, SecretString, Zeroizing};

/// Fewer different bytes than this in 32 is no accident: 32 random ones hold about 30.
const FEWEST_DIFFERENT: usize = 8;

/// Why a text is no key. The text itself is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    /// Neither hexadecimal digits nor base64 of 32 bytes.
    #[error(
        "the key is not 32 bytes: give 64 hexadecimal digits (`openssl rand -hex 32`) or 44 characters of base64 \
         (`openssl rand -base64 32`)"
    )]
    Form,
    /// A placeholder, such as zeros.
    #[error("the key is a placeholder and not random: make one with `openssl rand -hex 32`")]
    Placeholder,
}

/// Reads a key; white space around it does not count.
pub(crate) fn parse(text: &SecretString) -> Result<SecretKey, KeyTextError> {
    let text = text.expose_secret().trim();
    let mut key = SecretKey::default();
    let bytes = key.expose_secret_mut();
    let sound = match text.len() {
        64 => hex::decode_to_slice(text, bytes).is_ok(),
        44 => Base64::decode(text, bytes).is_ok_and(|decoded| decoded.len() == 32),
        _ => false,
    };
    if !sound {
        return Err(KeyTextError::Form);
    }
    let different = (0..32).filter(|&at| !bytes[..at].contains(&bytes[at])).count();
    if different < FEWEST_DIFFERENT {
        return Err(KeyTextError::Placeholder);
    }
    Ok(key)
}

/// The key as text that [`parse`] reads.
pub(crate) fn write(key: &[u8; 32]) -> SecretString {
    let mut digits = Zeroizing::new([0; 64]);
    hex::encode_to_slice(key, &mut digits[..]).expect("64 digits hold 32 bytes");
    SecretString::from(std::str::from_utf8(&digits[..]).expect("digits are ASCII"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn read(text: &str) -> Result<[u8; 32], KeyTextError> {
        parse(&text.into()).map(|key| *key.expose_secret())
    }

    #[test]
    fn both_ways_of_writing_give_the_same_key() {
        let expected: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        assert_eq!(read(HEX), Ok(expected));
        assert_eq!(read(&HEX.to_uppercase()), Ok(expected));
        assert_eq!(read(BASE64), Ok(expected));
        assert_eq!(read(&format!(" {HEX}\n")), Ok(expected));
    }

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let key = random::key();
        assert_eq!(parse(&write(key.expose_secret())).unwrap().expose_secret(), key.expose_secret());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let shorter = BASE64.replace("h8=", "g==");
        let standing_bits = BASE64.replace("h8=", "h9=");
        let wrong =
            ["", "changeme", &HEX[2..], &HEX.replace("1f", "1g"), &BASE64[1..], &shorter, &standing_bits];
        for text in wrong {
            assert_eq!(read(text), Err(KeyTextError::Form), "{text}");
        }
        assert_eq!(read(&format!("{HEX}00")), Err(KeyTextError::Form));
    }

    #[test]
    fn a_placeholder_is_refused() {
        for text in [
            "0".repeat(64),
            "f".repeat(64),
            "deadbeef".repeat(8),
            "0123456789abcd".repeat(5)[..64].to_owned(),
        ] {
            assert_eq!(read(&text), Err(KeyTextError::Placeholder), "{text}");
        }
    }
}
