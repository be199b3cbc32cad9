//! What every manifest says, and what no manifest may say.

use super::tree::{Crate, Tree};

/// Crates of ours that stay free of machinery, and the machinery they stay free of.
const KERNEL_NEVER_USES: &[&str] = &["tokio", "sqlx", "axum", "cqrs-es"];
const AGGREGATES_NEVER_USE: &[&str] = &[
    "tokio",
    "sqlx",
    "axum",
    "cqrs-es",
    "postgres-es",
    "async-nats",
    "reqwest",
    "rand",
    "futures",
    "rustix",
];

pub(super) fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for member in &tree.crates {
        let path = format!("{}/Cargo.toml", member.folder);
        faults.extend(manifest_faults(&path, tree.text(&path)));
        faults.extend(machinery(member));
    }
    faults.extend(root_faults(tree.text("Cargo.toml")));
    faults.extend(lock_faults(tree.text("Cargo.lock")));
    faults
}

fn manifest_faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !section(text, "[lints]").any(|line| line == "workspace = true") {
        faults.push(format!("{path} does not inherit the lints: add `[lints]` with `workspace = true`"));
    }
    for table in ["[dependencies]", "[dev-dependencies]", "[build-dependencies]"] {
        for line in section(text, table).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if !line.contains("workspace = true") {
                faults.push(format!(
                    "{path} gives a version of its own to `{line}`: versions stand in the root"
                ));
            }
        }
    }
    faults
}

/// The lines of a TOML table.
fn section<'t>(text: &'t str, header: &'t str) -> impl Iterator<Item = &'t str> {
    let lines = text.lines().map(str::trim).skip_while(move |line| *line != header).skip(1);
    lines.take_while(|line| !line.starts_with('['))
}

fn machinery(member: &Crate) -> Vec<String> {
    let forbidden = match member.name.as_str() {
        "kernel" => KERNEL_NEVER_USES,
        _ if member.folder.starts_with("aggregates/") => AGGREGATES_NEVER_USE,
        _ => return Vec::new(),
    };
    let used = member.dependencies.iter().filter(|edge| !edge.dev && forbidden.contains(&edge.name.as_str()));
    used.map(|edge| format!("{} depends on {}: it is pure", member.name, edge.name)).collect()
}

fn root_faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !section(text, "[workspace.lints.rust]").any(|line| line.starts_with("unsafe_code = \"forbid\"")) {
        faults.push("Cargo.toml does not forbid unsafe code: unsafe_code = \"forbid\"".to_owned());
    }
    let bare = section(text, "[workspace.dependencies]")
        .filter(|line| line.contains('=') && !line.contains("path =") && !line.contains(" # "));
    faults.extend(bare.map(|line| format!("Cargo.toml does not say why `{line}` is here")));
    faults
}

/// postgres-es hands its caller a pool of sqlx: with two versions of it the types would not meet.
fn lock_faults(text: &str) -> Vec<String> {
    let of_sqlx = |name: &str| text.lines().filter(|line| *line == format!("name = \"{name}\"")).count();
    ["sqlx", "sqlx-core", "sqlx-postgres"]
        .into_iter()
        .filter(|name| of_sqlx(name) != 1)
        .map(|name| format!("Cargo.lock holds {} versions of {name}, not one", of_sqlx(name)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree::Dependency;
    use super::*;

    const GOOD: &str =
        "[package]\nname = \"a\"\n[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true\n";

    #[test]
    fn a_good_manifest_has_no_fault() {
        assert_eq!(manifest_faults("a/Cargo.toml", GOOD), Vec::<String>::new());
    }

    #[test]
    fn a_manifest_without_the_lints_is_named() {
        let faults = manifest_faults("a/Cargo.toml", &GOOD.replace("[lints]\nworkspace = true\n", ""));
        assert!(faults[0].starts_with("a/Cargo.toml does not inherit the lints"), "{faults:?}");
    }

    #[test]
    fn a_version_outside_the_root_is_named() {
        let faults =
            manifest_faults("a/Cargo.toml", &GOOD.replace("serde.workspace = true", "serde = \"1\""));
        assert!(faults[0].contains("serde = \"1\""), "{faults:?}");
    }

    #[test]
    fn machinery_in_a_pure_crate_is_named_and_tests_are_free() {
        let edge = |name: &str, dev| Dependency { name: name.to_owned(), ours: false, dev };
        let member = |name: &str, folder: &str, edges| Crate {
            name: name.to_owned(),
            folder: folder.to_owned(),
            dependencies: edges,
        };
        let kernel = member("kernel", "crates/kernel", vec![edge("serde", false), edge("tokio", false)]);
        assert_eq!(machinery(&kernel), ["kernel depends on tokio: it is pure"]);
        let work = member("work", "aggregates/work", vec![edge("rand", false), edge("tokio", true)]);
        assert_eq!(machinery(&work), ["work depends on rand: it is pure"]);
        let api = member("api", "api", vec![edge("tokio", false)]);
        assert_eq!(machinery(&api), Vec::<String>::new());
    }

    #[test]
    fn unsafe_code_that_is_only_denied_is_named() {
        assert!(root_faults("[workspace.lints.rust]\nunsafe_code = \"deny\"\n")[0].contains("unsafe"));
    }

    #[test]
    fn a_dependency_without_a_reason_is_named() {
        let text = "[workspace.lints.rust]\nunsafe_code = \"forbid\"\n[workspace.dependencies]\nours = { path = \"o\" }\n\
                    serde = \"1\" # text of values\nleft-pad = \"1\"\n";
        assert_eq!(root_faults(text), ["Cargo.toml does not say why `left-pad = \"1\"` is here"]);
    }

    #[test]
    fn two_versions_of_sqlx_are_named() {
        let lock = "name = \"sqlx\"\nname = \"sqlx-core\"\nname = \"sqlx-postgres\"\n";
        assert_eq!(lock_faults(lock), Vec::<String>::new());
        let faults = lock_faults(&format!("{lock}name = \"sqlx\"\n"));
        assert_eq!(faults, ["Cargo.lock holds 2 versions of sqlx, not one"]);
    }
}
