//! What an idea says, as far as rules can tell: how it is called, who wants it, and what they want to do.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::super::asked::hex;
use super::phrases::{clipped, is_order, lowered, plain, with_article};
use super::prompt::{Phase, Prompt};
use super::sentences::{Said, sentences};

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
