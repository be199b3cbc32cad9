//! Revisions as people write them, as the commits that they are.

use std::path::{Path, PathBuf};

use crate::cli::client::Failure;
use crate::cli::git::Git;

/// The whole name of a commit. A name that is whole is left to the server, whose repository may be elsewhere.
pub(super) async fn commit(rev: &str, repo: Option<&Path>, linked: Option<&str>) -> Result<String, Failure> {
    if is_whole(rev) {
        return Ok(rev.to_ascii_lowercase());
    }
    let place = match repo {
        Some(repo) => repo.to_owned(),
        None => at_hand(rev, linked),
    };
    Git::at(&place).commit(rev).await
}

/// `HEAD` is that of the directory somebody stands in; other names are those of the repository that counts, when it is here.
fn at_hand(rev: &str, linked: Option<&str>) -> PathBuf {
    let of_project = linked.map(Path::new).filter(|place| place.is_dir());
    match of_project {
        Some(place) if !rev.starts_with("HEAD") && rev != "@" => place.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Of SHA-1 or SHA-256.
fn is_whole(rev: &str) -> bool {
    matches!(rev.len(), 40 | 64) && rev.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_whole_name_is_asked_of_nobody() {
        let whole = "ABCDEF0123456789abcdef0123456789abcdef01";
        let known = commit(whole, Some(Path::new("/nowhere at all")), None).await.unwrap();
        assert_eq!(known, whole.to_lowercase());
        assert!(commit("main", Some(Path::new("/nowhere at all")), None).await.is_err());
    }

    #[test]
    fn the_head_is_that_of_who_asks() {
        let here = tempfile::tempdir().unwrap();
        let linked = here.path().to_str();
        assert_eq!(at_hand("mend", linked), here.path());
        assert_eq!(at_hand("HEAD", linked), Path::new("."));
        assert_eq!(at_hand("HEAD~1", linked), Path::new("."));
        assert_eq!(at_hand("mend", Some("https://git.example.org/a")), Path::new("."));
    }
}
