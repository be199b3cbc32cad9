//! One composition root: only api/src/wiring.rs, and what is below it, names a concrete adapter.

use super::rust_text;
use super::sql_text::has_word;
use super::tree::Tree;

const ROOT: &str = "api/src/wiring.rs";
/// Its parts.
const BELOW: &str = "api/src/wiring/";

pub(super) fn faults(tree: &Tree) -> Vec<String> {
    let in_root = |path: &str| path == ROOT || path.starts_with(BELOW);
    let edge = tree.files_in("api/src/", "rs").filter(|file| !in_root(&file.path));
    edge.filter(|file| has_word(&rust_text::split(&file.text).code, "adapters"))
        .map(|file| format!("{} names an adapter: only {ROOT} does, and passes it on as a port", file.path))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree::planted;
    use super::*;

    #[test]
    fn an_adapter_outside_the_wiring_is_found() {
        let names = "use adapters::git::Git;";
        let tree = planted::tree(&[
            (ROOT, names),
            ("api/src/wiring/running.rs", names),
            ("api/src/routes/a.rs", names),
            ("api/src/b.rs", "// adapters"),
        ]);
        assert_eq!(faults(&tree).len(), 1);
        assert!(faults(&tree)[0].starts_with("api/src/routes/a.rs names an adapter"));
    }
}
