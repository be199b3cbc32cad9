//! What git leaves when it is killed: files that say that somebody is at work, where nobody is any more.

use std::fs;
use std::path::Path;

/// Everything is in these, and nothing in them is ever in the way of a commit.
const OBJECTS: &str = "objects";

/// Removes every lock in a `.git`: of the index, of `HEAD`, of whatever branch was being moved. Links are not followed. One that
/// cannot be removed is met by the git that wants it, which says so.
pub(crate) fn remove_left(git: &Path) {
    let mut directories = vec![git.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if entry.file_name() != OBJECTS {
                    directories.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "lock") {
                let _ = fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn git(workspace: &Path, arguments: &[&str]) -> bool {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(arguments).current_dir(workspace);
        git.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    #[test]
    fn whatever_a_git_was_at_when_it_was_killed_the_next_one_can_commit() {
        let workspace = tempfile::tempdir().unwrap();
        let workspace = workspace.path();
        assert!(git(workspace, &["init", "-q", "-b", "omoi/TSK-001-parse"]));
        let commit = ["commit", "-q", "--allow-empty", "-m", "work"];
        assert!(git(workspace, &commit));
        let git_dir = workspace.join(".git");
        for lock in ["index.lock", "HEAD.lock", "refs/heads/omoi/TSK-001-parse.lock"] {
            fs::write(git_dir.join(lock), "").unwrap();
            assert!(!git(workspace, &commit), "{lock} is in nobody's way");
            remove_left(&git_dir);
            assert!(git(workspace, &commit), "{lock}");
        }
    }

    #[test]
    fn what_a_link_leads_to_stays() {
        let (workspace, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let kept = other.path().join("kept.lock");
        fs::write(&kept, "").unwrap();
        fs::create_dir_all(workspace.path().join("refs")).unwrap();
        std::os::unix::fs::symlink(other.path(), workspace.path().join("refs/heads")).unwrap();
        std::os::unix::fs::symlink(&kept, workspace.path().join("HEAD.lock")).unwrap();
        remove_left(workspace.path());
        assert!(kept.exists() && !workspace.path().join("HEAD.lock").exists());
    }
}
