//! What is looked for: each secret as it is, and in the forms that programs put text into.

use std::collections::{BTreeSet, HashMap};

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding as _};

/// Bytes by which a needle is recognised; the rest is compared.
const HEAD: usize = 8;

/// All of them.
pub(crate) struct Needles {
    /// First two bytes that some needle begins with.
    begins: Vec<bool>,
    by_head: HashMap<[u8; HEAD], Vec<(usize, Vec<u8>)>>,
    places: Vec<String>,
    count: usize,
}

impl Needles {
    pub(crate) fn of<'a>(secrets: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut needles =
            Self { begins: vec![false; 1 << 16], by_head: HashMap::new(), places: Vec::new(), count: 0 };
        for (place, secret) in secrets {
            assert!(secret.len() >= 12, "{place}: a short text would be found by chance");
            let at = needles.places.len();
            needles.places.push(place.to_owned());
            for form in forms(secret) {
                let head: [u8; HEAD] = form[..HEAD].try_into().expect("long enough");
                needles.begins[pair(&form)] = true;
                needles.by_head.entry(head).or_default().push((at, form));
                needles.count += 1;
            }
        }
        needles
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The places whose secret stands in these bytes, each once.
    pub(crate) fn find(&self, bytes: &[u8]) -> Vec<&str> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len().saturating_sub(HEAD - 1) {
            if !self.begins[pair(&bytes[at..])] {
                continue;
            }
            let head: [u8; HEAD] = bytes[at..at + HEAD].try_into().expect("so many");
            for (place, form) in self.by_head.get(&head).into_iter().flatten() {
                if bytes[at..].starts_with(form) {
                    found.insert(*place);
                }
            }
        }
        found.into_iter().map(|place| self.places[place].as_str()).collect()
    }
}

fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// As it is, in hexadecimal digits, with percent signs, and in base64 wherever in a text it may stand.
fn forms(secret: &str) -> BTreeSet<Vec<u8>> {
    let lower = hex::encode(secret);
    let escaped = |all: bool| -> String {
        let escape = |byte: u8| {
            if byte.is_ascii_alphanumeric() && !all {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        secret.bytes().map(escape).collect()
    };
    let mut forms =
        BTreeSet::from([secret.to_owned(), lower.to_uppercase(), lower, escaped(false), escaped(true)]);
    forms.insert(secret.replace('"', "\\\""));
    for before in 0..3 {
        let bytes = [&vec![0; before][..], secret.as_bytes()].concat();
        // What is mixed with its neighbours at either end is left out.
        let (from, to) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        forms.insert(Base64Unpadded::encode_string(&bytes)[from..to].to_owned());
        forms.insert(Base64UrlUnpadded::encode_string(&bytes)[from..to].to_owned());
    }
    forms.into_iter().map(String::into_bytes).collect()
}

#[test]
fn a_needle_is_found_in_every_form() {
    let secret = "pass word\"1/+?>";
    let needles = Needles::of([("p", secret)].into_iter());
    let in_text = |text: String| needles.find(format!("before {text} after").as_bytes()) == ["p"];
    assert!(in_text(secret.to_owned()) && in_text(hex::encode(secret)) && in_text(hex::encode_upper(secret)));
    assert!(in_text("pass%20word%221%2F%2B%3F%3E".to_owned()));
    for around in ["", "a", "ab", "abc"] {
        let text = format!("{around}{secret}{around}");
        assert!(in_text(Base64Unpadded::encode_string(text.as_bytes())), "{around}");
        assert!(in_text(Base64UrlUnpadded::encode_string(text.as_bytes())), "{around}");
    }
    assert!(!in_text("pass word".to_owned()) && needles.find(b"pa").is_empty());
}
