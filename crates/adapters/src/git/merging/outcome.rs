//! What `git merge-tree` says of two commits.

use std::collections::{BTreeMap, BTreeSet};

use ports::git::CommitHash;

/// What has come of a merge.
#[derive(Debug)]
pub(in crate::git) struct Outcome {
    /// The tree of it, with marks where files do not go together.
    pub(in crate::git) tree: String,
    /// Whether they all do.
    pub(in crate::git) is_clean: bool,
    /// The files that do not, by path.
    pub(super) files: BTreeMap<Vec<u8>, InConflict>,
}

/// A file in conflict: mode and object of each side that has it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct InConflict {
    pub(super) base: Option<String>,
    pub(super) ours: Option<String>,
    pub(super) theirs: Option<String>,
    /// Where it is in the tree.
    pub(super) places: BTreeSet<Vec<u8>>,
}

impl Outcome {
    /// Reads `TREE` and, of each side of a file in conflict, `MODE OBJECT STAGE<TAB>PATH`, each ended by NUL.
    pub(super) fn of(said: &[u8], is_clean: bool, head: CommitHash, commit: CommitHash) -> Option<Self> {
        let mut records = said.split(|byte| *byte == 0);
        let tree = String::from_utf8(records.next()?.to_owned()).ok()?;
        tree.parse::<CommitHash>().ok()?;
        let staged: Vec<_> = records.filter_map(staged).collect();
        let mut stages: BTreeMap<&[u8], Vec<u8>> = BTreeMap::new();
        for (_, stage, path) in &staged {
            stages.entry(path).or_default().push(*stage);
        }
        let mut files: BTreeMap<Vec<u8>, InConflict> = BTreeMap::new();
        for (about, stage, path) in &staged {
            let is_of = |stage: u8| stages.get(*path).is_some_and(|stages| stages.contains(&stage));
            let real = match (is_of(b'2'), is_of(b'3')) {
                (_, false) => put_back(path, head),
                (false, true) => put_back(path, commit),
                (true, true) => put_back(put_back(path, head), commit),
            };
            let file = files.entry(real.to_owned()).or_default();
            file.places.insert(path.to_vec());
            let side = match stage {
                b'1' => &mut file.base,
                b'2' => &mut file.ours,
                _ => &mut file.theirs,
            };
            *side = Some((*about).to_owned());
        }
        Some(Self { tree, is_clean, files })
    }

    /// The files that do not go together. A name that is not UTF-8 is shown as well as can be.
    pub(in crate::git) fn paths(&self) -> Vec<String> {
        self.files.keys().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
    }
}

impl InConflict {
    /// The sides that there are.
    pub(super) fn sides(&self) -> impl Iterator<Item = &str> {
        [&self.base, &self.ours, &self.theirs].into_iter().filter_map(Option::as_deref)
    }
}

/// The object of a file that is neither a link nor a submodule.
pub(super) fn object(about: &str) -> Option<&str> {
    about.strip_prefix("100").and_then(|about| about.split_once(' ')).map(|(_, object)| object)
}

fn staged(record: &[u8]) -> Option<(&str, u8, &[u8])> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let (about, stage) = std::str::from_utf8(&record[..tab]).ok()?.rsplit_once(' ')?;
    Some((about, *stage.as_bytes().first()?, &record[tab + 1..]))
}

/// Where there cannot be two things, git puts one beside the other as `PATH~COMMIT`, or as `PATH~COMMIT_0` if that is taken.
/// It was at PATH. Nothing that this commit itself has can be called so: a commit does not hold its own name.
fn put_back(path: &[u8], commit: CommitHash) -> &[u8] {
    let digits = path.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let counted = match path[..path.len() - digits].strip_suffix(b"_") {
        Some(rest) if digits > 0 => rest,
        _ => path,
    };
    let beside = format!("~{commit}");
    [path, counted].into_iter().find_map(|path| path.strip_suffix(beside.as_bytes())).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(digit: &str) -> CommitHash {
        digit.repeat(40).parse().unwrap()
    }

    fn outcome(records: &[String]) -> Outcome {
        let said: String = records.iter().map(|record| format!("{record}\0")).collect();
        Outcome::of(said.as_bytes(), false, hash("a"), hash("b")).unwrap()
    }

    #[test]
    fn the_sides_of_a_file_are_brought_together_wherever_git_has_put_them() {
        let (tree, ours, theirs) = (hash("0").to_string(), hash("a"), hash("b"));
        let outcome = outcome(&[
            tree,
            "120000 1 2\tlink".to_owned(),
            format!("100644 2 1\tlink~{theirs}"),
            format!("100644 3 3\tlink~{theirs}"),
            format!("100644 4 2\td~{ours}_12"),
            // What theirs has called so itself, knowing the commit of ours.
            format!("100644 5 3\te~{ours}"),
            "100644 6 2\ta\tb\n".to_owned(),
            "100644 7 3\ta\tb\n".to_owned(),
        ]);
        assert_eq!(outcome.paths(), ["a\tb\n", "d", &format!("e~{ours}"), "link"]);
        let link = &outcome.files[&b"link"[..]];
        let about = |text: &str| Some(text.to_owned());
        assert_eq!(
            (&link.base, &link.ours, &link.theirs),
            (&about("100644 2"), &about("120000 1"), &about("100644 3"))
        );
        assert_eq!(link.places.len(), 2);
        assert_eq!(outcome.files[&b"d"[..]].places, [format!("d~{ours}_12").into_bytes()].into());
    }

    #[test]
    fn what_names_no_tree_is_no_outcome() {
        for said in [&b""[..], b"\0", b"fatal: no\0"] {
            assert!(Outcome::of(said, true, hash("a"), hash("b")).is_none());
        }
    }
}
