//! What is to be built: a plan that is there, or an idea.

use std::path::{Path, PathBuf};

use plan::layouts::{self, File};
use plan::{Problem, Writer, invariants};
use sha2::{Digest as _, Sha256};

use crate::cli::client::{Failure, Output};
use crate::cli::spec::files;

/// A plan or an idea, as it was read.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Source {
    /// Where it is, in full.
    pub(in crate::cli) path: PathBuf,
    pub(super) what: What,
    /// Of all that it says.
    pub(super) digest: String,
}

/// Which of both.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// The files of a plan.
    Plan(Vec<File>),
    /// Somebody's words.
    Idea(String),
}

impl Source {
    /// Reads a folder of Kiro or spec-kit, or one file of our own layout.
    ///
    /// # Errors
    /// When it is not there, or holds no plan; what is wrong in it is told.
    pub(in crate::cli) fn plan(out: &Output, path: &Path) -> Result<Self, Failure> {
        let files = files::plan(out, path)?;
        let problems = problems(&files);
        if !problems.is_empty() {
            return Err(files::refuse(out, &problems)?);
        }
        let digest = digest(files.iter().flat_map(|file| [file.path.as_str(), file.text.as_str()]));
        Ok(Self { path: absolute(path)?, what: What::Plan(files), digest })
    }

    /// Reads an idea.
    ///
    /// # Errors
    /// When it is not there, is no text or says nothing.
    pub(in crate::cli) fn idea(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            let detail =
                "an idea that is built is a file, so that the build can go on later: write it down first";
            return Err(Failure::invalid("no_file", detail));
        }
        let idea = files::idea(Some(path))?;
        if idea.trim().is_empty() {
            let detail = format!("{} says nothing; write down what you want", path.display());
            return Err(Failure::invalid("empty_idea", detail));
        }
        let digest = digest([idea.as_str()]);
        Ok(Self { path: absolute(path)?, what: What::Idea(idea), digest })
    }

    /// Whether its work is judged by commands of its own, whatever the project says.
    pub(super) fn brings_its_checks(&self) -> bool {
        match &self.what {
            What::Idea(_) => false,
            What::Plan(files) => layouts::import(files, None)
                .is_ok_and(|imported| imported.plan.tasks.tasks.iter().all(|task| !task.validate.is_empty())),
        }
    }

    /// The flag that names it.
    pub(super) fn flag(&self) -> &'static str {
        match self.what {
            What::Plan(_) => "--spec",
            What::Idea(_) => "--idea",
        }
    }

    /// One that says nothing.
    #[cfg(test)]
    pub(super) fn example(path: &str, digest: &str) -> Self {
        Self { path: path.into(), what: What::Plan(Vec::new()), digest: digest.to_owned() }
    }
}

/// What stops it from being taken in, as the server would say: nobody has to start one to hear it.
fn problems(files: &[File]) -> Vec<Problem> {
    match layouts::import(files, None) {
        Err(problems) => problems,
        Ok(imported) => {
            let vetoes = invariants::check(&imported.plan, Writer::Imported).vetoes;
            vetoes.into_iter().map(|problem| layouts::locate(problem, &imported.lines)).collect()
        }
    }
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize()
        .map_err(|error| Failure::invalid("unreadable", format!("cannot read {}: {error}", path.display())))
}

fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // With its length before it: no two lists of parts run into each other.
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_plan_says_is_in_its_digest() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a.plan.md");
        let plan = |title: &str| {
            format!(
                "# {title}\n\n## Requirements\n\n### REQ-A-FUNC-001: Be\n\nThe list shall be.\n\n## Tickets\n\n### TKT-001: Do\n\n#### TSK-001: Do it\n\n- Requirements: REQ-A-FUNC-001\n"
            )
        };
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Source::plan(&Output::new(true), &file)
        };
        let before = read(&plan("A")).unwrap().digest;
        assert_eq!(read(&plan("A")).unwrap().digest, before);
        assert_ne!(read(&plan("B")).unwrap().digest, before);
        let broken = read("# A\n").unwrap_err();
        assert!(matches!(broken, Failure::Invalid { .. }), "{broken:?}");
        assert_ne!(digest(["a", "b"]), digest(["ab", ""]));
    }

    #[test]
    fn an_idea_is_a_file_that_says_something() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("idea.md");
        std::fs::write(&file, " \n").unwrap();
        assert!(Source::idea(&file).unwrap_err().detail().contains("says nothing"));
        assert!(Source::idea(Path::new("-")).unwrap_err().detail().contains("is a file"));
        assert!(Source::idea(&home.path().join("none")).unwrap_err().detail().contains("cannot read"));
        std::fs::write(&file, "A todo list").unwrap();
        assert_eq!(Source::idea(&file).unwrap().path, file.canonicalize().unwrap());
    }
}
