//! Where a file is inside a repository.

use std::fmt;

const MAX_BYTES: usize = 4096;

/// A path from the top of a repository. It names one entry and nothing outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TreePath(String);

/// A text is no [`TreePath`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no path inside a repository: write it from the top, with 1 to {MAX_BYTES} bytes, without `/` at its beginning \
     and end and without the parts `.` and `..`"
)]
pub struct DubiousPath;

impl TreePath {
    /// Checks `text`.
    ///
    /// # Errors
    /// When it could name something else than one entry of the repository.
    pub fn parse(text: &str) -> Result<Self, DubiousPath> {
        let fits = (1..=MAX_BYTES).contains(&text.len())
            && !text.contains('\0')
            && text.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if fits { Ok(Self(text.to_owned())) } else { Err(DubiousPath) }
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TreePath {
    /// As it is shown to people: a name can hold line breaks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.escape_debug().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_one_entry_of_the_repository() {
        for path in ["a", "src/main.rs", "--help", ":(glob)**", "a\nb", "...", "a..b", " ", "größe/x"] {
            assert_eq!(TreePath::parse(path).as_ref().map(TreePath::as_str), Ok(path));
        }
        let long = "a".repeat(MAX_BYTES + 1);
        for path in
            ["", "/", "/etc/passwd", "a/", "a//b", "..", "../a", "a/../b", "./a", "a/.", "a\u{0}b", &long]
        {
            assert_eq!(TreePath::parse(path), Err(DubiousPath), "{path:?}");
        }
        assert_eq!(TreePath::parse("a\nb").unwrap().to_string(), "a\\nb");
    }
}
