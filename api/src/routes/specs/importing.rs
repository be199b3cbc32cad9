//! Files become a plan, or a list of what is wrong with them.

use axum::http::StatusCode;
use plan::layouts::{self, File};
use plan::{Layout, Plan, Problem as PlanProblem, Writer, invariants};

use crate::routes::problem::Problem;

/// A plan that can be accepted.
pub(super) struct Ready {
    pub(super) plan: Plan,
    pub(super) layout: Layout,
    /// What would be better otherwise.
    pub(super) issues: Vec<PlanProblem>,
}

pub(super) fn read(files: &[File], layout: Option<Layout>) -> Result<Ready, Problem> {
    let imported = layouts::import(files, layout).map_err(refused)?;
    let checked = invariants::check(&imported.plan, Writer::Imported);
    let located = |problem| layouts::locate(problem, &imported.lines);
    if !checked.vetoes.is_empty() {
        return Err(refused(checked.vetoes.into_iter().map(located).collect()));
    }
    let mut issues = imported.issues.clone();
    issues.extend(checked.issues.into_iter().map(located));
    Ok(Ready { plan: imported.plan, layout: imported.layout, issues })
}

fn refused(mut problems: Vec<PlanProblem>) -> Problem {
    problems.sort();
    problems.dedup();
    let detail = match problems.len() {
        1 => "the plan has a problem: mend it and import again".to_owned(),
        many => format!("the plan has {many} problems: mend them and import again"),
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_plan", detail).listing(problems)
}
