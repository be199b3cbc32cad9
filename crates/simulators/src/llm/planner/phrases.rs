//! Words of people, made such that they can stand in our sentences.

/// Words that say in a requirement how binding it is, or open a condition.
const KEYWORDS: [&str; 10] =
    ["shall", "must", "should", "may", "will", "where", "while", "when", "if", "then"];

/// Words that begin an order: what is asked for is done then, and not had.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "accept", "add", "allow", "analyse", "analyze", "approve", "archive", "assign", "attach", "avoid", "back",
    "block", "book", "browse", "build", "cache", "calculate", "call", "cancel", "change", "charge", "check",
    "choose", "clean", "clear", "close", "collect", "combine", "comment", "compare", "compress", "compute",
    "configure", "confirm", "connect", "convert", "copy", "count", "create", "customise", "customize",
    "deactivate", "delete", "deploy", "detect", "disable", "display", "download", "draw", "edit", "email",
    "enable", "encrypt", "enter", "estimate", "export", "extract", "fetch", "filter", "find", "fix", "follow",
    "format", "generate", "get", "give", "group", "handle", "have", "hide", "highlight", "implement",
    "import", "improve", "index", "inspect", "install", "integrate", "introduce", "invite", "join", "keep",
    "label", "limit", "link", "list", "load", "lock", "log", "make", "manage", "mark", "measure", "merge",
    "migrate", "monitor", "move", "navigate", "notify", "offer", "open", "order", "organise", "organize",
    "paginate", "parse", "pause", "pay", "pick", "pin", "place", "plan", "play", "post", "predict", "prevent",
    "preview", "print", "protect", "provide", "publish", "push", "put", "query", "quote", "rate", "read",
    "rebuild", "receive", "recommend", "record", "redesign", "reduce", "refund", "register", "reject",
    "remember", "remind", "remove", "rename", "render", "reorder", "replace", "reply", "report", "request",
    "reset", "resize", "restore", "resume", "retry", "review", "rewrite", "rotate", "run", "save", "scan",
    "schedule", "search", "see", "select", "send", "serve", "set", "share", "show", "sign", "skip", "snooze",
    "sort", "split", "start", "stop", "store", "stream", "submit", "subscribe", "suggest", "summarise",
    "summarize", "support", "swap", "switch", "sync", "synchronise", "synchronize", "tag", "tell", "test",
    "throttle", "track", "transcribe", "transfer", "translate", "trigger", "type", "undo", "unlock", "update",
    "upgrade", "upload", "use", "validate", "verify", "view", "visualise", "visualize", "vote", "warn",
    "watch", "withdraw", "write", "zoom",
];

/// Words at which nothing ends well.
const DANGLING: &[&str] = &[
    "a", "an", "the", "of", "in", "on", "for", "to", "with", "from", "at", "by", "and", "or", "into", "that",
    "which", "who", "as", "so", "their", "its", "my", "our", "is", "are", "be", "than", "via",
];

/// One line without marks that quote, emphasise or end something, in which no word is a keyword of ours.
pub(super) fn plain(text: &str) -> String {
    let marks = |c: char| matches!(c, '"' | '“' | '”' | '„' | '`' | '*' | '#' | '<' | '>' | '|' | '\\');
    let text: String =
        text.chars().filter(|c| !marks(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = text.split_whitespace().map(|word| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let lower = bare.to_lowercase();
        if lower == "shall" {
            word.replace(bare, "must")
        } else if KEYWORDS.contains(&lower.as_str()) {
            word.replace(bare, &lower)
        } else {
            word.to_owned()
        }
    });
    let words = words.filter(|word| !word.trim_end_matches(['.', ',']).eq_ignore_ascii_case("etc"));
    // What a judge of sentences complains of.
    let text = words.collect::<Vec<_>>().join(" ").replace(" and so on", "");
    text.replace(" will be ", " is ").replace(" is going to ", " does ")
}

/// The beginning of a plain text: so many words and characters at the most, and no word that leads on.
pub(super) fn clipped(text: &str, words: usize, chars: usize) -> String {
    let all: Vec<&str> = text.split_whitespace().collect();
    let mut kept: Vec<&str> = all.iter().copied().take(words).collect();
    if kept.len() < all.len() {
        while kept.len() > 1
            && kept.last().is_some_and(|last| DANGLING.contains(&last.to_lowercase().as_str()))
        {
            kept.pop();
        }
    }
    let text = kept.join(" ");
    let text: String = text.chars().take(chars).collect();
    text.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, ')' | '%' | '+' | '€' | '$'))
        .to_owned()
}

/// Whether it begins with an order, such as `save a list`.
pub(super) fn is_order(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    VERBS.contains(&first.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// With a small letter, unless the first word is a name or an abbreviation.
pub(super) fn lowered(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_name = first.chars().skip(1).any(char::is_uppercase) || first.chars().count() < 2;
    let mut chars = text.chars();
    match chars.next() {
        Some(letter) if !is_name => letter.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// With a capital.
pub(super) fn raised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|letter| letter.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// `a cook`, `an owner`.
pub(super) fn with_article(noun: &str) -> String {
    let vowel = noun.chars().next().is_some_and(|c| "aeioAEIO".contains(c));
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// `a, b and c`.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}
