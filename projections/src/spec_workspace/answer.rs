//! How a spec is answered: what its events made it, and what is computed from the plan it has so far.

use eventstore::Unavailable;
use kernel::{OrgId, ProjectId, Timestamp, Usd};
use plan::ears::{self, Ears};
use plan::phases::{
    Coverage, CriterionKind, Design, Explore, PlannedTask, PlannedTicket, Prd, Requirement, Statement,
};
use plan::{ContentHash, Layout, Phase, compute};
use planning::spec::{Details, Gate, GateMode, Materialized, Origin, Progress, Stage};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use vocabulary::{Name, SpecId, Text};

use super::attempts::Attempt;
use super::{LINE, Line, Page, SPEC, SpecRow, SpecWorkspace};
use crate::{Answer, ReadModels};

/// A spec as its page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Spec")]
pub struct SpecAnswer {
    /// The spec.
    pub id: SpecId,
    /// Its project.
    pub project: Option<ProjectId>,
    /// What people call it.
    pub title: Name,
    /// How far it is.
    #[serde(flatten)]
    pub stage: Stage,
    /// What a person can do with it now.
    pub possible: Vec<&'static str>,
    /// Where it comes from.
    pub origin: OriginAnswer,
    /// Whether people are asked at the gates.
    pub gates: GateMode,
    /// What its model calls may cost together, in micro-dollars; `null` for no limit.
    pub budget: Option<Usd>,
    /// Its phases, in order; of an imported plan those that it brought along.
    pub phases: Vec<PhaseAnswer>,
    /// What was asked.
    pub questions: Vec<QuestionAnswer>,
    /// Where people are asked before planning goes on, and what they said.
    pub approvals: Vec<Approval>,
    /// What was found in the repository, once that is written.
    pub explore: Option<Explore>,
    /// What is wanted, once that is written.
    pub prd: Option<Prd>,
    /// The plan as far as it is written, and what is computed from it.
    #[serde(flatten)]
    pub content: ContentAnswer,
    /// The work that the plan became; `null` before.
    pub work: Option<WorkAnswer>,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
}

/// Where a spec comes from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "from", rename_all = "snake_case")]
#[schemars(rename = "SpecOrigin")]
pub enum OriginAnswer {
    /// Somebody's idea.
    Idea {
        /// In their words.
        idea: Text,
    },
    /// A plan that was there already.
    Import {
        /// How it was written down.
        layout: Layout,
    },
}

/// A phase.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecPhase")]
pub struct PhaseAnswer {
    /// Which.
    pub phase: Phase,
    /// How far it is.
    pub status: PhaseStatus,
    /// Of what it wrote, once that was judged.
    pub content_hash: Option<ContentHash>,
    /// The parts that the newest version has so far.
    pub written: Vec<String>,
    /// The newest versions, oldest first.
    pub attempts: Vec<Attempt>,
}

/// How far a phase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhaseStatus {
    /// It has not begun.
    Waiting,
    /// It is being written, or will be tried again.
    Running,
    /// It was written and people are asked.
    AwaitingApproval,
    /// It is done.
    Passed,
    /// It did not pass in as many attempts as it has.
    Failed,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecQuestion")]
pub struct QuestionAnswer {
    /// Its number.
    pub question: u32,
    /// What it is about.
    pub category: String,
    /// The question.
    pub text: Text,
    /// The answer, when there is one.
    pub answer: Option<Text>,
}

/// A gate and what was said there.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecApproval")]
pub struct Approval {
    /// After which phase.
    pub gate: Gate,
    /// What was said.
    pub status: ApprovalStatus,
    /// Of what is shown there now; `null` before anything is.
    pub content_hash: Option<ContentHash>,
}

/// What was said at a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SpecApprovalStatus")]
pub enum ApprovalStatus {
    /// Nothing is shown there yet.
    NotReached,
    /// People are asked now.
    Requested,
    /// Somebody said yes to what is shown.
    Granted,
    /// Nobody is asked: gates open by themselves.
    Automatic,
}

/// The plan as far as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecContent")]
pub struct ContentAnswer {
    /// What must hold.
    pub requirements: Vec<RequirementAnswer>,
    /// Lines that are kept as text.
    pub statements: Vec<Statement>,
    /// How it is built; `null` before that is written.
    pub design: Option<Design>,
    /// Groups of tasks.
    pub tickets: Vec<PlannedTicket>,
    /// The steps.
    pub tasks: Vec<PlannedTask>,
    /// Which requirement is met by which tasks; computed.
    pub coverage: Vec<Coverage>,
    /// The chain of tasks that takes longest; computed by hours.
    pub critical_path: Vec<String>,
    /// How long that takes, in hours.
    pub critical_path_hours: f64,
    /// How long all tasks take together, in hours.
    pub total_hours: f64,
    /// Tasks that do not wait for each other, wave after wave; computed.
    pub waves: Vec<Vec<String>>,
}

/// A requirement, taken apart.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecRequirement")]
pub struct RequirementAnswer {
    /// The requirement itself.
    #[serde(flatten)]
    pub requirement: Requirement,
    /// Its sentence in EARS, when it is one.
    pub ears: Option<Ears>,
    /// Its criteria, in order.
    pub criteria: Vec<CriterionAnswer>,
}

/// A criterion, taken apart.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecCriterion")]
pub struct CriterionAnswer {
    /// What it says.
    pub text: String,
    /// How it is said.
    pub kind: CriterionKind,
    /// Its sentence in EARS, when it is one.
    pub ears: Option<Ears>,
}

/// The work that a plan became.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecWork")]
pub struct WorkAnswer {
    /// Its tickets, by their id in the plan.
    pub tickets: Vec<Materialized>,
    /// Its tasks, by their id in the plan.
    pub tasks: Vec<Materialized>,
}

/// A spec in a list.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SpecLine {
    /// The spec.
    pub id: SpecId,
    /// What people call it.
    pub title: Name,
    /// How far it is.
    #[serde(flatten)]
    pub stage: Stage,
    /// Tickets that it became.
    pub tickets: usize,
    /// Tasks that it became.
    pub tasks: usize,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The specs of a project.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Specs")]
pub struct SpecsAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event; `null` when all is well.
    pub stale: Option<i64>,
    /// The one that changed last first; at most 500.
    pub specs: Vec<SpecLine>,
}

/// Specs that a list holds.
const LISTED: i64 = 500;

impl ReadModels {
    /// A spec; `None` when this organization has no such spec.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn spec(&self, org: OrgId, id: SpecId) -> Result<Option<SpecAnswer>, Unavailable> {
        let Some(answer) = self.one::<SpecWorkspace>(org, SPEC, id.0).await? else { return Ok(None) };
        let (position, stale) = (answer.position, answer.stale);
        Ok(answer.rows.into_iter().next().and_then(|row| match row.row {
            SpecRow::Page(page) => page.answer(id, position, stale),
            SpecRow::Line(_) => None,
        }))
    }

    /// The specs of a project.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn specs(&self, org: OrgId, project: ProjectId) -> Result<SpecsAnswer, Unavailable> {
        let Answer { position, stale, rows } =
            self.newest::<SpecWorkspace>(org, project.0, LINE, None, LISTED).await?;
        let mut specs: Vec<_> = rows
            .into_iter()
            .filter_map(|row| match row.row {
                SpecRow::Line(line) => line.answer(SpecId(row.id.parse().ok()?)),
                SpecRow::Page(_) => None,
            })
            .collect();
        specs.sort_by(|one, other| (other.updated_at, other.id).cmp(&(one.updated_at, one.id)));
        Ok(SpecsAnswer { position, stale, specs })
    }
}

impl Line {
    fn answer(&self, id: SpecId) -> Option<SpecLine> {
        let spec = self.state.details()?;
        let (tickets, tasks) =
            spec.work.as_ref().map_or((0, 0), |work| (work.tickets.len(), work.tasks.len()));
        let (title, stage) = (spec.title.clone(), spec.stage.clone());
        Some(SpecLine {
            id,
            title,
            stage,
            tickets,
            tasks,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

impl Page {
    pub(super) fn answer(self, id: SpecId, position: i64, stale: Option<i64>) -> Option<SpecAnswer> {
        let spec = self.state.details()?;
        let origin = match &spec.origin {
            Origin::Idea { idea } => OriginAnswer::Idea { idea: idea.clone() },
            Origin::Import { layout } => OriginAnswer::Import { layout: *layout },
        };
        let questions = spec.questions.iter().map(|asked| QuestionAnswer {
            question: asked.number,
            category: asked.category.clone(),
            text: asked.text.clone(),
            answer: asked.answer.clone(),
        });
        let work = spec.work.as_ref().map(|work| WorkAnswer {
            tickets: work.tickets.values().cloned().collect(),
            tasks: work.tasks.values().cloned().collect(),
        });
        Some(SpecAnswer {
            id,
            project: self.project,
            title: spec.title.clone(),
            stage: spec.stage.clone(),
            possible: spec.possible(),
            origin,
            gates: spec.gates,
            budget: spec.budget,
            phases: self.phases(spec),
            questions: questions.collect(),
            approvals: [Gate::Requirements, Gate::Design].map(|gate| approval(spec, gate)).into(),
            explore: written(spec, Phase::Explore),
            prd: written(spec, Phase::Prd),
            content: content(spec),
            work,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
            position,
            stale,
        })
    }

    fn phases(&self, spec: &Details) -> Vec<PhaseAnswer> {
        let imported = matches!(spec.origin, Origin::Import { .. });
        let shown = Phase::ALL
            .into_iter()
            .filter(|phase| !imported || *phase == Phase::Sync || spec.progress(*phase).is_some());
        shown
            .map(|phase| {
                let progress = spec.progress(phase);
                PhaseAnswer {
                    phase,
                    status: status(spec, phase, progress),
                    content_hash: progress.and_then(|progress| progress.hash),
                    written: progress
                        .map(|progress| progress.content.complete().iter().cloned().collect())
                        .unwrap_or_default(),
                    attempts: self.attempts.of(phase).to_vec(),
                }
            })
            .collect()
    }
}

fn status(spec: &Details, phase: Phase, progress: Option<&Progress>) -> PhaseStatus {
    let at = |stage: &Stage| match stage {
        Stage::Planning { phase: at, .. } | Stage::Halted { phase: at, .. } => *at == phase,
        _ => false,
    };
    match &spec.stage {
        Stage::AwaitingApproval { gate, .. } if gate.phase() == phase => PhaseStatus::AwaitingApproval,
        Stage::Failed { phase: failed, .. } if *failed == phase => PhaseStatus::Failed,
        stage if at(stage) => PhaseStatus::Running,
        _ if progress.is_some_and(|progress| progress.passed) => PhaseStatus::Passed,
        _ => PhaseStatus::Waiting,
    }
}

fn approval(spec: &Details, gate: Gate) -> Approval {
    let progress = spec.progress(gate.phase());
    let content_hash = progress.filter(|progress| progress.passed).and_then(|progress| progress.hash);
    let status = match &spec.stage {
        Stage::AwaitingApproval { gate: asked, .. } if *asked == gate => ApprovalStatus::Requested,
        _ if spec.gates == GateMode::Auto => ApprovalStatus::Automatic,
        _ if progress.is_some_and(|progress| progress.approved) => ApprovalStatus::Granted,
        _ => ApprovalStatus::NotReached,
    };
    Approval { gate, status, content_hash }
}

/// What a phase has written so far, as far as it is the output of that phase.
fn written<T: DeserializeOwned>(spec: &Details, phase: Phase) -> Option<T> {
    let progress = spec.progress(phase).filter(|progress| !progress.content.is_empty())?;
    serde_json::from_str(&progress.content.to_json()).ok()
}

fn content(spec: &Details) -> ContentAnswer {
    let plan = spec.plan();
    let schedule = compute::schedule(&plan.tasks).unwrap_or_default();
    let coverage = compute::coverage(&plan.requirements, &plan.tasks);
    ContentAnswer {
        coverage,
        critical_path: schedule.critical_path,
        critical_path_hours: hours(schedule.critical_path_minutes),
        total_hours: hours(compute::totals(&plan.tasks).minutes),
        waves: schedule.waves,
        requirements: plan.requirements.requirements.into_iter().map(requirement).collect(),
        statements: plan.requirements.statements,
        design: plan.design,
        tickets: plan.tasks.tickets,
        tasks: plan.tasks.tasks,
    }
}

fn requirement(requirement: Requirement) -> RequirementAnswer {
    let criteria = requirement.acceptance_criteria.iter().map(|criterion| CriterionAnswer {
        text: criterion.text.clone(),
        kind: criterion.kind,
        ears: ears::parse(&criterion.text).ok(),
    });
    RequirementAnswer { ears: ears::parse(&requirement.text).ok(), criteria: criteria.collect(), requirement }
}

#[expect(clippy::cast_precision_loss, reason = "hours of a plan are far below what loses a minute")]
fn hours(minutes: u64) -> f64 {
    minutes as f64 / 60.0
}
