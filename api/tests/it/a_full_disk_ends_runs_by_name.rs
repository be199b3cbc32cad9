//! The disk on which runs work is full: a run that cannot begin, one whose agent fills it, and one whose work cannot be looked at end
//! with a word of what to do. What was done is not removed, and once there is room the same task is done.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::eventually;
use crate::support::workshop::{Workshop, sandboxes};

const DISK_BYTES: u64 = 48 << 20;
/// What makes the files of a run large.
const NOISE: &str = "head -c 8000000 /dev/urandom > noise.bin";

const PATIENCE: Duration = Duration::from_secs(60);

/// A file system of its own, in memory, in the place where runs work; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Where a server works that has no runs yet.
    fn below(data_dir: &Path) -> Result<Self, String> {
        let home = fs::read_to_string(data_dir.join("home")).ok();
        let home = home.map_or_else(|| data_dir.to_owned(), |home| format!("{}-runs", home.trim()).into());
        let place = home.join("runs");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={DISK_BYTES},mode=0711"), "omoi-story"]).arg(&place);
        let mounted = mount.output().map_err(|error| error.to_string())?;
        if !mounted.status.success() {
            return Err(String::from_utf8_lossy(&mounted.stderr).trim().to_owned());
        }
        Ok(Self(place))
    }

    fn free_bytes(&self) -> u64 {
        let stat = rustix::fs::statvfs(&self.0).expect("it is there");
        stat.f_bavail * stat.f_frsize
    }

    /// Leaves so much room.
    fn leave(&self, bytes: u64) {
        let filler = self.0.join("filler");
        let _ = fs::remove_file(&filler);
        let taken = self.free_bytes().saturating_sub(bytes);
        fs::write(filler, vec![0; usize::try_from(taken).expect("it is small")])
            .expect("there is room for it");
    }

    fn workspace(&self, run: &str) -> PathBuf {
        self.0.join(run).join("workspace")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is just leaving may still hold a file.
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.0).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} could not be unmounted", self.0.display());
        }
    }
}

/// A disk that is small, or none where none can be had; then that is said, and for who may mount one it is a fault where
/// sandboxes are required.
fn small_disk(workshop: &Workshop) -> Option<SmallDisk> {
    match SmallDisk::below(&workshop.api.up.ready.data_dir) {
        Ok(disk) => Some(disk),
        Err(reason) => {
            let required = std::env::var("REQUIRE_SANDBOX").is_ok_and(|value| value == "1");
            let may_mount = rustix::process::geteuid().is_root();
            assert!(
                !required || !may_mount,
                "REQUIRE_SANDBOX is set, and no small disk can be mounted: {reason}"
            );
            eprintln!("SKIPPED: no small disk can be mounted ({reason}), so no run has filled one");
            None
        }
    }
}

/// Lets a task be done once; which run that was, and how it ended.
async fn ends(workshop: &Workshop, task: &str) -> (String, Value) {
    let run = workshop.start(task).await;
    let ended = workshop.ended(&run).await;
    (run, ended)
}

async fn task(workshop: &Workshop, run: &str, verify: &str) -> String {
    workshop.task_with(json!({ "title": "Mend add", "run": run, "validate": [verify] })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_says_so_and_keeps_what_was_done() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let Some(disk) = small_disk(&workshop) else {
        return;
    };
    let (api, project) = (&workshop.api, &workshop.project);
    api.done(&format!("/projects/{project}/settings"), &json!({ "verify": ["test -f README.md"] })).await;

    // There is no room to begin.
    disk.leave(12 << 10);
    let mend = task(&workshop, "echo done > done.txt", "ls | grep -q done").await;
    let (run, ended) = ends(&workshop, &mend).await;
    let code = ended["code"].as_str().expect("a code");
    assert!(matches!(code, "disk" | "disk_failed"), "{ended}");
    assert!(says(&ended, &["No space left on device", "disk"]), "{ended}");
    assert!(!disk.workspace(&run).exists(), "nothing was done in it");
    let shown = workshop.shown(&mend).await;
    assert_ne!(shown["status"], "failed", "somebody may make room: {shown}");

    // The agent fills it.
    disk.leave(20 << 20);
    let fill =
        task(&workshop, "echo half > half.txt; cat /dev/urandom > noise.bin", "ls | grep -q half").await;
    let (run, ended) = ends(&workshop, &fill).await;
    assert!(matches!(ended["code"].as_str(), Some("disk" | "not_kept")), "{ended}");
    assert!(says(&ended, &["No space left on device"]), "{ended}");
    let half = fs::read_to_string(disk.workspace(&run).join("half.txt")).expect("it is not removed");
    assert_eq!(half, "half\n");
    // A person has looked at it. The server, which tries once more to keep it, may be putting something there just now.
    eventually(PATIENCE, "it is removed", async || {
        let place = disk.0.join(&run);
        (fs::remove_dir_all(&place).is_ok() && !place.exists()).then_some(())
    })
    .await;

    // There is room for the work, and none to see what it is worth.
    disk.leave(28 << 20);
    let see = task(&workshop, NOISE, "ls | grep -q noise").await;
    let (run, ended) = ends(&workshop, &see).await;
    assert_eq!(ended["code"], "disk_failed", "{ended}");
    assert!(says(&ended, &["see to its disk"]), "{ended}");
    let kept = format!("refs/omoi/runs/{run}/1:noise.bin");
    assert_eq!(workshop.git(&["cat-file", "-s", &kept]).await, "8000000");

    // With room all of it goes on.
    disk.leave(40 << 20);
    for task in [&mend, &see] {
        eventually(PATIENCE, "it is tried again", async || {
            (workshop.shown(task).await["status"] == "ready").then_some(())
        })
        .await;
        let (_, ended) = ends(&workshop, task).await;
        assert_eq!(ended["code"], "verified", "{ended}");
    }
}

fn says(ended: &Value, words: &[&str]) -> bool {
    let reason = ended["reason"].as_str().unwrap_or_default();
    words.iter().all(|words| reason.contains(words))
}
