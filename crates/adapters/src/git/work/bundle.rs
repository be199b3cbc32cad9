//! The head of a bundle, read without git: so that it is known what git will be given, in every version of it.
//!
//! `# v2 git bundle`, or `# v3 git bundle` and capabilities (`@…`); commits that must be there (`-COMMIT SUBJECT`); refs
//! (`COMMIT NAME`); an empty line; a pack.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use ports::git::{CommitHash, GitError, RESULT_REF, WorkError};
use ports::llm::Said;
use rustix::fs::OFlags;

/// Whoever has more before its pack has thousands of commits that must be there.
const MAX_HEAD_BYTES: u64 = 1 << 20;

/// A bundle of a result, open at its pack.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) commit: CommitHash,
    pub(super) pack: File,
    pub(super) bytes: u64,
}

/// Opens it, if it is a file: a link, a pipe or a device of a stranger is none.
pub(super) fn open(path: &Path, max_bytes: u64) -> Result<Opened, GitError> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let flags = i32::try_from(flags.bits()).expect("flags of open fit, they are an int of C");
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let mut file = file.map_err(|error| broken(&format!("its file cannot be opened: {error}")))?;
    let about = file.metadata().map_err(|error| broken(&error.to_string()))?;
    if !about.is_file() {
        return Err(broken("it is no file"));
    }
    if about.len() > max_bytes {
        return Err(WorkError::ResultTooLarge { max_bytes }.into());
    }
    let (commit, head_bytes) = head(&file)?;
    file.seek(SeekFrom::Start(head_bytes)).map_err(|error| broken(&error.to_string()))?;
    Ok(Opened { commit, pack: file, bytes: about.len() })
}

fn head(file: &File) -> Result<(CommitHash, u64), GitError> {
    let mut lines = Lines { from: BufReader::new(file.take(MAX_HEAD_BYTES)), read: 0 };
    match lines.next()?.as_slice() {
        b"# v2 git bundle" | b"# v3 git bundle" => {}
        _ => return Err(broken("it does not begin as a bundle")),
    }
    let mut refs = Vec::new();
    loop {
        let line = lines.next()?;
        match line.first() {
            None => break,
            Some(b'@') if line.starts_with(b"@object-format=") => {}
            Some(b'@') => return Err(broken("it leaves something out")),
            Some(b'-') => {}
            Some(_) => refs.push(String::from_utf8_lossy(&line).into_owned()),
        }
    }
    let [only] = refs.as_slice() else {
        return Err(broken(&format!("it has {} refs and not one", refs.len())));
    };
    let (commit, name) = only.split_once(' ').unwrap_or((only, ""));
    if name != RESULT_REF {
        return Err(broken(&format!("its ref is {name} and not {RESULT_REF}")));
    }
    Ok((commit.parse().map_err(|_| broken("its ref names no commit"))?, lines.read))
}

struct Lines<R> {
    from: R,
    read: u64,
}

impl<R: std::io::BufRead> Lines<R> {
    fn next(&mut self) -> Result<Vec<u8>, GitError> {
        let mut line = Vec::new();
        self.from.read_until(b'\n', &mut line).map_err(|error| broken(&error.to_string()))?;
        self.read += line.len() as u64;
        if line.pop() != Some(b'\n') {
            return Err(broken("it ends before its pack"));
        }
        Ok(line)
    }
}

pub(super) fn broken(said: &str) -> GitError {
    WorkError::Broken { said: Said::new(said) }.into()
}
