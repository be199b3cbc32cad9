//! One call to a model. It is announced before it is made and takes the most it can cost out of the budget; what it says is
//! written down section by section while it says it; what it has used is accounted for when it is over.

use std::time::Duration;

use execution::trajectory::{Command as Record, Outcome, Tokens};
use futures::StreamExt as _;
use kernel::{Usd, Uuid};
use plan::Problem;
use planning::spec::{Command, Progress};
use ports::llm::{Gathering, LlmError, Piece, Reply, Request, Route, Said, Stop, Usage, worst_case};
use tokio::time::Instant;
use vocabulary::{Line, Name};

use super::PlannerError;
use super::attempt::{Attempt, text};
use super::desk::{Announced, Told};
use super::fields::Answer;
use super::material::Material;
use super::prompt;
use super::scanner::Scanner;

/// What is asked, and of whom.
pub(super) struct Asking<'a> {
    pub(super) route: &'a Route,
    pub(super) budget: Option<Usd>,
    pub(super) material: &'a Material,
    pub(super) progress: &'a Progress,
    pub(super) to_mend: &'a [Problem],
}

/// What came of a call.
pub(super) enum Heard {
    /// The model said all it wanted to say; what of it could not be written down.
    Answered { problems: Vec<Problem> },
    /// It did not.
    Failed(LlmError),
    /// It says two things at once.
    Contradiction(Problem),
    /// It was not made: it could cost more than is left.
    NoBudget { needs: Usd },
    /// It was broken off: the spec is not where it was.
    Overtaken,
    /// It was broken off: the node stops.
    Stopped,
}

/// A call as it is heard.
#[derive(Default)]
struct Hearing {
    gathering: Gathering,
    scanner: Scanner,
    /// Nothing can be read from here on.
    garbled: bool,
    end: Option<Stop>,
}

impl Attempt<'_> {
    pub(super) async fn call(&self, asking: &Asking<'_>, missing: &[&str]) -> Result<Heard, PlannerError> {
        let mut request = prompt::request(self.phase, &self.fields, asking, missing);
        request.deadlines = self.desk.planner.deadlines;
        let route = asking.route;
        let call = Uuid::now_v7();
        let needs = worst_case(&request, &route.price);
        let start = Record::StartCall {
            call,
            of: self.trajectory.of.clone(),
            provider: name(&route.provider),
            model: line(route.model.as_str()),
            prompt: line(prompt::version(self.phase)),
            reserved: needs,
        };
        if self.desk.announce(&self.trajectory, asking.budget, start).await? == Announced::NoBudget {
            return Ok(Heard::NoBudget { needs });
        }
        let began = Instant::now();
        let mut hearing = Hearing::default();
        let mut answer = self.fields.answer();
        let heard = self.listen(route, &request, &mut hearing, &mut answer).await?;
        self.account(call, route, &heard, &hearing, began.elapsed()).await?;
        Ok(heard)
    }

    async fn listen(
        &self,
        route: &Route,
        request: &Request,
        hearing: &mut Hearing,
        answer: &mut Answer<'_>,
    ) -> Result<Heard, PlannerError> {
        let stop = self.desk.stop;
        let reply = stop.run_until_cancelled(route.llm.call(request)).await;
        let Some(reply) = reply else { return Ok(Heard::Stopped) };
        let Reply { mut pieces } = match reply {
            Ok(reply) => reply,
            Err(error) => return Ok(Heard::Failed(error)),
        };
        loop {
            let Some(piece) = stop.run_until_cancelled(pieces.next()).await else {
                return Ok(Heard::Stopped);
            };
            let piece = match piece {
                Some(Ok(piece)) => piece,
                Some(Err(error)) => return Ok(Heard::Failed(error)),
                None => break,
            };
            hearing.gathering.add(&piece);
            match piece {
                Piece::TextDelta(text) if !hearing.garbled => {
                    if let Err(heard) = self.write_down(hearing, answer, &text).await? {
                        return Ok(heard);
                    }
                }
                Piece::Finished { stop, .. } => hearing.end = Some(stop),
                _ => {}
            }
        }
        Ok(match &hearing.end {
            None => Heard::Failed(LlmError::Cut),
            Some(Stop::Refusal) => {
                Heard::Failed(LlmError::ContentRefused { said: Said::new("it refuses to plan this") })
            }
            Some(_) => Heard::Answered { problems: std::mem::take(&mut answer.problems) },
        })
    }

    /// What of the answer is whole now is written down, if it is what was asked for.
    async fn write_down(
        &self,
        hearing: &mut Hearing,
        answer: &mut Answer<'_>,
        piece: &str,
    ) -> Result<Result<(), Heard>, PlannerError> {
        let whole = match hearing.scanner.push(piece) {
            Ok(whole) => whole,
            Err(no_json) => {
                hearing.garbled = true;
                answer.problems.push(Problem::new("json", no_json.to_string()));
                Vec::new()
            }
        };
        let mut sections = Vec::new();
        for section in whole {
            match answer.take(section) {
                Ok(section) => sections.extend(section),
                Err(contradiction) => return Ok(Err(Heard::Contradiction(contradiction))),
            }
        }
        if sections.is_empty() {
            return Ok(Ok(()));
        }
        let (phase, attempt) = (self.phase, self.attempt);
        let told = self.desk.tell(Command::WriteSections { phase, attempt, sections }).await?;
        Ok(if told == Told::Taken { Ok(()) } else { Err(Heard::Overtaken) })
    }

    async fn account(
        &self,
        call: Uuid,
        route: &Route,
        heard: &Heard,
        hearing: &Hearing,
        took: Duration,
    ) -> Result<(), PlannerError> {
        let usage = hearing.gathering.usage();
        let nothing_told = usage == Usage::default();
        let unknown = match heard {
            Heard::Failed(error) => nothing_told && error.may_have_cost(),
            Heard::Stopped | Heard::Overtaken | Heard::Contradiction(_) => nothing_told,
            Heard::Answered { .. } | Heard::NoBudget { .. } => false,
        };
        if unknown {
            return self.desk.record(&self.trajectory, Record::GiveUpOpenCalls).await;
        }
        let tokens = Tokens {
            input: usage.input_tokens,
            output: usage.output_tokens,
            cache_read: usage.cache_read_tokens,
            cache_write: usage.cache_write_tokens,
            estimated: usage.estimated,
        };
        let finish = Record::FinishCall {
            call,
            outcome: outcome_of(heard),
            tries: u32::try_from(hearing.gathering.retries().len()).unwrap_or(u32::MAX).saturating_add(1),
            duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            tokens,
            cost: route.price.cost(&usage),
        };
        self.desk.record(&self.trajectory, finish).await
    }
}

fn outcome_of(heard: &Heard) -> Outcome {
    let failed = |code: &str, message: &str| Outcome::Failed { code: name(code), message: text(message) };
    match heard {
        Heard::Answered { problems } if problems.is_empty() => Outcome::Answered,
        Heard::Answered { problems } => {
            let said: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
            Outcome::Unfit { message: text(&said.join("; ")) }
        }
        Heard::Contradiction(problem) => Outcome::Unfit { message: text(&problem.message) },
        Heard::Failed(error) => failed(error.code(), &error.to_string()),
        Heard::NoBudget { .. } => failed("budget_exhausted", "it was not made"),
        Heard::Overtaken => failed("not_wanted", "the spec went on without it"),
        Heard::Stopped => failed("stopped", "the node was stopped"),
    }
}

fn name(word: &str) -> Name {
    let word: String = word.chars().filter(|c| !c.is_control()).take(Name::MAX_CHARS).collect();
    Name::new(&word).or_else(|_| Name::new("unnamed")).expect("it has letters")
}

fn line<const MAX: usize>(words: &str) -> Line<MAX> {
    let words: String = words.chars().filter(|c| !c.is_control()).take(MAX).collect();
    Line::new(&words).or_else(|_| Line::new("unnamed")).expect("it has letters")
}
