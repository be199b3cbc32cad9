//! Rows 27 and 28, and whatever else is no key. Each is refused by its text alone: nothing here can ask a database.

use vault::api_key::{ApiKey, ApiKeyError, Environment};
use vault::secret::ExposeSecret as _;

const BODY: &str = "0123456789abcdefghijklmnopqrstuv";

/// A text with the check that fits it, as somebody makes it who has read how keys are made.
fn with_check(head: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(head.as_bytes());
    let mut check = String::new();
    for _ in 0..6 {
        check.insert(0, char::from(DIGITS[usize::try_from(rest % 62).unwrap()]));
        rest /= 62;
    }
    format!("{head}_{check}")
}

fn parse(text: &str) -> Result<(), ApiKeyError> {
    ApiKey::parse(text).map(drop)
}

#[test]
fn a_key_that_somebody_else_could_make_is_well_formed_and_opens_nothing_yet() {
    assert_eq!(parse(&with_check(&format!("omoi_live_{BODY}"))), Ok(()));
}

/// The check is looked at first: what it does not fit is never looked at further, whatever it looks like.
#[test]
fn row_27_a_check_that_does_not_fit() {
    let good = with_check(&format!("omoi_live_{BODY}"));
    let (head, check) = good.rsplit_once('_').unwrap();
    let wrong = [
        head.to_owned(),
        format!("{head}_"),
        format!("{head}_000000"),
        format!("{head}_{}", &check[..5]),
        format!("{head}_{check}0"),
        format!("{head}_0{check}"),
        format!("{head}__{check}"),
        format!("{head}{check}"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\n"),
        format!("{good}\0"),
        format!("Bearer {good}"),
        good.to_uppercase(),
        good.replace("omoi", "0moi"),
        good.replace('0', "O"),
        "omoi_test_short_000000".to_owned(),
        "eyJhbGciOiJub25lIn0.e30.".to_owned(),
        String::new(),
        "_".to_owned(),
        "______".to_owned(),
        "\u{202e}\u{ff10}\u{1f511}_\u{ff11}\u{ff11}\u{ff11}".to_owned(),
    ];
    for text in wrong {
        assert_eq!(parse(&text), Err(ApiKeyError::Mistyped), "{text:?}");
    }
}

#[test]
fn row_28_the_right_prefix_and_another_environment() {
    let live = ApiKey::random(Environment::Live);
    let text = live.reveal().expose_secret();
    assert_eq!(
        ApiKey::parse_for(Environment::Local, text).map(drop),
        Err(ApiKeyError::OtherEnvironment(Environment::Local))
    );
    // The same body under another name is mistyped, and with a check that fits it is another key.
    let renamed = text.replace("omoi_live_", "omoi_local_");
    assert_eq!(parse(&renamed), Err(ApiKeyError::Mistyped));
    let forged = with_check(renamed.rsplit_once('_').unwrap().0);
    let forged = ApiKey::parse_for(Environment::Local, &forged).unwrap();
    assert_ne!(forged.fingerprint(), live.fingerprint());
}

#[test]
fn a_check_that_fits_does_not_make_a_key() {
    let heads = [
        String::new(),
        "omoi".to_owned(),
        "omoi_".to_owned(),
        "omoi__".to_owned(),
        "omoi_live".to_owned(),
        "omoi_live_".to_owned(),
        format!("omoi_test_{BODY}"),
        format!("omoi_LIVE_{BODY}"),
        format!("xyz_live_{BODY}"),
        format!("xomoi_live_{BODY}"),
        format!("omoi_live_{}", &BODY[1..]),
        format!("omoi_live_{BODY}x"),
        format!("omoi_live__{}", &BODY[1..]),
        format!("omoi_live_{}-", &BODY[1..]),
        format!("omoi_live_{}\0", &BODY[1..]),
        format!("omoi_live_{}\u{e9}", &BODY[2..]),
        format!("omoi_live_{}' --", &BODY[4..]),
    ];
    for head in heads {
        let text = with_check(&head);
        assert_eq!(parse(&text), Err(ApiKeyError::Form), "{text:?}");
    }
}

/// Nine megabytes with a check that fits: the length is refused before the check is reckoned.
#[test]
fn a_huge_text_is_refused_at_once() {
    let huge = with_check(&format!("omoi_live_{}", "a".repeat(9_000_000)));
    assert_eq!(parse(&huge), Err(ApiKeyError::Mistyped));
    assert_eq!(parse(&with_check(&"a".repeat(58))), Err(ApiKeyError::Mistyped));
    assert_eq!(parse(&with_check(&"a".repeat(57))), Err(ApiKeyError::Form));
}
