//! Planners that stop, die, or come back from the dead.

use super::*;

/// Dies as soon as the log has grown to a certain length, at every tenth event of the whole story.
#[tokio::test]
async fn wherever_a_planner_dies_the_plan_is_the_same() {
    let undisturbed = undisturbed().await;
    let desk = Desk::begin().await;
    let spec = desk.submit(GateMode::Auto, None).await;
    let (mut deaths, mut next) = (0, desk.store.reader().head().await.unwrap() + 10);
    loop {
        let dies = async {
            let mut look = tokio::time::interval(Duration::from_millis(1));
            while desk.store.reader().head().await.unwrap() < next {
                look.tick().await;
            }
        };
        tokio::select! {
            turn = desk.turn(&desk.planner, spec) => {
                assert!(turn.unwrap());
                break;
            }
            () = dies => deaths += 1,
        }
        desk.bury().await;
        next = desk.store.reader().head().await.unwrap() + 10;
    }
    let details = desk.spec(spec).await;
    assert_eq!(details.stage, Stage::Planned);
    assert_eq!(contents(&details), undisturbed);
    assert!(deaths >= 8, "{deaths}");
    assert!(details.phases.values().all(|progress| progress.attempt == 1), "no phase was begun anew");
    let begun = desk.times("trajectory.llm_call_started").await;
    let ended = desk.times("trajectory.llm_call_finished").await;
    let ambiguous = desk.times("trajectory.llm_call_ambiguous").await;
    assert_eq!(begun, ended + ambiguous, "each call ends once in the record");
    assert!(ambiguous <= deaths, "a death pays for one call at the most");
    assert_eq!(desk.spent(spec).await, desk.billed().await);
}

/// A planner that was asleep while another one took over writes nothing more.
#[tokio::test]
async fn a_planner_that_was_taken_over_writes_nothing() {
    let desk = Desk::with_fault(&Fault::Silent { after: 8 }).await;
    let spec = desk.submit(GateMode::Auto, None).await;
    let other = planner(&desk.site, &desk.server, desk.cache.path(), "b");
    let takes_over = async {
        desk.sections_come().await;
        // As far as the database knows the first one is dead.
        desk.bury().await;
        desk.turn(&other, spec).await
    };
    let (first, second) = tokio::join!(desk.turn(&desk.planner, spec), takes_over);
    assert!(second.unwrap(), "the other one plans to the end");
    assert!(matches!(first, Err(PlannerError::Lost(_))), "{first:?}");
    assert_eq!(desk.spec(spec).await.stage, Stage::Planned);
    assert_eq!(desk.times("spec.plan_accepted").await, 1);
}

/// A node that is stopped says what became of its call, and the attempt goes on elsewhere.
#[tokio::test]
async fn a_node_that_stops_breaks_its_call_off() {
    let desk = Desk::with_fault(&Fault::Silent { after: 8 }).await;
    let spec = desk.submit(GateMode::Auto, None).await;
    let stop = CancellationToken::new();
    let stops = async {
        desk.sections_come().await;
        stop.cancel();
    };
    let (cause, correlation) = (EventId(Uuid::now_v7()), Uuid::now_v7());
    let turn = desk.planner.plan(desk.site.org, spec, cause, correlation, &stop);
    let (turn, ()) = tokio::join!(turn, stops);
    assert!(!turn.unwrap(), "it is not over");
    let ended =
        desk.times("trajectory.llm_call_finished").await + desk.times("trajectory.llm_call_ambiguous").await;
    assert_eq!(ended, 1);
    // The lease was given back: nobody waits for it.
    assert_eq!(desk.plan(spec).await.stage, Stage::Planned);
}
