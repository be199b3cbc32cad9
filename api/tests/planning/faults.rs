//! Everything that a server of models does wrong, in each phase, and the plan is the one of a server that does nothing wrong.

use simulators::llm::{Fault, Pace, Script};

use crate::judge::{self, plan_of};
use crate::proof::Proof;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults() {
    let mut proof = Proof::new("faults", 1);
    let well = World::begin(Script::planner(Pace::default())).await;
    let spec = well.submit("auto").await;
    let undisturbed = plan_of(&well.rests(&spec).await);
    let calls = well.counts(&spec).await["trajectory.llm_call_started"];
    assert_eq!(calls, 5, "a call a phase");

    let mut script = Script::planner_with_faults();
    if !proof.is_full() {
        // Nobody waits a minute a phase for a server that hangs, but in the full run.
        script.rules[0].faults.retain(|fault| !matches!(fault.fault, Fault::Hangs));
    }
    let every = script.rules[0].faults.len();
    let world = World::begin(script).await;
    assert!(proof.next_case());
    let spec = world.submit("auto").await;
    let shown = world.rests(&spec).await;
    let counts = world.counts(&spec).await;
    assert_eq!(judge::faults(&shown, &undisturbed, &counts), [""; 0], "{shown}");
    assert!(counts["trajectory.llm_call_started"] > calls, "there were faults: {counts:?}");
    assert_ne!(shown["calls"]["failed"], 0, "{}", shown["calls"]);
    // Each comes with a request of its own, so in each phase all of them have come.
    let requests = world.model.requests().len();
    assert!(requests >= every * calls, "{requests} requests, for {every} faults in each of {calls} phases");
    proof.figure("faults", every * calls);
    proof.figure("calls", counts["trajectory.llm_call_started"]);
    proof.figure("requests", requests);
    proof.holds();
}
