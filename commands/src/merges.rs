//! What comes together: the verified work of a task enters the merge of its spec, or of its ticket when it is of no spec.

use eventstore::GuardFault;
use execution::merge::{Command, Finished, Merge, Of};
use kernel::{OrgId, ProjectId};
use planning::spec::Spec;
use vocabulary::{BranchName, Mode, Name, RunId, Slug, TaskId};
use work::task::{Details, EvidenceKind, Status, Task};

use crate::tickets::unknown;
use crate::{CommandError, Dispatcher, Intent, Receipt, Step};

/// How many merges of a project may have the same title: each gets a branch of its own, and nobody tells more of them apart.
const NAMESAKES: u32 = 99;
/// Longest part of a branch that comes from a title.
const SLUG_CHARS: usize = 60;

impl Dispatcher {
    /// Puts the verified work of a task into its merge, which begins with it.
    ///
    /// # Errors
    /// `nothing_to_merge` for work that changed nothing, or that only a person vouches for: it has no commit of its own.
    pub async fn add_to_merge(
        &self,
        intent: &Intent,
        task: TaskId,
        run: Option<RunId>,
    ) -> Result<Receipt, CommandError> {
        let org = intent.actor.org;
        let project = self.recall::<Task>(org, task.0).await?.project;
        let known = self.as_it_is::<Task>(org, task.0).await?;
        let (Some(details), Some(project)) = (known.details(), project) else {
            return Err(unknown("task"));
        };
        let finished = finished(task, details, run).ok_or_else(nothing_to_merge)?;
        let of = of(details);
        let (prefix, title) = self.named(org, of, details).await?;
        let mut namesake = 1;
        loop {
            let command = Command::Add {
                of,
                title: title.clone(),
                branch: branch(&prefix, &title, namesake)?,
                finished: finished.clone(),
            };
            match self.tell_merge(intent, of, project, command).await {
                Err(error) if is_taken(&error) && namesake < NAMESAKES => namesake += 1,
                outcome => return outcome,
            }
        }
    }

    /// Tells a merge that every task of it is done.
    ///
    /// # Errors
    /// `not_found` when none of them left a commit: there is nothing to merge then.
    pub async fn complete_merge(
        &self,
        intent: &Intent,
        of: Of,
        project: ProjectId,
    ) -> Result<Receipt, CommandError> {
        self.tell_merge(intent, of, project, Command::NoteWorkCompleted).await
    }

    /// Tells a merge that there is more to come after all.
    ///
    /// # Errors
    /// `not_found` when there is nothing to merge yet.
    pub async fn extend_merge(
        &self,
        intent: &Intent,
        of: Of,
        project: ProjectId,
    ) -> Result<Receipt, CommandError> {
        self.tell_merge(intent, of, project, Command::NoteWorkExtended).await
    }

    async fn tell_merge(
        &self,
        intent: &Intent,
        of: Of,
        project: ProjectId,
        command: Command,
    ) -> Result<Receipt, CommandError> {
        let step = Step::on::<Merge>(of.merge().0, command).in_project(project);
        self.carry_out(intent, vec![step]).await
    }

    /// What the branch begins with, and what people call it.
    async fn named(&self, org: OrgId, of: Of, task: &Details) -> Result<(String, Name), CommandError> {
        match of {
            Of::Spec(spec) => match self.recall::<Spec>(org, spec.0).await?.state {
                Spec::Present(details) => Ok(("omoi/spec-".to_owned(), details.title)),
                Spec::Absent => Err(unknown("spec")),
            },
            Of::Ticket(ticket) => {
                let card = self.card(org, ticket.0).await?;
                debug_assert_eq!(task.plan.ticket, ticket);
                Ok((format!("omoi/{}-", card.number), card.title))
            }
        }
    }
}

fn nothing_to_merge() -> CommandError {
    CommandError::Rejected {
        code: "nothing_to_merge".into(),
        message: "the task is not completed with verified work of its own".into(),
        repeated: false,
    }
}

/// Whose work a task is.
fn of(task: &Details) -> Of {
    task.plan.spec.as_ref().map_or(Of::Ticket(task.plan.ticket), |from| Of::Spec(from.id))
}

fn finished(task: TaskId, details: &Details, run: Option<RunId>) -> Option<Finished> {
    let verified = matches!(details.status, Status::Completed { kind: EvidenceKind::Verified });
    let changes = details.plan.work.mode == Mode::Implementation;
    let commit = details.commit.clone().filter(|_| verified && changes)?;
    let (number, title) = (details.plan.number, details.plan.title.clone());
    Some(Finished { task, number, title, run, commit })
}

fn branch(prefix: &str, title: &Name, namesake: u32) -> Result<BranchName, CommandError> {
    let slug = Slug::from_name(title).map_or_else(|_| "work".to_owned(), |slug| slug.as_str().to_owned());
    let slug = slug.chars().take(SLUG_CHARS).collect::<String>();
    let slug = slug.trim_end_matches('-');
    let more = if namesake == 1 { String::new() } else { format!("-{namesake}") };
    BranchName::new(&format!("{prefix}{slug}{more}")).map_err(|error| CommandError::Broken(error.to_string()))
}

/// Somebody else's merge has the branch.
fn is_taken(error: &CommandError) -> bool {
    match error {
        CommandError::Guard { fault: GuardFault::Taken, .. } => true,
        CommandError::Rejected { code, .. } => code == GuardFault::Taken.code(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_named_by_what_comes_together_on_it() {
        let name = |text: &str| Name::new(text).unwrap();
        let of = |title: &str, namesake| branch("omoi/spec-", &name(title), namesake).unwrap().to_string();
        assert_eq!(of("Invoices by mail", 1), "omoi/spec-invoices-by-mail");
        assert_eq!(of("Invoices by mail", 2), "omoi/spec-invoices-by-mail-2");
        assert_eq!(of("--upload-pack=x", 1), "omoi/spec-upload-pack-x");
        assert_eq!(of("日本語", 1), "omoi/spec-work");
        assert!(of(&"a".repeat(200), 99).len() <= "omoi/spec-".len() + SLUG_CHARS + 3);
    }
}
