//! Hears of specs and tasks that came into being, and writes down what they say in the transaction of the checkpoint.

use std::collections::BTreeMap;
use std::sync::Arc;

use eventstore::subscribe::{ApplyError, Consumer};
use kernel::Recorded;
use planning::spec;
use projections::Fact;
use projections::near_duplicates::Kind;
use sqlx::{Postgres, Transaction};
use tokio::sync::Notify;
use work::task;

use super::rows::{self, Said};

/// The events that say what a spec or a task is about.
const HEARD: &[&str] = &["spec.submitted", "spec.imported", "task.planned"];

/// A consumer of the log.
#[derive(Debug)]
pub(super) struct Listener {
    /// Woken when there is something to embed.
    pub(super) written: Arc<Notify>,
}

impl Consumer for Listener {
    fn name(&self) -> &str {
        super::CONSUMER
    }

    fn wants(&self, event: &Recorded<String>) -> bool {
        HEARD.contains(&event.envelope.event_type.as_str())
    }

    async fn apply(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        events: &[&Recorded<String>],
    ) -> Result<(), ApplyError> {
        // By what it is about: one statement cannot write a row twice, and the newest text is the one that counts.
        let mut said = BTreeMap::new();
        for event in events {
            let fact = Fact::of(event).map_err(|error| ApplyError::Poison {
                position: event.envelope.position,
                reason: error.to_string(),
            })?;
            if let Some(one) = heard(event, fact) {
                said.insert((one.org, one.kind.name(), one.id), one);
            }
        }
        rows::write(transaction, said.into_values()).await?;
        // Woken before the commit, the other loop may find nothing; it looks again by itself.
        self.written.notify_one();
        Ok(())
    }

    async fn start_over(&self, transaction: &mut Transaction<'static, Postgres>) -> Result<(), ApplyError> {
        Ok(rows::clear(transaction).await?)
    }
}

/// What an event says; nothing when it is of no project.
fn heard(event: &Recorded<String>, fact: Fact) -> Option<Said> {
    let (kind, title, text) = match fact {
        Fact::Spec(spec::Event::Submitted { title, idea, .. }) => (Kind::Spec, title, Some(idea)),
        Fact::Spec(spec::Event::Imported { title, .. }) => (Kind::Spec, title, None),
        Fact::Task(task::Event::Planned(plan)) => (Kind::Task, plan.title, plan.description),
        _ => return None,
    };
    let envelope = &event.envelope;
    Some(Said {
        org: envelope.org_id.0,
        kind,
        id: envelope.aggregate_id.parse().ok()?,
        project: envelope.project_id?.0,
        position: envelope.position,
        text: text.map_or_else(|| title.to_string(), |text| format!("{title}\n{}", text.as_str())),
    })
}
