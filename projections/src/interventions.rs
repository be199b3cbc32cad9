//! Who stepped into runs, how, and whether it came through. A row an intervention; what was said is in the run, sealed.

#[cfg(test)]
mod tests;

use eventstore::Unavailable;
use kernel::{ActorId, OrgId, ProjectId, Recorded, Timestamp};
use oversight::intervention::{Event, InterventionId, Kind, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use vocabulary::RunId;

use crate::{Fact, Key, Projection, ReadModels};

/// The row of an intervention.
const INTERVENTION: &str = "intervention";

/// The read model `interventions`.
#[derive(Debug)]
pub struct Interventions;

/// An intervention. The statement below reads `run` and `place` in SQL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    /// Where it stands in the log.
    place: i64,
    #[serde(flatten)]
    known: Known,
}

/// What is known of an intervention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Known {
    /// The project of the run.
    pub project: Option<ProjectId>,
    /// Into which run.
    pub run: RunId,
    /// How: with a `message`, or by an `interrupt` of the turn.
    pub kind: Kind,
    /// Who.
    pub by: ActorId,
    /// When.
    pub requested_at: Timestamp,
    /// When it was known what became of it; `null` before.
    pub settled_at: Option<Timestamp>,
    /// What became of it: `delivered` in a turn, `failed` for a reason, `expired` with its run, or still `requested`.
    #[serde(flatten)]
    pub status: Status,
}

/// An intervention.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Intervention")]
pub struct InterventionAnswer {
    /// What it is called; that of a message has the message's id.
    pub id: InterventionId,
    /// What is known of it.
    #[serde(flatten)]
    pub known: Known,
}

/// A page of interventions.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Interventions")]
pub struct InterventionsAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// The newest first.
    pub interventions: Vec<InterventionAnswer>,
    /// What to ask with as `before` for older ones; `null` on the last page.
    pub next: Option<i64>,
}

/// Which interventions are asked for; all when nothing is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct InterventionFilter {
    /// Into runs of this project.
    pub project: Option<ProjectId>,
    /// Into this run.
    pub run: Option<RunId>,
    /// Before this position.
    pub before: Option<i64>,
}

impl Projection for Interventions {
    const NAME: &'static str = "interventions";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["intervention"];
    type Row = Stored;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        match &event.event {
            Fact::Intervention(_) => vec![Key::new(INTERVENTION, &event.envelope.aggregate_id)],
            _ => Vec::new(),
        }
    }

    fn fold(_: &Key, row: &mut Option<Stored>, event: &Recorded<Fact>) {
        let Fact::Intervention(fact) = &event.event else { return };
        let envelope = &event.envelope;
        let at = envelope.recorded_at;
        match (fact, row) {
            (Event::Requested(request), row) => {
                let known = Known {
                    project: envelope.project_id,
                    run: request.run,
                    kind: request.kind,
                    by: request.by,
                    requested_at: at,
                    settled_at: None,
                    status: Status::after(fact),
                };
                *row = Some(Stored { place: envelope.position, known });
            }
            (fact, Some(Stored { known, .. })) => {
                known.settled_at = Some(at);
                known.status = Status::after(fact);
            }
            (_, None) => {}
        }
    }
}

impl ReadModels {
    /// A page of the interventions of an organization that are asked for, `limit` of them at most, the newest first.
    ///
    /// # Errors
    /// When the database cannot be used, or a row is not what this program writes.
    pub async fn interventions(
        &self,
        org: OrgId,
        which: &InterventionFilter,
        limit: i64,
    ) -> Result<InterventionsAnswer, Unavailable> {
        // People step in by hand: there are few, and an index for the run would cost more than it saves.
        let statement = "select c.position, r.id, r.row from read_models.generations l \
             join es.checkpoints c on c.consumer = l.name || '/' || l.gen and c.log_id = $2 \
             left join lateral (select i.id, i.row, (i.row::jsonb ->> 'place')::bigint as place \
                 from read_models.interventions i where i.gen = l.gen and i.org_id = $3 and i.kind = $4 \
                 and ($5::uuid is null or i.root = $5) and ($6::text is null or i.row::jsonb ->> 'run' = $6) \
                 and ($7::bigint is null or (i.row::jsonb ->> 'place')::bigint < $7) \
                 order by place desc limit $8) r on true \
             where l.name = $1 and l.state = 'live' order by r.place desc";
        let query = sqlx::query(statement)
            .bind(Interventions::NAME)
            .bind(self.log_id())
            .bind(org.0)
            .bind(INTERVENTION)
            .bind(which.project.map(|project| project.0))
            .bind(which.run.map(|run| run.to_string()))
            .bind(which.before)
            .bind(limit.saturating_add(1));
        let mut answer = InterventionsAnswer { position: 0, interventions: Vec::new(), next: None };
        let mut last = None;
        for row in self.of_org(org, query).await? {
            answer.position = row.try_get(0)?;
            let Some(id) = row.try_get::<Option<String>, _>(1)? else { continue };
            if i64::try_from(answer.interventions.len()).is_ok_and(|shown| shown == limit) {
                answer.next = last;
                break;
            }
            let Stored { place, known } = read(&id, row.try_get_unchecked(2)?)?;
            last = Some(place);
            let id = id.parse().map_err(|_| Unavailable::Refused(format!("{id} is no intervention")))?;
            answer.interventions.push(InterventionAnswer { id, known });
        }
        Ok(answer)
    }
}

fn read(id: &str, text: &str) -> Result<Stored, Unavailable> {
    serde_json::from_str(text).map_err(|error| Unavailable::Refused(format!("the row of {id}: {error}")))
}
