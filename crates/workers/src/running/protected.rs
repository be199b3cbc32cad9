//! Which files a run cannot change to make its own evidence pass: the tests that were there before, what says how they are run, and
//! what the commands of the evidence name. They are put back as the base has them before anything is run, unless the task says of
//! a file that it is about it.

use ports::git::{Change, ChangeKind};

/// Directories of tests.
const DIRECTORIES: &[&str] =
    &["test", "tests", "__tests__", "spec", "specs", "testing", "testdata", "fixtures"];
/// Files that decide how tests are run, wherever they are.
const RUNNERS: &[&str] = &[
    ".coveragerc",
    ".mocharc.json",
    ".mocharc.yml",
    ".nycrc",
    ".rspec",
    "ava.config.js",
    "babel.config.js",
    "build.gradle",
    "build.rs",
    "build.xml",
    "cargo.toml",
    "clippy.toml",
    "composer.json",
    "conftest.py",
    "deno.json",
    "dockerfile",
    "gemfile",
    "go.mod",
    "gradle.properties",
    "gradlew",
    "jest.config.cjs",
    "jest.config.js",
    "jest.config.json",
    "jest.config.mjs",
    "jest.config.ts",
    "justfile",
    "karma.conf.js",
    "makefile",
    "gnumakefile",
    "meson.build",
    "cmakelists.txt",
    "mvnw",
    "mypy.ini",
    "nextest.toml",
    "noxfile.py",
    "package.json",
    "phpunit.xml",
    "playwright.config.ts",
    "pom.xml",
    "pyproject.toml",
    "pytest.ini",
    "rakefile",
    "setup.cfg",
    "setup.py",
    "sitecustomize.py",
    "usercustomize.py",
    "taskfile.yml",
    "tox.ini",
    "tsconfig.json",
    "vitest.config.js",
    "vitest.config.mjs",
    "vitest.config.ts",
    "vite.config.js",
    "vite.config.ts",
    "webpack.config.js",
];
/// Directories whose files decide how tests are run.
const RUNNER_DIRECTORIES: &[&str] = &[".cargo", ".config", ".github", ".husky", ".mvn", "gradle"];

/// The paths among `changes` that are put back. A file that is new is put back by being taken away only where it decides how
/// tests are run: a new test is work.
pub(super) fn put_back(changes: &[Change], about: &[&str], commands: &[&str]) -> Vec<String> {
    let declared = |path: &str| about.iter().any(|pattern| matches(pattern, path));
    let back = |change: &&Change| {
        let path = change.path.as_str();
        let decides = is_runner(path) || commands.iter().any(|command| names(command, path));
        let held = match change.kind {
            ChangeKind::Added => decides,
            ChangeKind::Modified | ChangeKind::Deleted => decides || is_test(path),
        };
        held && !declared(path)
    };
    changes.iter().filter(back).map(|change| change.path.clone()).collect()
}

fn is_test(path: &str) -> bool {
    let lower = path.to_lowercase();
    let (directories, name) =
        lower.rsplit_once('/').map_or(("", lower.as_str()), |(above, name)| (above, name));
    if directories.split('/').any(|directory| DIRECTORIES.contains(&directory)) {
        return true;
    }
    let stem = name.split('.').next().unwrap_or_default();
    let marked = |mark: &str| {
        stem.starts_with(&format!("{mark}_"))
            || stem.ends_with(&format!("_{mark}"))
            || name.contains(&format!(".{mark}."))
    };
    matches!(stem, "test" | "tests") || marked("test") || marked("tests") || marked("spec")
}

fn is_runner(path: &str) -> bool {
    let lower = path.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    RUNNERS.contains(&name) || lower.split('/').any(|part| RUNNER_DIRECTORIES.contains(&part))
}

/// Whether a command line names the file, e.g. `sh ./check.sh`.
fn names(command: &str, path: &str) -> bool {
    let words = command.split(|c: char| c.is_whitespace() || "'\"`();|&<>=,".contains(c));
    words
        .map(|word| word.trim_start_matches("./"))
        .any(|word| !word.is_empty() && (word == path || under(word, path)))
}

/// Whether `path` is in the directory `word`.
fn under(word: &str, path: &str) -> bool {
    word.len() > 1 && path.strip_prefix(word.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a pattern of a task is about this path: the path itself, a directory above it, or `*` and `**` in it.
fn matches(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./");
    if !pattern.contains('*') {
        return pattern == path || under(pattern, path);
    }
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    parts(&pattern, &path)
}

fn parts(pattern: &[&str], path: &[&str]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        Some((&"**", rest)) => (0..=path.len()).any(|skipped| parts(rest, &path[skipped..])),
        Some((first, rest)) => path
            .split_first()
            .is_some_and(|(name, below)| glob(first.as_bytes(), name.as_bytes()) && parts(rest, below)),
    }
}

fn glob(pattern: &[u8], name: &[u8]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some((b'*', rest)) => (0..=name.len()).any(|skipped| glob(rest, &name[skipped..])),
        Some((c, rest)) => name.split_first().is_some_and(|(first, below)| c == first && glob(rest, below)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(path: &str, kind: ChangeKind) -> Change {
        Change { path: path.into(), kind, added: Some(1), removed: Some(1) }
    }

    fn back(path: &str, kind: ChangeKind, about: &[&str], commands: &[&str]) -> bool {
        !put_back(&[changed(path, kind)], about, commands).is_empty()
    }

    #[test]
    fn tests_that_were_there_are_put_back_and_new_ones_are_work() {
        for path in [
            "tests/it/main.rs",
            "src/foo_test.go",
            "test_app.py",
            "web/app.test.ts",
            "a/__tests__/b.js",
            "spec/a.rb",
        ] {
            assert!(back(path, ChangeKind::Modified, &[], &[]), "{path}");
            assert!(back(path, ChangeKind::Deleted, &[], &[]), "{path}");
            assert!(!back(path, ChangeKind::Added, &[], &[]), "{path}");
        }
        for path in ["src/lib.rs", "src/contest.py", "src/latest.rs", "attestation.md"] {
            assert!(!back(path, ChangeKind::Modified, &[], &[]), "{path}");
        }
    }

    #[test]
    fn what_decides_how_tests_are_run_is_put_back_also_when_it_is_new() {
        for path in [
            "conftest.py",
            "sub/conftest.py",
            "Makefile",
            "package.json",
            ".cargo/config.toml",
            "sitecustomize.py",
        ] {
            assert!(back(path, ChangeKind::Modified, &[], &[]), "{path}");
            assert!(back(path, ChangeKind::Added, &[], &[]), "{path}");
        }
    }

    #[test]
    fn what_a_command_names_is_put_back() {
        assert!(back("check.sh", ChangeKind::Modified, &[], &["sh ./check.sh"]));
        assert!(back("check.sh", ChangeKind::Added, &[], &["sh check.sh && true"]));
        assert!(back("ci/run/all.sh", ChangeKind::Modified, &[], &["run-parts ci/run"]));
        assert!(!back("src/check.sh", ChangeKind::Modified, &[], &["sh ./check.sh"]));
        assert!(!back("a", ChangeKind::Modified, &[], &["make"]));
    }

    #[test]
    fn a_task_may_change_what_it_is_about() {
        assert!(!back("tests/a.rs", ChangeKind::Modified, &["tests/a.rs"], &[]));
        assert!(!back("tests/a/b.rs", ChangeKind::Modified, &["tests/"], &[]));
        assert!(!back("tests/a/b.rs", ChangeKind::Modified, &["tests/**/*.rs"], &[]));
        assert!(back("tests/a/b.rs", ChangeKind::Modified, &["tests/*.rs"], &[]));
        assert!(!back("package.json", ChangeKind::Modified, &["package.json", "src/**"], &[]));
    }
}
