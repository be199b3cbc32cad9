//! What the guard does before it becomes a program that is held: everything that has to happen in the new process, and
//! that the program cannot do for itself. Any step that fails ends it, and nothing runs.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, File},
    io::{Seek, Write},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use rustix::{
    fs::{MemfdFlags, Mode, OFlags},
    process::{Resource, Rlimit},
};
use serde::{Deserialize, Serialize};

use crate::{guard, keep, tree};

/// How a program is held, and what it is.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Confinement {
    /// Control groups to join, each by its list of processes.
    pub groups: Vec<PathBuf>,
    /// Limits of the process and of its descendants.
    pub limits: BTreeMap<ResourceLimit, u64>,
    /// User and group to become; nothing of root stays.
    pub account: Option<(u32, u32)>,
    /// How much earlier than others it is ended when memory is short, 0 to 1,000.
    pub oom_score: u16,
    /// A pipe that it gets as its file 3, to be written.
    pub third: Option<PathBuf>,
    /// A file to which it adds a line of itself, before anything else: when it began, and its number.
    pub note: Option<PathBuf>,
    /// When the guard stays: a pipe that says whether we live. `third` is then the guard's, to tell that the program runs.
    pub life: Option<PathBuf>,
    /// Where it starts.
    pub directory: PathBuf,
    /// Its whole environment.
    pub environment: Vec<(String, String)>,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<Argument>,
}

/// An argument of the program: a text, or the number of a file that is opened for it.
#[derive(Debug, Serialize, Deserialize)]
pub enum Argument {
    /// As it is.
    Text(String),
    /// A file with these bytes.
    Bytes(Vec<u8>),
    /// A file with these arguments, each with a zero after it: nobody finds them in a list of processes.
    List(Vec<Argument>),
    /// A file or pipe that is there, to be written.
    Write(PathBuf),
}

/// What a limit is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ResourceLimit {
    /// Bytes of a core dump.
    Core,
    /// Bytes of memory that is its own.
    Data,
    /// Bytes of a file it writes.
    FileSize,
    /// Files it has open.
    OpenFiles,
    /// Processes and threads of its user.
    Processes,
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Returns only when the program could not be started: with the reason.
pub(crate) fn become_program(parent: i32, file: &Path) -> String {
    // Hundreds of workers wait at a time, each with a heap that is almost empty: it would be pages of 2 MiB. Where the kernel knows
    // nothing of that, there is nothing to be done.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    match prepare(parent, file) {
        // The files have to be open until the program has them.
        Ok(Prepared { mut command, files: _files, life: None }) => {
            let error = command.exec();
            format!("cannot run {}: {error}", command.get_program().display())
        }
        Ok(Prepared { command, mut files, life: Some(life) }) => {
            match keep::keep(command, files.swap_remove(0).into(), life) {
                Ok(code) => std::process::exit(code),
                Err(reason) => reason,
            }
        }
        Err(reason) => reason,
    }
}

#[derive(Debug)]
struct Prepared {
    command: Command,
    /// What was opened for it, the third file first.
    files: Vec<OwnedFd>,
    life: Option<File>,
}

fn prepare(parent: i32, file: &Path) -> Result<Prepared, String> {
    close_inherited()?;
    // To open a pipe is to wait for who reads it: our parent, which may end before it does.
    guard::die_with(parent, "kill".as_ref())?;
    let text = fs::read(file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
    let plan: Confinement =
        serde_json::from_slice(&text).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
    if let Some(note) = &plan.note {
        note_self(note)?;
    }
    for group in &plan.groups {
        fs::write(group, "0").map_err(|e| format!("cannot join {}: {e}", group.display()))?;
    }
    // Where it cannot be had, nothing is lost but the order in which the kernel ends programs.
    let _ = fs::write("/proc/self/oom_score_adj", plan.oom_score.to_string());
    for (limit, most) in &plan.limits {
        set_limit(*limit, *most)?;
    }
    rustix::process::umask(Mode::WGRP | Mode::WOTH);
    let mut files = Vec::new();
    if let Some(third) = &plan.third {
        let third = for_writing(third)?;
        if plan.life.is_some() {
            // The program must not have it: a program of its own could go on saying things by it.
            rustix::io::fcntl_setfd(&third, rustix::io::FdFlags::CLOEXEC)
                .map_err(|e| format!("cannot keep a file: {e}"))?;
        }
        if third.as_raw_fd() != 3 {
            return Err(format!("the third file is {}", third.as_raw_fd()));
        }
        files.push(third);
    }
    let arguments = resolve(&plan.arguments, &mut files)?;
    let life = plan.life.as_deref().map(|path| open_life(parent, path)).transpose()?;
    if let Some((uid, gid)) = plan.account {
        become_account(uid, gid)?;
    }
    if life.is_none() {
        // Again after the change of the user: the kernel forgets the request at it.
        guard::die_with(parent, "kill".as_ref())?;
    } else {
        guard::outlive_the_parent()?;
    }
    let mut command = Command::new(&plan.program);
    command.args(arguments).current_dir(&plan.directory).env_clear().envs(plan.environment);
    Ok(Prepared { command, files, life })
}

fn note_self(note: &Path) -> Result<(), String> {
    let own = tree::of(rustix::process::getpid().as_raw_pid()).ok_or("this process is not in /proc")?;
    let mut file = File::options().append(true).open(note);
    let noted = file.as_mut().map_err(|e| e.to_string());
    let noted = noted.and_then(|file| writeln!(file, "{} {}", own.begun, own.pid).map_err(|e| e.to_string()));
    noted.map_err(|e| format!("cannot note itself in {}: {e}", note.display()))
}

/// It ends when the last that has it open for writing has ended; our parent has, while it is there.
fn open_life(parent: i32, path: &Path) -> Result<File, String> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let life = rustix::fs::open(path, flags, Mode::empty())
        .map_err(|e| format!("cannot open {}: {e}", path.display()))?;
    if rustix::process::getppid().map(rustix::process::Pid::as_raw_pid) != Some(parent) {
        return Err("the parent is gone already".to_owned());
    }
    rustix::fs::fcntl_setfl(&life, OFlags::empty()).map_err(|e| format!("cannot wait for its end: {e}"))?;
    Ok(life.into())
}

/// Whoever started our parent may have left files open in it; they are not the program's.
fn close_inherited() -> Result<(), String> {
    let listed = fs::read_dir("/proc/self/fd").map_err(|e| format!("cannot list open files: {e}"))?;
    let open: Vec<i32> = listed.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    for file in open.into_iter().filter(|file| *file > 2) {
        // The list itself was one of them, and is closed by now.
        let _ = nix::unistd::close(file);
    }
    Ok(())
}

fn set_limit(limit: ResourceLimit, most: u64) -> Result<(), String> {
    let resource = match limit {
        ResourceLimit::Core => Resource::Core,
        ResourceLimit::Data => Resource::Data,
        ResourceLimit::FileSize => Resource::Fsize,
        ResourceLimit::OpenFiles => Resource::Nofile,
        ResourceLimit::Processes => Resource::Nproc,
    };
    // Whoever started us may have less than this; nobody can be given more.
    let most = rustix::process::getrlimit(resource).maximum.map_or(most, |had| had.min(most));
    let both = Rlimit { current: Some(most), maximum: Some(most) };
    rustix::process::setrlimit(resource, both).map_err(|e| format!("cannot limit {limit:?}: {e}"))
}

fn become_account(uid: u32, gid: u32) -> Result<(), String> {
    use rustix::{
        fs::{Gid, Uid},
        thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid},
    };
    let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
    // The guard has one thread, so what holds for the thread holds for the process.
    set_thread_groups(&[gid])
        .and_then(|()| set_thread_res_gid(gid, gid, gid))
        .and_then(|()| set_thread_res_uid(uid, uid, uid))
        .map_err(|e| format!("cannot become the user {}: {e}", uid.as_raw()))
}

fn resolve(arguments: &[Argument], files: &mut Vec<OwnedFd>) -> Result<Vec<OsString>, String> {
    let mut resolved = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let file = match argument {
            Argument::Text(text) => {
                resolved.push(text.into());
                continue;
            }
            Argument::Bytes(bytes) => in_memory(bytes)?,
            Argument::List(list) => {
                let mut bytes = Vec::new();
                for one in resolve(list, files)? {
                    bytes.extend_from_slice(one.as_encoded_bytes());
                    bytes.push(0);
                }
                in_memory(&bytes)?
            }
            Argument::Write(path) => for_writing(path)?,
        };
        resolved.push(file.as_raw_fd().to_string().into());
        files.push(file);
    }
    Ok(resolved)
}

fn for_writing(path: &Path) -> Result<OwnedFd, String> {
    rustix::fs::open(path, OFlags::WRONLY, Mode::empty())
        .map_err(|e| format!("cannot open {}: {e}", path.display()))
}

fn in_memory(bytes: &[u8]) -> Result<OwnedFd, String> {
    let file = rustix::fs::memfd_create("omoi", MemfdFlags::empty()).map_err(|e| e.to_string());
    let written = file.and_then(|file| {
        let mut file = File::from(file);
        file.write_all(bytes).and_then(|()| file.rewind()).map_err(|e| e.to_string())?;
        Ok(OwnedFd::from(file))
    });
    written.map_err(|e| format!("cannot keep arguments in memory: {e}"))
}
