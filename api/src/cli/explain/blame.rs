//! From a line to its commit, and to what the commit says of where it comes from.

use std::path::{Path, PathBuf};

use crate::cli::client::Failure;
use crate::cli::git::Git;

/// Git names what is not committed so.
const NOT_COMMITTED: &str = "0000000000000000000000000000000000000000";

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: PathBuf,
    pub(super) line: u32,
}

/// `FILE:LINE`; the name of a file may hold `:` itself.
pub(super) fn place(text: &str) -> Result<Place, String> {
    let form = || format!("{text:?} is no line of a file: write FILE:LINE, e.g. src/sums.rs:12");
    let (file, line) = text.rsplit_once(':').ok_or_else(form)?;
    let line: u32 = line.parse().map_err(|_| form())?;
    if file.is_empty() || line == 0 {
        return Err(form());
    }
    Ok(Place { file: file.into(), line })
}

/// The commit that a line is of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Blamed {
    pub(super) commit: String,
    pub(super) summary: String,
    pub(super) author: String,
    /// What the file was called in that commit.
    pub(super) path: String,
    /// The line itself.
    pub(super) text: String,
    pub(super) trailers: Trailers,
}

/// What a commit of ours says at its end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trailers {
    pub(super) task: Option<String>,
    pub(super) run: Option<String>,
    pub(super) requirements: Vec<String>,
}

/// Asks git whose line it is.
///
/// # Errors
/// When there is no such line, or nobody has committed it.
pub(super) async fn blame(place: &Place, repo: Option<&Path>) -> Result<Blamed, Failure> {
    let directory = match (repo, place.file.parent()) {
        (Some(repo), _) => repo.to_owned(),
        (None, Some(parent)) if parent.is_dir() && parent != Path::new("") => parent.to_owned(),
        (None, _) => PathBuf::from("."),
    };
    let file = match (repo, place.file.file_name()) {
        // In a repository that is named, the path is one of it; else git stands beside the file.
        (None, Some(name)) if directory != Path::new(".") => Path::new(name),
        _ => place.file.as_path(),
    };
    let name = file.display().to_string();
    let git = Git::at(&directory);
    let lines = format!("{0},{0}", place.line);
    let said = git.says(&["blame", "--porcelain", "-L", &lines, "--", &name]).await;
    let said = said.map_err(|failure| of_input(failure, place))?;
    let mut blamed = parsed(&said).ok_or_else(|| {
        Failure::local(
            "git_failed",
            format!("git blame says of {name}:{} what is not understood", place.line),
        )
    })?;
    if blamed.commit == NOT_COMMITTED {
        let detail =
            format!("{name}:{} is not committed yet: nobody but you knows why it is there", place.line);
        return Err(Failure::local("not_committed", detail));
    }
    let message =
        git.says(&["show", "--no-patch", "--format=%(trailers:only,unfold)", &blamed.commit]).await?;
    blamed.trailers = trailers(&message);
    Ok(blamed)
}

fn of_input(failure: Failure, place: &Place) -> Failure {
    match failure {
        Failure::Local { code: "git_failed", detail } => {
            let at = format!("{}:{}", place.file.display(), place.line);
            Failure::invalid("no_line", format!("{at} cannot be looked up: {detail}"))
        }
        other => other,
    }
}

/// One line of `git blame --porcelain`.
fn parsed(said: &str) -> Option<Blamed> {
    let commit = said.split_whitespace().next()?.to_owned();
    let field = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let text = said.lines().find_map(|line| line.strip_prefix('\t')).unwrap_or_default();
    Some(Blamed {
        commit,
        summary: field("summary")?.to_owned(),
        author: field("author")?.to_owned(),
        path: field("filename")?.to_owned(),
        text: text.to_owned(),
        trailers: Trailers::default(),
    })
}

fn trailers(message: &str) -> Trailers {
    let mut found = Trailers::default();
    for line in message.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim().to_owned();
        match name {
            "Omoi-Task" => found.task = Some(value),
            "Omoi-Run" => found.run = Some(value),
            "Omoi-Requirement" => found.requirements.push(value),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_behind_its_file() {
        let of = |text: &str| place(text).map(|place| (place.file.display().to_string(), place.line));
        assert_eq!(of("src/sums.rs:12"), Ok(("src/sums.rs".to_owned(), 12)));
        assert_eq!(of("a:b:3"), Ok(("a:b".to_owned(), 3)));
        for wrong in ["src/sums.rs", "src/sums.rs:", "src/sums.rs:0", ":3", "a:-1", "a:b"] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn a_commit_of_ours_says_whose_it_is() {
        let home = tempfile::tempdir().unwrap();
        let git = Git::at(home.path()).by("Ada", "ada@example.org");
        git.says(&["init", "--quiet", "--initial-branch=main"]).await.unwrap();
        std::fs::create_dir(home.path().join("src")).unwrap();
        let file = home.path().join("src/a:b.txt");
        std::fs::write(&file, "one\n").unwrap();
        let message = "TSK-003: Say one\n\nWhy: not\n\nOmoi-Task: TSK-003\nOmoi-Run: 5b0f\nOmoi-Requirement: REQ-A-FUNC-001\nOmoi-Requirement: REQ-A-FUNC-002";
        git.says(&["add", "--all"]).await.unwrap();
        git.says(&["commit", "--quiet", "--message", message]).await.unwrap();
        let place = |line| Place { file: file.clone(), line };
        let blamed = blame(&place(1), None).await.unwrap();
        assert_eq!((blamed.summary.as_str(), blamed.text.as_str()), ("TSK-003: Say one", "one"));
        assert_eq!((blamed.path.as_str(), blamed.author.as_str()), ("src/a:b.txt", "Ada"));
        let expected = Trailers {
            task: Some("TSK-003".to_owned()),
            run: Some("5b0f".to_owned()),
            requirements: vec!["REQ-A-FUNC-001".to_owned(), "REQ-A-FUNC-002".to_owned()],
        };
        assert_eq!(blamed.trailers, expected);
        let in_repo = Place { file: "src/a:b.txt".into(), line: 1 };
        assert_eq!(super::blame(&in_repo, Some(home.path())).await.unwrap().trailers, expected);
        let beyond = super::blame(&place(9), None).await.unwrap_err();
        assert!(matches!(beyond, Failure::Invalid { .. }) && beyond.detail().contains(":9"), "{beyond:?}");
        std::fs::write(&file, "one\ntwo\n").unwrap();
        let own = super::blame(&place(2), None).await.unwrap_err();
        assert!(own.detail().contains("not committed yet"), "{own:?}");
    }
}
