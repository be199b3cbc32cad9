//! The files of a commit in a directory, and nothing else: no repository, no filter, no link that was followed.

use ports::git::{Checkout, GitError, WorkError};

use super::disk;
use super::files::Files;
use super::keep::good;
use crate::git::GitCli;
use crate::git::run::Call;

impl GitCli {
    pub(super) async fn checked_out(&self, checkout: &Checkout<'_>) -> Result<(), GitError> {
        let turn = self.keeps.of(checkout.directory);
        let _turn = turn.lock().await;
        if disk::is_there(checkout.directory).await {
            return Err(WorkError::PlaceTaken.into());
        }
        let mut commits = vec![checkout.commit];
        commits.extend(checkout.restored.map(|(commit, _)| commit));
        let keep = self.keep_with(checkout.url, &commits).await?;
        let mut files = self.files(&keep, checkout.commit).await?;
        if let Some((from, paths)) = checkout.restored {
            restore(&mut files, &self.files(&keep, from).await?, paths);
        }
        self.fit(checkout.commit, &files)?;

        let part = disk::Part::of(checkout.directory)?;
        let (index, tree) = (part.path().join("index"), part.path().join("files"));
        std::fs::create_dir(&tree).map_err(|error| disk::unwritable(&error))?;
        let call = || {
            Call::new(&keep, self.options.keep_within)
                .env("GIT_INDEX_FILE", &index)
                .env("GIT_WORK_TREE", &tree)
        };
        let mut listed = Vec::new();
        for (path, file) in &files {
            listed.extend([file.about.as_bytes(), b"\t", path, b"\0"].concat());
        }
        good(self.run(call().args(["update-index", "-z", "--index-info"]).stdin(listed)).await?)?;
        let write = call().config("checkout.workers=0").args(["checkout-index", "--all", "--quiet"]);
        good(self.run(write).await?)?;
        part.done_with(&tree)
    }
}

/// Makes these paths, and all below them, what they are in `from`; what stands in their way gives way.
fn restore(files: &mut Files, from: &Files, paths: &[String]) {
    let is_at = |path: &[u8], top: &[u8]| {
        path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    };
    for top in paths {
        let top = top.trim_end_matches('/').as_bytes();
        files.retain(|path, _| !is_at(path, top));
        for (path, file) in from.iter().filter(|(path, _)| is_at(path, top)) {
            for (end, byte) in path.iter().enumerate() {
                if *byte == b'/' {
                    files.remove(&path[..end]);
                }
            }
            files.insert(path.clone(), file.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Files {
        paths.iter().map(|path| (path.as_bytes().to_owned(), Default::default())).collect()
    }

    #[test]
    fn what_is_restored_wins_over_what_stands_in_its_way() {
        let from = files(&["a/b/c", "a2", "d"]);
        for (now, top, then) in [
            (&["a", "a2"][..], "a/b", &["a/b/c", "a2"][..]),
            (&["a/b", "x"], "a", &["a/b/c", "x"]),
            (&["a/b/c/d", "a/new"], "a/", &["a/b/c"]),
            (&["d/e", "d2"], "d", &["d", "d2"]),
            (&["x"], "nothing", &["x"]),
            (&["x"], "", &["x"]),
        ] {
            let mut now = files(now);
            restore(&mut now, &from, &[top.to_owned()]);
            assert!(now.keys().eq(files(then).keys()), "{top}: {now:?}");
        }
    }
}
