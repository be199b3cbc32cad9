//! Plans as files: the folders of Kiro and of spec-kit, and a document of our own (docs/guides/plan-format.md).
//!
//! An [`import`] finds every problem at once and says where it is; it guesses nothing in silence. What a plan as a whole
//! must not be (a cycle, a requirement without a task) is judged elsewhere and brought to its line by [`locate`].
//! An [`export`] lists what the layout cannot carry; it knows that by reading back what it wrote.

mod detect;
mod document;
mod edges;
mod findings;
mod italic;
mod kiro;
mod lists;
mod lost;
mod markup;
mod names;
mod sections;
mod spec_kit;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Plan, Problem};

pub use detect::{MAX_FILE_BYTES, MAX_FILES, MAX_REQUIREMENTS, MAX_TASKS, detect};

/// How a plan is laid out in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "PlanLayout")]
pub enum Layout {
    /// `requirements.md`, `design.md` and `tasks.md`.
    Kiro,
    /// `spec.md`, `plan.md` and `tasks.md`.
    SpecKit,
    /// One file of Markdown that carries a whole plan.
    Document,
}

/// One text file of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PlanFile")]
pub struct File {
    /// Where it is, with `/` between folders; the folder of a plan names its feature.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// Where each item of an imported plan is written, by its id; a criterion is `REQ-…-001.2`, a component its name.
pub type Lines = BTreeMap<String, Line>;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The path of the file.
    pub file: String,
    /// Counted from 1.
    pub line: u32,
}

/// What an import brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// How it was laid out.
    pub layout: Layout,
    /// The plan.
    pub plan: Plan,
    /// What is worth a look and stops nothing.
    pub issues: Vec<Problem>,
    /// Where each item is written.
    pub lines: Lines,
}

/// What an export wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The files, by the paths that their tool expects.
    pub files: Vec<File>,
    /// What an import of these files would not bring back.
    pub lost: Vec<String>,
}

/// Reads a plan; without a layout it is found out from the names of the files.
///
/// # Errors
/// Everything that is wrong with the files, in the order of the files and lines.
pub fn import(files: &[File], layout: Option<Layout>) -> Result<Imported, Vec<Problem>> {
    detect::within_limits(files)?;
    let (layout, folder) = detect::folder(files, layout)?;
    let mut findings = findings::Findings::default();
    let plan = match layout {
        Layout::Kiro => kiro::read(&folder, &mut findings),
        Layout::SpecKit => spec_kit::read(&folder, &mut findings),
        Layout::Document => document::read(&folder, &mut findings),
    };
    detect::plan_within_limits(&plan, &folder, &mut findings);
    findings.into_imported(layout, plan)
}

/// Writes a plan.
#[must_use]
pub fn export(plan: &Plan, layout: Layout) -> Exported {
    let files = match layout {
        Layout::Kiro => kiro::write(plan),
        Layout::SpecKit => spec_kit::write(plan),
        Layout::Document => document::write(plan),
    };
    let lost = lost::lost(plan, &files, layout);
    Exported { files, lost }
}

/// Brings a problem that is about an item to the line where that item is written.
#[must_use]
pub fn locate(mut problem: Problem, lines: &Lines) -> Problem {
    let Some(item) = problem.place.item.as_deref().filter(|_| problem.place.file.is_none()) else {
        return problem;
    };
    // A criterion that has no line of its own is found at its requirement.
    let whole = item.rsplit_once('.').map_or(item, |(whole, _)| whole);
    if let Some(line) = lines.get(item).or_else(|| lines.get(whole)) {
        problem.place.file = Some(line.file.clone());
        problem.place.line = Some(line.line);
    }
    problem
}

impl Layout {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kiro, Self::SpecKit, Self::Document];

    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kiro => "kiro",
            Self::SpecKit => "spec-kit",
            Self::Document => "document",
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// There is no such layout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no layout `{0}`; the layouts are kiro, spec-kit and document")]
pub struct UnknownLayout(String);

impl FromStr for Layout {
    type Err = UnknownLayout;

    fn from_str(name: &str) -> Result<Self, UnknownLayout> {
        let found = Self::ALL.into_iter().find(|layout| layout.as_str() == name);
        found.ok_or_else(|| UnknownLayout(name.to_owned()))
    }
}
