//! Projects as people read them.

use std::collections::BTreeMap;

use kernel::{Timestamp, Uuid};
use serde::Deserialize;
use vocabulary::{Column, Criterion, Phase};

use super::setup;
use crate::cli::client::{Line, alarm, faint, paragraphs, plain, rows, strong, time};
use crate::cli::repo::Health;

#[derive(Debug, Deserialize)]
pub(super) struct Projects {
    projects: Vec<Project>,
    next: Option<Uuid>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Project {
    id: Uuid,
    name: String,
    slug: String,
    description: Option<String>,
    status: String,
    settings: Settings,
    board: Vec<Column>,
    gates: BTreeMap<Phase, Vec<Criterion>>,
    autonomy: bool,
    repository: Option<Repository>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: i64,
}

#[derive(Debug, Deserialize)]
struct Repository {
    url: String,
    branch: Option<String>,
    #[serde(flatten)]
    health: Health,
}

#[derive(Debug, Deserialize)]
struct Settings {
    max_concurrent_runs: u32,
    agent: Option<String>,
    verify: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Created {
    id: Uuid,
    name: String,
    slug: String,
    position: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Done {
    position: Option<i64>,
}

impl Repository {
    fn facts(self) -> Vec<Line> {
        let branch = self.branch.map_or(String::new(), |branch| format!("  {branch}"));
        let mut facts = vec![vec![faint("repository"), plain(format!("{}{branch}", self.url))]];
        facts.extend(self.health.words().map(|words| vec![faint(""), alarm(words)]));
        facts
    }
}

pub(super) fn created(made: Created) -> Vec<Line> {
    let place = made.position.map_or(String::new(), |position| format!(", position {position}"));
    vec![vec![strong(made.name), plain("  "), faint(format!("({}, {}{place})", made.slug, made.id))]]
}

pub(super) fn done(Done { position }: Done) -> Vec<Line> {
    vec![match position {
        Some(position) => vec![plain("done  "), faint(format!("(position {position})"))],
        None => vec![plain("it was so already")],
    }]
}

pub(super) fn list(mut all: Projects) -> Vec<Line> {
    if all.projects.is_empty() {
        return vec![vec![plain("There is no project yet; `omoi project create NAME` makes one.")]];
    }
    // The page is in the order of ids, which means nothing to people.
    all.projects.sort_by_key(|project| project.name.to_lowercase());
    let row = |project: Project| {
        vec![strong(project.name), plain(project.slug), plain(project.status), faint(project.id)]
    };
    let mut lines = rows(0, all.projects.into_iter().map(row).collect());
    lines.extend(all.next.map(|next| vec![faint(format!("more: --after {next}"))]));
    lines
}

pub(super) fn details(project: Project) -> Vec<Line> {
    let autonomy = if project.autonomy { "on: agents start work" } else { "off: people start work" };
    let Settings { max_concurrent_runs, agent, verify, hosts } = project.settings;
    let none = || vec![vec![faint("repository"), faint("-")]];
    let mut facts = vec![
        vec![faint("slug"), plain(project.slug)],
        vec![faint("status"), plain(project.status)],
        vec![faint("autonomy"), plain(autonomy)],
        vec![faint("runs"), plain(format!("{max_concurrent_runs} at a time"))],
        vec![faint("agent"), agent.map_or(faint("-"), plain)],
    ];
    facts.splice(3..3, project.repository.map_or_else(none, Repository::facts));
    facts.extend(verify.into_iter().map(|command| vec![faint("verify"), plain(command)]));
    facts.extend(hosts.into_iter().map(|host| vec![faint("may reach"), plain(host)]));
    facts.extend(project.board.iter().map(|column| vec![faint("column"), plain(setup::column_text(column))]));
    facts.extend(project.gates.into_iter().map(|gate| vec![faint("gate"), plain(setup::gate_text(&gate))]));
    facts.extend([
        vec![faint("created"), plain(time(project.created_at))],
        vec![faint("changed"), plain(time(project.updated_at))],
        vec![faint("version"), plain(project.version)],
        vec![faint("id"), plain(project.id)],
    ]);
    let mut lines = vec![vec![strong(project.name)]];
    lines.extend(rows(2, facts));
    lines.extend(paragraphs(project.description.as_deref()));
    lines
}
