//! The tasks that can be started now, of all organizations, the one that comes first at the front.

use eventstore::Unavailable;
use kernel::{OrgId, ProjectId, Timestamp, Uuid};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use vocabulary::{Name, Priority, TaskId, TaskNumber};

use super::{Terms, score, tickets};
use crate::ReadModels;

/// A task that can be started.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Whose it is.
    pub org: OrgId,
    /// Its project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// What people call it by.
    pub number: TaskNumber,
    /// The profile of the agent: its own, else that of its project.
    pub agent: Name,
    /// The greater one is started first.
    pub score: f64,
    /// What the score is made of.
    pub terms: Terms,
    /// When that was its score.
    pub scored_at: Timestamp,
}

/// `score.rs` says the same in Rust: an expression in the same order, so that the two agree to the last bit.
const SCORE: &str = "\
    0.45::float8 * case t.priority when 'critical' then 1.0 when 'high' then 0.75 when 'medium' then 0.5 else 0.25 end::float8 \
    + 0.20::float8 * least(t.waited / 1e6::float8 / 3600::float8, 1) \
    + 0.15::float8 * least(t.dependants::float8 / 10, 1) \
    + 0.05::float8 * greatest(1 - t.attempt::float8 / 3, 0)";

impl ReadModels {
    /// The tasks that can be started, at most `limit`, and of a project no more than it has free places: they are ready and
    /// nothing blocks them, their tickets do not hold them back, no run has a lock of theirs, they know how what they make is verified, and their project
    /// lets work start by itself, has a repository and is in use. Only those whose agent is one of `agents`, and not in
    /// quarantine: one that nobody can start would be in the way.
    ///
    /// It is asked by the product itself, for the product: over all organizations.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn ready(&self, agents: &[Name], limit: i64) -> Result<Vec<Candidate>, Unavailable> {
        let agents: Vec<&str> = agents.iter().map(Name::as_str).collect();
        let statement = statement();
        let rows = sqlx::query(&statement).bind(agents).bind(limit).fetch_all(&self.of_everybody).await?;
        rows.iter().map(candidate).collect()
    }
}

/// Projects first, for there are few; then what is ready in them, by the index of what can be started. An edge is looked up by
/// the whole form of its id, which sorts the same in every locale, and its end by its key, as the ticket of a task is, whatever the
/// planner thinks of the tables' sizes. A task that its ticket holds back takes no place, and nothing of it is counted.
fn statement() -> String {
    format!(
        "with now as materialized (select (extract(epoch from omoi_now()) * 1000000)::bigint as micros), \
         projects as materialized ( \
            select q.gen, g.gen as graph, p.org_id, p.root, p.j #>> '{{settings,agent}}' as agent, \
                jsonb_array_length(p.j #> '{{settings,verify}}') > 0 as verifies, \
                (select a.row::jsonb -> 'health' from read_models.generations v join read_models.agent_roster a \
                    on a.gen = v.gen and a.org_id = p.org_id and a.root = p.org_id and a.kind = 'roster' \
                    where v.name = 'agent_roster' and v.state = 'live' limit 1) as health, \
                (p.j #>> '{{settings,max_concurrent_runs}}')::bigint - (select count(*) from read_models.ready_queue u \
                    where u.gen = q.gen and u.org_id = p.org_id and u.root = p.root and u.kind = 'run') as free \
            from read_models.generations q \
            join read_models.generations g on g.name = 'task_graph' and g.state = 'live' \
            join read_models.generations l on l.name = 'projects' and l.state = 'live' \
            cross join lateral (select p.org_id, p.root, p.row::jsonb -> 'state' as j from read_models.projects p \
                where p.gen = l.gen and p.kind = 'project' offset 0) p \
            where q.name = 'ready_queue' and q.state = 'live' \
                and p.j ->> 'state' = 'active' and (p.j -> 'autonomy')::boolean and p.j -> 'repository' <> 'null'), \
         tasks as materialized ( \
            select p.org_id, p.root, p.free, r.id, r.j #>> '{{task,plan,number}}' as number, \
                coalesce(r.j #>> '{{task,plan,work,agent}}', p.agent) as agent, r.j #>> '{{task,plan,priority}}' as priority, \
                (r.j #>> '{{task,attempt}}')::bigint as attempt, since.micros as since, now.micros as now, \
                greatest(now.micros - since.micros, 0)::float8 as waited, \
                (select count(*) from read_models.task_graph e cross join lateral ( \
                    select from read_models.ready_queue d where d.gen = p.gen and d.org_id = p.org_id and d.root = p.root \
                    and d.kind = 'task' and d.id = split_part(e.id, '/', 2) \
                    and d.row::jsonb #>> '{{task,status,status}}' in ('planned', 'ready', 'awaiting_retry') limit 1) d \
                    where e.gen = p.graph and e.org_id = p.org_id and e.root = p.root and e.kind = 'edge' \
                        and e.id between r.id || '/00000000-0000-0000-0000-000000000000' \
                            and r.id || '/ffffffff-ffff-ffff-ffff-ffffffffffff') as dependants \
            from projects p cross join now \
            cross join lateral (select r.id, r.row::jsonb as j from read_models.ready_queue r \
                where r.gen = p.gen and r.org_id = p.org_id and r.root = p.root \
                and r.kind = 'task' and r.row::json ->> 'startable' = 'true' offset 0) r \
            cross join lateral (select (extract(epoch from (r.j ->> 'ready_at')::timestamptz) * 1000000)::bigint \
                as micros offset 0) since \
            left join lateral (select h.row::jsonb -> 'ticket' as j from read_models.ready_queue h \
                where h.gen = p.gen and h.org_id = p.org_id and h.root = p.root \
                and h.kind = 'ticket' and h.id = r.j #>> '{{task,plan,ticket}}' offset 0) h on true \
            where p.free > 0 and coalesce(r.j #>> '{{task,plan,work,agent}}', p.agent) = any($1) \
                and coalesce(p.health -> coalesce(r.j #>> '{{task,plan,work,agent}}', p.agent) ->> 'health', '') <> 'quarantined' \
                and (p.verifies or r.j #> '{{task,plan,work,validate}}' is not null \
                    or r.j #>> '{{task,plan,work,mode}}' = 'exploration') \
                and not exists (select from read_models.ready_queue u \
                    where u.gen = p.gen and u.org_id = p.org_id and u.root = p.root and u.kind = 'run' and u.row::jsonb -> 'locks' ?| \
                        (select array_agg(lock) from jsonb_array_elements_text(r.j #> '{{task,plan,work,locks}}') lock)) \
                and {lets_go}), \
         scored as ( \
            select t.*, case when t.waited / 1e6::float8 >= 7200 then greatest({SCORE}, 0.6::float8) else {SCORE} end as score \
            from tasks t), \
         placed as ( \
            select s.*, row_number() over (partition by s.org_id, s.root order by s.score desc, s.since, s.id) as place \
            from scored s) \
         select org_id, root, id::uuid, number, agent, priority, since, dependants, attempt, now \
         from placed where place <= free order by score desc, since, id limit $2",
        lets_go = tickets::lets_go(),
    )
}

fn candidate(row: &PgRow) -> Result<Candidate, Unavailable> {
    let unreadable =
        |what: &str| Unavailable::Refused(format!("a row of ready_queue has a {what} that is none"));
    let count = |index| row.try_get::<i64, _>(index).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    let terms = Terms {
        priority: text(row, 5)?.parse::<Priority>().map_err(|_| unreadable("priority"))?,
        ready_at: Timestamp::from_micros(row.try_get(6)?),
        dependants: count(7)?,
        attempt: count(8)?,
    };
    let scored_at = Timestamp::from_micros(row.try_get(9)?);
    Ok(Candidate {
        org: OrgId(row.try_get::<Uuid, _>(0)?),
        project: ProjectId(row.try_get::<Uuid, _>(1)?),
        task: TaskId(row.try_get::<Uuid, _>(2)?),
        number: text(row, 3)?.parse().map_err(|_| unreadable("number"))?,
        agent: Name::new(text(row, 4)?).map_err(|_| unreadable("agent"))?,
        score: score(&terms, scored_at),
        terms,
        scored_at,
    })
}

fn text(row: &PgRow, index: usize) -> Result<&str, Unavailable> {
    Ok(row.try_get(index)?)
}
