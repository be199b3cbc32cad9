//! How a spec is answered: what its events made it, and what is computed from the plan it has so far.

use std::collections::BTreeMap;

use eventstore::Unavailable;
use kernel::{OrgId, ProjectId};
use plan::phases::Requirement;
use plan::{Phase, compute, ears};
use planning::spec::{Details, Gate, GateMode, Origin, Progress, Stage};
use serde::de::DeserializeOwned;
use vocabulary::SpecId;

use super::drift::{TaskStanding, drift};
use super::shapes::{
    Approval, ApprovalStatus, ContentAnswer, CriterionAnswer, OriginAnswer, PhaseAnswer, PhaseStatus,
    QuestionAnswer, RequirementAnswer, SpecAnswer, SpecLine, SpecsAnswer, WorkAnswer,
};
use super::{LINE, Line, Page, SPEC, SpecRow, SpecWorkspace};
use crate::task_detail::{self, TaskDetail};
use crate::{Answer, ReadModels, Row};

/// Specs that a list holds.
const LISTED: i64 = 500;

impl ReadModels {
    /// A spec; `None` when this organization has no such spec. What is near to it is asked for by itself.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn spec(&self, org: OrgId, id: SpecId) -> Result<Option<SpecAnswer>, Unavailable> {
        let Some(answer) = self.one::<SpecWorkspace>(org, SPEC, id.0).await? else { return Ok(None) };
        let (position, stale) = (answer.position, answer.stale);
        let tasks = match answer.rows.first().map(|row| &row.row) {
            Some(SpecRow::Page(page)) => self.standings(org, &page.task_ids()).await?,
            _ => BTreeMap::new(),
        };
        Ok(answer.rows.into_iter().next().and_then(|row| match row.row {
            SpecRow::Page(page) => page.answer(id, position, stale, &tasks),
            SpecRow::Line(_) => None,
        }))
    }

    /// The lines of these specs, those that there are.
    pub(crate) async fn specs_named(
        &self,
        org: OrgId,
        ids: &[String],
    ) -> Result<BTreeMap<SpecId, SpecLine>, Unavailable> {
        let limit = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let rows = self.named::<SpecWorkspace>(org, LINE, ids, limit).await?.rows;
        let known = rows.into_iter().filter_map(|row| match row.row {
            SpecRow::Line(line) => line.answer(SpecId(row.id.parse().ok()?)),
            SpecRow::Page(_) => None,
        });
        Ok(known.map(|line| (line.id, line)).collect())
    }

    /// How far these tasks are, by their ids.
    async fn standings(
        &self,
        org: OrgId,
        ids: &[String],
    ) -> Result<BTreeMap<String, TaskStanding>, Unavailable> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let limit = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let rows = self.named::<TaskDetail>(org, task_detail::TASK, ids, limit).await?.rows;
        let standing = |row: Row<task_detail::TaskRow>| {
            (row.id, TaskStanding { status: row.row.status_name(), position: row.position })
        };
        Ok(rows.into_iter().map(standing).collect())
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
        specs.sort_by_key(|spec| std::cmp::Reverse((spec.updated_at, spec.id)));
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
    /// Every task that the spec became, those included that the plan no longer has.
    fn task_ids(&self) -> Vec<String> {
        let work = self.state.details().and_then(|spec| spec.work.as_ref());
        let tasks = work.into_iter().flat_map(|work| work.tasks.values().chain(&work.withdrawn));
        tasks.map(|task| task.id.to_string()).collect()
    }

    pub(super) fn answer(
        self,
        id: SpecId,
        position: i64,
        stale: Option<i64>,
        tasks: &BTreeMap<String, TaskStanding>,
    ) -> Option<SpecAnswer> {
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
            calls: self.attempts.all.clone(),
            phases: self.phases(spec),
            questions: questions.collect(),
            approvals: [Gate::Requirements, Gate::Design].map(|gate| approval(spec, gate)).into(),
            explore: written(spec, Phase::Explore),
            prd: written(spec, Phase::Prd),
            content: content(spec),
            work,
            near_duplicates: None,
            plan_hash: spec.is_accepted().then(|| spec.plan_hash()),
            revisions: self.revisions.newest().to_vec(),
            drift: drift(spec, &self.revisions, tasks),
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
        assumptions: plan.requirements.assumptions,
        out_of_scope: plan.requirements.out_of_scope,
        open_questions: plan.requirements.open_questions,
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
