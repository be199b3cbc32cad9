//! However a program resists, all of it ends within 5 s.

use std::time::{Duration, Instant};

use ports::sandbox::{Exit, Limits};

use super::lab::{DEATH, houses, marker, said, until_none, until_said, with_marker};

const AT_ONCE: Duration = Duration::ZERO;
const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_program_that_is_asked_to_ends_in_its_own_way() {
    for lab in houses().await {
        let line = "trap 'echo bye > said; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
        let plan = lab.plan(line);
        let mut sandbox = lab.start(&plan).await;
        until_said(&mut sandbox, "ready").await;
        let begun = Instant::now();
        assert_eq!(sandbox.stop(SOON).await, Exit::Stopped, "{}", lab.level);
        assert!(begun.elapsed() < SOON, "{}", lab.level);
        assert_eq!(std::fs::read_to_string(plan.workspace.join("said")).unwrap(), "bye\n", "{}", lab.level);
    }
}

#[tokio::test]
async fn one_that_ignores_the_question_is_ended() {
    for lab in houses().await {
        let marker = marker();
        let line = format!(": {marker}; trap '' TERM INT HUP; echo ready; while :; do sleep 1000; done");
        let mut sandbox = lab.start(&lab.plan(&line)).await;
        until_said(&mut sandbox, "ready").await;
        assert!(!with_marker(&marker).is_empty());
        let (begun, grace) = (Instant::now(), Duration::from_millis(200));
        assert_eq!(sandbox.stop(grace).await, Exit::Stopped, "{}", lab.level);
        assert!(begun.elapsed() >= grace && begun.elapsed() < grace + DEATH, "{}", lab.level);
        assert_eq!(with_marker(&marker), [0; 0], "{}", lab.level);
    }
}

#[tokio::test]
async fn what_left_its_parent_and_its_session_ends_with_the_program() {
    for lab in houses().await {
        let marker = marker();
        let daemon = format!("(setsid sh -c ': {marker}; echo ready; while :; do sleep 1000; done' &)");
        let mut sandbox = lab.start(&lab.plan(&format!("{daemon}; read line; sleep 0.2; exit 4"))).await;
        until_said(&mut sandbox, "ready").await;
        assert_eq!(sandbox.wait().await, Exit::Code(4), "{}", lab.level);
        assert_eq!(with_marker(&marker), [0; 0], "{}", lab.level);
    }
}

#[tokio::test]
async fn a_fork_bomb_ends() {
    for lab in houses().await {
        let marker = marker();
        let line = format!(": {marker}; echo ready; bomb() {{ bomb | bomb & }}; bomb; sleep 1000");
        let mut plan = lab.plan(&line);
        plan.limits = Limits { processes: 100, ..plan.limits };
        let mut sandbox = lab.start(&plan).await;
        until_said(&mut sandbox, "ready").await;
        // It has to go off first. Where it is watched, it may be over by then.
        let begun = Instant::now();
        while with_marker(&marker).len() < 50 && begun.elapsed() < Duration::from_secs(2) {
            tokio::task::yield_now().await;
        }
        let begun = Instant::now();
        sandbox.stop(AT_ONCE).await;
        assert!(begun.elapsed() < DEATH, "{}: {:?}", lab.level, begun.elapsed());
        assert_eq!(with_marker(&marker), [0; 0], "{}", lab.level);
    }
}

#[tokio::test]
async fn whoever_is_forgotten_ends() {
    for lab in houses().await {
        let marker = marker();
        let line = format!(": {marker}; trap '' TERM; (setsid sleep 1000 &); echo ready; sleep 1000; :");
        let mut sandbox = lab.start(&lab.plan(&line)).await;
        until_said(&mut sandbox, "ready").await;
        assert!(!with_marker(&marker).is_empty());
        drop(sandbox);
        until_none(&marker).await;
    }
}

#[tokio::test]
async fn killing_all_that_it_can_see_is_no_way_to_stay() {
    for lab in houses().await.into_iter().filter(super::lab::Lab::isolates) {
        let marker = marker();
        let line = format!(
            "(trap '' TERM; setsid sh -c ': {marker}; while :; do sleep 1000; done' &) ; echo ready; kill -KILL -1; kill -KILL 1; exit 5"
        );
        let said = said(lab.start(&lab.plan(&line)).await).await;
        assert!(said.out.contains("ready"), "{}: {said:?}", lab.level);
        assert_eq!(with_marker(&marker), [0; 0], "{}", lab.level);
    }
}
