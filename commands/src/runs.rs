//! How a run starts: it claims its task in the append that brings it into being.

use std::collections::BTreeMap;

use eventstore::GuardFault;
use execution::agent::{self, Agent};
use execution::run::{self, Limits, Run, Started};
use kernel::{ActorId, Decider as _, OrgId, ProjectId, derived_uuid};
use vocabulary::{Mode, Name, RunId, TaskId};
use work::project::Profile;
use work::task::{self, Details, Plan, Task};
use work::ticket::Ticket;

use crate::tickets::unknown;
use crate::{CommandError, Dispatcher, Intent, Permission, Receipt, RunRules, RunSlots, Step, WorkLease};

/// The claim of a task is decided on what was seen of it a moment ago: somebody else may have claimed it and lost it since.
const TRIES: usize = 3;

/// The profiles of agents that the installation knows, each with what drives it.
pub type Profiles = BTreeMap<Name, Name>;

/// Says whether an organization may run more, before its places are counted: what it has paid for, for one.
pub trait Admission: std::fmt::Debug + Send + Sync {
    /// How many runs it may have at a time; none is without a limit. Or why it may not start any.
    ///
    /// # Errors
    /// A rejection that says what to do.
    fn admit(&self, org: OrgId, project: ProjectId) -> Result<Option<i64>, CommandError>;
}

/// Everybody may.
#[derive(Debug)]
pub struct Unlimited;

impl Admission for Unlimited {
    fn admit(&self, _: OrgId, _: ProjectId) -> Result<Option<i64>, CommandError> {
        Ok(None)
    }
}

/// A run as somebody asks for it.
#[derive(Clone, Debug, Default)]
pub struct NewRun {
    /// The profile; that of the task, else of the project, when absent.
    pub agent: Option<Name>,
    /// Who starts it; none when work starts by itself.
    pub by: Option<ActorId>,
    /// When it is ended by us.
    pub limits: Limits,
}

impl Dispatcher {
    /// Starts a run of a task that is ready. The id follows from the command, so a repeat starts it once.
    ///
    /// # Errors
    /// `not_found` without such a task; `ticket_blocked`, `ticket_waits`, `phase_ahead` and `ticket_cancelled` while its ticket
    /// holds it back; `no_repository`, `no_agent`, `unknown_agent` and `no_verification` while it waits for
    /// what only people can give; what the task refuses, e.g. `not_ready`; `locked` while another run has one of its locks; a
    /// guard that is `full` while all places are taken.
    pub async fn start_run(
        &self,
        intent: &Intent,
        task: TaskId,
        new: NewRun,
        profiles: &Profiles,
        admission: &dyn Admission,
    ) -> Result<(RunId, Receipt), CommandError> {
        let id = RunId(derived_uuid(&[b"run", intent.command_id.0.as_bytes()]));
        intent.actor.require(Permission::WriteRuns)?;
        if let Some(receipt) = self.settled(intent).await? {
            return Ok((id, receipt));
        }
        let mut tries = 0;
        loop {
            tries += 1;
            let steps = self.steps_to_start(intent, id, task, &new, profiles, admission).await;
            let steps = self.early(intent, steps).await?;
            match self.carry_out(intent, steps).await {
                Err(CommandError::Rejected { code, .. }) if code == "fenced" && tries < TRIES => {}
                Err(CommandError::Guard { fault: GuardFault::Taken, .. }) => return Err(locked()),
                Err(CommandError::Rejected { code, .. }) if code == GuardFault::Taken.code() => {
                    return Err(locked());
                }
                outcome => return Ok((id, outcome?)),
            }
        }
    }

    async fn steps_to_start(
        &self,
        intent: &Intent,
        id: RunId,
        task: TaskId,
        new: &NewRun,
        profiles: &Profiles,
        admission: &dyn Admission,
    ) -> Result<Vec<Step>, CommandError> {
        let org = intent.actor.org;
        let known = self.peek::<Task>(org, task.0).await?;
        let (Some(details), Some(project)) = (known.state.details(), known.project) else {
            return Err(unknown("task"));
        };
        if !intent.actor.sees(project) {
            return Err(unknown("task"));
        }
        let profile = self.profile(org, project).await?;
        let claim = task::Command::Claim { run: id, epoch: details.epoch.saturating_add(1) };
        // What the task itself says comes first: that it is done, or that somebody works on it.
        if let Err(rejection) = known.state.decide(claim.clone()) {
            use kernel::Rejection as _;
            return Err(refused(rejection.code(), &rejection.to_string()));
        }
        self.may_begin(org, &details.plan).await?;
        let (agent, driver) = agent_of(details, &profile, new, profiles)?;
        may_be_verified(details, &profile)?;
        if new.by.is_none() {
            self.is_trusted(org, &agent).await?;
        }
        let slots = RunSlots {
            project: Some(i64::from(profile.settings.max_concurrent_runs.get())),
            organization: admission.admit(org, project)?,
        };
        let limits = limits_of(&driver, new.limits);
        let start = Started {
            task,
            epoch: details.epoch.saturating_add(1),
            agent,
            driver,
            mode: details.plan.work.mode,
            by: new.by,
            locks: details.plan.work.locks.clone(),
            limits,
        };
        let rules = RunRules { lease: WorkLease::default(), slots };
        let start = Step::under::<Run>(id.0, run::Command::Start(Box::new(start)), rules);
        Ok(vec![Step::on::<Task>(task.0, claim), start.beginning().in_project(project)])
    }

    /// What its ticket says of it, as the log had it a moment ago. It binds people as well: who wants the work to begin all the
    /// same unblocks the ticket, moves it, or takes the dependency away, and others see why.
    async fn may_begin(&self, org: OrgId, plan: &Plan) -> Result<(), CommandError> {
        let ticket = self.peek::<Ticket>(org, plan.ticket.0).await?.state;
        let mut unfinished = None;
        for on in ticket.card().into_iter().flat_map(|card| &card.dependencies) {
            let other = self.peek::<Ticket>(org, on.0).await?.state;
            if !matches!(other, Ticket::Completed(_)) {
                unfinished = other.card().map(|card| card.number);
                break;
            }
        }
        match ticket.holds_back(plan.phase, unfinished) {
            None => Ok(()),
            Some(held) => Err(refused(kernel::Rejection::code(&held), &held.to_string())),
        }
    }

    /// A person may try an agent in quarantine; by itself nothing starts with it.
    async fn is_trusted(&self, org: OrgId, agent: &Name) -> Result<(), CommandError> {
        let known = self.peek::<Agent>(org, agent::of_profile(org, agent)).await?;
        match known.state.quarantined() {
            None => Ok(()),
            Some(reason) => Err(refused(
                "agent_quarantined",
                &format!(
                    "the agent {agent} is in quarantine: {reason}; `omoi agent release {agent}` ends that"
                ),
            )),
        }
    }
}

fn agent_of(
    task: &Details,
    project: &Profile,
    new: &NewRun,
    profiles: &Profiles,
) -> Result<(Name, Name), CommandError> {
    let named = [&new.agent, &task.plan.work.agent, &project.settings.agent];
    let Some(agent) = named.into_iter().flatten().next() else {
        return Err(refused(
            "no_agent",
            "neither the task nor its project has an agent profile: name one, or give the project a default with \
             `omoi project set --agent`",
        ));
    };
    match profiles.get(agent) {
        Some(driver) => Ok((agent.clone(), driver.clone())),
        None => {
            let known: Vec<&str> = profiles.keys().map(Name::as_str).collect();
            let known = known.join(", ");
            Err(refused("unknown_agent", &format!("there is no agent profile {agent}; there are: {known}")))
        }
    }
}

fn locked() -> CommandError {
    refused(
        "locked",
        "another run of the project has one of the locks that the task needs for itself alone; it can start once that one ends",
    )
}

/// A command says nothing while it works, and has its wall clock.
fn limits_of(driver: &Name, limits: Limits) -> Limits {
    match driver.as_str() {
        "command" => Limits { idle_s: limits.wall_s, no_progress_s: limits.wall_s, ..limits },
        _ => limits,
    }
}

/// Completion rests on evidence, so a task whose work nothing would check waits for somebody to say what does.
fn may_be_verified(task: &Details, project: &Profile) -> Result<(), CommandError> {
    if project.repository.is_none() {
        return Err(refused(
            "no_repository",
            "the project has no repository to work in: link one with `omoi repo link`",
        ));
    }
    let nothing = task.plan.work.validate.is_empty() && project.settings.verify.is_empty();
    // What explores leaves a report.
    if nothing && task.plan.work.mode != Mode::Exploration {
        return Err(refused(
            "no_verification",
            "neither the task nor its project has a command that shows whether the work is done: give the project one \
             with `omoi project set --verify`",
        ));
    }
    Ok(())
}

fn refused(code: &str, message: &str) -> CommandError {
    CommandError::Rejected { code: code.to_owned(), message: message.to_owned(), repeated: false }
}
