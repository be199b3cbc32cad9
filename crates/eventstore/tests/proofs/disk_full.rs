//! The disk of Postgres fills up: appends are refused with a typed error while there is still room, Postgres
//! lives on, nothing acknowledged is lost, and appends go on by themselves when there is room again.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use embedded::ScratchOptions;
use eventstore::{AppendError, AppendItem, DiskBrake, Store, StreamWrite, Unavailable};
use futures::future::join_all;
use kernel::OrgId;
use rustix::fs::statvfs;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::cluster::{self, Cluster};
use crate::evidence::{self, assert_clean};
use crate::proof::Proof;
use crate::support::{event, item, org, stream_id};

const DISK_BYTES: u64 = 320 << 20;
const RESERVE_BYTES: u64 = 64 << 20;
/// What is written at once, so that the brake has to be quick.
const WRITERS: usize = 8;
const PAYLOAD_BYTES: usize = 64 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disk_full() {
    let mut proof = Proof::new("disk_full", 1);
    assert!(proof.next_case());
    let disk = match SmallDisk::mount() {
        Ok(disk) => disk,
        Err(reason) if proof.is_full() => {
            panic!("a small disk cannot be mounted ({reason}): run the full proof as root")
        }
        Err(reason) => {
            eprintln!("NOT PROVEN HERE: a small disk cannot be mounted ({reason}); run as root");
            proof.figure("not_proven", reason);
            return proof.holds();
        }
    };
    let cluster = cluster_on(&disk).await;
    let (node, org) = (cluster.store(), org());
    let stop = CancellationToken::new();
    let brake = DiskBrake::new(&disk.path, RESERVE_BYTES);
    let watching = tokio::spawn(brake.watch(node.clone(), stop.clone()));
    let server = cluster.scratch.server().pid();

    let filler = disk.fill_up_to(RESERVE_BYTES + (48 << 20));
    let (acknowledged, refusal) = write_until_refused(&node, org).await;
    let free_at_refusal = disk.free_bytes();
    assert!(acknowledged > 0, "nothing was written before the disk was nearly full");
    assert!(refused_before_full(&refusal, free_at_refusal), "{refusal}, {free_at_refusal} bytes free");
    let again = node.append(item(org, &stream_id(), 0)).await.unwrap_err();
    assert!(matches!(again, AppendError::Unavailable(Unavailable::DiskFull(_))), "{again}");
    let head = node.reader().head().await.expect("readers go on");

    std::fs::remove_file(filler).unwrap();
    let began = Instant::now();
    while node.append(item(org, &stream_id(), 0)).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(30), "appends do not go on although there is room");
        tokio::time::sleep_until((Instant::now() + Duration::from_millis(20)).into()).await;
    }
    let recovered = began.elapsed();
    assert_eq!(cluster.scratch.server().pid(), server, "Postgres did not live through it");
    assert_eq!(head, i64::try_from(acknowledged).unwrap(), "what was acknowledged is what is in the log");
    assert_clean(&evidence::of_the_log(&mut cluster.admin().await).await);
    proof.figure("acknowledged_before", acknowledged);
    proof.figure("free_bytes_at_refusal", free_at_refusal);
    proof.figure("appends_again_after_ms", u64::try_from(recovered.as_millis()).unwrap());
    stop.cancel();
    watching.await.unwrap();
    drop(cluster);
    drop(disk);

    // The twin: without the brake the same writers fill the disk.
    let disk = SmallDisk::mount().unwrap();
    let cluster = cluster_on(&disk).await;
    disk.fill_up_to(16 << 20);
    let (_, refusal) = write_until_refused(&cluster.store(), org).await;
    assert!(!refused_before_full(&refusal, disk.free_bytes()), "the disk was not filled: {refusal}");
    proof.holds();
}

/// The server of this proof keeps little write-ahead log, so that the disk can be small.
async fn cluster_on(disk: &SmallDisk) -> Cluster {
    let settings = [("min_wal_size", "32MB"), ("max_wal_size", "64MB"), ("shared_buffers", "32MB")];
    Cluster::start_with(ScratchOptions {
        parent: Some(disk.path.clone()),
        settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        ..cluster::options()
    })
    .await
}

fn refused_before_full(refusal: &AppendError, free_bytes: u64) -> bool {
    matches!(refusal, AppendError::Unavailable(Unavailable::DiskFull(_))) && free_bytes > RESERVE_BYTES / 2
}

/// Writes until somebody is refused; answers how many events were acknowledged, and the first refusal.
async fn write_until_refused(node: &Store, org: OrgId) -> (usize, AppendError) {
    let mut acknowledged = 0;
    loop {
        for answer in join_all((0..WRITERS).map(|_| node.append(large(org)))).await {
            match answer {
                Ok(_) => acknowledged += 1,
                Err(refusal) => return (acknowledged, refusal),
            }
        }
    }
}

/// One event that does not compress.
fn large(org: OrgId) -> AppendItem {
    let noise: Vec<u8> = (0..PAYLOAD_BYTES / 2).map(|_| rand::random()).collect();
    let payload = format!(r#"{{"$type":"counter.raised","by":1,"noise":"{}"}}"#, hex::encode(noise));
    let small = item(org, &stream_id(), 0);
    let stream = StreamWrite { events: vec![event(&payload)], ..small.streams[0].clone() };
    AppendItem { streams: vec![stream], ..small }
}

/// A file system of its own in memory, unmounted when dropped.
struct SmallDisk {
    path: PathBuf,
    _directory: TempDir,
}

impl SmallDisk {
    fn mount() -> Result<Self, String> {
        let directory =
            tempfile::Builder::new().prefix("omoi-disk-").tempdir_in("/tmp").map_err(|e| e.to_string())?;
        let path = directory.path().join("disk");
        std::fs::create_dir(&path).map_err(|e| e.to_string())?;
        open_to_all(directory.path()).map_err(|e| e.to_string())?;
        let output = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={DISK_BYTES},mode=1777"), "omoi-proof"])
            .arg(&path)
            .output()
            .map_err(|e| e.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
        }
        Ok(Self { path, _directory: directory })
    }

    fn free_bytes(&self) -> u64 {
        let stat = statvfs(&self.path).unwrap();
        stat.f_bavail * stat.f_frsize
    }

    /// Leaves this much room; answers the file that takes the rest.
    fn fill_up_to(&self, free_bytes: u64) -> PathBuf {
        let path = self.path.join("filler");
        let mut file = File::create(&path).unwrap();
        let block = vec![0; 1 << 20];
        while self.free_bytes() > free_bytes {
            file.write_all(&block).unwrap();
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is just leaving may still hold a file.
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.path).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} could not be unmounted", self.path.display());
        }
    }
}

/// The server runs as another user.
fn open_to_all(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o755))
}
