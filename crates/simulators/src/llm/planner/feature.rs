//! What an idea says, as far as rules can tell: how it is called, who wants it, and what they want to do.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::super::asked::hex;
use super::phrases::{clipped, is_order, lowered, plain, with_article};
use super::prompt::{Phase, Prompt};

/// As many stories as are told of every idea.
const CAPABILITIES: usize = 5;

/// A feature that is wanted.
#[derive(Clone, Debug)]
pub(super) struct Feature {
    /// In kebab-case.
    pub(super) name: String,
    /// In a line.
    pub(super) title: String,
    /// What it is about, for the middle of a sentence.
    pub(super) subject: String,
    /// Who wants it, in the singular.
    pub(super) actor: String,
    /// What they want.
    pub(super) capabilities: Vec<Capability>,
}

/// Something that somebody wants.
#[derive(Clone, Debug)]
pub(super) struct Capability {
    /// An order, such as `save a list`, or a thing.
    pub(super) phrase: String,
    /// What it is good for, where the idea says so.
    pub(super) benefit: Option<String>,
}

impl Feature {
    pub(super) fn of(prompt: &Prompt) -> Self {
        let title = clipped(&plain(&prompt.title), 16, 120);
        let said: Vec<Said> = sentences(&prompt.idea).into_iter().filter_map(Said::of).collect();
        let title = Some(title).filter(|title| !title.is_empty());
        let title =
            title.or_else(|| said.first().map(|said| said.phrase.clone())).unwrap_or("A feature".into());
        let subject = subject(&title);
        let actor = said.iter().find_map(|said| said.actor.clone()).unwrap_or_else(|| "user".to_owned());
        let mut capabilities: Vec<Capability> = Vec::new();
        for Said { phrase, benefit, .. } in said {
            let is_new = capabilities.iter().all(|other| !other.phrase.eq_ignore_ascii_case(&phrase));
            if is_new && capabilities.len() < CAPABILITIES - 1 {
                capabilities.push(Capability { phrase, benefit });
            }
        }
        let usual = [
            format!("use {subject} without help"),
            format!("see how {subject} stands now"),
            format!("take back a mistake with {subject}"),
            format!("learn why something about {subject} was refused"),
            format!("find out what was done with {subject} before"),
        ];
        let missing = CAPABILITIES - capabilities.len();
        let usual = usual.into_iter().take(missing).map(|phrase| Capability { phrase, benefit: None });
        capabilities.extend(usual);
        let name = earlier_name(prompt).unwrap_or_else(|| kebab(&title));
        Self { name, title, subject, actor, capabilities }
    }

    /// `a cook`.
    pub(super) fn an_actor(&self) -> String {
        with_article(&self.actor)
    }

    /// For ids: `SAVED-FILTERS`.
    pub(super) fn code(&self) -> String {
        self.name.to_uppercase()
    }

    /// For types: `SavedFilters`.
    pub(super) fn type_name(&self) -> String {
        let parts = self.name.split('-').map(super::phrases::raised);
        let name: String = parts.collect();
        if name.starts_with(|c: char| c.is_ascii_digit()) { format!("Feature{name}") } else { name }
    }
}

/// As earlier phases called it, if that can be a part of ids.
fn earlier_name(prompt: &Prompt) -> Option<String> {
    let names = [
        prompt.output_of(Phase::Design).map(|output| &output["feature_name"]),
        prompt.output_of(Phase::Requirements).map(|output| &output["feature_name"]),
        prompt.output_of(Phase::Prd).map(|output| &output["feature_name"]),
        prompt.output_of(Phase::Explore).map(|output| &output["feature_summary"]["name"]),
    ];
    names.into_iter().flatten().filter_map(Value::as_str).find(|name| is_kebab(name)).map(str::to_owned)
}

fn is_kebab(name: &str) -> bool {
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.len() <= 64 && name.split('-').all(is_part)
}

/// Of the words that say what it is about. A title without Latin letters is named by its hash.
fn kebab(title: &str) -> String {
    const SAY_LITTLE: [&str; 34] = [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "for",
        "to",
        "with",
        "from",
        "at",
        "by",
        "and",
        "or",
        "let",
        "lets",
        "users",
        "user",
        "can",
        "add",
        "build",
        "create",
        "make",
        "implement",
        "support",
        "i",
        "we",
        "want",
        "need",
        "should",
        "be",
        "able",
        "people",
        "please",
    ];
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    let telling: Vec<_> = words.iter().filter(|word| !SAY_LITTLE.contains(&word.as_str())).collect();
    let chosen = if telling.is_empty() { words.iter().collect() } else { telling };
    let mut name = String::new();
    for word in chosen.into_iter().take(4) {
        if name.len() + word.len() > 36 {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(word);
    }
    if name.is_empty() { format!("feature-{}", &hex(&Sha256::digest(title))[..6]) } else { name }
}

/// `Add dark mode` is about dark mode.
fn subject(title: &str) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    let about = if words.len() > 2 && is_order(title) { words[1..].join(" ") } else { title.to_owned() };
    clipped(&lowered(&about), 6, 60)
}

/// Sentences of an idea, without what is code, a table or a heading.
fn sentences(idea: &str) -> Vec<&str> {
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
struct Said {
    actor: Option<String>,
    phrase: String,
    benefit: Option<String>,
}

impl Said {
    fn of(sentence: &str) -> Option<Self> {
        let text = plain(sentence);
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
        Some(_) | None => (None, text),
    }
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
