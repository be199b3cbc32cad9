//! What is in a file when the words do not say: a remark, in whatever way such a file has remarks.

use std::path::Path;

/// A line that changes nothing. None where there is no such line.
pub(super) fn remark(path: &str, words: &str) -> Option<String> {
    let name = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let kind = name.rsplit_once('.').map_or(name, |(_, kind)| kind);
    Some(match kind {
        "rs" | "ts" | "tsx" | "js" | "jsx" | "mjs" | "go" | "java" | "kt" | "c" | "h" | "cc" | "cpp"
        | "cs" | "swift" | "scala" | "php" => format!("// {words}"),
        "py" | "sh" | "rb" | "toml" | "yml" | "yaml" | "ex" | "exs" | "pl" | "Makefile" | "Dockerfile"
        | "gitignore" => {
            format!("# {words}")
        }
        "sql" | "lua" | "hs" => format!("-- {words}"),
        "css" | "scss" => format!("/* {words} */"),
        "html" | "xml" | "vue" | "svelte" => format!("<!-- {words} -->"),
        "md" | "txt" | "rst" | "adoc" => words.to_owned(),
        _ => return None,
    })
}

/// A whole file.
pub(super) fn file(path: &str, words: &str) -> String {
    match remark(path, words) {
        Some(remark) => format!("{remark}\n"),
        None if path.ends_with(".json") => "{}\n".to_owned(),
        None => format!("{words}\n"),
    }
}
