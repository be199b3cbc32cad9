//! What a repository holds at a commit, read from its objects.

use std::path::Path;

use ports::git::{CommitHash, Content, Entry, EntryKind, GitError, Listing, TreePath};

use super::run::{Answer, Call};
use super::{GitCli, failure};

/// Whoever has a NUL so early is no text, as git itself decides it.
const LOOKED_AT_BYTES: usize = 8000;
/// The line before the content of an object: its name, type and size.
const HEADER_BYTES: usize = 200;

/// One entry of a tree, as `ls-tree` tells of it.
struct Row {
    kind: Option<EntryKind>,
    object: String,
    path: Vec<u8>,
}

impl GitCli {
    pub(super) async fn entries(
        &self,
        git_dir: &Path,
        commit: CommitHash,
        most: usize,
    ) -> Result<Listing, GitError> {
        let call = self.tree(git_dir, commit, &["-r"]).at_most_records(most);
        let answer = self.run(call).await?;
        let rows = rows(&answer, commit)?;
        let sizes = self.sizes(git_dir, &rows).await?;
        let mut listing = Listing { cut: answer.cut, ..Listing::default() };
        for (row, bytes) in rows.into_iter().zip(sizes) {
            match (row.kind, String::from_utf8(row.path)) {
                (Some(kind), Ok(path)) => listing.entries.push(Entry { path, kind, bytes }),
                (_, Err(_)) => listing.unnamed += 1,
                // With `-r` there are no directories.
                (None, Ok(_)) => {}
            }
        }
        Ok(listing)
    }

    pub(super) async fn content(
        &self,
        git_dir: &Path,
        commit: CommitHash,
        path: &TreePath,
        max_bytes: u64,
    ) -> Result<Content, GitError> {
        let call = self.tree(git_dir, commit, &["--", path.as_str()]);
        let found = rows(&self.run(call).await?, commit)?;
        let found = found.into_iter().find(|row| row.path == path.as_str().as_bytes());
        let row = found.ok_or_else(|| GitError::NoSuchFile { path: path.clone() })?;
        match row.kind {
            Some(EntryKind::File | EntryKind::Executable) => {}
            kind => return Err(GitError::NotAFile { path: path.clone(), kind }),
        }
        let longest = usize::try_from(max_bytes).unwrap_or(usize::MAX).saturating_add(HEADER_BYTES);
        let call = Call::new(git_dir, self.options.local_within)
            .args(["cat-file", "--batch"])
            .stdin(format!("{}\n", row.object).into_bytes())
            .at_most_bytes(longest);
        let answer = self.run(call).await?;
        if !answer.is_good {
            return Err(failure::sort(&answer.stderr));
        }
        Ok(content(&answer.stdout, max_bytes))
    }

    /// `ls-tree` from the top; records end with NUL, so that names may hold whatever they hold.
    fn tree(&self, git_dir: &Path, commit: CommitHash, more: &[&str]) -> Call {
        let commit = format!("{commit}^{{commit}}");
        // What names the tree comes before `--`, and begins with a digit of a commit.
        let (before, after): (&[&str], &[&str]) = if more == ["-r"] { (more, &[]) } else { (&[], more) };
        Call::new(git_dir, self.options.local_within)
            .args(["ls-tree", "-z", "--full-tree"])
            .args(before)
            .args([commit])
            .args(after)
    }

    /// How large each is, in order. `ls-tree` could say it as well, but not of what was left out of a repository.
    async fn sizes(&self, git_dir: &Path, rows: &[Row]) -> Result<Vec<Option<u64>>, GitError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let names: String = rows.iter().flat_map(|row| [row.object.as_str(), "\n"]).collect();
        let call = Call::new(git_dir, self.options.local_within)
            .args(["cat-file", "--buffer", "--batch-check=%(objectsize)"])
            .stdin(names.into_bytes());
        let answer = self.run(call).await?;
        if !answer.is_good {
            return Err(failure::sort(&answer.stderr));
        }
        let said = String::from_utf8_lossy(&answer.stdout);
        // `NAME missing` is no number; of a submodule it is always so.
        Ok(said.lines().map(|line| line.parse().ok()).collect())
    }
}

/// `MODE TYPE OBJECT<TAB>PATH`, each ended by NUL.
fn rows(answer: &Answer, commit: CommitHash) -> Result<Vec<Row>, GitError> {
    if !answer.is_good {
        let complaint = answer.stderr.to_lowercase();
        let no_commit =
            ["not a valid object name", "not a tree object", "expected commit type", "could not get object"];
        return Err(match no_commit.iter().any(|words| complaint.contains(words)) {
            true => GitError::NoSuchCommit { commit },
            false => failure::sort(&answer.stderr),
        });
    }
    let records = answer.stdout.split(|byte| *byte == 0).filter(|record| !record.is_empty());
    Ok(records.filter_map(row).collect())
}

fn row(record: &[u8]) -> Option<Row> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let (about, path) = (std::str::from_utf8(&record[..tab]).ok()?, &record[tab + 1..]);
    let mut about = about.split(' ');
    let (mode, _, object) = (about.next()?, about.next()?, about.next()?);
    let kind = match mode {
        "100755" => Some(EntryKind::Executable),
        "120000" => Some(EntryKind::Symlink),
        "160000" => Some(EntryKind::Submodule),
        "040000" => None,
        // Old repositories have others, such as 100664; git reads them all as files.
        _ => Some(EntryKind::File),
    };
    Some(Row { kind, object: object.to_owned(), path: path.to_owned() })
}

/// `OBJECT blob SIZE`, a line break, the content, a line break; or `OBJECT missing`.
pub(super) fn content(said: &[u8], max_bytes: u64) -> Content {
    let end = said.iter().position(|byte| *byte == b'\n').unwrap_or(said.len());
    let header = String::from_utf8_lossy(&said[..end]);
    let Some(bytes) = header.rsplit(' ').next().and_then(|size| size.parse::<u64>().ok()) else {
        return Content::TooLarge { bytes: None };
    };
    if bytes > max_bytes {
        return Content::TooLarge { bytes: Some(bytes) };
    }
    let held = said.get(end + 1..).unwrap_or_default();
    let held = &held[..held.len().min(usize::try_from(bytes).unwrap_or(usize::MAX))];
    let looks_like_text = !held.iter().take(LOOKED_AT_BYTES).any(|byte| *byte == 0);
    match std::str::from_utf8(held) {
        Ok(text) if looks_like_text => Content::Text(text.to_owned()),
        _ => Content::Binary { bytes },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_whatever_its_name_holds() {
        let row = row(b"100644 blob 0123\ta\tb\n--c").unwrap();
        assert_eq!(
            (row.kind, row.object.as_str(), row.path.as_slice()),
            (Some(EntryKind::File), "0123", &b"a\tb\n--c"[..])
        );
        assert!(super::row(b"nonsense").is_none());
    }

    #[test]
    fn what_is_not_there_was_too_large_to_be_fetched() {
        assert_eq!(content(b"0123 missing\n", 10), Content::TooLarge { bytes: None });
        assert_eq!(content(b"0123 blob 11\n01234", 10), Content::TooLarge { bytes: Some(11) });
        assert_eq!(content(b"0123 blob 3\nabc\n", 10), Content::Text("abc".to_owned()));
        assert_eq!(content(b"0123 blob 0\n\n", 10), Content::Text(String::new()));
        assert_eq!(content(b"0123 blob 3\na\0c\n", 10), Content::Binary { bytes: 3 });
        assert_eq!(content(b"0123 blob 2\n\xff\xfe\n", 10), Content::Binary { bytes: 2 });
    }
}
