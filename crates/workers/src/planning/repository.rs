//! What a model sees of the code: which files there are, and some of them: those that say what it is, and those whose names the idea
//! speaks of. It is read at one commit, and changed by nobody.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ports::git::{Branch, CommitHash, Content, Entry, EntryKind, Git, GitError, RepositoryUrl, TreePath};
use ports::llm::Said;
use work::project::Repository;

/// Entries of the tree that are looked at, and those that are named.
const LOOKED_AT: usize = 5_000;
const NAMED: usize = 400;
/// Files that are shown, bytes of a file that is read at all, characters of each that are shown, and of all of them.
const SHOWN: usize = 24;
const FILE_BYTES: u64 = 256 * 1024;
const FILE_CHARS: usize = 8_000;
const ALL_CHARS: usize = 72_000;

/// They say what a code base is.
const TELLING: &[&str] = &[
    "agents.md",
    "build.gradle",
    "cargo.toml",
    "claude.md",
    "composer.json",
    "contributing.md",
    "dockerfile",
    "gemfile",
    "go.mod",
    "makefile",
    "package.json",
    "pom.xml",
    "pyproject.toml",
    "readme",
    "readme.md",
    "readme.rst",
    "requirements.txt",
    "setup.py",
    "tsconfig.json",
];
/// What is in there was written elsewhere, or by a program.
const FOREIGN: &[&str] = &["build", "dist", "node_modules", "target", "vendor", ".venv", "__pycache__"];

/// The repository as a text.
pub(super) async fn seen(git: &dyn Git, linked: &Repository, idea: &str) -> Result<String, GitError> {
    let broken = |what: &dyn std::fmt::Display| GitError::Failed { said: Said::new(&what.to_string()) };
    let url = RepositoryUrl::parse(&linked.place.to_string()).map_err(|error| broken(&error))?;
    let branch = linked.branch.as_ref().map(|branch| Branch::parse(branch.as_str())).transpose();
    let branch = branch.map_err(|error| broken(&error))?;
    let head = match git.resolve(&url, branch.as_ref()).await {
        Ok(head) => head,
        Err(GitError::Empty) => return Ok("The repository is empty: nothing is there yet.".to_owned()),
        Err(error) => return Err(error),
    };
    let listing = git.list(&url, head.commit, LOOKED_AT).await?;
    let mut text = format!("Branch {}, commit {}.\n\n### Files\n", head.branch, head.commit);
    let mut entries: Vec<&Entry> = listing.entries.iter().collect();
    entries.sort_by_key(|entry| (depth(&entry.path), &entry.path));
    for entry in entries.iter().take(NAMED) {
        let _ = writeln!(text, "{}", shown_path(&entry.path));
    }
    let more = entries.len().saturating_sub(NAMED);
    if more > 0 || listing.cut {
        let at_least = if listing.cut { "at least " } else { "" };
        let _ = writeln!(text, "[{at_least}{more} more files are not named here]");
    }
    show_files(git, &url, head.commit, &telling_files(&entries, idea), &mut text).await?;
    Ok(text)
}

async fn show_files(
    git: &dyn Git,
    url: &RepositoryUrl,
    commit: CommitHash,
    files: &[&Entry],
    text: &mut String,
) -> Result<(), GitError> {
    let mut left = ALL_CHARS;
    for entry in files {
        let Ok(path) = TreePath::parse(&entry.path) else { continue };
        let Content::Text(content) = git.show(url, commit, &path, FILE_BYTES).await? else { continue };
        let most = FILE_CHARS.min(left);
        let shown: String = content.chars().take(most).collect();
        let cut = if shown.len() < content.len() { "\n[the rest of the file is left out]" } else { "" };
        let _ = write!(text, "\n### {}\n{shown}{cut}\n", shown_path(&entry.path));
        left = left.saturating_sub(shown.chars().count());
        if left == 0 {
            break;
        }
    }
    Ok(())
}

/// The files that are worth a look, the best first.
fn telling_files<'a>(entries: &[&'a Entry], idea: &str) -> Vec<&'a Entry> {
    let words = words_of(idea);
    let mut files: Vec<(i64, &Entry)> = entries
        .iter()
        .filter(|entry| matches!(entry.kind, EntryKind::File | EntryKind::Executable))
        .filter(|entry| entry.bytes.is_some_and(|bytes| bytes > 0 && bytes <= FILE_BYTES))
        .map(|entry| (worth(&entry.path, &words), *entry))
        .filter(|(worth, _)| *worth > 0)
        .collect();
    files.sort_by_key(|(worth, entry)| (-worth, &entry.path));
    files.into_iter().map(|(_, entry)| entry).take(SHOWN).collect()
}

fn worth(path: &str, idea: &BTreeSet<String>) -> i64 {
    let lower = path.to_lowercase();
    if lower.split('/').any(|part| FOREIGN.contains(&part))
        || lower.ends_with(".lock")
        || lower.ends_with("lock.json")
    {
        return 0;
    }
    let name = lower.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let spoken_of = words_of(&lower).intersection(idea).count();
    let mut worth = 25 * i64::try_from(spoken_of).unwrap_or(0);
    if TELLING.contains(&name) {
        worth += 60;
    }
    if matches!(stem, "main" | "app" | "index" | "lib" | "server" | "mod" | "models" | "schema") {
        worth += 30;
    }
    if lower.contains("test") {
        worth += 8;
    }
    if worth == 0 && is_code(name) {
        worth = 5;
    }
    worth - 2 * i64::try_from(depth(path)).unwrap_or(0)
}

fn is_code(name: &str) -> bool {
    let end = name.rsplit('.').next().unwrap_or_default();
    matches!(
        end,
        "c" | "cpp"
            | "cs"
            | "go"
            | "java"
            | "js"
            | "kt"
            | "php"
            | "py"
            | "rb"
            | "rs"
            | "sql"
            | "swift"
            | "ts"
            | "tsx"
    )
}

/// Words that mean something, in lower case, without the `s` of a plural.
fn words_of(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 3);
    words.map(|word| word.strip_suffix('s').unwrap_or(word).to_owned()).collect()
}

fn depth(path: &str) -> usize {
    path.matches('/').count()
}

/// A name may hold whatever a name can: it stays on one line.
fn shown_path(path: &str) -> String {
    path.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Entry {
        Entry { path: path.to_owned(), kind: EntryKind::File, bytes: Some(100) }
    }

    #[test]
    fn what_says_what_it_is_and_what_the_idea_speaks_of_is_shown_first() {
        let all = [
            "README.md",
            "package-lock.json",
            "node_modules/invoice/index.js",
            "src/main.py",
            "src/billing/invoices.py",
            "src/util/strings.py",
            "image.png",
        ]
        .map(file);
        let entries: Vec<&Entry> = all.iter().collect();
        let shown = telling_files(&entries, "Send invoices by e-mail");
        let paths: Vec<&str> = shown.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["README.md", "src/main.py", "src/billing/invoices.py", "src/util/strings.py"]);
    }

    #[test]
    fn what_is_large_empty_or_no_file_is_not_shown() {
        let large = Entry { bytes: Some(FILE_BYTES + 1), ..file("README.md") };
        let empty = Entry { bytes: Some(0), ..file("main.rs") };
        let link = Entry { kind: EntryKind::Symlink, ..file("app.py") };
        assert!(telling_files(&[&large, &empty, &link], "readme main app").is_empty());
        assert_eq!(shown_path("a\nb"), "a\u{fffd}b");
    }
}
