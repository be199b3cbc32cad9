//! What a command causes, and why it is refused.

use kernel::Decider as _;
use vocabulary::{Bounded, CommitId, Name, TaskId};

use super::{Candidate, Command, Details, Event, Merge, Rejection, Standing, Step, Verdict};

type Decided = Result<Vec<Event>, Rejection>;

pub(super) fn decide(merge: &Merge, command: Command) -> Decided {
    let mut events = match (merge, command) {
        (Merge::Absent, Command::Add { of, title, branch, finished }) => {
            vec![Event::Queued { of, title, branch }, Event::CandidateAdded(finished)]
        }
        (Merge::Absent, _) => return Err(Rejection::NotFound),
        (Merge::Present(details), command) => details.decide(command)?,
    };
    if !events.is_empty() {
        events.extend(whole(merge, &events));
    }
    Ok(events)
}

/// Once everything that is to come is there and settled, the merge is whole; whichever event that was.
fn whole(merge: &Merge, events: &[Event]) -> Option<Event> {
    let mut after = merge.clone();
    for event in events {
        after.evolve(event);
    }
    let after = after.details()?;
    let settled = after.candidates.iter().all(|one| one.standing.is_settled());
    let any = after.candidates.iter().any(|one| one.standing == Standing::Merged);
    let is_whole = after.complete && settled && any && !after.merged && !after.abandoned;
    after.head.clone().filter(|_| is_whole).map(|head| Event::Merged { head })
}

impl Details {
    fn decide(&self, command: Command) -> Decided {
        match command {
            Command::NoteWorkCompleted => Ok(unless(self.complete, Event::WorkCompleted)),
            Command::NoteWorkExtended => Ok(unless(!self.complete, Event::WorkExtended)),
            Command::Abandon { reason, by } => Ok(unless(self.abandoned, Event::Abandoned { reason, by })),
            _ if self.abandoned => Err(Rejection::Abandoned),
            Command::Add { finished, .. } => {
                let known = self.candidate(finished.task).is_some();
                Ok(unless(known, Event::CandidateAdded(finished)))
            }
            Command::TakeBase { target, commit } => {
                Ok(unless(self.base.is_some(), Event::BaseTaken { target, commit }))
            }
            Command::Score { head, fits } => {
                self.rests_at(&head)?;
                let order = fits.iter().map(|fit| fit.task);
                let same = self
                    .scored
                    .as_ref()
                    .is_some_and(|known| known.head == head && known.order.iter().copied().eq(order));
                Ok(unless(same, Event::Scored { head, fits }))
            }
            Command::BeginStep { head, follows, joined } => {
                if let Some(step) = &self.step {
                    let same = step.head == head && step.follows == follows && *step.joined == *joined;
                    return if same { Ok(Vec::new()) } else { Err(Rejection::InStep) };
                }
                self.rests_at(&head)?;
                for task in joined.iter().filter_map(|one| one.task) {
                    self.waiting(task)?;
                }
                Ok(vec![Event::StepBegun { step: self.steps + 1, head, follows, joined }])
            }
            Command::Judge { trial, passed, commands } => {
                let step = self.going_on()?;
                if step.known(&trial.tasks).is_some() {
                    return Ok(Vec::new());
                }
                let step = step.number;
                Ok(vec![if passed {
                    Event::VerificationPassed { step, trial, commands }
                } else {
                    Event::VerificationFailed { step, trial, commands }
                }])
            }
            Command::FinishStep(verdict) => self.finish(self.going_on()?, verdict),
            Command::FindConflict { task, head, files, paths } => {
                self.rests_at(&head)?;
                self.waiting(task)?;
                Ok(vec![Event::ConflictFound { task, head, files, paths }])
            }
            Command::StartResolution { task, by } => {
                self.rests()?;
                let one = self.known(task)?;
                match &one.standing {
                    Standing::Conflicted { .. } => {
                        Ok(vec![Event::ResolutionStarted { task, attempt: one.tries + 1, by }])
                    }
                    Standing::Resolving { by: known } if *known == by => Ok(Vec::new()),
                    _ => Err(Rejection::NotConflicted),
                }
            }
            Command::Propose { task, commit } => {
                self.rests()?;
                match &self.known(task)?.standing {
                    Standing::Resolving { by } => {
                        Ok(vec![Event::ResolutionProposed { task, commit, by: by.clone() }])
                    }
                    _ => Err(Rejection::NotResolving),
                }
            }
            Command::GiveUpResolution { task, reason } => {
                self.rests()?;
                let one = self.known(task)?;
                match one.standing {
                    Standing::Resolving { .. } => {
                        Ok(vec![Event::ResolutionFailed { task, attempt: one.tries, reason }])
                    }
                    _ => Err(Rejection::NotResolving),
                }
            }
            Command::Park { task, code, reason, with } => {
                self.rests()?;
                if !self.known(task)?.standing.is_for_us() {
                    return Err(Rejection::NotWaiting);
                }
                Ok(vec![Event::Parked { task, code, reason, with }])
            }
            Command::Retry { task, by } => {
                if let Some(task) = task {
                    self.known(task)?;
                }
                let parked = |one: &&Candidate| {
                    task.is_none_or(|task| task == one.finished.task)
                        && matches!(one.standing, Standing::Parked { .. })
                };
                let any = self.candidates.iter().find(parked).is_some();
                if any { Ok(vec![Event::Retried { task, by }]) } else { Err(Rejection::NothingParked) }
            }
            Command::ResolveByHand { task, commit, by } => {
                self.rests()?;
                if let Some(task) = task {
                    self.unsettled(task)?;
                }
                Ok(vec![Event::Resolved { task, commit, by }])
            }
            Command::LeaveOut { task, reason, by } => {
                self.rests()?;
                if self.known(task)?.standing == Standing::LeftOut {
                    return Ok(Vec::new());
                }
                self.unsettled(task)?;
                Ok(vec![Event::CandidateLeftOut { task, reason, by }])
            }
            Command::Approve { head, by } => self.approve(head, by),
            Command::RefuseLanding { code, reason } => {
                let wanted = self.approved.is_some() || self.by_hand.is_some();
                let head = self.head.clone().filter(|_| wanted).ok_or(Rejection::NotApproved)?;
                Ok(vec![Event::LandingRefused { head, code, reason }])
            }
            Command::NoteLanded { from } => {
                let approval = self.approved.as_ref().ok_or(Rejection::NotApproved)?;
                let base = self.base.as_ref().ok_or(Rejection::NotApproved)?;
                let (target, head) = (base.target.clone(), approval.head.clone());
                Ok(vec![Event::Landed { target, from, head }])
            }
        }
    }

    fn approve(&self, head: CommitId, by: kernel::ActorId) -> Decided {
        let status = self.status();
        if self.landed.as_ref() == Some(&head) {
            return Err(Rejection::AlreadyLanded);
        }
        if !matches!(status, "ready" | "approved") {
            return Err(Rejection::NotReady { status });
        }
        self.stands_at(&head)?;
        Ok(unless(self.approved.is_some(), Event::Approved { head, by }))
    }

    /// What holds is merged, and the one that does not is left to whoever resolves it.
    fn finish(&self, step: &Step, verdict: Verdict) -> Decided {
        let number = step.number;
        let (green, red) = match verdict {
            Verdict::Green => (step.joined.len(), None),
            Verdict::Red { green, with, reason } => (green.min(step.joined.len()), Some((with, reason))),
        };
        if !step.holds(green) {
            return Err(Rejection::NotVerified);
        }
        let mut events = Vec::new();
        if let Some((with, reason)) = red {
            let culprit = step.joined.get(green).and_then(|one| one.task);
            let verifications = u32::try_from(step.judged.len()).unwrap_or(u32::MAX);
            let seen = reason.clone();
            events.push(Event::Bisected { step: number, culprit, with, verifications, reason: seen });
            if let Some(task) = culprit {
                events.push(Event::Parked { task, code: word("red"), reason, with });
            } else if let Some(head) = &self.head {
                events.push(Event::LandingRefused { head: head.clone(), code: word("base_red"), reason });
            }
        }
        let Some(last) = step.joined[..green].last() else { return Ok(events) };
        let head = last.commit.clone();
        match (&step.follows, &self.base) {
            (Some(commit), Some(base)) => {
                let (target, commit) = (base.target.clone(), commit.clone());
                events.push(Event::BaseFollowed { target, commit, head });
            }
            _ => {
                let tasks = step.joined[..green].iter().filter_map(|one| one.task).collect();
                let tasks = Bounded::new(tasks).map_err(|_| Rejection::NoStep)?;
                events.push(Event::StepMerged { step: number, head, tasks });
            }
        }
        Ok(events)
    }

    fn rests(&self) -> Result<(), Rejection> {
        if self.step.is_some() { Err(Rejection::InStep) } else { Ok(()) }
    }

    fn rests_at(&self, head: &CommitId) -> Result<(), Rejection> {
        self.rests()?;
        self.stands_at(head)
    }

    fn stands_at(&self, head: &CommitId) -> Result<(), Rejection> {
        match &self.head {
            Some(known) if known == head => Ok(()),
            Some(known) => Err(Rejection::HeadMoved { head: known.clone() }),
            None => Err(Rejection::NotWaiting),
        }
    }

    fn going_on(&self) -> Result<&Step, Rejection> {
        self.step.as_ref().ok_or(Rejection::NoStep)
    }

    fn known(&self, task: TaskId) -> Result<&Candidate, Rejection> {
        self.candidate(task).ok_or(Rejection::UnknownCandidate { task })
    }

    fn waiting(&self, task: TaskId) -> Result<(), Rejection> {
        if self.known(task)?.standing == Standing::Waiting { Ok(()) } else { Err(Rejection::NotWaiting) }
    }

    fn unsettled(&self, task: TaskId) -> Result<(), Rejection> {
        if self.known(task)?.standing == Standing::Merged { Err(Rejection::AlreadyMerged) } else { Ok(()) }
    }
}

fn word(code: &str) -> Name {
    Name::new(code).expect("it is a name")
}

/// What is so already is no news.
fn unless(same: bool, event: Event) -> Vec<Event> {
    if same { Vec::new() } else { vec![event] }
}
