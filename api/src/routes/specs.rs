//! Specs over HTTP: an idea or a plan goes in; gates, questions and edits on the way; work comes out.

mod bodies;
mod importing;
mod looking;
mod refused;
mod reporting;
mod revising;
mod submitting;

use axum::{extract::State, http::StatusCode, response::Response};
use commands::{Permission, Receipt};
use kernel::ProjectId;
use plan::Problem as PlanProblem;
use planning::spec::{Command, Spec};
use projections::spec_report::SpecReportAnswer;
use projections::spec_workspace::{SpecAnswer, SpecsAnswer};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use vocabulary::SpecId;

use self::bodies::{
    AcceptUnproven, AnswerTo, Approve, Cancel, Edit, Exported, Import, In, Reject, Resume, SpecStanding,
    Submit,
};
use super::answer::answer;
use super::problem::Problem;
use super::request::{Id, Nothing, Wish};
use crate::{
    openapi::{Documented, Operation, command, query},
    wiring::Services,
};

pub(crate) fn router() -> Documented<Services> {
    Documented::about("specs", "A spec: a feature on its way from an idea, or a plan somebody brings along, to work.")
        .get(
            "/specs/{id}",
            looking::show,
            query::<SpecAnswer>("show_spec", "Show a spec")
                .says("Its phases with every attempt and its verdict, the plan as far as it is written, and what is computed from it: coverage, critical path, waves.")
                .needs(Permission::ReadProjects)
                .shows(include_str!("../openapi/examples/spec.json")),
        )
        .get(
            "/projects/{id}/specs",
            looking::list,
            query::<SpecsAnswer>("list_specs", "List the specs of a project")
                .needs(Permission::ReadProjects)
                .shows(include_str!("../openapi/examples/specs.json")),
        )
        .get(
            "/specs/{id}/export",
            looking::export,
            query::<Exported>("export_spec", "Write the plan of a spec as files")
                .asks::<In>()
                .needs(Permission::ReadProjects)
                .shows(include_str!("../openapi/examples/exported_spec.json")),
        )
        .get(
            "/specs/{id}/report",
            reporting::show,
            query::<SpecReportAnswer>("show_spec_report", "Report what a spec has come to")
                .says("What was built, by whom, at what cost, how long it took, and on which evidence each requirement rests: so far, or when it is completed. As Markdown with `format=markdown`, or when `Accept` prefers `text/markdown`.")
                .asks::<reporting::As>()
                .needs(Permission::ReadProjects)
                .also_as(reporting::MARKDOWN)
                .shows(include_str!("../openapi/examples/spec_report.json")),
        )
        .post(
            "/projects/{id}/specs",
            submitting::submit,
            change_of::<Submit>("submit_spec", "Submit an idea")
                .says("It is planned phase by phase: what is there, what is wanted, what must hold, how it is built, in which steps. With `gates: review` people are asked after the requirements and after the design.")
                .creates()
                .refuses(&["archived", "no_model"]),
        )
        .post(
            "/projects/{id}/specs/import",
            submitting::import,
            change_of::<Import>("import_spec", "Import a plan")
                .says("The files of Kiro, of spec-kit, or our one-file Markdown. A plan that cannot be is refused with `invalid_plan` and every problem with its file and line; nothing is written then.")
                .creates()
                .refuses(&["archived", "invalid_plan", "vetoed", "too_large"]),
        )
        .post(
            "/specs/{id}/approve",
            approve,
            change_of::<Approve>("approve_spec", "Approve what a spec shows at a gate")
                .says("It names the hash of exactly what was shown, and is refused when the content is another one by now.")
                .needs(Permission::ApproveSpecs)
                .refuses(&["no_approval_pending", "content_changed", "over"]),
        )
        .post(
            "/specs/{id}/reject",
            reject,
            change_of::<Reject>("reject_spec", "Reject what a spec shows at a gate")
                .says("The phase is written again and heeds the reason.")
                .needs(Permission::ApproveSpecs)
                .refuses(&["no_approval_pending", "content_changed", "over"]),
        )
        .post(
            "/specs/{id}/edit",
            edit,
            change_of::<Edit>("edit_spec", "Edit what a spec shows at a gate")
                .says("The whole output of the phase takes the place of what is shown, is judged, and waits for approval. What breaks a rule is refused with `vetoed` and changes nothing.")
                .refuses(&["no_approval_pending", "content_changed", "vetoed", "too_large", "over"]),
        )
        .post(
            "/specs/{id}/revise",
            revising::revise,
            command::<revising::Revise, revising::Revised>("revise_spec", "Revise an accepted plan")
                .says("Another plan takes the place of the accepted one; its tickets and tasks follow: what is new is added, what says something else is changed, what is gone is withdrawn. What somebody has begun stays, and shows as drift. With `dry_run` it answers what would change and writes nothing. The same plan again changes nothing.")
                .asks::<revising::How>()
                .needs(Permission::ApproveSpecs)
                .refuses(&["not_planned", "content_changed", "invalid_plan", "vetoed", "too_large", "over"]),
        )
        .post(
            "/specs/{id}/answers",
            answer_question,
            change_of::<AnswerTo>("answer_spec", "Answer a question of a spec")
                .refuses(&["no_question", "over"]),
        )
        .post(
            "/specs/{id}/resume",
            resume,
            change_of::<Resume>("resume_spec", "Let planning go on after a halt or a failure")
                .refuses(&["not_halted", "over"]),
        )
        .post(
            "/specs/{id}/materialize",
            materialize,
            change_of::<Nothing>("materialize_spec", "Make the work of an accepted plan")
                .says("It happens by itself when the plan is accepted or revised, and once: whoever asks again changes nothing.")
                .refuses(&["not_planned", "archived", "over"]),
        )
        .post(
            "/specs/{id}/accept-unproven",
            accept_unproven,
            change_of::<AcceptUnproven>("accept_unproven", "Accept that requirements rest on nothing")
                .says("A spec whose tickets are done is held while no completed task addresses one of its requirements. What somebody accepts no longer holds it; it is completed a moment later when nothing else does. Of a revised plan it is asked anew.")
                .needs(Permission::ApproveSpecs)
                .refuses(&["not_planned", "not_unproven", "over"]),
        )
        .post(
            "/specs/{id}/cancel",
            cancel,
            change_of::<Cancel>("cancel_spec", "Give a spec up")
                .says("Work that it became stays.")
                .refuses(&["over"]),
        )
}

fn change_of<B: DeserializeOwned + JsonSchema>(id: &'static str, summary: &'static str) -> Operation {
    command::<B, SpecStanding>(id, summary).needs(Permission::WriteSpecs)
}

async fn approve(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Approve { gate, content_hash } = wish.parse()?;
    change(&services, id, &wish, Command::Approve { gate, content_hash, by: wish.intent.actor.id }).await
}

async fn reject(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Reject { gate, content_hash, reason } = wish.parse()?;
    let by = wish.intent.actor.id;
    change(&services, id, &wish, Command::Reject { gate, content_hash, reason, by }).await
}

async fn edit(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Edit { gate, content_hash, content } = wish.parse()?;
    let by = wish.intent.actor.id;
    change(&services, id, &wish, Command::Edit { gate, content_hash, content, by }).await
}

async fn answer_question(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let AnswerTo { question, text } = wish.parse()?;
    change(&services, id, &wish, Command::Answer { question, text, by: wish.intent.actor.id }).await
}

async fn resume(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Resume { budget } = wish.parse()?;
    change(&services, id, &wish, Command::Resume { budget }).await
}

async fn accept_unproven(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let AcceptUnproven { requirements, reason } = wish.parse()?;
    let requirements = requirements.iter().map(|id| id.as_str().to_owned()).collect();
    let by = wish.intent.actor.id;
    change(&services, id, &wish, Command::AcceptUnproven { requirements, reason, by }).await
}

async fn cancel(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Cancel { reason } = wish.parse()?;
    change(&services, id, &wish, Command::Cancel { reason }).await
}

async fn materialize(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    let id = SpecId(id.0);
    let receipt = services.dispatcher.materialize_spec(&wish.intent, id).await?;
    shown(&services, &wish, id, StatusCode::OK, &receipt, Vec::new()).await
}

async fn create(
    services: &Services,
    project: Id,
    wish: &Wish,
    command: Command,
    issues: Vec<PlanProblem>,
) -> Result<Response, Problem> {
    let project = ProjectId(project.0);
    let (id, receipt) = services.dispatcher.create_spec(&wish.intent, project, command).await?;
    shown(services, wish, id, StatusCode::CREATED, &receipt, issues).await
}

async fn change(services: &Services, id: Id, wish: &Wish, command: Command) -> Result<Response, Problem> {
    let id = SpecId(id.0);
    match services.dispatcher.on_spec(&wish.intent, id, command.clone(), wish.expected).await {
        Ok(receipt) => shown(services, wish, id, StatusCode::OK, &receipt, Vec::new()).await,
        Err(error) => Err(refused::because(services, wish, id, command, error).await),
    }
}

/// The spec after the command, as its events have made it: a repeat is answered from the same source.
async fn shown(
    services: &Services,
    wish: &Wish,
    id: SpecId,
    status: StatusCode,
    receipt: &Receipt,
    problems: Vec<PlanProblem>,
) -> Result<Response, Problem> {
    let body = standing(services, wish, id, receipt.last_position, problems).await?;
    Ok(answer(status, receipt, body))
}

async fn standing(
    services: &Services,
    wish: &Wish,
    id: SpecId,
    position: Option<i64>,
    problems: Vec<PlanProblem>,
) -> Result<SpecStanding, Problem> {
    let known = services.dispatcher.peek::<Spec>(wish.intent.actor.org, id.0).await?;
    let spec = known.state.details().ok_or_else(|| Problem::not_found("spec"))?;
    Ok(SpecStanding {
        id: id.0,
        title: spec.title.clone(),
        stage: spec.stage.clone(),
        possible: spec.possible(),
        problems,
        version: known.version,
        position,
    })
}
