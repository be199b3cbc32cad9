//! The directory of one sandbox while it runs: what the guard reads, and the pipe it answers by. It is also the mark by which a
//! later process finds what was left.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rand::Rng;
use rustix::fs::{CWD, Mode};

use children::account::Account;
use children::tree::{self, Process};

/// The names of this installation's sandboxes begin with what is in here, where others could have some too.
const INSTALLATION: &str = "installation";
const RUNNING: &str = "running";
const PROCESSES: &str = "processes";
/// Others may pass, to a home of theirs, and neither list nor read.
const OPEN: u32 = 0o711;

/// Where an installation keeps what belongs to its sandboxes.
#[derive(Clone, Debug)]
pub(super) struct State {
    directory: PathBuf,
}

/// The directory of one sandbox.
#[derive(Debug)]
pub(super) struct Place {
    directory: PathBuf,
}

impl State {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// A short name of this installation, made once.
    pub(super) fn installation(&self) -> io::Result<String> {
        let file = self.directory.join(INSTALLATION);
        if let Ok(name) = fs::read_to_string(&file)
            && name.len() == 8
            && name.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return Ok(name);
        }
        DirBuilder::new().recursive(true).mode(OPEN).create(&self.directory)?;
        let name = format!("{:08x}", rand::rng().random::<u32>());
        fs::write(&file, &name)?;
        Ok(name)
    }

    /// Makes the directory of a sandbox.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] when there is one of this name.
    pub(super) fn place(&self, name: &str) -> io::Result<Place> {
        let running = self.directory.join(RUNNING);
        DirBuilder::new().recursive(true).mode(OPEN).create(&running)?;
        let directory = running.join(name);
        DirBuilder::new().mode(OPEN).create(&directory)?;
        let place = Place { directory };
        place.furnish().inspect_err(|_| place.remove())?;
        Ok(place)
    }

    /// The names of all that were made and not removed.
    pub(super) fn left(&self) -> io::Result<Vec<String>> {
        let listed = match fs::read_dir(self.directory.join(RUNNING)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed?,
        };
        let mut names = Vec::new();
        for entry in listed {
            names.extend(entry?.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }

    /// One that an earlier process made.
    pub(super) fn found(&self, name: &str) -> Place {
        Place { directory: self.directory.join(RUNNING).join(name) }
    }
}

impl Place {
    fn furnish(&self) -> io::Result<()> {
        fs::write(self.notes(), format!("{}\n", boot()?))?;
        for pipe in [self.status(), self.life()] {
            rustix::fs::mkfifoat(CWD, pipe, Mode::RUSR | Mode::WUSR)?;
        }
        Ok(())
    }

    /// What the guard reads.
    pub(super) fn confinement(&self) -> PathBuf {
        self.directory.join("confinement")
    }

    /// The pipe by which it is known how far a start is.
    pub(super) fn status(&self) -> PathBuf {
        self.directory.join("status")
    }

    /// The file in which those are noted that everything of it descends from: first this run of the machine, then a line of each.
    pub(super) fn notes(&self) -> PathBuf {
        self.directory.join(PROCESSES)
    }

    /// Notes another one.
    pub(super) fn note(&self, process: &Process) -> io::Result<()> {
        writeln!(fs::File::options().append(true).open(self.notes())?, "{} {}", process.begun, process.pid)
    }

    /// What is left of them: those that still run, and whoever descends from one, or is of its group. What has the number of one
    /// now and began at another time is somebody else.
    pub(super) fn outlived_by(&self) -> Vec<Process> {
        let noted = fs::read_to_string(self.notes()).unwrap_or_default();
        let Some((then, noted)) = noted.split_once('\n') else { return Vec::new() };
        if boot().ok().as_deref() != Some(then) {
            return Vec::new();
        }
        let all = tree::all();
        let left = noted.lines().filter_map(|line| {
            let (begun, pid) = line.split_once(' ')?;
            Some(left_by(&all, pid.parse().ok()?, begun.parse().ok()?))
        });
        left.flatten().collect()
    }

    /// The pipe that ends with us, for a guard that stays.
    pub(super) fn life(&self) -> PathBuf {
        self.directory.join("life")
    }

    /// A home for a program that sees the files of the host.
    pub(super) fn home(&self, account: Option<&Account>) -> io::Result<PathBuf> {
        let home = self.directory.join("home");
        DirBuilder::new().mode(0o700).create(&home)?;
        if let Some(account) = account {
            chown(&home, Some(account.uid), Some(account.gid))?;
        }
        Ok(home)
    }

    pub(super) fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        fs::write(path, content)?;
        fs::set_permissions(path, Permissions::from_mode(0o600))
    }

    /// The sandbox is gone.
    pub(super) fn remove(&self) {
        // What cannot be removed is met by the next sweep.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Bubblewrap's first process inside is of the group of its parent until it is about to run the program, and outlives it when that
/// ends before. No process is given a number that is still the number of a group.
fn left_by(all: &[Process], pid: i32, begun: u64) -> Vec<Process> {
    let now = all.iter().find(|process| process.pid == pid);
    if now.is_some_and(|now| now.begun != begun) {
        return Vec::new();
    }
    let of_group = all.iter().filter(|process| process.group == pid && process.begun >= begun);
    tree::descendants(all, pid).into_iter().chain(of_group.chain(now).copied()).collect()
}

/// Names this run of the machine: numbers of processes begin anew with it.
fn boot() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}
