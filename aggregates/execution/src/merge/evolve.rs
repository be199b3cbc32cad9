//! What each event makes of a merge. Total: an event is believed wherever it stands.

use vocabulary::{CommandLine, CommitId, TaskId};

use super::candidate::Resolved;
use super::{
    Approval, Base, Candidate, Details, Event, Finished, Judged, Merge, Refusal, Resolver, Scored, Standing,
    Step, Trial,
};

pub(super) fn evolve(merge: &mut Merge, event: &Event) {
    match (merge, event) {
        (merge, Event::Queued { of, title, branch }) => {
            *merge = Merge::Present(Box::new(Details {
                of: *of,
                title: title.clone(),
                branch: branch.clone(),
                base: None,
                head: None,
                candidates: Vec::new(),
                scored: None,
                step: None,
                steps: 0,
                complete: false,
                merged: false,
                approved: None,
                refused: None,
                landed: None,
                by_hand: None,
                abandoned: false,
            }));
        }
        (Merge::Absent, _) => {}
        (Merge::Present(details), event) => details.fold(event),
    }
}

impl Details {
    fn fold(&mut self, event: &Event) {
        match event {
            // It makes the merge; see above.
            Event::Queued { .. } => {}
            Event::CandidateAdded(finished) => self.add(finished),
            Event::WorkCompleted => self.complete = true,
            Event::WorkExtended => {
                self.complete = false;
                self.merged = false;
                self.approved = None;
            }
            Event::BaseTaken { target, commit } => {
                self.base = Some(Base { target: target.clone(), commit: commit.clone() });
                self.head = Some(commit.clone());
            }
            Event::Scored { head, fits } => {
                let order = fits.iter().map(|fit| fit.task).collect();
                self.scored = Some(Scored { head: head.clone(), order });
            }
            Event::StepBegun { step, head, follows, joined } => {
                self.steps = *step;
                self.step = Some(Step {
                    number: *step,
                    head: head.clone(),
                    follows: follows.clone(),
                    joined: joined.to_vec(),
                    judged: Vec::new(),
                });
            }
            Event::VerificationPassed { trial, .. } => self.judge(trial.clone(), true, None),
            Event::VerificationFailed { trial, commands, .. } => {
                let failed = commands.iter().find(|one| one.exit != 0);
                self.judge(trial.clone(), false, failed.map(|one| (one.cmd.clone(), one.exit)));
            }
            // The culprit is parked, and the step is over.
            Event::Bisected { .. } => self.step = None,
            Event::StepMerged { head, tasks, .. } => {
                for task in tasks.iter() {
                    self.stand(*task, &Standing::Merged);
                }
                self.step = None;
                self.advance(head);
            }
            Event::BaseFollowed { target, commit, head } => {
                self.base = Some(Base { target: target.clone(), commit: commit.clone() });
                self.step = None;
                self.by_hand = None;
                self.advance(head);
            }
            Event::ConflictFound { task, head, files, .. } => {
                self.stand(*task, &Standing::Conflicted { head: head.clone(), files: *files });
            }
            Event::ResolutionStarted { task, attempt, by } => {
                self.stand(*task, &Standing::Resolving { by: by.clone() });
                self.with(*task, |one| one.tries = *attempt);
            }
            Event::ResolutionProposed { task, commit, by } => self.resolve(*task, commit, by.clone()),
            Event::ResolutionFailed { task, reason, .. } => {
                // It is looked at again, and tried again or parked.
                self.stand(*task, &Standing::Waiting);
                self.with(*task, |one| one.missed = Some(reason.clone()));
            }
            Event::Parked { task, code, reason, with } => {
                let standing = Standing::Parked { code: code.clone(), reason: reason.clone(), with: *with };
                self.stand(*task, &standing);
            }
            Event::Retried { task, .. } => self.retry(*task),
            Event::Resolved { task: Some(task), commit, by } => {
                self.resolve(*task, commit, Resolver::Person { actor: *by });
            }
            Event::Resolved { task: None, commit, .. } => self.by_hand = Some(commit.clone()),
            Event::CandidateLeftOut { task, .. } => self.stand(*task, &Standing::LeftOut),
            Event::Merged { .. } => self.merged = true,
            Event::Approved { head, by } => {
                self.approved = Some(Approval { by: *by, head: head.clone() });
                self.refused = None;
            }
            Event::LandingRefused { code, reason, .. } => {
                self.approved = None;
                self.by_hand = None;
                self.refused = Some(Refusal { code: code.clone(), reason: reason.clone() });
            }
            Event::Landed { head, .. } => {
                self.approved = None;
                self.landed = Some(head.clone());
                if let Some(base) = &mut self.base {
                    base.commit = head.clone();
                }
            }
            Event::Abandoned { .. } => {
                self.abandoned = true;
                self.step = None;
                self.approved = None;
            }
        }
    }

    fn add(&mut self, finished: &Finished) {
        self.merged = false;
        self.approved = None;
        let standing = Standing::Waiting;
        let finished = finished.clone();
        self.candidates.push(Candidate { finished, standing, tries: 0, missed: None, resolved: None });
    }

    /// What was decided on the head before does not count any more.
    fn advance(&mut self, head: &CommitId) {
        self.head = Some(head.clone());
        self.scored = None;
        self.approved = None;
    }

    fn judge(&mut self, trial: Trial, passed: bool, failed: Option<(CommandLine, i32)>) {
        if let Some(step) = &mut self.step {
            step.judged.push(Judged { trial, passed, failed });
        }
    }

    fn with(&mut self, task: TaskId, change: impl FnOnce(&mut Candidate)) {
        if let Some(one) = self.candidates.iter_mut().find(|one| one.finished.task == task) {
            change(one);
        }
    }

    fn stand(&mut self, task: TaskId, standing: &Standing) {
        self.scored = None;
        self.with(task, |one| one.standing = standing.clone());
    }

    fn resolve(&mut self, task: TaskId, commit: &CommitId, by: Resolver) {
        self.merged = false;
        self.approved = None;
        self.stand(task, &Standing::Waiting);
        self.with(task, |one| one.resolved = Some(Resolved { commit: commit.clone(), by }));
    }

    fn retry(&mut self, task: Option<TaskId>) {
        self.scored = None;
        for one in &mut self.candidates {
            let meant = task.is_none_or(|task| task == one.finished.task);
            if meant && matches!(one.standing, Standing::Parked { .. }) {
                one.standing = Standing::Waiting;
                one.tries = 0;
            }
        }
    }
}
