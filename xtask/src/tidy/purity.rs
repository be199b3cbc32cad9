//! Aggregates and the kernel wait for nothing, read no clock and roll no dice: the same events, the same state.

use super::rust_text;
use super::sql_text::has_word;
use super::tree::Tree;

const PURE_FOLDERS: &[&str] = &["aggregates/", "crates/kernel/src/"];

/// A word of code and why it has no place in a pure crate.
const FORBIDDEN: &[(&str, &str)] = &[
    ("async", "a decision waits for nothing"),
    ("await", "a decision waits for nothing"),
    ("tokio", "no runtime: a decision waits for nothing"),
    ("sqlx", "no database: state is a fold of events"),
    ("SystemTime", "time arrives in the command"),
    ("Instant", "time arrives in the command"),
    ("Utc::now", "time arrives in the command"),
    ("Local::now", "time arrives in the command"),
    ("new_v4", "ids arrive in the command"),
    ("now_v7", "ids arrive in the command"),
    ("thread_rng", "no randomness"),
    ("rand", "no randomness"),
    ("HashMap", "its order differs from run to run: use BTreeMap"),
    ("HashSet", "its order differs from run to run: use BTreeSet"),
    ("std::fs", "no input or output"),
    ("std::net", "no input or output"),
    ("std::env", "no input or output"),
    ("std::process", "no input or output"),
    ("println!", "no input or output"),
    ("eprintln!", "no input or output"),
];

pub(super) fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for folder in PURE_FOLDERS {
        for file in tree.files_in(folder, "rs").filter(|file| !is_from_outside(&file.path)) {
            faults.extend(impure(&file.path, &file.text));
        }
    }
    let modules: Vec<_> = tree.files_in("aggregates/", "rs").filter_map(|file| module(&file.path)).collect();
    for file in tree.files_in("aggregates/", "rs") {
        faults.extend(neighbours(&file.path, &file.text, &modules));
    }
    faults
}

/// Tests in a folder beside `src` see a crate from the outside, and may read the files they try it on.
fn is_from_outside(path: &str) -> bool {
    path.split('/').nth(2) == Some("tests")
}

fn impure(path: &str, source: &str) -> Vec<String> {
    let text = rust_text::split(source);
    let mut faults = Vec::new();
    for (index, line) in text.code.lines().enumerate() {
        for (word, reason) in FORBIDDEN {
            if has_word(line, word) {
                faults.push(format!("{path}:{} uses {word}: {reason}", index + 1));
            }
        }
    }
    faults
}

/// Crates beside the contexts that hold values: their folders are no aggregates.
const VALUES: &[&str] = &["vocabulary", "plan"];

/// The context and the aggregate that a file belongs to: `aggregates/work/src/project/..` is (work, project).
fn module(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.strip_prefix("aggregates/")?.split('/');
    let context = parts.next().filter(|context| !VALUES.contains(context))?;
    let aggregate = (parts.next()? == "src").then(|| parts.next())??;
    parts.next().is_some().then_some((context, aggregate))
}

/// One aggregate's module never uses another's; what they share is in `vocabulary`.
fn neighbours(path: &str, source: &str, modules: &[(&str, &str)]) -> Vec<String> {
    let Some((context, aggregate)) = module(path) else { return Vec::new() };
    let code = rust_text::split(source).code;
    let mut others: Vec<_> = modules
        .iter()
        .filter(|other| other.0 == context && other.1 != aggregate)
        .map(|other| other.1)
        .collect();
    others.dedup();
    others
        .into_iter()
        .filter(|other| has_word(&code, &format!("crate::{other}")))
        .map(|other| {
            format!("{path} uses the aggregate {other}: what {aggregate} and {other} share is in vocabulary")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    #[test]
    fn only_tests_beside_the_source_may_read_files() {
        assert!(is_from_outside("aggregates/plan/tests/layouts/folders.rs"));
        for path in
            ["aggregates/plan/src/tests.rs", "aggregates/work/src/task/tests/a.rs", "crates/kernel/src/a.rs"]
        {
            assert!(!is_from_outside(path), "{path}");
        }
    }

    #[test]
    fn words_in_comments_strings_and_names_are_no_code() {
        let source =
            "// async now\n/// SystemTime\nfn brand_new() { let operand = \"tokio\"; async_like(operand) }";
        assert_eq!(impure("a.rs", source), Vec::<String>::new());
    }

    #[test]
    fn each_forbidden_word_is_found_where_it_stands() {
        for (word, _) in FORBIDDEN {
            let found = impure("aggregates/a/src/lib.rs", &format!("fn a() {{\n    {word} ();\n}}"));
            assert_eq!(found.len(), 1, "{word}: {found:?}");
            assert!(found[0].starts_with(&format!("aggregates/a/src/lib.rs:2 uses {word}")), "{found:?}");
        }
    }

    #[test]
    fn the_rule_reads_aggregates_and_the_kernel_and_no_other_crate() {
        let clock = "fn a() { Utc::now(); }";
        let tree = planted::tree(&[
            ("aggregates/work/src/project/decide.rs", clock),
            ("crates/kernel/src/time.rs", clock),
            ("api/src/main.rs", clock),
        ]);
        assert_eq!(faults(&tree).len(), 2);
    }

    #[test]
    fn an_aggregate_that_uses_its_neighbour_is_named() {
        let tree = planted::tree(&[
            ("aggregates/work/src/lib.rs", "pub mod project; pub mod task; use crate::task::Task;"),
            ("aggregates/work/src/task/mod.rs", "use crate::project::Project;"),
            ("aggregates/work/src/project/mod.rs", "use crate::project::Event; // crate::task"),
            ("aggregates/plan/src/phases/mod.rs", "use crate::verdict::Verdict;"),
            ("aggregates/plan/src/verdict/mod.rs", "use crate::phases::Phase;"),
        ]);
        let faults = faults(&tree);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(
            faults[0].starts_with("aggregates/work/src/task/mod.rs uses the aggregate project"),
            "{faults:?}"
        );
    }
}
