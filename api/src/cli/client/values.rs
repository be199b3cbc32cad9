//! Words of the command line as types.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use vocabulary::{Hours, Phase, Priority};

/// A phase; `--help` lists them.
pub(crate) fn phase() -> impl TypedValueParser<Value = Phase> {
    PossibleValuesParser::new(Phase::ALL.map(Phase::as_str)).map(|word| word.parse().expect("it is listed"))
}

/// A priority; `--help` lists them.
pub(crate) fn priority() -> impl TypedValueParser<Value = Priority> {
    PossibleValuesParser::new(Priority::ALL.map(Priority::as_str))
        .map(|word| word.parse().expect("it is listed"))
}

/// A number of hours, e.g. `1.5`.
pub(crate) fn hours(text: &str) -> Result<Hours, String> {
    let hours: f64 = text.parse().map_err(|_| vocabulary::InvalidHours.to_string())?;
    Hours::from_hours(hours).map_err(|error| error.to_string())
}

/// What a header can carry.
pub(crate) fn idempotency_key(text: &str) -> Result<String, String> {
    if (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text.to_owned());
    }
    Err("a key is 1 to 255 visible ASCII characters".to_owned())
}

/// A command that was run, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct CommandExit {
    cmd: String,
    exit: i32,
}

/// `COMMAND=EXIT`; the command may hold `=` itself.
pub(crate) fn command_exit(text: &str) -> Result<CommandExit, String> {
    let parts = text.rsplit_once('=').and_then(|(cmd, exit)| Some((cmd.trim(), exit.trim().parse().ok()?)));
    match parts {
        Some((cmd, exit)) if !cmd.is_empty() => Ok(CommandExit { cmd: cmd.to_owned(), exit }),
        _ => Err("write the command, =, and its exit code, e.g. 'cargo test=0'".to_owned()),
    }
}

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_told_can_be_pasted() {
        for (word, said) in [
            ("/srv/billing", "/srv/billing"),
            ("git@host:a/b.git", "git@host:a/b.git"),
            ("/srv/my code", "'/srv/my code'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("$(id)", "'$(id)'"),
        ] {
            assert_eq!(quoted(word), said);
        }
    }

    #[test]
    fn a_command_may_hold_an_equals_sign() {
        let expected = CommandExit { cmd: "make TARGET=all".to_owned(), exit: 2 };
        assert_eq!(command_exit("make TARGET=all=2"), Ok(expected));
        assert_eq!(command_exit("true = 0"), Ok(CommandExit { cmd: "true".to_owned(), exit: 0 }));
        for wrong in ["", "=0", "true", "true=", "true=yes", "make TARGET=all"] {
            assert!(command_exit(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_is_one_a_header_can_carry() {
        assert!(idempotency_key("deploy-7").is_ok() && idempotency_key(&"k".repeat(255)).is_ok());
        for wrong in ["", "two words", "ключ", "line\nbreak", &"k".repeat(256)] {
            assert!(idempotency_key(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn hours_are_a_positive_number() {
        assert_eq!(hours("1.5").map(Hours::minutes), Ok(90));
        for wrong in ["", "NaN", "-1", "0", "inf", "two"] {
            assert!(hours(wrong).is_err(), "{wrong}");
        }
    }
}
