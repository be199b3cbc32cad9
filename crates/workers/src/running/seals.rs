//! What agents and people say in a run is sealed under the key of their project before it is written down, and opened by who
//! shows it.

use std::fmt;
use std::sync::Arc;

use eventstore::{Store, Unavailable};
use execution::content::{BlobHash, Content};
use kernel::{OrgId, ProjectId};
use ports::BoxFuture;
use vocabulary::Sealed;

/// Words with more bytes go into a blob: sealed and written as text they would be too long for an event.
const SHORT_BYTES: usize = 2_900;

/// Has the keys of projects.
pub trait Seals: fmt::Debug + Send + Sync {
    /// The key of a project; made when there is none.
    fn of_project(&self, project: ProjectId) -> BoxFuture<'_, Result<Arc<dyn Seal>, Unavailable>>;
}

/// Seals for one project.
pub trait Seal: fmt::Debug + Send + Sync {
    /// Seals words, for a blob.
    fn seal(&self, words: &[u8]) -> Vec<u8>;

    /// Seals words, for an event; none when they are too long for one.
    fn seal_text(&self, words: &[u8]) -> Option<Sealed>;

    /// Opens what was sealed; none when it was sealed for another project, or the key is gone.
    fn open(&self, sealed: &[u8]) -> Option<Vec<u8>>;

    /// As `open`, from the text of an event.
    fn open_text(&self, sealed: &Sealed) -> Option<Vec<u8>>;
}

/// Makes words into what an event holds; they are in a blob, or need none, when it answers.
///
/// # Errors
/// When the database cannot be used.
pub async fn content(
    store: &Store,
    org: OrgId,
    seal: &dyn Seal,
    words: &str,
) -> Result<Content, Unavailable> {
    let short = Some(words.as_bytes()).filter(|words| words.len() <= SHORT_BYTES);
    if let Some(sealed) = short.and_then(|words| seal.seal_text(words)) {
        return Ok(Content::Event { sealed });
    }
    let hash = store.put_blob(org, &seal.seal(words.as_bytes())).await?;
    Ok(Content::Blob { hash: BlobHash::of(&hash), bytes: words.len() as u64 })
}

/// The words of an event; none when they cannot be opened any more.
///
/// # Errors
/// When the database cannot be used.
pub async fn words(
    store: &Store,
    org: OrgId,
    seal: &dyn Seal,
    content: &Content,
) -> Result<Option<String>, Unavailable> {
    let opened = match content {
        Content::Event { sealed } => seal.open_text(sealed),
        Content::Blob { hash, .. } => {
            store.blob(org, &hash.bytes()).await?.and_then(|sealed| seal.open(&sealed))
        }
    };
    Ok(opened.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}
