//! Files that do not go together, for whoever is to say what becomes of them.

use std::collections::{BTreeSet, HashMap};

use ports::git::{CommitHash, Conflict, ConflictFile, GitError, RepositoryUrl};

use super::outcome::{InConflict, object};
use super::resolve::is_directory;
use crate::git::work::files::Files;
use crate::git::{GitCli, MOST_ENTRIES};

impl GitCli {
    pub(super) async fn conflict_of(
        &self,
        url: &RepositoryUrl,
        head: CommitHash,
        commit: CommitHash,
        most: usize,
        max_bytes: u64,
    ) -> Result<Conflict, GitError> {
        let keep = self.keep_with(url, &[head, commit]).await?;
        let trial = self.trial(&keep).await?;
        let outcome = self.tried(&trial, url, head, commit).await?;
        if outcome.files.is_empty() {
            return Ok(Conflict::default());
        }
        let most = most.min(MOST_ENTRIES);
        let call = trial.call(self.options.local_within);
        let tree = self.files_of(call.clone(), &outcome.tree, commit).await?;
        let shown: Vec<_> = outcome.files.iter().take(most).collect();
        let objects: BTreeSet<_> = shown
            .iter()
            .flat_map(|(_, file)| file.sides().chain(marked(file, &tree)))
            .filter_map(object)
            .collect();
        let texts = self.texts(call, &objects, max_bytes).await?;
        let files = shown.into_iter().map(|(path, file)| shown_as(path, file, &tree, &texts)).collect();
        Ok(Conflict { files, cut: outcome.files.len() > most })
    }
}

/// What git has put there of both sides, if both have a file.
fn marked<'a>(file: &InConflict, tree: &'a Files) -> Option<&'a str> {
    let of_both =
        [&file.ours, &file.theirs].into_iter().all(|side| side.as_deref().and_then(object).is_some());
    let place = file.places.first().filter(|_| of_both && file.places.len() == 1)?;
    tree.get(place).map(|listed| listed.about.as_str())
}

fn shown_as(path: &[u8], file: &InConflict, tree: &Files, texts: &HashMap<String, String>) -> ConflictFile {
    let marked = marked(file, tree);
    let text = |about: Option<&str>| about.and_then(object).and_then(|object| texts.get(object)).cloned();
    let is_text = file.sides().chain(marked).all(|about| text(Some(about)).is_some());
    ConflictFile {
        path: String::from_utf8_lossy(path).into_owned(),
        base: text(file.base.as_deref()),
        ours: text(file.ours.as_deref()),
        theirs: text(file.theirs.as_deref()),
        marked: text(marked),
        is_text: is_text && !is_directory(tree, path),
    }
}
