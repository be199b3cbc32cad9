//! What the profiles of agents have done: how many runs of each go on, how the others ended, and what they cost. A row a
//! project; a page adds them up.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use eventstore::Unavailable;
use execution::agent::{self, Health};
use execution::run::{Event, Outcome};
use execution::trajectory::{self, Subject};
use kernel::{OrgId, ProjectId, Recorded, Timestamp, Usd, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Line, Name, RunId};

use crate::run_trajectory::RunName;
use crate::{Fact, Key, Projection, ReadModels};

/// The row of a project; its id is that of the project, or of whatever else its events are about.
const ROSTER: &str = "roster";
/// Runs that ended last, of which what their calls cost may still be told.
const REMEMBERED: usize = 50;
/// Projects that are added up.
const PROJECTS: i64 = 10_000;

/// The read model `agent_roster`.
#[derive(Debug)]
pub struct AgentRoster;

/// The profiles of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Roster {
    agents: BTreeMap<Name, Tally>,
    /// Runs that go on, and whose they are.
    running: BTreeMap<RunId, Name>,
    /// The same of the runs that ended last, oldest first.
    ended: Vec<(RunId, Name)>,
    /// How they do, in the row of the organization, whose matter it is. `ready_queue/next.rs` reads it in SQL.
    #[serde(default)]
    health: BTreeMap<Name, Standing>,
}

/// How an agent does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Standing {
    /// Its stream, by which its later events find it.
    id: Uuid,
    #[serde(flatten)]
    health: Health,
}

/// What a profile has done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Tally {
    /// What drove it last, e.g. `command`.
    pub driver: Name,
    /// What its program called itself last; `null` before a run of it had a sandbox.
    pub version: Option<Line<200>>,
    /// Runs that go on.
    pub running: u32,
    /// Runs whose work was verified.
    pub succeeded: u32,
    /// Runs that came to nothing that holds.
    pub failed: u32,
    /// Runs that somebody stopped.
    pub cancelled: u32,
    /// Runs that took longer, did less, or cost more, than they may.
    pub timed_out: u32,
    /// Runs whose node was gone.
    pub lost: u32,
    /// What the calls to models cost, in micro-dollars.
    pub cost: Usd,
    /// The run that began last.
    pub last_run: RunId,
    /// When that was.
    pub last_run_at: Timestamp,
}

/// A profile, and what it has done.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Agent")]
pub struct AgentAnswer {
    /// What it is called in addresses.
    pub id: Uuid,
    /// What the profile is called.
    pub name: Name,
    /// What people call the run by that began last; `null` when it is not known yet.
    pub last: Option<RunName>,
    /// How it does: `fit`, `degraded` or `quarantined`, with the reason.
    #[serde(flatten)]
    pub health: Health,
    /// What it has done.
    #[serde(flatten)]
    pub tally: Tally,
}

/// The profiles that have had a run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Agents")]
pub struct AgentsAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// By name.
    pub agents: Vec<AgentAnswer>,
}

impl Projection for AgentRoster {
    const NAME: &'static str = "agent_roster";
    const VERSION: i32 = 2;
    const READS: &'static [&'static str] = &["agent", "run", "trajectory"];
    type Row = Roster;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        let concerns = match &event.event {
            Fact::Run(Event::Started(_) | Event::SandboxReady { .. } | Event::Ended { .. }) => true,
            Fact::Trajectory(fact) => paid(fact).is_some(),
            Fact::Agent(_) => true,
            _ => false,
        };
        let envelope = &event.envelope;
        let root = envelope.project_id.map_or(envelope.org_id.0, |project| project.0);
        if concerns { vec![Key::new(ROSTER, root.to_string())] } else { Vec::new() }
    }

    fn fold(_: &Key, row: &mut Option<Roster>, event: &Recorded<Fact>) {
        match &event.event {
            Fact::Run(fact) => {
                let Ok(run) = event.envelope.aggregate_id.parse().map(RunId) else { return };
                row.get_or_insert_default().hear(run, fact, event.envelope.recorded_at);
            }
            Fact::Agent(fact) => {
                let Ok(id) = event.envelope.aggregate_id.parse() else { return };
                row.get_or_insert_default().note(id, fact);
            }
            Fact::Trajectory(fact) => {
                let (Some((run, cost)), Some(roster)) = (paid(fact), row) else { return };
                roster.pay(run, cost);
            }
            _ => {}
        }
    }
}

/// What was paid, for which run; none when nothing was.
const fn paid(fact: &trajectory::Event) -> Option<(RunId, Usd)> {
    use trajectory::Event;
    match fact {
        Event::UsageRecorded { of: Subject::Run { run }, cost, .. }
        | Event::LlmCallAmbiguous { of: Subject::Run { run }, cost, .. } => Some((*run, *cost)),
        _ => None,
    }
}

impl Roster {
    fn hear(&mut self, run: RunId, fact: &Event, at: Timestamp) {
        match fact {
            Event::Started(start) => {
                let tally = self.agents.entry(start.agent.clone()).or_insert_with(|| Tally {
                    driver: start.driver.clone(),
                    version: None,
                    running: 0,
                    succeeded: 0,
                    failed: 0,
                    cancelled: 0,
                    timed_out: 0,
                    lost: 0,
                    cost: Usd::ZERO,
                    last_run: run,
                    last_run_at: at,
                });
                tally.driver = start.driver.clone();
                tally.running = tally.running.saturating_add(1);
                (tally.last_run, tally.last_run_at) = (run, at);
                self.running.insert(run, start.agent.clone());
            }
            Event::SandboxReady { version: Some(version), .. } => {
                if let Some(tally) = self.running.get(&run).and_then(|agent| self.agents.get_mut(agent)) {
                    tally.version = Some(version.clone());
                }
            }
            Event::Ended { outcome, .. } => self.end(run, *outcome),
            _ => {}
        }
    }

    fn end(&mut self, run: RunId, outcome: Outcome) {
        let Some(agent) = self.running.remove(&run) else { return };
        if let Some(tally) = self.agents.get_mut(&agent) {
            tally.running = tally.running.saturating_sub(1);
            let ended = match outcome {
                Outcome::Succeeded => &mut tally.succeeded,
                Outcome::Failed => &mut tally.failed,
                Outcome::Cancelled => &mut tally.cancelled,
                Outcome::TimedOut => &mut tally.timed_out,
                Outcome::Lost => &mut tally.lost,
            };
            *ended = ended.saturating_add(1);
        }
        self.ended.push((run, agent));
        let surplus = self.ended.len().saturating_sub(REMEMBERED);
        self.ended.drain(..surplus);
    }

    fn note(&mut self, id: Uuid, fact: &agent::Event) {
        if let agent::Event::Registered { identity } = fact {
            self.health.insert(identity.profile.clone(), Standing { id, health: Health::Fit });
        } else if let Some(standing) = self.health.values_mut().find(|standing| standing.id == id) {
            standing.health = standing.health.after(fact);
        }
    }

    fn pay(&mut self, run: RunId, cost: Usd) {
        let ended = || self.ended.iter().find(|(ended, _)| *ended == run).map(|(_, agent)| agent);
        let Some(agent) = self.running.get(&run).or_else(ended) else { return };
        if let Some(tally) = self.agents.get_mut(agent) {
            tally.cost = tally.cost.checked_add(cost).unwrap_or(tally.cost);
        }
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        for (own, more) in [
            (&mut self.running, other.running),
            (&mut self.succeeded, other.succeeded),
            (&mut self.failed, other.failed),
            (&mut self.cancelled, other.cancelled),
            (&mut self.timed_out, other.timed_out),
            (&mut self.lost, other.lost),
        ] {
            *own = own.saturating_add(more);
        }
        self.cost = self.cost.checked_add(other.cost).unwrap_or(self.cost);
        let newer = (other.last_run_at, other.last_run) > (self.last_run_at, self.last_run);
        if newer {
            (self.last_run, self.last_run_at) = (other.last_run, other.last_run_at);
            self.driver = other.driver;
        }
        if newer && other.version.is_some() || self.version.is_none() {
            self.version = other.version;
        }
    }
}

impl ReadModels {
    /// What the profiles of agents have done in an organization, or in one project of it.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn agents(&self, org: OrgId, only: Option<ProjectId>) -> Result<AgentsAnswer, Unavailable> {
        let rosters = match only {
            Some(project) => self.newest::<AgentRoster>(org, project.0, ROSTER, None, 1).await?,
            None => self.of_kind::<AgentRoster>(org, ROSTER, None, PROJECTS).await?,
        };
        // How they do is in a row of the organization, whatever project is asked about.
        let mut health = match only {
            Some(_) => self.newest::<AgentRoster>(org, org.0, ROSTER, None, 1).await?.rows,
            None => Vec::new(),
        };
        health.extend(rosters.rows);
        let mut agents = summed(org, health.into_iter().map(|row| row.row));
        let mut names =
            self.names_of_runs(org, agents.iter().map(|agent| agent.tally.last_run).collect()).await?;
        for agent in &mut agents {
            agent.last = names.remove(&agent.tally.last_run);
        }
        Ok(AgentsAnswer { position: rosters.position, agents })
    }
}

/// What is known of an agent without a run in these is left out.
fn summed(org: OrgId, rosters: impl Iterator<Item = Roster>) -> Vec<AgentAnswer> {
    let mut all: BTreeMap<Name, Tally> = BTreeMap::new();
    let mut health = BTreeMap::new();
    for roster in rosters {
        health.extend(roster.health);
        for (name, tally) in roster.agents {
            match all.get_mut(&name) {
                Some(known) => known.add(tally),
                None => {
                    all.insert(name, tally);
                }
            }
        }
    }
    let mut health_of = |name: &Name| health.remove(name).map(|standing| standing.health).unwrap_or_default();
    all.into_iter()
        .map(|(name, tally)| AgentAnswer {
            id: agent::of_profile(org, &name),
            health: health_of(&name),
            name,
            last: None,
            tally,
        })
        .collect()
}
