//! Rows 1 to 24 and 26 of the corpus. What only the edge can see is tested there: a member who was removed (25), the
//! organization in a path (the other half of 26), where in a request a key stands (29 to 31) and a run that is over (32).
//!
//! The forger here holds our signing key. So a row that is refused is refused for what it says and not for its
//! signature, unless the row is about that.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::Signer as _;
use kernel::Timestamp;
use sha2::{Digest as _, Sha256};
use vault::access::{AccessError, AccessTokens, KeyRing, SigningKey};
use vault::secret::ExposeSecret as _;
use vault::token::{Token, TokenKind};

const NOW: i64 = 1_800_000_000;
const SEED: [u8; 32] = *b"0123456789abcdef0123456789ABCDEF";
const OTHER_SEED: [u8; 32] = *b"another key, of somebody else...";
const PAYLOAD: &str = r#"{"iss":"https://omoi.example","aud":"omoi-api","sub":"00000000-0000-0000-0000-00000000000a","org":"00000000-0000-0000-0000-00000000000b","sid":"00000000-0000-0000-0000-00000000000c","jti":"00000000-0000-0000-0000-00000000000d","iat":1800000000,"exp":1800000900}"#;

fn key_of(seed: [u8; 32]) -> SigningKey {
    SigningKey::parse(&hex::encode(seed).into()).unwrap()
}

fn verify(token: &str) -> Result<(), AccessError> {
    let ring = KeyRing::new(key_of(SEED), vec![]).unwrap();
    let tokens = AccessTokens::new("https://omoi.example", "omoi-api", ring).unwrap();
    tokens.verify(token, Timestamp::from_micros(NOW * 1_000_000)).map(drop)
}

fn header() -> String {
    format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{}"}}"#, key_of(SEED).public().id())
}

fn base64(text: &str) -> String {
    Base64UrlUnpadded::encode_string(text.as_bytes())
}

fn sign_with(seed: [u8; 32], header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", base64(header), base64(payload));
    let signature = ed25519_dalek::SigningKey::from_bytes(&seed).sign(signed.as_bytes()).to_bytes();
    format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature))
}

/// With our key and this header.
fn headed(header: &str) -> String {
    sign_with(SEED, header, PAYLOAD)
}

/// With our key, and a header that has one thing different.
fn header_with(old: &str, new: &str) -> String {
    headed(&changed(&header(), old, new))
}

/// With our key, and claims that have one thing different.
fn claims_with(old: &str, new: &str) -> String {
    sign_with(SEED, &header(), &changed(PAYLOAD, old, new))
}

fn times(iat: &str, exp: &str) -> String {
    let payload = changed(PAYLOAD, r#""iat":1800000000"#, &format!(r#""iat":{iat}"#));
    let payload = changed(&payload, r#""exp":1800000900"#, &format!(r#""exp":{exp}"#));
    sign_with(SEED, &header(), &payload)
}

fn changed(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old} stands once in {text}");
    text.replace(old, new)
}

/// Three texts whose signature is `signature`.
fn unsigned(header: &str, signature: &[u8]) -> String {
    format!("{}.{}.{}", base64(header), base64(PAYLOAD), Base64UrlUnpadded::encode_string(signature))
}

/// The claims without their names, which a reader of structs takes too.
fn as_list() -> String {
    let values = ["iss", "aud", "sub", "org", "sid", "jti", "iat", "exp"]
        .iter()
        .fold(PAYLOAD.to_owned(), |text, name| changed(&text, &format!("\"{name}\":"), ""));
    values.replace('{', "[").replace('}', "]")
}

fn hmac_sha256(key: &[u8], message: &str) -> Vec<u8> {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new_with_prefix(pad(0x36)).chain_update(message).finalize();
    Sha256::new_with_prefix(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

fn all_are(expected: AccessError, rows: &[(&str, String)]) {
    for (row, token) in rows {
        assert_eq!(
            verify(token),
            Err(expected),
            "row {row}: {}",
            token.chars().take(400).collect::<String>()
        );
    }
}

#[test]
fn what_the_forger_leaves_as_it_is_counts() {
    assert_eq!(verify(&headed(&header())), Ok(()));
    assert_eq!(verify(&times("1799999100", "1800000000")), Ok(()));
}

#[test]
fn rows_1_to_4_and_24_the_algorithm_is_ours_to_choose() {
    let hs256 = changed(&header(), "EdDSA", "HS256");
    let signed = format!("{}.{}", base64(&hs256), base64(PAYLOAD));
    let public = key_of(SEED).public().to_text();
    let raw = Base64UrlUnpadded::decode_vec(&public).unwrap();
    let es256 = changed(&header(), "EdDSA", "ES256");
    all_are(
        AccessError::Header,
        &[
            ("1", unsigned(&changed(&header(), "EdDSA", "none"), b"")),
            ("1, signed", header_with("EdDSA", "none")),
            ("2", unsigned(&changed(&header(), "EdDSA", "NoNe"), b"")),
            ("3", unsigned(&hs256, &hmac_sha256(&raw, &signed))),
            ("3, with the text of the key", unsigned(&hs256, &hmac_sha256(public.as_bytes(), &signed))),
            ("24", unsigned(&es256, &[0; 64])),
            ("24, in DER", unsigned(&es256, &[0x30, 6, 2, 1, 0, 2, 1, 0])),
            ("RS256", header_with("EdDSA", "RS256")),
            ("Ed25519", header_with("EdDSA", "Ed25519")),
            ("eddsa", header_with("EdDSA", "eddsa")),
            ("no alg", header_with(r#""alg":"EdDSA","#, "")),
            ("alg twice", header_with(r#"{"alg":"EdDSA""#, r#"{"alg":"none","alg":"EdDSA""#)),
        ],
    );
    all_are(
        AccessError::Signature,
        &[
            ("4", unsigned(&header(), b"")),
            ("24, as EdDSA", unsigned(&header(), &[0; 64])),
            ("63 bytes", unsigned(&header(), &[1; 63])),
            ("65 bytes", unsigned(&header(), &[1; 65])),
        ],
    );
}

#[test]
fn rows_5_to_9_and_22_the_key_is_ours_to_choose() {
    let id = key_of(SEED).public().id();
    let kid = |kid: &str| header_with(&id, kid);
    let more = |more: &str| changed(&header(), r#""typ""#, &format!(r#"{more},"typ""#));
    let attacker = key_of(OTHER_SEED).public();
    let jwk = format!(r#""jwk":{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, attacker.to_text());
    let jku = r#""jku":"https://evil.example/jwks.json""#;
    all_are(
        AccessError::Header,
        &[
            ("5", kid("../../dev/null")),
            ("6", kid("' OR 1=1--")),
            ("no kid", headed(r#"{"alg":"EdDSA","typ":"at+jwt"}"#)),
            ("empty kid", kid("")),
            ("kid of the attacker", sign_with(OTHER_SEED, &changed(&header(), &id, &attacker.id()), PAYLOAD)),
            ("7", sign_with(OTHER_SEED, &more(jku), PAYLOAD)),
            ("7, signed by us", headed(&more(jku))),
            ("8", sign_with(OTHER_SEED, &more(&jwk), PAYLOAD)),
            ("8, signed by us", headed(&more(&jwk))),
            ("9", headed(&more(r#""x5u":"https://evil.example/chain.pem""#))),
            ("x5c", headed(&more(r#""x5c":["MIIB"]"#))),
            ("22", headed(&more(r#""crit":["https://evil.example/must"]"#))),
            ("22, a known one", headed(&more(r#""crit":["exp"]"#))),
            ("22, empty", headed(&more(r#""crit":[]"#))),
            ("b64", headed(&more(r#""b64":false"#))),
            ("zip", headed(&more(r#""zip":"DEF""#))),
        ],
    );
    all_are(
        AccessError::Signature,
        &[("a signature of the attacker", sign_with(OTHER_SEED, &header(), PAYLOAD))],
    );
}

#[test]
fn a_header_has_one_type_and_one_spelling() {
    all_are(
        AccessError::Header,
        &[
            ("JWT", header_with("at+jwt", "JWT")),
            ("AT+JWT", header_with("at+jwt", "AT+JWT")),
            ("media type", header_with("at+jwt", "application/at+jwt")),
            ("no typ", header_with(r#""typ":"at+jwt","#, "")),
            ("space", header_with(r#"{"alg""#, r#"{ "alg""#)),
            ("escape", header_with("EdDSA", r"\u0045dDSA")),
            (
                "order",
                headed(&format!(
                    r#"{{"typ":"at+jwt","alg":"EdDSA","kid":"{}"}}"#,
                    key_of(SEED).public().id()
                )),
            ),
            ("no JSON", headed("EdDSA")),
            ("nothing", headed("")),
        ],
    );
}

#[test]
fn rows_10_to_13_times_are_whole_seconds_and_few() {
    all_are(
        AccessError::Claims,
        &[
            ("10", times("1800000000", r#""1800000900""#)),
            ("11", times("1800000000", "1e308")),
            ("1e400", times("1800000000", "1e400")),
            ("fraction", times("1800000000", "1800000900.5")),
            ("fraction that is whole", times("1800000000", "1800000900.0")),
            ("exponent", times("1800000000", "18000009e2")),
            ("2^63", times("1800000000", "9223372036854775808")),
            ("2^64", times("1800000000", "18446744073709551616")),
            ("-0", times("-0", "900")),
            ("plus", times("1800000000", "+1800000900")),
            ("null", times("1800000000", "null")),
            ("true", times("true", "1800000900")),
            ("no exp", claims_with(r#","exp":1800000900"#, "")),
            ("no iat", claims_with(r#""iat":1800000000,"#, "")),
            ("13", claims_with(r#""iat""#, r#""nbf":4070908800,"iat""#)),
        ],
    );
    all_are(
        AccessError::Lifetime,
        &[
            ("12", times("1800000000", "-1")),
            ("16 minutes", times("1800000000", "1800000901")),
            ("no time at all", times("1800000000", "1800000000")),
            ("for ever", times("1800000000", "9223372036854775807")),
            ("longer than all numbers", times("-9223372036854775808", "9223372036854775807")),
            ("15 minutes, past the last number", times("9223372036854775307", "-9223372036854775409")),
        ],
    );
    all_are(
        AccessError::Expired,
        &[
            ("12, both", times("-1000", "-100")),
            ("the first of all times", times("-9223372036854775808", "-9223372036854774908")),
            ("yesterday", times("1799913600", "1799914500")),
        ],
    );
    all_are(
        AccessError::NotYet,
        &[
            ("tomorrow", times("1800086400", "1800087300")),
            ("the last of all times", times("9223372036854774907", "9223372036854775807")),
        ],
    );
}

#[test]
fn rows_14_to_16_it_is_ours_and_for_us() {
    all_are(
        AccessError::Claims,
        &[
            ("14", claims_with(r#""omoi-api""#, r#"["omoi-api","other"]"#)),
            ("14, alone", claims_with(r#""omoi-api""#, r#"["omoi-api"]"#)),
            ("15", claims_with(r#""aud":"omoi-api","#, "")),
            ("no iss", claims_with(r#""iss":"https://omoi.example","#, "")),
            ("aud is null", claims_with(r#""omoi-api""#, "null")),
        ],
    );
    all_are(
        AccessError::Issuer,
        &[
            ("16", claims_with("https://omoi.example", "https://evil.example")),
            ("16, longer", claims_with("https://omoi.example", "https://omoi.example/")),
            ("16, empty", claims_with("https://omoi.example", "")),
        ],
    );
    all_are(
        AccessError::Audience,
        &[("other", claims_with("omoi-api", "other")), ("empty", claims_with("omoi-api", ""))],
    );
}

#[test]
fn rows_17_to_20_and_23_other_texts_are_no_access_tokens() {
    let good = headed(&header());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, payload) = signed.split_once('.').unwrap();
    let of_kind = |kind| Token::random(kind).reveal().expose_secret().to_owned();
    all_are(
        AccessError::Shape,
        &[
            ("17", of_kind(TokenKind::Refresh)),
            ("18", of_kind(TokenKind::Invitation)),
            ("19", format!("{good}..")),
            ("19, in front", format!("..{good}")),
            ("19, between", format!("{head}..{payload}.{signature}")),
            ("four parts", format!("{good}.{signature}")),
            ("two parts", signed.to_owned()),
            ("one part", head.to_owned()),
            ("nothing", String::new()),
        ],
    );
    all_are(
        AccessError::TooLong,
        &[
            ("20", "a".repeat(9_000_000)),
            ("20, with dots", format!("{signed}.{}", "A".repeat(9_000_000))),
            ("one byte over", format!("{signed}.{}", "A".repeat(4_096 - signed.len()))),
        ],
    );
    let padded = format!("{head}.{payload}=");
    let padded_signature = ed25519_dalek::SigningKey::from_bytes(&SEED).sign(padded.as_bytes()).to_bytes();
    all_are(
        AccessError::Claims,
        &[("23, signed", format!("{padded}.{}", Base64UrlUnpadded::encode_string(&padded_signature)))],
    );
    all_are(
        AccessError::Signature,
        &[
            ("23, payload", format!("{padded}.{signature}")),
            ("23, signature", format!("{good}=")),
            ("23, newline", format!("{good}\n")),
            ("23, other alphabet", format!("{signed}.+{}", &signature[1..])),
        ],
    );
    all_are(
        AccessError::Header,
        &[
            ("23, header", format!("{head}=.{payload}.{signature}")),
            ("23, in front", format!("\n{good}")),
            ("23, space", format!(" {good}")),
            ("Bearer", format!("Bearer {good}")),
        ],
    );
}

#[test]
fn row_21_claims_have_one_spelling() {
    let sub = r#""sub":"00000000-0000-0000-0000-00000000000a""#;
    let id = "00000000-0000-0000-0000-00000000000a";
    all_are(
        AccessError::Claims,
        &[
            ("21", claims_with(sub, &format!("{sub},{sub}"))),
            ("21, two people", claims_with(sub, &format!("{sub},{}", sub.replace("000a", "000e")))),
            ("21, by escape", claims_with(sub, &format!(r#"{sub},{}"#, sub.replace("sub", r"\u0073ub")))),
            ("no sub", claims_with(&format!("{sub},"), "")),
            ("upper case", claims_with(id, &id.to_uppercase())),
            ("braces", claims_with(id, &format!("{{{id}}}"))),
            ("urn", claims_with(id, &format!("urn:uuid:{id}"))),
            ("no hyphens", claims_with(id, &id.replace('-', ""))),
            ("no id", claims_with(id, "' OR 1=1--")),
            ("a role", claims_with(sub, &format!(r#"{sub},"role":"owner""#))),
            ("__proto__", claims_with(sub, &format!(r#"{sub},"__proto__":{{}}"#))),
            ("space", claims_with(r#"{"iss""#, r#"{ "iss""#)),
            ("after it", claims_with("1800000900}", "1800000900}\n")),
            ("two values", claims_with("1800000900}", "1800000900}{}")),
            ("mark of byte order", claims_with(r#"{"iss""#, "\u{feff}{\"iss\"")),
            ("list", sign_with(SEED, &header(), "[]")),
            ("list of the values", sign_with(SEED, &header(), &as_list())),
            ("depth", sign_with(SEED, &header(), &"[".repeat(2_000))),
            ("nothing", sign_with(SEED, &header(), "")),
        ],
    );
}

/// Row 26, as far as a token goes: nobody but us can put another organization into it.
#[test]
fn row_26_what_was_signed_cannot_be_changed() {
    let good = headed(&header());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = signed.split_once('.').unwrap();
    let other = changed(PAYLOAD, "00000000000b", "00000000000e");
    all_are(AccessError::Signature, &[("26", format!("{head}.{}.{signature}", base64(&other)))]);
}

/// Ed25519 read loosely has several signatures of one message: `s` and `s` plus the order of the group.
#[test]
fn a_message_has_one_signature() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let good = headed(&header());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let mut signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    let other = format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature));
    all_are(AccessError::Signature, &[("s + L", other)]);
}
