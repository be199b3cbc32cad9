//! From the start of a program to its end.

use std::time::{Duration, Instant};

use ports::sandbox::{Exit, Limits, SandboxError};
use tokio::io::AsyncReadExt as _;

use super::lab::{Lab, houses};

#[tokio::test]
async fn a_program_ends_as_it_ends() {
    let ends = [
        ("exit 0", Exit::Code(0)),
        ("exit 7", Exit::Code(7)),
        ("exit 255", Exit::Code(255)),
        ("kill -KILL $$", Exit::Signal(9)),
        ("kill -TERM $$", Exit::Signal(15)),
        ("kill -SEGV $$", Exit::Signal(11)),
        ("exec no-such-program", Exit::Code(127)),
    ];
    for lab in houses().await {
        for (line, exit) in ends {
            assert_eq!(lab.run(&lab.plan(line)).await.exit, exit, "{}: {line}", lab.level);
        }
        let mut plan = lab.plan("");
        plan.command = vec!["no-such-program".to_owned()];
        let said = lab.run(&plan).await;
        assert_eq!(said.exit, Exit::Code(127), "{}: {said:?}", lab.level);
        assert!(said.err.contains("no-such-program"), "{}: {said:?}", lab.level);
    }
}

#[tokio::test]
async fn what_it_says_is_heard_apart() {
    for lab in houses().await {
        let said = lab.run(&lab.plan("echo out; echo err >&2")).await;
        assert_eq!((&*said.out, &*said.err), ("out\n", "err\n"), "{}", lab.level);
    }
}

#[tokio::test]
async fn all_of_its_input_comes_and_then_the_end() {
    for lab in houses().await {
        let mut plan = lab.plan("wc -c; echo after");
        plan.stdin = vec![b'x'; 300_000];
        let said = lab.run(&plan).await;
        assert_eq!(said.out.split_whitespace().collect::<Vec<_>>(), ["300000", "after"], "{}", lab.level);
        // And one that does not want it is not waited for.
        plan.command = vec!["true".to_owned()];
        plan.name.push_str("-again");
        assert_eq!(lab.run(&plan).await.exit, Exit::Code(0), "{}", lab.level);
    }
}

#[tokio::test]
async fn a_flood_of_words_passes_through() {
    const BYTES: usize = 64 << 20;
    for lab in houses().await {
        let mut sandbox = lab.start(&lab.plan(&format!("head -c {BYTES} /dev/zero"))).await;
        let mut stdout = sandbox.stdout().unwrap();
        let mut piece = vec![0; 1 << 16];
        let mut bytes = 0;
        loop {
            match stdout.read(&mut piece).await.unwrap() {
                0 => break,
                read => bytes += read,
            }
        }
        assert_eq!((bytes, sandbox.wait().await), (BYTES, Exit::Code(0)), "{}", lab.level);
    }
}

#[tokio::test]
async fn nobody_listens_and_it_ends_all_the_same() {
    for lab in houses().await {
        let mut plan = lab.plan("cat /dev/zero");
        plan.limits = Limits { wall: Duration::from_millis(300), ..plan.limits };
        let mut sandbox = lab.start(&plan).await;
        assert_eq!(sandbox.wait().await, Exit::Limit(ports::sandbox::Limit::Wall), "{}", lab.level);
    }
}

#[tokio::test]
async fn waiting_can_be_given_up_and_begun_again() {
    for lab in houses().await {
        let mut sandbox = lab.start(&lab.plan("read line; exit 3")).await;
        let _ = tokio::time::timeout(Duration::ZERO, sandbox.wait()).await;
        assert_eq!(sandbox.wait().await, Exit::Code(3), "{}", lab.level);
        assert_eq!(sandbox.wait().await, Exit::Code(3), "{}", lab.level);
        assert_eq!(sandbox.stop(Duration::ZERO).await, Exit::Code(3), "{}", lab.level);
    }
}

#[tokio::test]
async fn a_name_is_used_once_at_a_time() {
    for lab in houses().await {
        let plan = lab.plan("read line; sleep 1000");
        let mut first = lab.start(&plan).await;
        let second = lab.refusal(&plan).await;
        assert!(matches!(&second, SandboxError::Running { .. }), "{second}");
        first.stop(Duration::ZERO).await;
        assert_eq!(lab.start(&plan).await.stop(Duration::ZERO).await, Exit::Stopped, "{}", lab.level);
    }
}

#[tokio::test]
async fn nothing_of_it_stays_behind() {
    for lab in houses().await {
        let begun = Instant::now();
        lab.run(&lab.plan("true")).await;
        let left: Vec<_> = std::fs::read_dir(lab.path().join("state/running")).unwrap().collect();
        assert!(left.is_empty(), "{}: {left:?}", lab.level);
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(20), "{}: {took:?}", lab.level);
    }
}

#[tokio::test]
async fn the_level_is_told_as_it_is() {
    for lab in houses().await {
        let found = lab.sandboxes.probe().await.unwrap();
        assert_eq!(found.level, lab.level);
        assert_eq!(found.provider, if lab.isolates() { "local" } else { "process" });
        assert_eq!(found.lacking.is_empty(), lab.level == ports::sandbox::Level::Full, "{found:?}");
        assert_eq!(lab.start(&lab.plan("true")).await.level(), lab.level);
    }
    // Nobody has to look before the start.
    let lab = Lab::process();
    assert_eq!(lab.run(&lab.plan("true")).await.exit, Exit::Code(0));
}
