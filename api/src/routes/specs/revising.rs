//! An accepted plan is revised: another one takes its place, and its work follows. What that changes can be looked at first.

use std::collections::BTreeMap;

use axum::{extract::State, http::StatusCode, response::Response};
use commands::Preview;
use plan::layouts::File;
use plan::{ContentHash, Layout, compute};
use planning::spec::{Command, Materialized};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::SpecId;

use super::bodies::SpecStanding;
use super::{importing, refused, standing};
use crate::routes::answer::answer;
use crate::routes::problem::Problem;
use crate::routes::request::{Ask, Id, Wish};
use crate::wiring::Services;

/// Another plan in the place of the accepted one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "ReviseSpec",
    example = json!({
        "content_hash": "0d0a6a5b0f1c3f2e4d5c6b7a8998a7b6c5d4e3f201020304050607080900aabb",
        "files": [{ "path": "plan.md", "text": "# Todo list\n" }],
    })
)]
pub(super) struct Revise {
    /// Of the plan that was looked at: `plan_hash` of the spec.
    content_hash: ContentHash,
    /// How it is written down. [default: found out]
    layout: Option<Layout>,
    /// The whole plan, as for an import. Without a design the one that there is stays.
    files: Vec<File>,
}

/// Whether to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct How {
    /// Answers what would change, and changes nothing. [default: false]
    #[serde(default)]
    dry_run: bool,
}

/// A spec after a revision, or as it is when nothing was written.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(
    rename = "RevisedSpec",
    example = json!({
        "id": "069571c7-45e1-8db1-94d2-541e27239a80", "title": "Todo", "status": "planned",
        "possible": ["revise", "cancel"], "problems": [], "version": 53, "position": 118,
        "changes": {
            "requirements": [], "design": false, "tickets": [],
            "tasks": [{
                "id": "TSK-009", "change": "added", "title": "Sort the list", "number": null, "stays": false
            }]
        }
    })
)]
pub(super) struct Revised {
    #[serde(flatten)]
    standing: SpecStanding,
    /// What the revision changes, by ids of the plan; nothing is in it when the plan is the same.
    changes: Changes,
}

/// What a revision changes.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "SpecChanges")]
struct Changes {
    /// In what must hold.
    requirements: Vec<Change>,
    /// Whether the design is another one.
    design: bool,
    /// In the groups of tasks.
    tickets: Vec<Change>,
    /// In the steps.
    tasks: Vec<Change>,
}

/// One thing that is new, says something else, or is gone.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SpecChange")]
struct Change {
    /// Its id in the plan.
    id: String,
    /// What becomes of it.
    change: Kind,
    /// What it is called, after the revision if it is there then.
    title: String,
    /// What its work is called in the project; `null` when there is none.
    number: Option<String>,
    /// Its work stays as it is, because somebody has begun it or it is over: the spec shows that as drift.
    stays: bool,
}

#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Kind {
    Added,
    Changed,
    Withdrawn,
}

pub(super) async fn revise(
    State(services): State<Services>,
    id: Id,
    Ask(How { dry_run }): Ask<How>,
    wish: Wish,
) -> Result<Response, Problem> {
    let Revise { content_hash, layout, files } = wish.parse()?;
    let (spec, by, dispatcher) = (SpecId(id.0), wish.intent.actor.id, &services.dispatcher);
    // Before the plan is read: who may not, or asks for what is not there, is told that.
    dispatcher.may_revise(&wish.intent, spec).await?;
    let importing::Ready { plan, issues, .. } = importing::read(&files, layout)?;
    let preview = dispatcher.preview_revision(&wish.intent, spec, plan.clone(), content_hash).await;
    if dry_run {
        let changes = Changes::of(&preview?);
        let standing = standing(&services, &wish, spec, None, issues).await?;
        return Ok(answer(StatusCode::OK, &commands::Receipt::nothing(), Revised { standing, changes }));
    }
    let command = Command::Revise { plan: Box::new(plan), base: content_hash, by };
    let receipt = match dispatcher.on_spec(&wish.intent, spec, command.clone(), wish.expected).await {
        Ok(receipt) => receipt,
        Err(error) => return Err(refused::because(&services, &wish, spec, command, error).await),
    };
    // Of a repeat the plan is the one that there is already, or was before another one.
    let changes = preview.map(|preview| Changes::of(&preview)).unwrap_or_default();
    let standing = standing(&services, &wish, spec, receipt.last_position, issues).await?;
    Ok(answer(StatusCode::OK, &receipt, Revised { standing, changes }))
}

impl Changes {
    fn of(preview: &Preview) -> Self {
        let Preview { before, after, requirements, design, tickets, tasks, kept, work } = preview;
        let nothing = BTreeMap::new();
        let (known_tickets, known_tasks) =
            work.as_ref().map_or((&nothing, &nothing), |work| (&work.tickets, &work.tasks));
        let listed = |changes: &compute::Changes,
                      titles: BTreeMap<&str, &str>,
                      known: &BTreeMap<String, Materialized>| {
            let all = [
                (Kind::Added, &changes.added),
                (Kind::Changed, &changes.changed),
                (Kind::Withdrawn, &changes.withdrawn),
            ];
            let one = |kind, id: &String| Change {
                id: id.clone(),
                change: kind,
                title: titles.get(&**id).map(|title| (*title).to_owned()).unwrap_or_default(),
                number: known.get(id).map(|one| one.number.clone()),
                stays: kept.contains(id),
            };
            all.into_iter()
                .flat_map(|(kind, ids)| ids.iter().map(move |id| (kind, id)))
                .map(|(kind, id)| one(kind, id))
                .collect()
        };
        // What is there after the revision is called as it is then.
        let plans = [before, after];
        let of_requirements = plans.iter().flat_map(|plan| &plan.requirements.requirements);
        let of_tickets = plans.iter().flat_map(|plan| &plan.tasks.tickets);
        let of_tasks = plans.iter().flat_map(|plan| &plan.tasks.tasks);
        Self {
            requirements: listed(
                requirements,
                of_requirements.map(|it| (&*it.id, &*it.title)).collect(),
                &nothing,
            ),
            design: *design,
            tickets: listed(tickets, of_tickets.map(|it| (&*it.id, &*it.title)).collect(), known_tickets),
            tasks: listed(tasks, of_tasks.map(|it| (&*it.id, &*it.title)).collect(), known_tasks),
        }
    }
}
