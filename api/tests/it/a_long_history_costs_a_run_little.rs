//! A repository whose history is large: a run of it begins soon, its clone holds the files and not the history, and the server takes no
//! memory for it. `HISTORY_MIB` says how large; the proof of agents sets it to a GiB.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::answer;
use crate::support::workshop::{Workshop, sandboxes};

/// How large it is in `make test`, where it is to cost seconds.
const HISTORY_MIB: usize = 128;
/// Each commit has a file of its own in the place of the one before it.
const FILE_MIB: usize = 8;
/// What a clone may take beside its one file: what history it has is bounded by 64 MiB.
const CLONE_MIB: usize = 64 + 3 * FILE_MIB;
/// A fetch of 1 GiB from disk to disk, on a slow one.
const BEGINS_WITHIN: Duration = Duration::from_secs(120);
/// Most memory that the server may have taken meanwhile.
const MOST_MEMORY_KIB: u64 = 600 << 10;

/// Commits with files that nothing makes smaller, by `git fast-import`, which writes them as it reads them.
fn make_history(repository: &Path, mib: usize) -> std::io::Result<()> {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "core.compression=0", "-c", "fastimport.unpackLimit=0"]).args(arguments);
        command.current_dir(repository).env("GIT_CONFIG_GLOBAL", "/dev/null").stdin(Stdio::null());
        command
    };
    assert!(git(&["init", "--quiet", "--initial-branch=main", "."]).status()?.success());
    let mut import = git(&["fast-import", "--quiet", "--depth=0"]).stdin(Stdio::piped()).spawn()?;
    let mut to = BufWriter::new(import.stdin.take().expect("it is a pipe"));
    let mut noise = Noise(7);
    let mut content = vec![0; FILE_MIB << 20];
    for n in 0..mib / FILE_MIB {
        noise.fill(&mut content);
        let about = format!("commit refs/heads/main\ncommitter Ada <ada@example.org> {n} +0000\ndata 1\nx\n");
        write!(to, "{about}M 644 inline noise.bin\ndata {}\n", content.len())?;
        to.write_all(&content)?;
        to.write_all(b"\n")?;
    }
    to.flush()?;
    drop(to);
    assert!(import.wait()?.success());
    Ok(())
}

/// The same noise each time, far faster than a disk.
struct Noise(u64);

impl Noise {
    fn fill(&mut self, bytes: &mut [u8]) {
        for eight in bytes.chunks_exact_mut(8) {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            eight.copy_from_slice(&self.0.to_le_bytes());
        }
    }
}

/// The most memory that a process has had.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the system counts it");
    peak.trim().trim_end_matches("kB").trim().parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_clone_holds_the_files_and_not_the_history() {
    if !sandboxes() {
        return;
    }
    let mib = std::env::var("HISTORY_MIB").ok().and_then(|mib| mib.parse().ok()).unwrap_or(HISTORY_MIB);
    let workshop = Workshop::open().await;
    let home = tempfile::tempdir().expect("a temporary directory");
    let repository = home.path().canonicalize().expect("it is there");
    let began = Instant::now();
    make_history(&repository, mib).expect("made");
    let made = began.elapsed();
    let (api, project) = (&workshop.api, &workshop.project);
    let linked = api.request(reqwest::Method::PUT, &format!("/projects/{project}/repository"));
    let linked = answer(linked.json(&json!({ "url": repository }))).await;
    assert_eq!(linked.status, 200, "{linked:?}");
    let settings = json!({ "verify": ["ls | grep -q size"] });
    api.done(&format!("/projects/{project}/settings"), &settings).await;

    // Each run has a clone of its own; the second finds in the keep what the first has brought there.
    let count = "git log --oneline | wc -l > size.txt; du -sm .git | cut -f1 >> size.txt";
    let tasks = [workshop.task(count).await, workshop.task(count).await];
    for (nth, task) in tasks.iter().enumerate() {
        let began = Instant::now();
        let run = workshop.start(task).await;
        workshop.waits_for(&run, "run.sandbox_ready").await;
        let ready = began.elapsed();
        let ended = workshop.ended(&run).await;
        assert_eq!(ended["code"], "verified", "{ended}");
        let mut show = Command::new("git");
        show.args(["show", &format!("refs/omoi/runs/{run}/1:size.txt")]).current_dir(&repository);
        let said = String::from_utf8(show.output().expect("git starts").stdout).expect("text");
        let counted: Vec<usize> = said.lines().filter_map(|line| line.trim().parse().ok()).collect();
        println!(
            "{mib} MiB made in {made:?}; run {} began within {ready:?}: {counted:?} commits and MiB",
            nth + 1
        );
        assert!(matches!(counted[..], [commits, size] if commits > 0 && size <= CLONE_MIB), "{said}");
        assert!(ready < BEGINS_WITHIN, "{ready:?}");
    }
    let peak = peak_kib(api.up.ready.pid);
    println!("the server has taken {} MiB at most", peak >> 10);
    assert!(peak < MOST_MEMORY_KIB, "{peak} KiB");
}
