//! An attempt at a phase: a model is asked until every field is written, then the spec judges.
//!
//! What a model has written stays written, whatever happens afterwards: it is asked only for what is missing.

use kernel::ProjectId;
use plan::{Output, Phase, Problem};
use planning::spec::{Command, Details, Halt, Progress};
use ports::llm::{LlmError, Route};
use vocabulary::{Name, Text};

use super::call::{Asking, Heard};
use super::desk::{Told, TrajectoryOf};
use super::fields::Fields;
use super::{Desk, Ended, PlannerError};

/// So often a model is asked to mend what cannot be read.
const REPAIRS: u32 = 5;
/// So often it is called in one attempt, whatever it wrote.
const CALLS: u32 = 20;

impl Desk<'_> {
    pub(super) async fn attempt(
        &self,
        project: ProjectId,
        phase: Phase,
        attempt: u32,
    ) -> Result<Ended, PlannerError> {
        let route = match self.planner.models.route(phase.as_str()) {
            Ok(route) => route,
            Err(none) => return self.halt(Halt::NoModel { message: text(&none.to_string()) }).await,
        };
        if self.tell(Command::StartPhase { phase, attempt }).await? == Told::Overtaken {
            return Ok(Ended::Told);
        }
        let trajectory = TrajectoryOf::attempt(project, self.spec, phase, attempt);
        self.record(&trajectory, execution::trajectory::Command::GiveUpOpenCalls).await?;
        let attempt = Attempt { desk: self, project, phase, attempt, trajectory, fields: Fields::of(phase) };
        attempt.write(&route).await
    }

    async fn halt(&self, reason: Halt) -> Result<Ended, PlannerError> {
        self.tell(Command::Halt { reason }).await?;
        Ok(Ended::Told)
    }
}

/// One attempt that has begun.
pub(super) struct Attempt<'a> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) project: ProjectId,
    pub(super) phase: Phase,
    pub(super) attempt: u32,
    pub(super) trajectory: TrajectoryOf,
    pub(super) fields: Fields,
}

impl Attempt<'_> {
    async fn write(&self, route: &Route) -> Result<Ended, PlannerError> {
        let mut spec = self.desk.load().await?.1;
        let material = match self.material(&spec).await? {
            Ok(material) => material,
            Err(error) => {
                let why = format!("the repository cannot be read: {error}");
                return self.fail_by(&why, Name::new(error.code()).ok()).await;
            }
        };
        let mut mending = Mending { repairs: 0, problems: feedback(&spec, self.phase) };
        for _ in 0..CALLS {
            let progress = self.progress(&spec);
            let missing = self.fields.missing(progress.content.complete());
            if missing.is_empty() {
                return self.submit().await;
            }
            let to_mend = &mending.problems;
            let asking = Asking { route, budget: spec.budget, material: &material, progress, to_mend };
            let written = progress.content.clone();
            let heard = self.call(&asking, &missing).await?;
            spec = self.desk.load().await?.1;
            let more = self.progress(&spec).content != written;
            if let Some(end) = mending.hear(heard, more) {
                return self.end(end).await;
            }
            if mending.repairs > REPAIRS {
                break;
            }
        }
        // What a phase can do without may stay away: the judge sees that it does.
        if Output::read(self.phase, &self.progress(&spec).content.to_json()).is_ok() {
            return self.submit().await;
        }
        let missing = self.fields.missing(self.progress(&spec).content.complete()).join(", ");
        let problems: Vec<_> =
            mending.problems.iter().map(|problem| problem.message.as_str()).take(3).collect();
        let problems = problems.join("; ");
        self.fail(&format!("the model did not write {missing} in a form that can be read: {problems}")).await
    }

    async fn end(&self, end: End) -> Result<Ended, PlannerError> {
        match end {
            End::Failed(why) => self.fail(&why).await,
            End::Halted(reason) => self.desk.halt(reason).await,
            End::Overtaken => Ok(Ended::Told),
            End::Stopped => Ok(Ended::Stopped),
        }
    }

    fn progress<'s>(&self, spec: &'s Details) -> &'s Progress {
        static NOTHING: std::sync::LazyLock<Progress> = std::sync::LazyLock::new(Progress::default);
        spec.progress(self.phase).unwrap_or(&NOTHING)
    }

    async fn submit(&self) -> Result<Ended, PlannerError> {
        let now = self.desk.planner.store.now().await?;
        self.desk.tell(Command::SubmitOutput { phase: self.phase, attempt: self.attempt, now }).await?;
        Ok(Ended::Told)
    }

    async fn fail(&self, why: &str) -> Result<Ended, PlannerError> {
        self.fail_by(why, None).await
    }

    async fn fail_by(&self, why: &str, code: Option<Name>) -> Result<Ended, PlannerError> {
        let now = self.desk.planner.store.now().await?;
        let (phase, attempt, message) = (self.phase, self.attempt, text(why));
        self.desk.tell(Command::FailAttempt { phase, attempt, message, code, now }).await?;
        Ok(Ended::Told)
    }
}

/// Why an attempt ends before everything is written.
enum End {
    /// Another attempt may do better.
    Failed(String),
    /// Only a person can help.
    Halted(Halt),
    /// Somebody else told of the phase meanwhile.
    Overtaken,
    /// This node stops.
    Stopped,
}

/// What the model is asked to mend in the next call.
struct Mending {
    /// Calls whose answer could not be read, or had nothing of what was asked for.
    repairs: u32,
    problems: Vec<Problem>,
}

impl Mending {
    /// Takes in what came of a call, which wrote `more` or nothing; says when there is to be no other.
    fn hear(&mut self, heard: Heard, more: bool) -> Option<End> {
        match heard {
            Heard::Answered { problems } => {
                self.repairs += u32::from(!problems.is_empty() || !more);
                self.problems = problems;
            }
            Heard::Failed(error) if error.is_retryable() && more => self.problems = Vec::new(),
            Heard::Failed(LlmError::BadAnswer { what }) => {
                self.repairs += 1;
                self.problems = vec![Problem::new("json", what.to_string())];
            }
            Heard::Failed(error) if is_for_an_operator(&error) => {
                return Some(End::Halted(Halt::NoModel { message: text(&error.to_string()) }));
            }
            Heard::Failed(error) => return Some(End::Failed(error.to_string())),
            Heard::Contradiction(problem) => return Some(End::Failed(problem.message)),
            Heard::NoBudget { needs } => {
                return Some(End::Halted(Halt::BudgetExhausted { needs: Some(needs) }));
            }
            Heard::Overtaken => return Some(End::Overtaken),
            Heard::Stopped => return Some(End::Stopped),
        }
        None
    }
}

/// What the version before was found wanting in, or why a person did not want it.
fn feedback(spec: &Details, phase: Phase) -> Vec<Problem> {
    spec.progress(phase).map(|progress| progress.feedback.clone()).unwrap_or_default()
}

/// Whether no further attempt can mend it.
const fn is_for_an_operator(error: &LlmError) -> bool {
    matches!(error, LlmError::Unauthorized | LlmError::NoCredit { .. } | LlmError::Misconfigured { .. })
}

/// As the log takes it.
pub(super) fn text(words: &str) -> Text {
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(2_000).collect();
    Text::new(&line).or_else(|_| Text::new("no reason was given")).expect("it has words")
}
