//! Which files are other ones than before, whoever changed them: an editor, a shell, a program that ran. The state of the
//! workspace is written down as a tree of git, in an index of our own, and compared with the one before.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use ports::agent::wire::TEXT_BYTES;
use ports::agent::{Act, FileChange};

use crate::git::{GitFailed, git, line};

/// Files that are told one by one; of more only that they are more.
const MOST: usize = 300;

/// Watches a workspace.
#[derive(Debug)]
pub(crate) struct Files {
    workspace: PathBuf,
    index: String,
    tree: String,
}

impl Files {
    /// From now on.
    pub(crate) async fn watch(workspace: &Path) -> Result<Self, GitFailed> {
        // Not in `/tmp`, which the agent may fill.
        let index = workspace.join(".git/omoi-files.index").to_string_lossy().into_owned();
        // Of a worker that was killed while git wrote it.
        let _ = tokio::fs::remove_file(format!("{index}.lock")).await;
        let mut files = Self { workspace: workspace.to_owned(), index, tree: String::new() };
        let own = workspace.join(".git/index");
        // What git knows of the files already need not be read again.
        let _ = tokio::fs::copy(own, &files.index).await;
        files.tree = files.now().await?;
        Ok(files)
    }

    /// What is other than when it was last asked.
    pub(crate) async fn changes(&mut self) -> Result<Vec<Act>, GitFailed> {
        let now = self.now().await?;
        if now == self.tree {
            return Ok(Vec::new());
        }
        let before = std::mem::replace(&mut self.tree, now);
        let list = ["diff-tree", "-r", "--no-renames", "--raw", "--numstat", "-z", &before, &self.tree];
        let raw = git(&self.workspace, &list, &[]).await?;
        let listed = read(&raw);
        let more = listed.len().saturating_sub(MOST);
        let mut acts = Vec::with_capacity(listed.len().min(MOST) + 1);
        for (path, change, lines) in listed.into_iter().take(MOST) {
            let diff = match lines {
                Some(_) => self.diff(&before, &path).await?,
                None => String::new(),
            };
            acts.push(Act::FileChanged {
                path: String::from_utf8_lossy(&path).into_owned(),
                change,
                added: lines.map(|(added, _)| added),
                removed: lines.map(|(_, removed)| removed),
                diff,
            });
        }
        if more > 0 {
            acts.push(Act::Noted { code: "more_files".into(), text: format!("{more} more files changed") });
        }
        Ok(acts)
    }

    async fn now(&self) -> Result<String, GitFailed> {
        let own = [("GIT_INDEX_FILE", self.index.as_str())];
        git(&self.workspace, &["add", "--all"], &own).await?;
        line(&self.workspace, &["write-tree"], &own).await
    }

    async fn diff(&self, before: &str, path: &[u8]) -> Result<String, GitFailed> {
        let literal = [("GIT_LITERAL_PATHSPECS", "1")];
        let of =
            ["diff-tree", "-p", "--no-renames", "--no-ext-diff", "--no-textconv", before, &self.tree, "--"];
        let of: Vec<&OsStr> = of.into_iter().map(OsStr::new).chain([OsStr::from_bytes(path)]).collect();
        let bytes = git(&self.workspace, &of, &literal).await?;
        if bytes.len() > TEXT_BYTES {
            Ok(String::new())
        } else {
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}

/// A file by its name, which need not be text.
type Listed = (Vec<u8>, FileChange, Option<(u32, u32)>);

/// Reads `--raw --numstat -z`: first a line a file with its kind, then one with its numbers.
fn read(raw: &[u8]) -> Vec<Listed> {
    let mut fields = raw.split(|byte| *byte == 0);
    let mut listed: Vec<Listed> = Vec::new();
    let mut counted = HashMap::new();
    while let Some(field) = fields.next() {
        if field.first() == Some(&b':') {
            let Some(path) = fields.next() else { break };
            let change = match field.last() {
                Some(b'A') => FileChange::Added,
                Some(b'D') => FileChange::Deleted,
                _ => FileChange::Modified,
            };
            listed.push((path.to_owned(), change, None));
        } else {
            let mut columns = field.splitn(3, |byte| *byte == b'\t');
            let mut number = || std::str::from_utf8(columns.next()?).ok()?.parse::<u32>().ok();
            let lines = (number(), number());
            if let (Some(path), (Some(added), Some(removed))) = (columns.next(), lines) {
                counted.insert(path, (added, removed));
            }
        }
    }
    for (path, _, lines) in &mut listed {
        *lines = counted.get(path.as_slice()).copied();
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_lists_is_read_whatever_the_names_are() {
        let raw =
            b":000000 100644 0 1 A\0a b\n.txt\0:100644 000000 1 0 D\0gone\0:100644 100644 1 2 M\0p.png\0\
            :000000 100644 0 1 A\0\xf6\0:000000 100644 0 1 A\0\xf7\0\
            3\t0\ta b\n.txt\x000\t2\tgone\0-\t-\tp.png\x001\t0\t\xf6\x002\t0\t\xf7\0";
        assert_eq!(
            read(raw),
            [
                (b"a b\n.txt".to_vec(), FileChange::Added, Some((3, 0))),
                (b"gone".to_vec(), FileChange::Deleted, Some((0, 2))),
                (b"p.png".to_vec(), FileChange::Modified, None),
                (vec![0xf6], FileChange::Added, Some((1, 0))),
                (vec![0xf7], FileChange::Added, Some((2, 0))),
            ]
        );
    }
}
