//! The paths in the text of a task. spec-kit wants them there and says nothing of which files are new.

/// The paths that a text names, each once.
pub(super) fn paths(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (quoted, piece) in text.split('`').enumerate().map(|(at, piece)| (at % 2 == 1, piece)) {
        if quoted {
            add(&mut found, piece.trim(), true);
        } else {
            let words = piece.split(|c: char| c.is_whitespace() || ",;()\"'".contains(c));
            words.for_each(|word| add(&mut found, word, false));
        }
    }
    found
}

fn add(found: &mut Vec<String>, word: &str, quoted: bool) {
    let path = word.trim_end_matches(['.', ':', '!', '?']);
    if is_path(path, quoted) && !found.iter().any(|known| known == path) {
        found.push(path.to_owned());
    }
}

/// What is no path although it has a dot, unless it is between backticks or in a folder.
const FILES_AT_THE_TOP: &[&str] = &[
    "md", "toml", "json", "yaml", "yml", "rs", "py", "ts", "tsx", "html", "css", "sql", "sh", "go", "java",
    "lock",
];

fn is_path(word: &str, quoted: bool) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "/._-[]@+*{}".contains(c);
    if word.starts_with('/') || word.contains("//") || word.contains("..") || !word.chars().all(fits) {
        return false;
    }
    let name = word.trim_end_matches('/').rsplit('/').next().unwrap_or(word);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let has_extension = !extension.is_empty()
        && extension.len() <= 8
        && extension.chars().all(|c| c.is_ascii_alphanumeric())
        && extension.starts_with(|c: char| c.is_ascii_lowercase());
    let in_folder = word.contains('/');
    if in_folder {
        return name.chars().any(char::is_alphanumeric) && (has_extension || word.ends_with('/'));
    }
    has_extension && !stem.is_empty() && (quoted || FILES_AT_THE_TOP.contains(&extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_words() {
        let cases: [(&str, &[&str]); 8] = [
            ("Create User model in src/models/user.py", &["src/models/user.py"]),
            ("Write `a/b.ts`, (c/d.ts) and README.md.", &["a/b.ts", "c/d.ts", "README.md"]),
            ("Implement authentication/authorization for Node.js, e.g. and/or v1.2", &[]),
            ("Serve `GET /admin/domains` at https://a.b/c.html in ./x or ../y", &[]),
            ("Documentation updates in docs/", &["docs/"]),
            ("Add `Makefile`, `main.c` and `store.add()`", &["main.c"]),
            ("Pages in app/[id]/page.tsx: done", &["app/[id]/page.tsx"]),
            ("a/b.rs and a/b.rs", &["a/b.rs"]),
        ];
        for (text, expected) in cases {
            assert_eq!(paths(text), expected, "{text}");
        }
    }
}
