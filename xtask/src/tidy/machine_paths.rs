//! Nothing in the tree depends on the machine it was written on.

use super::tree::Tree;

/// Absolute folders of a developer's machine. Written in halves: this file is read by its own rule.
const FOLDERS: &[&str] =
    &[concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];

/// Where such a path is right, and why.
const EXCEPTIONS: &[(&str, &str)] = &[("Dockerfile", "describes the inside of an image")];

pub(super) fn faults(tree: &Tree) -> Vec<String> {
    let files = tree.files.iter().filter(|file| !EXCEPTIONS.iter().any(|(path, _)| file.path == *path));
    files.flat_map(|file| machine_paths(&file.path, &file.text)).collect()
}

fn machine_paths(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for folder in FOLDERS {
            // `aggregates/work/src` is a path of ours: an absolute one has nothing of a name before it.
            let of_a_name = |c: char| c.is_alphanumeric() || "._-*}>)~$".contains(c);
            if line.match_indices(folder).any(|(start, _)| !line[..start].ends_with(of_a_name)) {
                faults.push(format!("{path}:{} holds a path of one machine ({folder}..)", index + 1));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_one_machine_is_found() {
        for folder in FOLDERS {
            let faults = machine_paths("docs/a.md", &format!("first\nrun \"{folder}bin/a\""));
            assert_eq!(faults.len(), 1, "{folder}");
            assert!(faults[0].starts_with("docs/a.md:2"), "{faults:?}");
        }
    }

    #[test]
    fn paths_of_the_repository_are_fine() {
        assert!(
            machine_paths("docs/a.md", "aggregates/work/src, ../work/x, $HOME/home/, ~/home/").is_empty()
        );
    }
}
