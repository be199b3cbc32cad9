//! How large the files are: a healthy tree has a median of 100 to 200 lines and a p90 under 400.

use std::fmt;

use serde::Serialize;

use super::tree::Tree;

/// Above this a file holds more than one story; a warning, never an error.
const LARGE: usize = 500;
const LISTED: usize = 10;

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Sizes {
    pub(super) files: usize,
    pub(super) lines: usize,
    pub(super) median: usize,
    pub(super) p90: usize,
    pub(super) largest: Vec<Size>,
    /// Files over 500 lines.
    pub(super) large: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Size {
    pub(super) path: String,
    pub(super) lines: usize,
}

/// The Rust and SQL files.
pub(super) fn measure(tree: &Tree) -> Sizes {
    let source = tree.files_in("", "rs").chain(tree.files_in("", "sql"));
    summarise(source.map(|file| Size { path: file.path.clone(), lines: file.text.lines().count() }).collect())
}

fn summarise(mut sizes: Vec<Size>) -> Sizes {
    sizes.sort_by(|a, b| b.lines.cmp(&a.lines).then_with(|| a.path.cmp(&b.path)));
    let smaller_than =
        |share: usize| sizes.get(sizes.len() * (100 - share) / 100).map_or(0, |size| size.lines);
    Sizes {
        files: sizes.len(),
        lines: sizes.iter().map(|size| size.lines).sum(),
        median: smaller_than(50),
        p90: smaller_than(90),
        largest: sizes.iter().take(LISTED).cloned().collect(),
        large: sizes.iter().filter(|size| size.lines > LARGE).map(|size| size.path.clone()).collect(),
    }
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} Rust and SQL files, {} lines: median {}, p90 {}; the largest:",
            self.files, self.lines, self.median, self.p90
        )?;
        for size in &self.largest {
            let warning =
                if self.large.contains(&size.path) { "  warning: over 500 lines, split it" } else { "" };
            writeln!(f, "{:>6}  {}{warning}", size.lines, size.path)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(lines: usize) -> Size {
        Size { path: format!("a{lines}.rs"), lines }
    }

    #[test]
    fn the_figures_are_those_of_the_list() {
        let sizes = summarise((1..=100).map(size).collect());
        assert_eq!((sizes.files, sizes.lines, sizes.median, sizes.p90), (100, 5050, 50, 90));
        assert_eq!(sizes.largest.len(), 10);
        assert_eq!(sizes.largest[0], size(100));
        assert!(sizes.large.is_empty());
    }

    #[test]
    fn a_file_over_500_lines_is_warned_of() {
        let sizes = summarise(vec![size(500), size(501)]);
        assert_eq!(sizes.large, ["a501.rs"]);
        assert!(sizes.to_string().contains("a501.rs  warning"));
    }

    #[test]
    fn an_empty_tree_has_no_sizes() {
        assert_eq!(summarise(Vec::new()).median, 0);
    }
}
