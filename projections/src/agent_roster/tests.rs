use kernel::Uuid;

use super::*;
use crate::testing::{Folded, runs};

fn tell(folded: &mut Folded<AgentRoster>, run: u128, fact: Fact) {
    let kind = match fact {
        Fact::Run(_) => "run",
        Fact::Agent(_) => "agent",
        _ => "trajectory",
    };
    folded.at = Timestamp::from_micros(folded.position + 1);
    folded.append(Uuid::from_u128(run), kind, fact);
}

fn only(folded: &Folded<AgentRoster>) -> Tally {
    let mut agents = summed(OrgId(Uuid::nil()), folded.answer().rows.into_iter().map(|row| row.row));
    assert_eq!(agents.len(), 1);
    agents.remove(0).tally
}

#[test]
fn each_run_is_counted_once_as_what_it_came_to() {
    let outcomes =
        [Outcome::Succeeded, Outcome::Failed, Outcome::Cancelled, Outcome::TimedOut, Outcome::Lost];
    let mut folded = Folded::<AgentRoster>::default();
    for (run, outcome) in (1..).zip(outcomes) {
        tell(&mut folded, run, Fact::Run(runs::started(1)));
        tell(&mut folded, run, Fact::Run(runs::sandbox_ready()));
        assert_eq!(only(&folded).running, 1);
        for _ in 0..2 {
            tell(&mut folded, run, Fact::Run(runs::ended(outcome)));
        }
    }
    tell(&mut folded, 9, Fact::Run(runs::started(2)));
    let tally = only(&folded);
    let counted =
        [tally.running, tally.succeeded, tally.failed, tally.cancelled, tally.timed_out, tally.lost];
    assert_eq!(counted, [1; 6]);
    assert_eq!((tally.last_run, tally.last_run_at.micros()), (RunId(Uuid::from_u128(9)), 21));
    assert_eq!(tally.version.map(|version| version.to_string()).as_deref(), Some("1.2.3"));
}

#[test]
fn what_calls_cost_counts_also_when_it_is_told_after_the_end() {
    let mut folded = Folded::<AgentRoster>::default();
    let paid = |run: u128| Fact::Trajectory(runs::paid(run, 250));
    tell(&mut folded, 1, paid(1));
    tell(&mut folded, 1, Fact::Run(runs::started(1)));
    tell(&mut folded, 1, paid(1));
    tell(&mut folded, 1, Fact::Run(runs::ended(Outcome::Failed)));
    tell(&mut folded, 1, paid(1));
    tell(&mut folded, 7, paid(7));
    assert_eq!(only(&folded).cost, Usd::from_micros(500), "and nothing of runs that nobody knows");
}

#[test]
fn profiles_of_projects_are_added_up() {
    let mut one = Folded::<AgentRoster>::default();
    tell(&mut one, 1, Fact::Run(runs::started(1)));
    tell(&mut one, 1, Fact::Run(runs::sandbox_ready()));
    let mut other = Folded::<AgentRoster> { position: 100, ..Folded::default() };
    tell(&mut other, 2, Fact::Run(runs::started(1)));
    let rows = |folded: &Folded<AgentRoster>| folded.answer().rows.into_iter().map(|row| row.row);
    for both in [rows(&one).chain(rows(&other)).collect::<Vec<_>>(), rows(&other).chain(rows(&one)).collect()]
    {
        let agents = summed(OrgId(Uuid::nil()), both.into_iter());
        let tally = &agents[0].tally;
        assert_eq!((agents.len(), tally.running, tally.last_run), (1, 2, RunId(Uuid::from_u128(2))));
        assert!(tally.version.is_some(), "the newest that is known");
    }
}

#[test]
fn how_an_agent_does_stands_beside_what_it_has_done() {
    use execution::agent::Identity;
    let started = Fact::Run(runs::started(1));
    let Fact::Run(Event::Started(start)) = &started else { panic!("it is") };
    let identity = Identity { profile: start.agent.clone(), driver: start.driver.clone() };
    let name = |text: &str| Name::new(text).unwrap();
    let mut folded = Folded::<AgentRoster>::default();
    tell(&mut folded, 1, started.clone());
    let health = |folded: &Folded<AgentRoster>| {
        let mut agents = summed(OrgId(Uuid::nil()), folded.answer().rows.into_iter().map(|row| row.row));
        agents.remove(0).health
    };
    assert_eq!(health(&folded), Health::Fit);
    tell(&mut folded, 77, Fact::Agent(agent::Event::Registered { identity }));
    let degraded =
        agent::Event::Degraded { run: RunId(Uuid::from_u128(1)), code: name("agent_gone"), faults: 1 };
    tell(&mut folded, 77, Fact::Agent(degraded));
    assert_eq!(health(&folded), Health::Degraded { faults: 1, code: name("agent_gone") });
    // Of another agent.
    tell(&mut folded, 78, Fact::Agent(agent::Event::Recovered { run: RunId(Uuid::from_u128(1)) }));
    assert_eq!(health(&folded), Health::Degraded { faults: 1, code: name("agent_gone") });
    let reason = vocabulary::Reason::new("three in a row").unwrap();
    tell(&mut folded, 77, Fact::Agent(agent::Event::Quarantined { reason: reason.clone(), by: None }));
    assert_eq!(health(&folded), Health::Quarantined { reason });
}
