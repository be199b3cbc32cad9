//! What is known of a build beside the log: which spec it is about. The file is in the data directory, by the repository and the
//! plan, so that whoever says the same again goes on where it stopped.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use kernel::Uuid;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use vocabulary::{Name, Slug};

use super::end::Outcome;
use super::source::Source;
use crate::cli::client::Failure;

/// Digits of the hash in the name of a directory.
const DIGITS: usize = 12;

/// A build that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// Its wishes are named by it, so that each acts once.
    pub(super) build: Uuid,
    pub(super) repository: String,
    pub(super) source: PathBuf,
    /// Of what the plan or idea said.
    pub(super) digest: String,
    /// Whether nobody is asked: it was begun with --yes. A wish that is sent again says the same.
    #[serde(default)]
    pub(super) unattended: bool,
    pub(super) spec: Option<Uuid>,
    pub(super) outcome: Option<Outcome>,
}

/// The state with its place.
#[derive(Debug)]
pub(in crate::cli) struct Kept {
    pub(super) directory: PathBuf,
    pub(super) state: State,
}

/// What is to be done when something was begun already.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// A build of its own.
    Anew,
    /// The one that was begun; whether its plan says something else by now.
    GoOn { changed: bool },
    /// Only after the word of whoever asks.
    AskFirst,
}

impl State {
    fn new(repository: &str, source: &Source, unattended: bool) -> Self {
        Self {
            build: Uuid::now_v7(),
            repository: repository.to_owned(),
            source: source.path.clone(),
            digest: source.digest.clone(),
            unattended,
            spec: None,
            outcome: None,
        }
    }

    /// `over`: nothing more comes of its spec. A build that was killed before it had handed anything in is begun again under its old
    /// name: maybe the server has heard of it.
    pub(super) fn begin(&self, digest: &str, resume: bool, over: bool) -> Begin {
        let changed = self.digest != digest;
        match (resume, self.spec) {
            (true, _) => Begin::GoOn { changed },
            (false, None) if changed => Begin::Anew,
            (false, None) => Begin::GoOn { changed: false },
            (false, Some(_)) if over || self.outcome == Some(Outcome::Merged) => Begin::Anew,
            (false, Some(_)) => Begin::AskFirst,
        }
    }
}

impl Kept {
    /// Looks for what was begun of this plan in this repository; `server` is one that somebody has named.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub(in crate::cli) fn find(
        data_dir: &Path,
        server: Option<&str>,
        repository: &str,
        source: &Source,
        unattended: bool,
    ) -> Result<(Self, bool), Failure> {
        let directory = data_dir.join("builds").join(name(server, repository, &source.path));
        let file = file_in(&directory);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok((Self { directory, state: State::new(repository, source, unattended) }, false));
            }
            Err(error) => return Err(unusable(&file, &error)),
        };
        let state = serde_json::from_str(&text).map_err(|error| unusable(&file, &error))?;
        Ok((Self { directory, state }, true))
    }

    /// Begins another build in the place of what was there.
    pub(super) fn begin_anew(&mut self, source: &Source, unattended: bool) {
        self.state = State::new(&self.state.repository, source, unattended);
    }

    /// Beside it, then renamed: a kill leaves the old file or the new one.
    ///
    /// # Errors
    /// When the data directory cannot be written.
    pub(super) fn save(&self) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(&self.state).expect("ids and text become JSON");
        self.write("state.json", &text).map(|_| ())
    }

    /// Writes a file beside the state; answers where it is.
    ///
    /// # Errors
    /// When the data directory cannot be written.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let file = self.directory.join(name);
        let half = self.directory.join(format!("{name}.new"));
        let written = private(&self.directory)
            .and_then(|()| fs::write(&half, text))
            .and_then(|()| fs::rename(&half, &file));
        match written {
            Ok(()) => Ok(file),
            Err(error) => {
                let detail = format!("cannot write {}: {error}", file.display());
                Err(Failure::local("data_dir", detail))
            }
        }
    }
}

/// A directory that only its owner enters, as the data directory is.
pub(super) fn private(directory: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

fn file_in(directory: &Path) -> PathBuf {
    directory.join("state.json")
}

fn unusable(file: &Path, error: &dyn std::fmt::Display) -> Failure {
    let detail = format!(
        "{} cannot be read ({error}); mend it, or remove it to begin this build anew",
        file.display()
    );
    Failure::local("build_state", detail)
}

/// For people the end of the repository's name, for programs the whole of it.
fn name(server: Option<&str>, repository: &str, source: &Path) -> String {
    let mut hash = Sha256::new();
    for part in [server.unwrap_or_default(), repository, &source.display().to_string()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let hash = hex::encode(hash.finalize());
    let slug = Name::new(last_part(repository)).ok().and_then(|name| Slug::from_name(&name).ok());
    let slug = slug.map_or_else(|| "build".to_owned(), |slug| slug.to_string());
    format!("{slug}-{}", &hash[..DIGITS])
}

/// What people call a repository: the end of its path or address.
pub(super) fn last_part(repository: &str) -> &str {
    let trimmed = repository.trim_end_matches('/').trim_end_matches(".git").trim_end_matches('/');
    let last = trimmed.rsplit(['/', ':']).next().unwrap_or(trimmed);
    if last.is_empty() { "repository" } else { last }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn source(path: &str, digest: &str) -> Source {
        Source::example(path, digest)
    }

    fn find(data_dir: &Path, plan: &str) -> (Kept, bool) {
        Kept::find(data_dir, None, "/srv/billing", &source(plan, "d"), false).unwrap()
    }

    #[test]
    fn a_build_is_found_again_by_its_repository_and_its_plan() {
        let home = tempfile::tempdir().unwrap();
        let data_dir = home.path().join("data");
        let (mut kept, there) = find(&data_dir, "/plans/a");
        assert!(!there);
        kept.state.spec = Some(Uuid::from_u128(7));
        kept.save().unwrap();
        assert_eq!(fs::metadata(&data_dir).unwrap().permissions().mode() & 0o777, 0o700);
        let (again, there) = find(&data_dir, "/plans/a");
        assert!(there && again.state == kept.state, "{again:?}");
        assert!(!find(&data_dir, "/plans/b").1, "another plan is another build");
        let elsewhere =
            Kept::find(&data_dir, Some("http://h:1"), "/srv/billing", &source("/plans/a", "d"), false);
        assert!(!elsewhere.unwrap().1, "another server knows nothing of it");
    }

    #[test]
    fn a_damaged_file_is_named_and_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let (kept, _) = find(home.path(), "/plans/a");
        kept.write("state.json", "{").unwrap();
        let failure =
            Kept::find(home.path(), None, "/srv/billing", &source("/plans/a", "d"), false).unwrap_err();
        assert!(failure.detail().contains("remove it to begin this build anew"), "{failure:?}");
    }

    #[test]
    fn what_was_begun_goes_on_when_it_is_asked_for() {
        let begun = State {
            spec: Some(Uuid::from_u128(7)),
            ..State::new("/srv/billing", &source("/a", "old"), false)
        };
        assert_eq!(begun.begin("old", true, false), Begin::GoOn { changed: false });
        assert_eq!(begun.begin("new", true, false), Begin::GoOn { changed: true });
        assert_eq!(begun.begin("old", false, false), Begin::AskFirst, "nobody makes it twice by mistake");
        assert_eq!(begun.begin("old", false, true), Begin::Anew, "what is over may be built again");
        let merged = State { outcome: Some(Outcome::Merged), ..begun.clone() };
        assert_eq!(merged.begin("old", false, false), Begin::Anew);
        assert_eq!(merged.begin("old", true, true), Begin::GoOn { changed: false });
        let parked = State { outcome: Some(Outcome::Parked), ..begun };
        assert_eq!(parked.begin("old", false, false), Begin::AskFirst);
    }

    #[test]
    fn what_was_killed_before_it_was_handed_in_keeps_its_name() {
        let begun = State::new("/srv/billing", &source("/a", "old"), false);
        assert_eq!(begun.begin("old", false, false), Begin::GoOn { changed: false });
        assert_eq!(begun.begin("new", false, false), Begin::Anew);
    }

    #[test]
    fn a_repository_is_called_by_its_end() {
        for (repository, called) in [
            ("/srv/billing", "billing"),
            ("/srv/billing/", "billing"),
            ("https://git.example.org/acme/billing.git", "billing"),
            ("git@git.example.org:billing.git", "billing"),
            ("/", "repository"),
        ] {
            assert_eq!(last_part(repository), called, "{repository}");
        }
    }
}
