//! An idea as sentences, and each as who wants what, and what for.

use super::phrases::{clipped, is_order, lowered, plain};

/// Sentences of an idea, without what is code, a table or a heading.
pub(super) fn sentences(idea: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut in_code = false;
    for line in idea.lines().map(str::trim) {
        if line.starts_with("```") || line.starts_with("~~~") {
            in_code = !in_code;
        } else if !in_code && !line.starts_with(['#', '|']) {
            split(without_mark(line), &mut found);
        }
    }
    found
}

/// Without what makes it an entry of a list.
fn without_mark(line: &str) -> &str {
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = numbered.strip_prefix(['.', ')']).filter(|_| numbered.len() < line.len());
    let marked = line.strip_prefix(['-', '*', '+', '•']);
    let rest = marked.or(numbered).filter(|rest| rest.starts_with(' ')).map_or(line, str::trim_start);
    ["[ ] ", "[x] "].iter().find_map(|mark| rest.strip_prefix(mark)).unwrap_or(rest)
}

/// A full stop inside of a word ends no sentence: `omoi.toml`, `3.5`.
fn split<'t>(line: &'t str, found: &mut Vec<&'t str>) {
    let mut start = 0;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let before_space = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        if matches!(c, '。' | '！' | '？') || (matches!(c, '.' | '!' | '?' | ';') && before_space) {
            let end = at + c.len_utf8();
            found.push(&line[start..end]);
            start = end;
        }
    }
    found.push(&line[start..]);
}

/// A sentence, taken apart.
pub(super) struct Said {
    pub(super) actor: Option<String>,
    pub(super) phrase: String,
    pub(super) benefit: Option<String>,
}

impl Said {
    pub(super) fn of(sentence: &str) -> Option<Self> {
        let text = plain(without_mark(sentence.trim()));
        let text = text.trim_end_matches(['.', '!', '?', ';', ':', ',']);
        let (text, benefit) = match text.split_once(" so that ").or_else(|| text.split_once(" because ")) {
            Some((text, benefit)) => (text, Some(clipped(benefit, 16, 120))),
            None => (text, None),
        };
        let (actor, rest) = without_actor(text);
        let rest = without_introduction(rest);
        let phrase = lowered(&clipped(rest, 14, 100));
        let letters = phrase.chars().filter(|c| c.is_alphabetic()).count();
        let is_enough = phrase.split_whitespace().count() > 1 || (!phrase.is_ascii() && letters > 3);
        is_enough.then_some(Self { actor, phrase, benefit: benefit.filter(|benefit| !benefit.is_empty()) })
    }
}

/// `As a cook, I want to save` and `Cooks can save`: who, and the rest.
fn without_actor(text: &str) -> (Option<String>, &str) {
    let lower = text.to_ascii_lowercase();
    if let Some(start) = ["as a ", "as an "].iter().find(|start| lower.starts_with(**start))
        && let Some((who, rest)) = text[start.len()..].split_once(',')
    {
        return (actor(who), rest.trim());
    }
    for start in ["let ", "allow ", "enable ", "help "] {
        let Some(rest) = lower.strip_prefix(start).map(|_| &text[start.len()..]) else { continue };
        let Some((who, rest)) = rest.split_once(' ') else { continue };
        let what = strip(rest, "to ");
        if is_order(what) {
            return (actor(who), what);
        }
    }
    const CAN: [&str; 9] = [
        " can ",
        " should ",
        " must ",
        " want to ",
        " wants to ",
        " need to ",
        " needs to ",
        " may ",
        " want ",
    ];
    let found = CAN.iter().filter_map(|can| Some((lower.find(can)?, can.len()))).min();
    match found {
        Some((at, length)) if lower[..at].split_whitespace().count() <= 3 => {
            (actor(&text[..at]), text[at + length..].trim())
        }
        Some(_) | None => does(text).unwrap_or((None, text)),
    }
}

/// `Cooks save filters` and `They open them`: who, and the rest.
fn does(text: &str) -> Option<(Option<String>, &str)> {
    const PRONOUNS: [&str; 5] = ["they", "we", "i", "you", "people"];
    /// How the names of those end who do something.
    const PERSONS: [&str; 12] =
        ["er", "or", "ist", "ant", "ent", "ian", "ee", "admin", "cook", "guest", "team", "company"];
    let (who, rest) = text.split_once(' ')?;
    if is_order(text) || !is_order(rest) {
        return None;
    }
    if PRONOUNS.contains(&who.to_lowercase().as_str()) {
        return Some((None, rest));
    }
    let who = actor(who).filter(|_| who.ends_with('s'))?;
    PERSONS.iter().any(|end| who.ends_with(end)).then_some((Some(who), rest))
}

fn without_introduction(mut text: &str) -> &str {
    const INTRODUCTIONS: [&str; 17] = [
        "i want to ",
        "i want ",
        "i would like to ",
        "i'd like to ",
        "we would like to ",
        "we need to ",
        "we need ",
        "i need to ",
        "i need ",
        "please ",
        "also ",
        "and ",
        "then ",
        "be able to ",
        "to ",
        "there is ",
        "it is possible to ",
    ];
    while let Some(rest) =
        INTRODUCTIONS.iter().map(|start| strip(text, start)).find(|rest| rest.len() < text.len())
    {
        text = rest.trim_start();
    }
    text
}

fn strip<'t>(text: &'t str, start: &str) -> &'t str {
    match text.get(..start.len()) {
        Some(begin) if begin.eq_ignore_ascii_case(start) => &text[start.len()..],
        Some(_) | None => text,
    }
}

/// A noun in the singular, unless the words name nobody.
fn actor(words: &str) -> Option<String> {
    const NOBODY: [&str; 32] = [
        "i",
        "we",
        "you",
        "it",
        "this",
        "that",
        "they",
        "he",
        "she",
        "one",
        "everybody",
        "everyone",
        "anybody",
        "anyone",
        "people",
        "me",
        "us",
        "them",
        "system",
        "app",
        "application",
        "service",
        "server",
        "program",
        "tool",
        "page",
        "feature",
        "there",
        "what",
        "which",
        "who",
        "user",
    ];
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !["a", "an", "the", "our", "all", "each", "every"].contains(word))
        .collect();
    let [.., last] = words.as_slice() else { return None };
    let is_word = |word: &&&str| word.chars().all(|c| c.is_alphabetic() || c == '-');
    if words.len() > 2 || words.iter().filter(is_word).count() < words.len() {
        return None;
    }
    let noun = match last {
        last if last.ends_with("ies") && last.len() > 4 => format!("{}y", &last[..last.len() - 3]),
        last if last.ends_with('s') && !last.ends_with("ss") && last.len() > 3 => {
            last[..last.len() - 1].to_owned()
        }
        last => (*last).to_owned(),
    };
    if NOBODY.contains(&noun.as_str()) || NOBODY.contains(last) || noun.chars().count() > 24 || noun.len() < 3
    {
        return None;
    }
    let before = words.len().checked_sub(2).map(|at| format!("{} ", words[at])).unwrap_or_default();
    Some(format!("{before}{noun}"))
}
