//! The program is killed while it plans, at any moment, and started again: the plan is the one of a program that was not.

use std::time::Duration;

use rand::Rng as _;
use simulators::llm::{Pace, Script};

use crate::judge::{self, plan_of};
use crate::proof::Proof;
use crate::support::eventually;
use crate::world::World;

const KILLS: usize = 30;
/// In `make test`.
const FEW: usize = 3;
/// About as many events as a plan makes before its work.
const EVENTS: i64 = 100;
const WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill() {
    let mut proof = Proof::new("kill", KILLS);
    let mut random = proof.random();
    let pace = Pace { whole_ms: 400, chunk_chars: 64, ..Pace::default() };
    let mut world = World::begin(Script::planner(pace)).await;
    let spec = world.submit("auto").await;
    let undisturbed = plan_of(&world.rests(&spec).await);
    let (mut ambiguous, mut calls) = (0, 0);
    while (proof.is_full() || proof.cases() < FEW) && proof.next_case() {
        let spec = world.submit("auto").await;
        let until = world.api().last_position().await + random.random_range(1..EVENTS);
        eventually(WITHIN, "so many events", async || {
            let shown = world.spec(&spec).await;
            (shown["position"].as_i64() >= Some(until) || shown["status"] != "planning").then_some(())
        })
        .await;
        world.killed().await;
        let shown = world.rests(&spec).await;
        let counts = world.counts(&spec).await;
        assert_eq!(judge::faults(&shown, &undisturbed, &counts), [""; 0], "{shown}");
        let times = |event: &str| counts.get(event).copied().unwrap_or_default();
        assert_eq!(times("spec.phase_started"), 6, "no phase begins anew");
        assert!(
            times("trajectory.llm_call_ambiguous") <= 1,
            "one call is paid twice at the most: {counts:?}"
        );
        ambiguous += times("trajectory.llm_call_ambiguous");
        calls += times("trajectory.llm_call_started");
    }
    proof.figure("ambiguous_calls", ambiguous);
    proof.figure("calls", calls);
    proof.holds();
}
