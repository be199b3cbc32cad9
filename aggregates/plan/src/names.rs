//! How things are named in a message: short enough to be read, whatever was written.

/// The longest name that is repeated, in characters.
const LONGEST: usize = 160;
/// How many names a list tells.
const LISTED: usize = 10;

/// The beginning of a text.
pub(crate) fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The id of an entry, or its place in the list where it has none.
pub(crate) fn of(list: &str, index: usize, id: &str) -> String {
    if id.trim().is_empty() { format!("{list}[{index}]") } else { short(id) }
}

/// `a, b, c and 4 more`.
pub(crate) fn list<S: AsRef<str>>(names: &[S]) -> String {
    let told: Vec<_> = names.iter().take(LISTED).map(|name| short(name.as_ref())).collect();
    match names.len().saturating_sub(LISTED) {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}
