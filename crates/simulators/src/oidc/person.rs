//! Who has an account here.

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who this is, for ever. GitHub's are numbers, so use digits when the GitHub-like provider is asked.
    pub sub: String,
    /// Her address.
    pub email: String,
    /// Whether the provider knows that she reads it.
    pub verified: bool,
    /// What people call her.
    pub name: String,
}

impl Person {
    /// Somebody, with a verified address.
    #[must_use]
    pub fn ada() -> Self {
        Self {
            sub: "1815".to_owned(),
            email: "ada@example.org".to_owned(),
            verified: true,
            name: "Ada Lovelace".to_owned(),
        }
    }

    /// Somebody else, with a verified address.
    #[must_use]
    pub fn grace() -> Self {
        Self {
            sub: "1906".to_owned(),
            email: "grace@example.org".to_owned(),
            verified: true,
            name: "Grace Hopper".to_owned(),
        }
    }
}
