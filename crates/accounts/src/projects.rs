//! The keys of projects: what agents and people say in runs is sealed by them.

use kernel::{OrgId, ProjectId, Uuid};
use vault::envelope::{DataKey, Place};
use vault::secret::ExposeSecret as _;
use vocabulary::Sealed;

use crate::{AccountError, Accounts};

/// The key of one project.
#[derive(Debug)]
pub struct ProjectKey {
    key: DataKey,
    project: ProjectId,
}

impl Accounts {
    /// The key of a project; made, and stored, when there is none.
    ///
    /// # Errors
    /// When the database cannot be used, or the key was wrapped by a master key that is not here.
    pub async fn project_key(&self, project: ProjectId) -> Result<ProjectKey, AccountError> {
        Ok(ProjectKey { key: self.custody().key_of(project.0).await?, project })
    }
}

impl ProjectKey {
    /// Seals words, as bytes.
    #[must_use]
    pub fn seal(&self, words: &[u8]) -> Vec<u8> {
        self.key.seal(words, &self.place()).as_bytes().to_vec()
    }

    /// Seals words as an event holds them; none when they are too long for that.
    #[must_use]
    pub fn seal_text(&self, words: &[u8]) -> Option<Sealed> {
        Sealed::new(&self.key.seal(words, &self.place()).to_text()).ok()
    }

    /// Opens what was sealed; none when it was sealed for something else.
    #[must_use]
    pub fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let sealed = vault::envelope::Sealed::from_bytes(sealed.to_vec()).ok()?;
        Some(self.key.open(&sealed, &self.place()).ok()?.expose_secret().to_vec())
    }

    /// As [`ProjectKey::open`], from the text of an event.
    #[must_use]
    pub fn open_text(&self, sealed: &Sealed) -> Option<Vec<u8>> {
        let sealed = vault::envelope::Sealed::from_text(sealed.as_str()).ok()?;
        Some(self.key.open(&sealed, &self.place()).ok()?.expose_secret().to_vec())
    }

    /// Moved to another project, what was sealed does not open.
    fn place(&self) -> Place<'static> {
        Place { org: OrgId(Uuid::nil()), table: "trajectory", column: "content", id: self.project.0 }
    }
}
