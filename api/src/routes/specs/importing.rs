//! Files become a plan, or a list of what is wrong with them.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use plan::layouts::{self, File, MAX_FILES};
use plan::{Layout, Plan, Problem as PlanProblem, Writer, invariants};

use crate::routes::problem::Problem;

/// Longest path of a file.
const PATH_BYTES: usize = 500;
/// Problems that an answer lists: a file of bad lines is not answered with many times its size.
const LISTED: usize = 500;

/// A plan that can be accepted.
pub(super) struct Ready {
    pub(super) plan: Plan,
    pub(super) layout: Layout,
    /// What would be better otherwise.
    pub(super) issues: Vec<PlanProblem>,
}

pub(super) fn read(files: &[File], layout: Option<Layout>) -> Result<Ready, Problem> {
    // More files than there may be are refused as such, whatever they are called.
    let named = if files.len() > MAX_FILES { Vec::new() } else { misnamed(files) };
    if !named.is_empty() {
        return Err(refused(named));
    }
    let imported = layouts::import(files, layout).map_err(refused)?;
    let checked = invariants::check(&imported.plan, Writer::Imported);
    let located = |problem| layouts::locate(problem, &imported.lines);
    if !checked.vetoes.is_empty() {
        return Err(refused(checked.vetoes.into_iter().map(located).collect()));
    }
    let unread = imported.plan.unreadable();
    if !unread.is_empty() {
        return Err(refused(unread.into_iter().map(located).collect()));
    }
    let mut issues = imported.issues.clone();
    issues.extend(checked.issues.into_iter().map(located));
    Ok(Ready { plan: imported.plan, layout: imported.layout, issues })
}

/// What is wrong with the names of the files. Of two files of one name only one could be read.
fn misnamed(files: &[File]) -> Vec<PlanProblem> {
    let mut problems: Vec<_> = files.iter().filter(|file| !stays(&file.path)).map(bad_path).collect();
    let mut seen = BTreeSet::new();
    for file in files.iter().filter(|file| !seen.insert(file.path.as_str())) {
        let message = "two files have this path, and a folder has one of a name: leave one out";
        problems.push(PlanProblem::new("duplicate_file", message).about(shortened(&file.path)));
    }
    problems
}

/// Whether a path names something below the folder of the plan. Nothing is written under it here, but exports and people
/// take it for the name of a file.
fn stays(path: &str) -> bool {
    let parts = path.split('/').filter(|part| *part != ".");
    let named = |part: &str| !part.is_empty() && part != "..";
    path.len() <= PATH_BYTES
        && !path.contains('\\')
        && !path.chars().any(char::is_control)
        && parts.into_iter().all(named)
}

fn bad_path(file: &File) -> PlanProblem {
    let message = "a path of a plan leads down from its folder: no `..`, no `\\`, no `/` at its beginning, at most 500 bytes";
    PlanProblem::new("bad_path", message).about(shortened(&file.path))
}

fn shortened(path: &str) -> String {
    path.chars().take(100).collect()
}

fn refused(mut problems: Vec<PlanProblem>) -> Problem {
    problems.sort();
    problems.dedup();
    let detail = match problems.len() {
        1 => "the plan has a problem: mend it and import again".to_owned(),
        many @ ..=LISTED => format!("the plan has {many} problems: mend them and import again"),
        many => {
            format!(
                "the plan has {many} problems, of which the first {LISTED} are listed: mend them and import again"
            )
        }
    };
    problems.truncate(LISTED);
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_plan", detail).listing(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_down_or_nowhere() {
        for path in ["tasks.md", "todo/tasks.md", "./.kiro/specs/todo/tasks.md", "über/..a.md"] {
            assert!(stays(path), "{path}");
        }
        let long = "x".repeat(501);
        for path in
            ["", "/etc/passwd", "../tasks.md", "a/../../b.md", "a//b.md", "a\\..\\b.md", "a/\u{0}.md", &long]
        {
            assert!(!stays(path), "{path:?}");
        }
    }
}
