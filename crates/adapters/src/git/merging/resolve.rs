//! What becomes of files in conflict, checked and put into a tree.

use std::collections::{BTreeMap, HashMap};

use ports::git::{Resolution, Resolved, Unresolved, WorkError};

use super::outcome::{InConflict, object};
use crate::git::work::files::{Files, Listed};

/// What the lines of git begin with around what is in conflict.
const MARKS: [&str; 2] = ["<<<<<<< ", ">>>>>>> "];

/// A file in conflict, and what becomes of it.
pub(super) struct Settled<'a> {
    pub(super) path: &'a [u8],
    pub(super) file: &'a InConflict,
    pub(super) to: &'a Resolution,
}

/// What becomes of a place: mode and object, or nothing.
pub(super) struct Put<'a> {
    pub(super) path: &'a [u8],
    pub(super) about: Option<String>,
    /// Somebody has chosen a side, and with it that a directory of the other gives way.
    pub(super) is_side: bool,
}

/// What was said of each file, in the order of their paths.
pub(super) fn settled<'a>(
    conflicts: &'a BTreeMap<Vec<u8>, InConflict>,
    said: &'a [Resolved],
) -> Result<Vec<Settled<'a>>, WorkError> {
    let mut by_path: HashMap<&str, &Resolution> = HashMap::new();
    for Resolved { path, to } in said {
        if by_path.insert(path, to).is_some() {
            return Err(wrong(path, Unresolved::Twice));
        }
    }
    let mut settled = Vec::new();
    for (path, file) in conflicts {
        let shown = String::from_utf8_lossy(path);
        let to = by_path.remove(shown.as_ref()).ok_or_else(|| wrong(&shown, Unresolved::Missing))?;
        settled.push(Settled { path, file, to });
    }
    let unasked = said.iter().find(|resolved| by_path.contains_key(resolved.path.as_str()));
    unasked.map_or(Ok(settled), |resolved| Err(wrong(&resolved.path, Unresolved::NotInConflict)))
}

impl Settled<'_> {
    /// The mode of a text that is put there.
    pub(super) fn mode(&self) -> Result<&str, WorkError> {
        let sides = [&self.file.ours, &self.file.theirs, &self.file.base].into_iter().flatten();
        let mut files = sides.filter(|about| object(about).is_some());
        let mode = files.next().and_then(|about| about.split_once(' ')).map(|(mode, _)| mode);
        mode.ok_or_else(|| self.wrong(Unresolved::NotText))
    }

    /// Whether this text is a finished one, `texts` being what the sides hold. A line that looks like a mark may be one of
    /// the file itself.
    pub(super) fn check(&self, text: &str, texts: &HashMap<String, String>) -> Result<(), WorkError> {
        let mut own: Vec<&str> = Vec::new();
        for about in [&self.file.ours, &self.file.theirs].into_iter().flatten() {
            // A link can become a file; something binary cannot become a text.
            let Some(object) = object(about) else { continue };
            own.extend(texts.get(object).ok_or_else(|| self.wrong(Unresolved::NotText))?.lines());
        }
        let is_mark = |line: &str| MARKS.iter().any(|mark| line.starts_with(mark)) && !own.contains(&line);
        if text.lines().any(is_mark) { Err(self.wrong(Unresolved::Marked)) } else { Ok(()) }
    }

    fn wrong(&self, wrong: Unresolved) -> WorkError {
        self::wrong(&String::from_utf8_lossy(self.path), wrong)
    }
}

/// Puts all of it into the tree of a merge, in the order of their paths, in the place of what git has put there.
pub(super) fn put(
    tree: &mut Files,
    conflicts: &BTreeMap<Vec<u8>, InConflict>,
    puts: Vec<Put<'_>>,
) -> Result<(), WorkError> {
    for place in conflicts.values().flat_map(|file| &file.places) {
        tree.remove(place);
    }
    for Put { path, about, is_side } in puts {
        let Some(about) = about else { continue };
        let in_the_way = |path: &[u8]| Err(wrong(&String::from_utf8_lossy(path), Unresolved::Directory));
        if is_directory(tree, path) {
            if !is_side {
                return in_the_way(path);
            }
            let below = [path, b"/"].concat();
            tree.retain(|path, _| !path.starts_with(&below));
        }
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(end, _)| end);
        if let Some(file) = ends.map(|end| &path[..end]).find(|above| tree.contains_key(*above)) {
            return in_the_way(file);
        }
        tree.insert(path.to_owned(), Listed::of(about));
    }
    Ok(())
}

/// Whether there are files below it.
pub(super) fn is_directory(tree: &Files, path: &[u8]) -> bool {
    let below = [path, b"/"].concat();
    tree.range(below.clone()..).next().is_some_and(|(path, _)| path.starts_with(&below))
}

fn wrong(path: &str, wrong: Unresolved) -> WorkError {
    WorkError::Unresolved { path: path.to_owned(), wrong }
}
