//! Control groups: what the kernel limits for the whole of a sandbox. There are two kinds of them; a machine has one or the
//! other, or parts of both.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ports::sandbox::Limits;
use rustix::process::Signal;

use children::tree::Held;

/// Bubblewrap itself and the first process inside.
const OWN_PROCESSES: u32 = 2;
const PERIOD_MICROS: u64 = 100_000;
const CONTROLLERS: [&str; 3] = ["memory", "pids", "cpu"];

/// Where groups can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Groups {
    /// A hierarchy for each controller, in the order of [`CONTROLLERS`].
    First([PathBuf; 3]),
    /// One for all.
    Second(PathBuf),
}

/// The group of one sandbox.
#[derive(Debug)]
pub(super) struct Group {
    /// One, or one of each controller.
    directories: Vec<PathBuf>,
    second: bool,
}

impl Groups {
    /// Looks where this process is, and whether groups for all three controllers could be made below.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn find() -> Result<Self, String> {
        let own = fs::read_to_string("/proc/self/cgroup").map_err(|e| format!("control groups: {e}"))?;
        let mounts =
            fs::read_to_string("/proc/self/mountinfo").map_err(|e| format!("control groups: {e}"))?;
        Self::first(&own, &mounts).or_else(|first| {
            let second = candidates(&own, &mounts).into_iter().find(|directory| delegates_all(directory));
            second.map(Self::Second).ok_or(first)
        })
    }

    fn first(own: &str, mounts: &str) -> Result<Self, String> {
        let mut found = Vec::new();
        for controller in CONTROLLERS {
            let directory = directory_of(controller, own, mounts);
            found.push(
                directory.ok_or_else(|| format!("no control group of this process limits {controller}"))?,
            );
        }
        Ok(Self::First(found.try_into().expect("one of each controller")))
    }

    /// Makes the group of a sandbox, with its limits.
    ///
    /// # Errors
    /// When it cannot be made; nothing of it stays.
    pub(super) fn make(&self, name: &str, limits: &Limits) -> io::Result<Group> {
        let mut group = Group { directories: Vec::new(), second: matches!(self, Self::Second(_)) };
        let made = self.fill(&mut group, name, limits);
        if let Err(e) = made {
            group.remove();
            return Err(e);
        }
        Ok(group)
    }

    fn fill(&self, group: &mut Group, name: &str, limits: &Limits) -> io::Result<()> {
        for parent in self.parents() {
            let directory = parent.join(name);
            fs::create_dir(&directory)?;
            group.directories.push(directory);
        }
        let memory = limits.memory_bytes.to_string();
        let processes = limits.processes.saturating_add(OWN_PROCESSES).to_string();
        let micros = u64::from(limits.cpu_percent.max(1)) * (PERIOD_MICROS / 100);
        match &*group.directories {
            [memory_of, pids_of, cpu_of] => {
                fs::write(memory_of.join("memory.limit_in_bytes"), &memory)?;
                write_if_there(&memory_of.join("memory.memsw.limit_in_bytes"), &memory)?;
                fs::write(pids_of.join("pids.max"), processes)?;
                fs::write(cpu_of.join("cpu.cfs_period_us"), PERIOD_MICROS.to_string())?;
                fs::write(cpu_of.join("cpu.cfs_quota_us"), micros.to_string())
            }
            [all] => {
                fs::write(all.join("memory.max"), &memory)?;
                write_if_there(&all.join("memory.swap.max"), "0")?;
                fs::write(all.join("pids.max"), processes)?;
                fs::write(all.join("cpu.max"), format!("{micros} {PERIOD_MICROS}"))
            }
            _ => Err(io::Error::other("neither one group nor one of each controller")),
        }
    }

    fn parents(&self) -> &[PathBuf] {
        match self {
            Self::First(parents) => parents,
            Self::Second(parent) => std::slice::from_ref(parent),
        }
    }

    /// The groups that are here and whose names begin so: what earlier processes left.
    pub(super) fn left(&self, beginning: &str) -> Vec<(String, Group)> {
        let mut names: Vec<String> = Vec::new();
        for parent in self.parents() {
            let listed = fs::read_dir(parent).into_iter().flatten().flatten();
            names.extend(listed.filter_map(|entry| entry.file_name().into_string().ok()));
        }
        names.retain(|name| name.starts_with(beginning));
        names.sort_unstable();
        names.dedup();
        let group = |name: &String| {
            let directories =
                self.parents().iter().map(|parent| parent.join(name)).filter(|found| found.is_dir());
            Group { directories: directories.collect(), second: matches!(self, Self::Second(_)) }
        };
        names.iter().map(|name| (name.clone(), group(name))).collect()
    }
}

impl Group {
    /// The group with these lists of processes, as [`Self::lists`] answers them.
    pub(super) fn of_lists(lists: impl IntoIterator<Item = PathBuf>) -> Self {
        let parents = lists.into_iter().filter_map(|list| Some(list.parent()?.to_owned()));
        let directories: Vec<PathBuf> = parents.collect();
        let second = directories.first().is_some_and(|first| first.join("cgroup.kill").exists());
        Self { directories, second }
    }

    /// Where a process writes that it joins.
    pub(super) fn lists(&self) -> Vec<PathBuf> {
        self.directories.iter().map(|directory| directory.join("cgroup.procs")).collect()
    }

    /// Sends SIGKILL to everything in it.
    pub(super) fn kill(&self) {
        if self.second && fs::write(self.directories[0].join("cgroup.kill"), "1").is_ok() {
            return;
        }
        for process in self.processes() {
            // Held, then asked once more: the number may have gone to somebody else.
            if let Some(held) = Held::open(process)
                && self.processes().contains(&process)
            {
                held.signal(Signal::KILL);
            }
        }
    }

    /// Who is in it.
    pub(super) fn processes(&self) -> Vec<i32> {
        let lists = self.lists().into_iter().filter_map(|list| fs::read_to_string(list).ok());
        let mut all: Vec<i32> = lists
            .flat_map(|list| list.lines().filter_map(|line| line.parse().ok()).collect::<Vec<_>>())
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether the kernel ended something in it for want of memory.
    pub(super) fn ran_out_of_memory(&self) -> bool {
        let file = if self.second { "memory.events" } else { "memory.oom_control" };
        let Some(directory) = self.directories.first() else { return false };
        let text = fs::read_to_string(directory.join(file)).unwrap_or_default();
        text.lines().filter_map(|line| line.strip_prefix("oom_kill ")).any(|count| count.trim() != "0")
    }

    /// Removes it; whether nothing of it is left.
    pub(super) fn remove(&self) -> bool {
        let gone = |directory: &PathBuf| {
            fs::remove_dir(directory).map_or_else(|e| e.kind() == io::ErrorKind::NotFound, |()| true)
        };
        // Each is tried, whatever came of the one before.
        self.directories.iter().filter(|directory| !gone(directory)).count() == 0
    }
}

fn write_if_there(path: &Path, text: &str) -> io::Result<()> {
    if path.exists() { fs::write(path, text) } else { Ok(()) }
}

/// Of the second kind: the group of this process and those above it, the nearest first. Only in those above can there be both
/// processes of ours and groups with limits.
fn candidates(own: &str, mounts: &str) -> Vec<PathBuf> {
    let Some(path) = own.lines().find_map(|line| line.strip_prefix("0::")) else { return Vec::new() };
    let Some((root, mounted)) = mounts.lines().find_map(|line| mounted(line, "cgroup2", None)) else {
        return Vec::new();
    };
    let directory = below(&root, &mounted, path);
    directory.ancestors().take_while(|above| above.starts_with(&mounted)).map(Path::to_path_buf).collect()
}

fn delegates_all(directory: &Path) -> bool {
    let given = fs::read_to_string(directory.join("cgroup.subtree_control")).unwrap_or_default();
    CONTROLLERS.iter().all(|controller| given.split_whitespace().any(|word| word == *controller))
        && rustix::fs::access(directory, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Of the first kind: the directory of this process's group of one controller.
fn directory_of(controller: &str, own: &str, mounts: &str) -> Option<PathBuf> {
    let path = own.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':');
        let controllers = fields.nth(1)?;
        let path = fields.next()?;
        controllers.split(',').any(|one| one == controller).then_some(path)
    })?;
    let (root, mounted) = mounts.lines().find_map(|line| mounted(line, "cgroup", Some(controller)))?;
    Some(below(&root, &mounted, path))
}

/// Root and place of a mount of this kind.
fn mounted(line: &str, kind: &str, option: Option<&str>) -> Option<(PathBuf, PathBuf)> {
    let (before, after) = line.split_once(" - ")?;
    let mut after = after.split(' ');
    let is_kind = after.next()? == kind;
    let has_option =
        option.is_none_or(|option| after.nth(1).is_some_and(|all| all.split(',').any(|one| one == option)));
    let mut before = before.split(' ').skip(3);
    (is_kind && has_option).then_some(())?;
    Some((before.next()?.into(), before.next()?.into()))
}

/// In a container the mount shows a part of the whole, and the path may be one of the whole.
fn below(root: &Path, mounted: &Path, path: &str) -> PathBuf {
    let path = Path::new(path);
    let inside = path.strip_prefix(root).or_else(|_| path.strip_prefix("/")).unwrap_or(path);
    let directory = mounted.join(inside);
    if directory.is_dir() { directory } else { mounted.to_path_buf() }
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;
