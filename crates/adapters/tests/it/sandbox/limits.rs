//! What a program may use.

use std::time::Duration;

use ports::sandbox::{Exit, Level, Limit, Limits};

use super::lab::{Lab, Said, houses};

const MIB: u64 = 1 << 20;

async fn run(lab: &Lab, script: &str, limit: impl FnOnce(&mut Limits)) -> Said {
    let mut plan = lab.python(script);
    limit(&mut plan.limits);
    lab.run(&plan).await
}

#[tokio::test]
async fn memory() {
    let script = "print('tried', flush=True)\nx = bytearray(512 << 20)\nprint('has', len(x))";
    for lab in houses().await {
        let said = run(&lab, script, |limits| limits.memory_bytes = 128 * MIB).await;
        assert_eq!(said.out, "tried\n", "{}: {said:?}", lab.level);
        match lab.level {
            Level::Full => assert_eq!(said.exit, Exit::Limit(Limit::Memory), "{said:?}"),
            // The process is told that it gets no more, or is seen with it.
            _ => assert!(
                said.err.contains("MemoryError") || said.exit == Exit::Limit(Limit::Memory),
                "{said:?}"
            ),
        }
        // The twin: with more it is there.
        let said = run(&lab, script, |limits| limits.memory_bytes = 1024 * MIB).await;
        assert_eq!(said.exit, Exit::Code(0), "{}: {said:?}", lab.level);
    }
}

#[tokio::test]
async fn memory_of_many() {
    let script = "
import os, sys, time
for one in range(6):
    if os.fork() == 0:
        x = bytearray(os.urandom(1 << 20) * 40)
        time.sleep(1000)
        os._exit(0)
failed = 0
for one in range(6):
    failed += os.wait()[1] == 9
print('killed', failed, flush=True)
os._exit(0)
";
    for lab in houses().await {
        let said = run(&lab, script, |limits| {
            limits.memory_bytes = 128 * MIB;
            limits.wall = Duration::from_secs(5);
        })
        .await;
        // Where the kernel limits the whole, it ends some, and the others may stay.
        let ended = match lab.level {
            Level::Full => matches!(said.exit, Exit::Limit(Limit::Wall | Limit::Memory)),
            _ => said.exit == Exit::Limit(Limit::Memory),
        };
        assert!(ended, "{}: {said:?}", lab.level);
    }
}

#[tokio::test]
async fn processes() {
    let script = "
import os, time
made = 0
try:
    while made < 500:
        if os.fork() == 0:
            time.sleep(1000)
        made += 1
except OSError as e:
    print(made, type(e).__name__, flush=True)
else:
    time.sleep(1000)
";
    for lab in houses().await {
        let said = run(&lab, script, |limits| limits.processes = 40).await;
        if lab.isolates() {
            // The program itself is one of them.
            assert_eq!(said.out, "39 BlockingIOError\n", "{}: {said:?}", lab.level);
        } else {
            assert_eq!(said.exit, Exit::Limit(Limit::Processes), "{said:?}");
        }
    }
}

#[tokio::test]
async fn a_file() {
    for lab in houses().await {
        let mut plan = lab.plan("echo tried; head -c 3000000 /dev/zero > large; wc -c < large");
        plan.limits.file_bytes = MIB;
        let said = lab.run(&plan).await;
        assert_eq!(said.out, "tried\n1048576\n", "{}: {said:?}", lab.level);
    }
}

#[tokio::test]
async fn scratch() {
    for lab in houses().await.iter().filter(|lab| lab.isolates()) {
        for place in ["/tmp", "$HOME", "/dev/shm", "/var/tmp"] {
            let mut plan = lab.plan(&format!(
                "echo tried; head -c 3000000 /dev/zero > {place}/large; wc -c < {place}/large"
            ));
            plan.limits.scratch_bytes = MIB;
            let said = lab.run(&plan).await;
            assert_eq!(said.out, "tried\n1048576\n", "{} {place}: {said:?}", lab.level);
            assert!(said.err.contains("No space left"), "{said:?}");
        }
    }
}

#[tokio::test]
async fn what_the_workspace_grows_by() {
    let lines = [
        "head -c 8000000 /dev/zero > large; sleep 1000",
        "mkdir d; i=0; while [ $i -lt 3000 ]; do : > d/$i; i=$((i+1)); done; sleep 1000",
    ];
    for lab in houses().await {
        for line in lines {
            let mut plan = lab.plan(line);
            plan.limits.workspace_bytes = 4 * MIB;
            std::fs::write(plan.workspace.join("before"), vec![1; 6_000_000]).unwrap();
            assert_eq!(lab.run(&plan).await.exit, Exit::Limit(Limit::Workspace), "{}: {line}", lab.level);
        }
    }
}

#[tokio::test]
async fn open_files_and_dumps() {
    for lab in houses().await {
        let mut plan = lab.plan("ulimit -n; ulimit -Hn; ulimit -c; ulimit -Hc");
        plan.limits.open_files = 77;
        assert_eq!(lab.run(&plan).await.out, "77\n77\n0\n0\n", "{}", lab.level);
    }
}

#[tokio::test]
async fn time() {
    for lab in houses().await {
        let mut plan = lab.plan("echo tried; trap '' TERM; sleep 1000");
        plan.limits.wall = Duration::from_millis(500);
        let said = lab.run(&plan).await;
        assert_eq!((&*said.out, said.exit), ("tried\n", Exit::Limit(Limit::Wall)), "{}", lab.level);
    }
}

#[tokio::test]
async fn processors() {
    let script = "
import time
begun = time.monotonic()
while time.process_time() < 0.2: pass
print(round(time.process_time() / (time.monotonic() - begun), 2))
";
    for lab in houses().await.iter().filter(|lab| lab.level == Level::Full) {
        let said = run(lab, script, |limits| limits.cpu_percent = 20).await;
        let share: f64 = said.out.trim().parse().unwrap_or_else(|_| panic!("{said:?}"));
        assert!(share < 0.35, "it had {share} of a processor");
    }
}
