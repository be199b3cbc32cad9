//! The database chooses what the score says, of what can be started.

use std::cmp::Ordering;

use kernel::Timestamp;
use projections::ReadModels;
use projections::projects::Projects;
use projections::ready_queue::{Candidate, ReadyQueue, score};
use projections::task_graph::TaskGraph;
use proptest::collection::vec;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use sqlx::PgConnection;
use vocabulary::Name;

use crate::support::TestDb;
use crate::tables::{fill, serve};
use crate::world::{Expected, KNOWN, ProjectCase, Startable, project};

const CASES: u32 = 24;

#[test]
fn the_database_chooses_in_the_order_of_the_score() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (db, mut admin) = runtime.block_on(async {
        let db = TestDb::new().await;
        let mut admin = db.admin().await;
        serve(&mut admin, &["ready_queue", "projects", "task_graph"]).await;
        (db, admin)
    });
    let read_models = runtime.block_on(async { ReadModels::new(&db.store()) });
    let config =
        Config { cases: CASES, rng_seed: RngSeed::Fixed(11), failure_persistence: None, ..Config::default() };
    let (admin, found) = (std::cell::RefCell::new(&mut admin), std::cell::Cell::new(0));
    let outcome = TestRunner::new(config).run(&vec(project(), 1..9), |world| {
        let chosen = runtime.block_on(play(&mut admin.borrow_mut(), &read_models, &world));
        found.set(found.get() + chosen);
        Ok(())
    });
    outcome.unwrap();
    assert!(found.get() > 100, "{} were chosen: the worlds are too poor", found.get());
}

/// Asks what comes next in this world; how many tasks that are.
async fn play(admin: &mut PgConnection, read_models: &ReadModels, world: &[ProjectCase]) -> usize {
    let now = "select (extract(epoch from omoi_now()) * 1000000)::bigint";
    let now = Timestamp::from_micros(sqlx::query_scalar(now).fetch_one(&mut *admin).await.unwrap());
    let (mut told, mut projects) = (Vec::new(), Vec::new());
    for (number, case) in (0..).zip(world) {
        let (events, startable) = case.story(number, now);
        told.extend(events);
        projects.push(startable);
    }
    fill::<Projects>(admin, &told).await;
    fill::<TaskGraph>(admin, &told).await;
    fill::<ReadyQueue>(admin, &told).await;
    let agents = KNOWN.map(|agent| Name::new(agent).unwrap());
    let chosen = read_models.ready(&agents, 1_000).await.unwrap();
    assert!(chosen.is_sorted_by(|one, other| in_order(one, other) != Ordering::Greater), "{chosen:#?}");
    for startable in &projects {
        assert_best(startable, &chosen);
    }
    let expected: usize = projects.iter().map(|startable| startable.free.min(startable.tasks.len())).sum();
    assert_eq!(chosen.len(), expected, "nothing else is chosen");
    let first = read_models.ready(&agents, 3).await.unwrap();
    let tasks = |chosen: &[Candidate]| chosen.iter().map(|one| one.task).collect::<Vec<_>>();
    assert_eq!(tasks(&first), tasks(&chosen)[..chosen.len().min(3)]);
    assert_eq!(read_models.ready(&[], 10).await.unwrap(), [], "nobody can be started");
    chosen.len()
}

/// The greater score first; of equal ones that which has waited longer.
fn in_order(one: &Candidate, other: &Candidate) -> Ordering {
    other
        .score
        .total_cmp(&one.score)
        .then(one.terms.ready_at.cmp(&other.terms.ready_at))
        .then(one.task.cmp(&other.task))
}

/// Of this project as many were chosen as it has places for, and none that was left out comes before one of them.
fn assert_best(startable: &Startable, chosen: &[Candidate]) {
    let find = |expected: &Expected| chosen.iter().find(|one| one.task == expected.task);
    let (taken, left): (Vec<_>, Vec<_>) =
        startable.tasks.iter().partition(|expected| find(expected).is_some());
    assert_eq!(taken.len(), startable.free.min(startable.tasks.len()), "{left:?}");
    for expected in taken {
        let got = find(expected).unwrap();
        assert_eq!((got.org, got.project.0), (expected.org, expected.project));
        assert_eq!((got.agent.as_str(), got.terms), (expected.agent, expected.terms));
        for other in &left {
            assert!(not_before(other, got), "{other:?} was left out, {got:?} was chosen");
        }
    }
}

fn not_before(left: &Expected, chosen: &Candidate) -> bool {
    let order = score(&left.terms, chosen.scored_at).total_cmp(&chosen.score);
    let longer = (left.terms.ready_at, left.task) < (chosen.terms.ready_at, chosen.task);
    order == Ordering::Less || order == Ordering::Equal && !longer
}
