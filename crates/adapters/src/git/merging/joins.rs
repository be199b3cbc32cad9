//! The merge of two commits, with what becomes of files in conflict.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;

use ports::git::{CommitHash, GitError, Join, Joined, RepositoryUrl, Resolution, Resolved};

use super::outcome::{Outcome, object};
use super::resolve::{self, Put, Settled};
use super::texts::MAX_TEXTS_BYTES;
use super::three_way::{DURABLE, Pair, named};
use crate::git::GitCli;
use crate::git::run::Call;
use crate::git::work::disk::unwritable;
use crate::git::work::keep::{Keep, good, known};

/// The list of files that a tree is made of, in a keep.
const INDEX: &str = "joining";

impl GitCli {
    pub(super) async fn joined(&self, url: &RepositoryUrl, join: &Join<'_>) -> Result<Joined, GitError> {
        let keep = self.keep_to_write(url, &[join.head, join.commit]).await?;
        if self.pair(&keep, url, join.head, join.commit).await? == Pair::Is(join.head) {
            return Ok(Joined::At(join.head));
        }
        let outcome = self.merge_here(&keep, join.head, join.commit).await?;
        if !outcome.is_clean {
            return Ok(Joined::Conflict { paths: outcome.paths() });
        }
        self.kept_merge(&keep, join, &outcome.tree).await.map(Joined::At)
    }

    pub(super) async fn joined_with(
        &self,
        url: &RepositoryUrl,
        join: &Join<'_>,
        files: &[Resolved],
    ) -> Result<CommitHash, GitError> {
        let keep = self.keep_to_write(url, &[join.head, join.commit]).await?;
        if self.pair(&keep, url, join.head, join.commit).await? == Pair::Is(join.head) {
            resolve::settled(&BTreeMap::new(), files)?;
            return Ok(join.head);
        }
        let outcome = self.merge_here(&keep, join.head, join.commit).await?;
        let settled = resolve::settled(&outcome.files, files)?;
        if settled.is_empty() {
            return self.kept_merge(&keep, join, &outcome.tree).await;
        }
        let tree = self.settled_tree(&keep, &outcome, &settled, join.commit).await?;
        self.kept_merge(&keep, join, &tree).await
    }

    async fn kept_merge(&self, keep: &Keep, join: &Join<'_>, tree: &str) -> Result<CommitHash, GitError> {
        let merge = self.merge_commit(keep, (join.head, join.commit), tree, join.message).await?;
        self.set_refs(keep, &[&known(merge)], merge).await?;
        Ok(merge)
    }

    /// The tree of a merge once its conflicts are settled.
    async fn settled_tree(
        &self,
        keep: &Keep,
        outcome: &Outcome,
        settled: &[Settled<'_>],
        commit: CommitHash,
    ) -> Result<String, GitError> {
        let call = || Call::new(&keep.path, self.options.local_within).config(DURABLE);
        let of_texts = settled.iter().filter(|settled| matches!(settled.to, Resolution::Text(_)));
        let sides: BTreeSet<_> =
            of_texts.flat_map(|settled| settled.file.sides()).filter_map(object).collect();
        let texts = self.texts(call(), &sides, MAX_TEXTS_BYTES as u64).await?;
        let mut puts = Vec::new();
        for one in settled {
            let about = match one.to {
                Resolution::Text(text) => {
                    let mode = one.mode()?;
                    one.check(text, &texts)?;
                    let write = call().args(["hash-object", "-w", "--no-filters", "--stdin"]);
                    let written = good(self.run(write.stdin(text.clone().into_bytes())).await?)?;
                    Some(format!("{mode} {}", named(&written.stdout)?))
                }
                Resolution::Ours => one.file.ours.clone(),
                Resolution::Theirs => one.file.theirs.clone(),
                Resolution::Removed => None,
            };
            let is_side = matches!(one.to, Resolution::Ours | Resolution::Theirs);
            puts.push(Put { path: one.path, about, is_side });
        }
        let mut files = self.files_of(call(), &outcome.tree, commit).await?;
        resolve::put(&mut files, &outcome.files, puts)?;

        let index = keep.path.join(INDEX);
        let remove = || match fs::remove_file(&index) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(unwritable(&error)),
            _ => Ok(()),
        };
        remove()?;
        let call = || call().env("GIT_INDEX_FILE", &index);
        let mut listed = Vec::new();
        for (path, file) in &files {
            listed.extend([file.about.as_bytes(), b"\t", path, b"\0"].concat());
        }
        let list = call().args(["update-index", "-z", "--index-info"]).stdin(listed);
        good(self.healed(keep, list).await?)?;
        let tree = good(self.run(call().args(["write-tree"])).await?)?;
        remove()?;
        Ok(named(&tree.stdout)?.to_string())
    }
}
