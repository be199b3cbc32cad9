//! Where a repository is.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Where a repository is: an absolute path, or an address of https or ssh. It is kept for ever, so it holds no secret.
///
/// Who reads repositories checks more (`ports::git::RepositoryUrl`): hosts, spellings, what could be taken for an option.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryPlace(String);

/// Why a text is no [`RepositoryPlace`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRepositoryPlace {
    /// Nothing, or far too much.
    #[error("the place of a repository has 1 to {max} bytes", max = RepositoryPlace::MAX_BYTES)]
    Length,
    /// It would be two lines somewhere.
    #[error("the place of a repository holds a control character or white space around it: leave it out")]
    Character,
    /// It is nowhere in particular.
    #[error("the place of a repository is /an/absolute/path, https://… , ssh://… or user@host:path")]
    Form,
    /// It would stand in the log for ever.
    #[error("the place of a repository holds a password or token: leave it out")]
    Credentials,
}

impl RepositoryPlace {
    /// Its longest form.
    pub const MAX_BYTES: usize = 2000;

    /// Checks `text`; nothing is changed in silence.
    ///
    /// # Errors
    /// [`InvalidRepositoryPlace`] says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidRepositoryPlace> {
        if !(1..=Self::MAX_BYTES).contains(&text.len()) {
            return Err(InvalidRepositoryPlace::Length);
        }
        if text.contains(char::is_control) || text.trim() != text {
            return Err(InvalidRepositoryPlace::Character);
        }
        let user = match text.split_once("://") {
            _ if text.starts_with('/') => None,
            Some((scheme, rest)) => {
                let user = rest.split('/').next().and_then(|authority| authority.rsplit_once('@'));
                // Of https even the name alone is a token, most of the time.
                match (scheme.to_ascii_lowercase().as_str(), user) {
                    ("https", Some(_)) => return Err(InvalidRepositoryPlace::Credentials),
                    ("https" | "ssh", user) => user.map(|(user, _)| user),
                    _ => return Err(InvalidRepositoryPlace::Form),
                }
            }
            None => {
                let (user, rest) = text.split_once('@').ok_or(InvalidRepositoryPlace::Form)?;
                if !rest.contains(':') {
                    return Err(InvalidRepositoryPlace::Form);
                }
                Some(user)
            }
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err(InvalidRepositoryPlace::Credentials);
        }
        Ok(Self(text.to_owned()))
    }

    /// The path or address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RepositoryPlace {
    type Error = InvalidRepositoryPlace;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<RepositoryPlace> for String {
    fn from(place: RepositoryPlace) -> Self {
        place.0
    }
}

impl fmt::Display for RepositoryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for RepositoryPlace {
    fn schema_name() -> Cow<'static, str> {
        "RepositoryPlace".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "an absolute path, https://…, ssh://… or user@host:path, without a password",
            "minLength": 1,
            "maxLength": Self::MAX_BYTES,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_a_path_or_an_address() {
        for text in [
            "/srv/git/billing",
            "/srv/a@b:c",
            "https://git.example.org/acme/billing.git",
            "https://git.example.org/@acme/billing",
            "ssh://git@git.example.org:2222/billing",
            "git@git.example.org:acme/billing.git",
        ] {
            assert_eq!(RepositoryPlace::new(text).as_ref().map(RepositoryPlace::as_str), Ok(text));
        }
        for text in
            ["billing", "./a", "ext::sh -c id", "http://a/b", "file:///a", "git://a/b", "a@b", "--option"]
        {
            assert_eq!(RepositoryPlace::new(text), Err(InvalidRepositoryPlace::Form), "{text}");
        }
        for text in ["/a\nb", " /a", "/a\u{0}"] {
            assert_eq!(RepositoryPlace::new(text), Err(InvalidRepositoryPlace::Character), "{text:?}");
        }
        let long = format!("/{}", "a".repeat(2000));
        for text in ["", &long] {
            assert_eq!(RepositoryPlace::new(text), Err(InvalidRepositoryPlace::Length));
        }
    }

    #[test]
    fn a_secret_never_gets_into_it() {
        for text in [
            "https://token@git.example.org/a",
            "https://ada:secret@git.example.org/a",
            "HTTPS://x@y@git.example.org/a",
            "ssh://git:secret@git.example.org/a",
            "git:secret@git.example.org:a",
        ] {
            assert_eq!(RepositoryPlace::new(text), Err(InvalidRepositoryPlace::Credentials), "{text}");
            let json = serde_json::to_string(text).unwrap();
            assert!(serde_json::from_str::<RepositoryPlace>(&json).is_err());
        }
    }
}
