//! Percent-encoding: a socket's path as the host of a URL, and credentials in a URL.

/// Encodes everything but unreserved characters.
pub fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([byte]));
        }
        out
    })
}

/// Undoes [`encode`]; what is not a valid escape stays as it is.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = (*first == b'%').then(|| tail.get(..2)).flatten();
        let decoded = digits.and_then(|digits| hex::decode(digits).ok());
        bytes.push(decoded.as_ref().map_or(*first, |byte| byte[0]));
        rest = if decoded.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_the_host_of_a_url_and_back() {
        assert_eq!(encode("/tmp/Ü a"), "%2Ftmp%2F%C3%9C%20a");
        assert_eq!(decode("%2Ftmp%2F%C3%9C%20a"), "/tmp/Ü a");
    }

    #[test]
    fn what_is_no_escape_stays() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz"), "%zz");
    }
}
