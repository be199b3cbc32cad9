//! What was changed between two commits, read from objects.

use std::collections::HashMap;

use ports::git::{Change, ChangeKind, Changes, CommitHash, GitError, RepositoryUrl};

use super::keep::good;
use crate::git::run::Call;
use crate::git::{GitCli, MOST_ENTRIES};

/// Of more than fit in it nobody reads how they were changed.
const MAX_MEMORY_BYTES: u64 = 512 << 20;

/// Lines added and removed.
type Lines = (Option<u64>, Option<u64>);

impl GitCli {
    pub(super) async fn changed(
        &self,
        url: &RepositoryUrl,
        from: CommitHash,
        to: CommitHash,
        most: usize,
    ) -> Result<Changes, GitError> {
        let keep = self.keep_with(url, &[from, to]).await?;
        let most = most.min(MOST_ENTRIES);
        let call = |format: &str| {
            Call::new(&keep, self.options.local_within)
                .holding_at_most(MAX_MEMORY_BYTES)
                // Of what is larger nobody reads lines.
                .config("core.bigFileThreshold=16m")
                .args(["diff-tree", "-r", "-z", format, "--no-renames", "--no-ext-diff", "--no-textconv"])
                .args(["--ignore-submodules=none", "--full-index", from.as_str(), to.as_str(), "--"])
        };
        // Two records each: what it is, and its name. Git looks at all of them before it says the first.
        let named = self.run(call("--raw").at_most_records(most.saturating_mul(2))).await?;
        if !named.is_good && named.stderr.to_lowercase().contains("out of memory") {
            return Err(self.too_large(to));
        }
        let named = good(named)?;
        let counted = match self.run(call("--numstat").at_most_records(most)).await {
            Ok(counted) if counted.is_good => counted.stdout,
            // What can be named can still be too much to be read.
            Ok(_) | Err(GitError::Timeout { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        let lines: HashMap<&[u8], Lines> = counted.split(|byte| *byte == 0).filter_map(lines_of).collect();
        let mut records = named.stdout.split(|byte| *byte == 0);
        let mut changes = Changes { cut: named.cut, ..Changes::default() };
        while let (Some(about), Some(path)) = (records.next(), records.next()) {
            let Some(kind) = kind(about) else { break };
            let (added, removed) = lines.get(path).copied().unwrap_or_default();
            let path = String::from_utf8_lossy(path).into_owned();
            changes.files.push(Change { path, kind, added, removed });
        }
        Ok(changes)
    }
}

/// `ADDED<TAB>REMOVED<TAB>PATH`, with `-` for what is no text.
fn lines_of(record: &[u8]) -> Option<(&[u8], Lines)> {
    let mut parts = record.splitn(3, |byte| *byte == b'\t');
    let mut number = || Some(std::str::from_utf8(parts.next()?).ok()?.parse::<u64>().ok());
    let lines = (number()?, number()?);
    Some((parts.next()?, lines))
}

/// `:MODE MODE OBJECT OBJECT STATUS`.
fn kind(about: &[u8]) -> Option<ChangeKind> {
    match about.last()? {
        b'A' => Some(ChangeKind::Added),
        b'D' => Some(ChangeKind::Deleted),
        _ => Some(ChangeKind::Modified),
    }
}
