//! Looks for lines in files.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ignore::WalkBuilder;
use ignore::overrides::OverrideBuilder;
use regex::Regex;
use serde::Deserialize;
use serde_json::{Value, json};

use super::paths::Workspace;

pub(super) const DESCRIPTION: &str = "Looks for lines that match a regular expression (Rust syntax; (?i) for any case), in files of text that git does not \
ignore. Answers path:line: text, at most 200 of them.";

/// Lines that are shown.
const HITS: usize = 200;
/// Of a line that is longer the rest is left out.
const LINE_CHARS: usize = 300;
/// Larger files are no source.
const FILE_BYTES: u64 = 4 << 20;
/// How long is looked.
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    pattern: String,
    path: Option<String>,
    glob: Option<String>,
}

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "pattern": {"type": "string", "description": "The regular expression."},
            "path": {"type": "string", "description": "A directory or a file to look in; the current directory by default."},
            "glob": {"type": "string", "description": "Only files of such names, e.g. *.rs or src/**."}
        },
        "required": ["pattern"],
        "additionalProperties": false
    })
}

/// Looks in the background, and no longer than somebody waits for it.
pub(super) async fn search(workspace: &Workspace, input: Input) -> Result<String, String> {
    let waited_for = WaitedFor(Arc::new(AtomicBool::new(true)));
    let goes_on = Arc::clone(&waited_for.0);
    let workspace = workspace.clone();
    let looking = tokio::task::spawn_blocking(move || look(&workspace, &input, &goes_on));
    looking.await.unwrap_or_else(|_| Err("the search broke off: use `shell`".to_owned()))
}

struct WaitedFor(Arc<AtomicBool>);

impl Drop for WaitedFor {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn look(workspace: &Workspace, input: &Input, goes_on: &AtomicBool) -> Result<String, String> {
    let pattern = Regex::new(&input.pattern)
        .map_err(|error| format!("the pattern is no regular expression: {error}. Put \\ before ( [ {{ . * + ? | ^ $ that are meant as such"))?;
    let path = input.path.as_deref().unwrap_or(".");
    let root = workspace.find(path)?;
    if !root.exists() {
        return Err(format!("{path} is not there: look with `list` where it is"));
    }
    let mut walk = WalkBuilder::new(&root);
    // Links may lead out, and what git keeps for itself is no source.
    walk.hidden(false).follow_links(false).git_global(false).sort_by_file_path(Path::cmp);
    walk.filter_entry(|entry| entry.file_name() != ".git");
    if let Some(glob) = &input.glob {
        let mut only = OverrideBuilder::new(workspace.path());
        let only = only.add(glob).and_then(|only| only.build());
        walk.overrides(only.map_err(|error| format!("the glob is none: {error}"))?);
    }
    let began = Instant::now();
    let mut hits = Vec::new();
    for entry in walk.build().filter_map(Result::ok) {
        if !goes_on.load(Ordering::Relaxed) || began.elapsed() > LONGEST {
            hits.push("[the search took too long: narrow it by path or glob]".to_owned());
            break;
        }
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let Some(text) = text_of(entry.path()) else { continue };
        let shown = workspace.shown(entry.path());
        for (at, line) in text.lines().enumerate().filter(|(_, line)| pattern.is_match(line)) {
            if hits.len() == HITS {
                hits.push(format!("[more than {HITS}: narrow it by path, glob or pattern]"));
                return Ok(hits.join("\n"));
            }
            let cut: String = line.chars().take(LINE_CHARS).collect();
            hits.push(format!("{shown}:{}: {cut}", at + 1));
        }
    }
    if hits.is_empty() { Ok("[nothing matches]".to_owned()) } else { Ok(hits.join("\n")) }
}

/// None for what is no text, or too large.
fn text_of(path: &Path) -> Option<String> {
    let file = File::open(path).ok()?;
    if file.metadata().ok()?.len() > FILE_BYTES {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(FILE_BYTES).read_to_end(&mut bytes).ok()?;
    (!bytes.contains(&0)).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    struct Home(tempfile::TempDir);

    impl Home {
        fn with(files: &[(&str, &str)]) -> Self {
            let home = tempfile::tempdir().unwrap();
            for (path, content) in files {
                let path = home.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
            Self(home)
        }

        async fn search(
            &self,
            pattern: &str,
            path: Option<&str>,
            glob: Option<&str>,
        ) -> Result<String, String> {
            let workspace = Workspace::at(self.0.path()).unwrap();
            let [path, glob] = [path, glob].map(|text| text.map(str::to_owned));
            search(&workspace, Input { pattern: pattern.into(), path, glob }).await
        }
    }

    #[tokio::test]
    async fn lines_are_found_in_order_and_where_they_were_looked_for() {
        let home = Home::with(&[
            ("b.rs", "fn two() {}\n"),
            ("a/a.rs", "use x;\nfn one() {}\n"),
            ("a/c.txt", "fn three\n"),
        ]);
        let all = home.search(r"^fn \w+", None, None).await.unwrap();
        assert_eq!(all, "a/a.rs:2: fn one() {}\na/c.txt:1: fn three\nb.rs:1: fn two() {}");
        assert_eq!(home.search("fn", Some("a"), Some("*.rs")).await.unwrap(), "a/a.rs:2: fn one() {}");
        assert_eq!(home.search("fn", Some("b.rs"), None).await.unwrap(), "b.rs:1: fn two() {}");
        assert_eq!(home.search("four", None, None).await.unwrap(), "[nothing matches]");
    }

    #[tokio::test]
    async fn what_git_ignores_or_keeps_is_not_looked_into_nor_what_is_no_text_or_outside() {
        let home = Home::with(&[
            (".git/config", "needle"),
            (".gitignore", "built/\n"),
            ("built/out", "needle"),
            ("binary", "needle\0"),
            (".hidden", "needle"),
        ]);
        let other = Home::with(&[("secret", "needle")]);
        symlink(other.0.path(), home.0.path().join("out")).unwrap();
        symlink(other.0.path().join("secret"), home.0.path().join("file")).unwrap();
        assert_eq!(home.search("needle", None, None).await.unwrap(), ".hidden:1: needle");
        assert!(home.search("needle", Some("out"), None).await.is_err());
    }

    #[tokio::test]
    async fn there_is_an_end_to_what_is_shown() {
        let home = Home::with(&[("a", &format!("{}\n", "x".repeat(1_000)).repeat(HITS + 1))]);
        let shown = home.search("x", None, None).await.unwrap();
        assert_eq!(shown.lines().count(), HITS + 1);
        assert!(
            shown.ends_with("narrow it by path, glob or pattern]") && shown.len() < HITS * (LINE_CHARS + 20)
        );
    }

    #[tokio::test]
    async fn a_search_that_cannot_be_made_is_told() {
        let home = Home::with(&[]);
        for (pattern, path, glob, told) in [
            ("(", None, None, "no regular expression"),
            ("x", Some("gone"), None, "is not there"),
            ("x", Some("../"), None, "outside"),
            ("x", None, Some("["), "the glob is none"),
        ] {
            let said = home.search(pattern, path, glob).await.unwrap_err();
            assert!(said.contains(told), "{said}");
        }
    }
}
