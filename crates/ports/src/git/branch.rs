//! The name of a branch, by the rules of `git check-ref-format --branch`.

use std::fmt;

/// Names of files end here on most systems, and refs may be files.
const MAX_BYTES: usize = 244;

/// The name of a branch, without `refs/heads/` before it. Whatever could be read as an option, a range or another ref is
/// none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Branch(String);

/// A text is no [`Branch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no name of a branch: it has 1 to {MAX_BYTES} bytes, no spaces and control characters, none of ~ ^ : ? * [ \\, \
     no `..` and `@{{`, no part that begins with `.` or ends with `.lock`, and it does not begin with `-`"
)]
pub struct InvalidBranch;

impl Branch {
    /// Checks `text`.
    ///
    /// # Errors
    /// When git would refuse it.
    pub fn parse(text: &str) -> Result<Self, InvalidBranch> {
        let forbidden = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
        let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
        let fits = (1..=MAX_BYTES).contains(&text.len())
            && !text.contains(forbidden)
            && !text.contains("..")
            && !text.contains("@{")
            && !text.starts_with('-')
            && !text.ends_with('.')
            && !matches!(text, "@" | "HEAD")
            && text.split('/').all(part);
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidBranch) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_people_give_are_names() {
        for name in ["main", "feature/invoices-2", "release/1.2", "größe", "a@b", "user/@home", "x{y}"] {
            assert_eq!(Branch::parse(name).as_ref().map(Branch::as_str), Ok(name));
        }
    }

    #[test]
    fn what_git_could_read_as_something_else_is_no_name() {
        let long = "a".repeat(MAX_BYTES + 1);
        for name in [
            "",
            "-",
            "--upload-pack=touch /tmp/x",
            "-b",
            "a b",
            "a..b",
            "a~1",
            "a^",
            "a:b",
            "a?",
            "a*",
            "a[b",
            "a\\b",
            "a@{1}",
            "@",
            "HEAD",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a/.b",
            "a.lock",
            "a.lock/b",
            "a.",
            "a\nb",
            "a\u{0}b",
            "a\u{7f}",
            "$(id) x",
            &long,
        ] {
            assert_eq!(Branch::parse(name), Err(InvalidBranch), "{name:?}");
        }
    }
}
