//! Hears what specs and tasks say, that they say something else now, and that they are given up; writes it down in the
//! transaction of the checkpoint.

use std::collections::BTreeMap;
use std::sync::Arc;

use eventstore::Store;
use eventstore::subscribe::{ApplyError, Consumer};
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{Recorded, Uuid};
use plan::Phase;
use planning::spec;
use projections::Fact;
use projections::near_duplicates::Kind;
use sqlx::{Postgres, Transaction};
use tokio::sync::Notify;
use work::task;

use super::rows::{self, Of, Said};
use super::texts;

/// The events after which a spec or a task says something else than before, or nothing any more.
const HEARD: &[&str] = &[
    "spec.submitted",
    "spec.imported",
    "spec.phase_passed",
    "spec.cancelled",
    "task.planned",
    "task.revised",
    "task.cancelled",
];
/// A transaction is open meanwhile, and must not stand still for long.
const LOOKS_AT_ONCE: usize = 8;

/// A consumer of the log.
#[derive(Debug)]
pub(super) struct Listener {
    /// Where it looks what a plan says by now: an event may say only what is other.
    pub(super) store: Store,
    /// Woken when there is something to embed.
    pub(super) written: Arc<Notify>,
}

/// What an event says.
enum Heard {
    /// All of it.
    Whole(String),
    /// That it is something else now.
    Other,
    /// That nobody wants it any more.
    GivenUp,
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
        // By what it is about: one statement cannot write a row twice, and the newest is what counts.
        let mut newest = BTreeMap::new();
        for event in events {
            let fact = Fact::of(event).map_err(|error| ApplyError::Poison {
                position: event.envelope.position,
                reason: error.to_string(),
            })?;
            if let Some((of, project, heard)) = heard(event, fact) {
                newest.insert(of, (project, event.envelope.position, heard));
            }
        }
        let looks = newest.into_iter().map(async |(of, (project, position, heard))| {
            let text = match heard {
                Heard::Whole(text) => Some(text),
                Heard::Other => texts::of_today(&self.store, &of, position).await?,
                Heard::GivenUp => None,
            };
            Ok::<_, ApplyError>((of, text.map(|text| Said { of, project, position, text })))
        });
        let looked: Vec<_> = futures::stream::iter(looks).buffered(LOOKS_AT_ONCE).try_collect().await?;
        let given_up = looked.iter().filter(|(_, said)| said.is_none()).map(|(of, _)| *of);
        rows::forget(transaction, given_up).await?;
        rows::write(transaction, looked.into_iter().filter_map(|(_, said)| said)).await?;
        // Woken before the commit, the other loop may find nothing; it looks again by itself.
        self.written.notify_one();
        Ok(())
    }

    async fn start_over(&self, transaction: &mut Transaction<'static, Postgres>) -> Result<(), ApplyError> {
        Ok(rows::clear(transaction).await?)
    }
}

/// What an event says, of what and of which project; nothing when it is of no project.
fn heard(event: &Recorded<String>, fact: Fact) -> Option<(Of, Uuid, Heard)> {
    let (kind, heard) = match fact {
        Fact::Spec(spec::Event::Submitted { title, idea, .. }) => {
            (Kind::Spec, Heard::Whole(texts::joined(&title, Some(&idea))))
        }
        // What an imported plan says follows in sections; these pass when they are all there. An idea stays what it is.
        Fact::Spec(
            spec::Event::Imported { .. } | spec::Event::PhasePassed { phase: Phase::Requirements, .. },
        ) => (Kind::Spec, Heard::Other),
        Fact::Spec(spec::Event::Cancelled { .. }) => (Kind::Spec, Heard::GivenUp),
        Fact::Task(task::Event::Planned(plan)) => {
            (Kind::Task, Heard::Whole(texts::joined(&plan.title, plan.description.as_ref())))
        }
        Fact::Task(task::Event::Revised(revision))
            if revision.title.is_some() || revision.description.is_some() =>
        {
            (Kind::Task, Heard::Other)
        }
        Fact::Task(task::Event::Cancelled { .. }) => (Kind::Task, Heard::GivenUp),
        _ => return None,
    };
    let envelope = &event.envelope;
    let of = Of { org: envelope.org_id, kind, id: envelope.aggregate_id.parse().ok()? };
    Some((of, envelope.project_id?.0, heard))
}
