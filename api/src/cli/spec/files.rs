//! Files that go in and come out.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use plan::Problem;
use plan::layouts::{File, MAX_FILE_BYTES};
use serde::Deserialize;
use serde_json::{Value, json};

use super::lines::problem;
use crate::cli::client::{Answer, Failure, Output, Session, alarm, faint, plain};

/// The files of a plan: those that are Markdown in `path`, or `path` itself when it is a file.
pub(in crate::cli) fn plan(out: &Output, path: &Path) -> Result<Vec<File>, Failure> {
    let found = found(path)?;
    let folder = fs::canonicalize(path).ok().filter(|path| path.is_dir());
    let folder = folder.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for path in found {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match text_of(&path, &name)? {
            Ok(text) => {
                let path = folder.as_ref().map_or(name.clone(), |folder| format!("{folder}/{name}"));
                files.push(File { path, text });
            }
            Err(problem) => problems.push(problem),
        }
    }
    if files.is_empty() && problems.is_empty() {
        problems.push(Problem::new("not_a_plan", format!(
            "{} holds no Markdown; a plan is a folder with requirements.md and tasks.md (Kiro), with spec.md and tasks.md \
             (spec-kit), or one file of our own layout", path.display())));
    }
    if problems.is_empty() { Ok(files) } else { Err(refuse(out, &problems)?) }
}

fn found(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::invalid("unreadable", format!("cannot read {}: {error}", path.display()))
    };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(unreadable)?;
    let mut found: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && path.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("md")))
        .collect();
    found.sort();
    Ok(found)
}

/// The text of a file that is small enough and is text.
fn text_of(path: &Path, name: &str) -> Result<Result<String, Problem>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::invalid("unreadable", format!("cannot read {}: {error}", path.display()))
    };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_FILE_BYTES as u64 {
        let message = format!("{name} has {size} bytes; a file of a plan has at most {MAX_FILE_BYTES}");
        return Ok(Err(Problem::new("too_large", message).at(name, 1)));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    Ok(String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..good].iter().filter(|byte| **byte == b'\n').count();
        let message = format!("{name} is no UTF-8 text from line {line} on: save it as UTF-8");
        Problem::new("not_utf8", message).at(name, u32::try_from(line).unwrap_or(u32::MAX))
    }))
}

/// The answer to an import; of a plan that was refused, every problem in its own line.
pub(in crate::cli) fn listed(session: &Session, sent: Result<Answer, Failure>) -> Result<Answer, Failure> {
    #[derive(Deserialize)]
    struct Refusal {
        #[serde(default)]
        problems: Vec<Problem>,
    }
    match sent {
        Err(Failure::Refused { problem, detail, passing }) => {
            let refusal: Refusal = serde_json::from_str(&problem).unwrap_or(Refusal { problems: Vec::new() });
            if refusal.problems.is_empty() {
                return Err(Failure::Refused { problem, detail, passing });
            }
            Err(refuse(&session.out, &refusal.problems)?)
        }
        other => other,
    }
}

/// Tells every problem, and answers the failure that ends the command.
pub(in crate::cli) fn refuse(out: &Output, problems: &[Problem]) -> Result<Failure, Failure> {
    if out.json {
        let told = json!({ "id": null, "status": "invalid", "problems": problems }).to_string();
        out.raw([&*told])?;
    } else {
        out.lines(&problems.iter().map(problem).collect::<Vec<_>>())?;
    }
    let count =
        if problems.len() == 1 { "a problem".to_owned() } else { format!("{} problems", problems.len()) };
    Ok(Failure::invalid("invalid_plan", format!("the plan has {count}; nothing was changed")))
}

/// The idea in a file, or on standard input.
pub(in crate::cli) fn idea(path: Option<&Path>) -> Result<String, Failure> {
    let Some(path) = path else {
        return Err(Failure::invalid("no_idea", "give --idea FILE or --import DIR"));
    };
    let unreadable = |error: std::io::Error| {
        let detail = match error.kind() {
            ErrorKind::InvalidData => format!("{} is no UTF-8 text: save it as UTF-8", path.display()),
            _ => format!("cannot read {}: {error}", path.display()),
        };
        Failure::invalid("unreadable", detail)
    };
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().take(MAX_FILE_BYTES as u64).read_to_string(&mut text).map_err(unreadable)?;
        return Ok(text);
    }
    fs::read_to_string(path).map_err(unreadable)
}

/// The JSON in a file.
pub(super) fn json(path: &Path) -> Result<Value, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::invalid("unreadable", format!("cannot read {}: {error}", path.display()))
    })?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::invalid("not_json", format!("{} is no JSON: {error}", path.display())))
}

#[derive(Deserialize)]
struct Exported {
    files: Vec<File>,
    lost: Vec<String>,
}

/// Writes exported files into a folder: all of them, or none when one is there already.
pub(super) fn write(session: &Session, answer: &Answer, dir: &Path, force: bool) -> Result<(), Failure> {
    let Exported { files, lost } = answer.parse()?;
    let fault = |path: &Path, error: std::io::Error| {
        Failure::invalid("unwritable", format!("cannot write {}: {error}", path.display()))
    };
    // Of a path that a server sends only the last name counts: nothing is written outside of the folder.
    let files: Vec<_> = files
        .into_iter()
        .filter_map(|file| Some((dir.join(Path::new(&file.path).file_name()?), file.text)))
        .collect();
    if let Some((there, _)) = files.iter().find(|(path, _)| !force && path.exists()) {
        let detail = format!("{} is there already; choose another folder, or give --force", there.display());
        return Err(Failure::invalid("exists", detail));
    }
    fs::create_dir_all(dir).map_err(|error| fault(dir, error))?;
    for (path, text) in &files {
        fs::write(path, text).map_err(|error| fault(path, error))?;
    }
    if session.out.json {
        let paths: Vec<_> = files.iter().map(|(path, _)| path.display().to_string()).collect();
        let told = json!({ "files": paths, "lost": lost }).to_string();
        return session.out.raw([&*told]);
    }
    let written = files.iter().map(|(path, _)| vec![plain("wrote "), plain(path.display())]);
    let missing = lost.iter().map(|lost| vec![alarm("left out  "), faint(lost)]);
    session.out.lines(&written.chain(missing).collect::<Vec<_>>())
}
