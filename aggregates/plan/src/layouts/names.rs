//! What things are called: from the titles and folders of other tools to our ids, and back.

/// In kebab-case: `a-z`, `0-9` and `-`; `plan` when nothing is left.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "plan".to_owned() } else { slug.to_owned() }
}

/// A title of a feature that has only a slug.
pub(super) fn title(slug: &str) -> String {
    let words = slug.replace(['-', '_'], " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The id of requirement `number` of a feature.
pub(super) fn requirement_id(feature: &str, number: usize) -> String {
    format!("REQ-{}-FUNC-{number:03}", slug(feature).to_ascii_uppercase())
}

/// The id of the ticket at `index`, counted from 0.
pub(super) fn ticket_id(index: usize) -> String {
    format!("TKT-{:03}", index + 1)
}

/// The id of the task at `index`, counted from 0.
pub(super) fn task_id(index: usize) -> String {
    format!("TSK-{:03}", index + 1)
}

/// The last folder of a path.
pub(super) fn folder_name(path: &str) -> Option<&str> {
    let (folder, _) = path.rsplit_once('/')?;
    let name = folder.rsplit('/').next().unwrap_or(folder);
    (!matches!(name, "" | "." | "..")).then_some(name)
}

/// The file name of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_has_a_slug_a_title_and_ids() {
        assert_eq!(slug("To-do: the  List!"), "to-do-the-list");
        assert_eq!(slug("日本"), "plan");
        assert_eq!(title("to-do_list"), "To do list");
        assert_eq!(requirement_id("to-do", 7), "REQ-TO-DO-FUNC-007");
        assert_eq!((ticket_id(0), task_id(1233)), ("TKT-001".to_owned(), "TSK-1234".to_owned()));
        assert_eq!(folder_name(".kiro/specs/todo/tasks.md"), Some("todo"));
        assert_eq!(folder_name("tasks.md"), None);
        assert_eq!(folder_name("./tasks.md"), None);
    }
}
