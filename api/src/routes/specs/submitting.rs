//! A spec begins: by an idea, or by a plan that somebody brings along.

use axum::{extract::State, response::Response};
use kernel::ProjectId;
use planning::spec::{Command, GateMode};
use vocabulary::{Name, Text};

use super::bodies::{Import, Submit};
use super::{create, importing};
use crate::routes::problem::Problem;
use crate::routes::request::{Id, Wish};
use crate::wiring::Services;

/// Characters of the title that an idea without one gets.
const TITLE_CHARS: usize = 80;

/// What to do instead.
const NO_MODEL: &str = "this server plans no ideas: it has no model that it could ask. Set one, as `omoi doctor` says, or bring a plan along: a folder of \
Kiro or spec-kit, or one Markdown file, to /projects/{id}/specs/import";

pub(super) async fn submit(
    State(services): State<Services>,
    project: Id,
    wish: Wish,
) -> Result<Response, Problem> {
    let Submit { title, idea, gates, budget } = wish.parse()?;
    services.dispatcher.takes_specs(&wish.intent, ProjectId(project.0)).await?;
    if !services.plans_ideas() {
        return Err(Problem::unprocessable("no_model", NO_MODEL));
    }
    let title = title.unwrap_or_else(|| title_of(&idea));
    let command = Command::Submit { title, idea, gates: gates.unwrap_or(GateMode::Review), budget };
    create(&services, project, &wish, command, Vec::new()).await
}

pub(super) async fn import(
    State(services): State<Services>,
    project: Id,
    wish: Wish,
) -> Result<Response, Problem> {
    let Import { title, layout, gates, files } = wish.parse()?;
    // Before the plan is read: who may not, or asks for what is not there, is told that.
    services.dispatcher.takes_specs(&wish.intent, ProjectId(project.0)).await?;
    let importing::Ready { plan, layout, issues } = importing::read(&files, layout)?;
    let title = title.map_or_else(|| Name::new(&plan.title), Ok);
    let title = title.map_err(|error| Problem::unprocessable("invalid_title", error))?;
    let gates = gates.unwrap_or(GateMode::Auto);
    let command = Command::Import { title, layout, gates, plan: Box::new(plan) };
    create(&services, project, &wish, command, issues).await
}

/// The beginning of the first line that says something.
fn title_of(idea: &Text) -> Name {
    let line =
        idea.as_str().lines().map(|line| line.trim_matches(['#', ' ', '\t'])).find(|line| !line.is_empty());
    let line = line.unwrap_or("Idea");
    let short: String = line.chars().take(TITLE_CHARS).collect();
    let short = match short.rsplit_once(' ') {
        Some((words, _)) if line.chars().count() > TITLE_CHARS => format!("{words}…"),
        _ => short,
    };
    Name::new(&short).unwrap_or_else(|_| Name::new("Idea").expect("a name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idea_without_a_title_is_called_by_its_first_line() {
        let title = |idea: &str| title_of(&Text::new(idea).unwrap()).to_string();
        assert_eq!(title("# A todo list\n\nKept in a file."), "A todo list");
        assert_eq!(title("\n\t- one"), "- one");
        assert_eq!(title("##"), "Idea");
        let long = title(&"word ".repeat(40));
        assert!(long.ends_with("word…") && long.chars().count() <= TITLE_CHARS + 1, "{long}");
        assert_eq!(title(&"x".repeat(300)), "x".repeat(TITLE_CHARS));
    }
}
