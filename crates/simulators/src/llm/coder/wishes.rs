//! What words ask for. They are read as `create the file X with the content Y`, `append Y to X`, and as the tasks of the planner
//! have it: ``Make `X` and `Y`.`` and ``Change `Z`.``

use super::content;

/// More is not done for one task.
const MOST: usize = 12;
/// The verbs that begin a wish.
const MAKING: [&str; 4] = ["create", "write", "make", "add"];

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// A file is to hold this.
    Put { path: String, content: String },
    /// A line is to come after what is in a file.
    Append { path: String, line: String },
}

impl Wish {
    pub(super) fn path(&self) -> &str {
        match self {
            Self::Put { path, .. } | Self::Append { path, .. } => path,
        }
    }

    pub(super) fn told(&self) -> String {
        match self {
            Self::Put { path, .. } => format!("I write {path}"),
            Self::Append { path, .. } => format!("I append a line to {path}"),
        }
    }
}

/// In the order of the words; each file is written once.
pub(super) fn wishes(words: &str) -> Vec<Wish> {
    let title = title(words);
    let mut wishes: Vec<Wish> = Vec::new();
    for (at, _) in words.char_indices().filter(|(at, _)| begins_word(words, *at)) {
        for wish in wishes_at(&words[at..], title) {
            let is_new = match &wish {
                Wish::Put { path, .. } => {
                    !wishes.iter().any(|other| matches!(other, Wish::Put { .. }) && other.path() == path)
                }
                Wish::Append { .. } => !wishes.contains(&wish),
            };
            if is_new && wishes.len() < MOST {
                wishes.push(wish);
            }
        }
    }
    wishes
}

/// The first line of the first quotation, which is the task's title.
pub(super) fn title(words: &str) -> &str {
    let quoted = words.split_once("<quote>").map_or(words, |(_, quoted)| quoted);
    quoted.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("A task")
}

fn begins_word(words: &str, at: usize) -> bool {
    !words[..at]
        .chars()
        .next_back()
        .is_some_and(|before| before.is_alphanumeric() || matches!(before, '_' | '-' | '/'))
}

fn wishes_at(words: &str, title: &str) -> Vec<Wish> {
    let mut reader = Reader(words);
    if reader.word(&["append"]) {
        return appending(reader).into_iter().collect();
    }
    if reader.word(&["change"]) {
        let remark = |path: String| content::remark(&path, title).map(|line| Wish::Append { path, line });
        return reader.quoted_paths().into_iter().filter_map(remark).collect();
    }
    if !reader.word(&MAKING) {
        return Vec::new();
    }
    let making = Reader(reader.0);
    reader.words(&["the", "a", "one"]);
    if reader.word(&["line"]) {
        return appending(making).into_iter().collect();
    }
    putting(making, title)
}

/// `[the line] CONTENT to [the end of] [the file] PATH`.
fn appending(mut reader: Reader<'_>) -> Option<Wish> {
    reader.words(&["the", "a", "one", "line", "text", "word", "words"]);
    let line = reader.marked().or_else(|| reader.until(" to "))?;
    reader.word(&["to"]).then_some(())?;
    reader.words(&["the", "end", "of", "file"]);
    let path = reader.path()?;
    Some(Wish::Append { path, line })
}

/// `[a file] PATH [with the content] CONTENT`, or several paths in quotes.
fn putting(mut reader: Reader<'_>, title: &str) -> Vec<Wish> {
    reader.words(&["a", "the", "new", "file", "named", "called", "at"]);
    let several = Reader(reader.0).quoted_paths();
    if several.len() > 1 {
        return several
            .into_iter()
            .map(|path| Wish::Put { content: content::file(&path, title), path })
            .collect();
    }
    let Some(path) = reader.path() else { return Vec::new() };
    let says = reader.words(&["with", "containing", "holding", "that", "says", "whose", "contains"]);
    let names =
        reader.words(&["the", "exactly", "content", "contents", "text", "line", "word", "words", "is", "of"]);
    let said = if says || names || reader.0.starts_with(':') { reader.content() } else { None };
    let content = said.unwrap_or_else(|| content::file(&path, title));
    vec![Wish::Put { path, content }]
}

/// What is left to read.
#[derive(Clone, Copy, Debug)]
struct Reader<'t>(&'t str);

impl Reader<'_> {
    /// Whether one of these comes next; then it is read.
    fn word(&mut self, any: &[&str]) -> bool {
        let rest = self.0.trim_start_matches(' ');
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let found = any.iter().any(|word| rest[..end].eq_ignore_ascii_case(word));
        // `make.rs` is a name, and `a.` ends a sentence.
        let is_name = rest[end..].starts_with(['.', '/', '_', '-'])
            && rest[end..].chars().nth(1).is_some_and(char::is_alphanumeric);
        if found && !is_name {
            self.0 = &rest[end..];
        }
        found && !is_name
    }

    /// Reads as many of these as come; whether any did.
    fn words(&mut self, any: &[&str]) -> bool {
        let mut found = false;
        while self.word(any) {
            found = true;
        }
        found
    }

    /// A text in quotes of some kind.
    fn marked(&mut self) -> Option<String> {
        let rest = self.0.trim_start_matches([' ', ':', '\n']);
        if let Some(fenced) = rest.strip_prefix("```") {
            let (_, body) = fenced.split_once('\n')?;
            let (text, after) = body.split_once("```")?;
            self.0 = after;
            return Some(text.to_owned());
        }
        let mark = rest.chars().next().filter(|mark| matches!(mark, '`' | '"' | '\''))?;
        let (text, after) = rest[1..].split_once(mark)?;
        self.0 = after;
        Some(text.to_owned())
    }

    /// What stands before this, in this line.
    fn until(&mut self, end: &str) -> Option<String> {
        let line = self.0.lines().next().unwrap_or_default();
        let at = line.find(end)?;
        let text = line[..at].trim().to_owned();
        self.0 = &self.0[at..];
        (!text.is_empty()).then_some(text)
    }

    /// A text in quotes, or the rest of the sentence, as far as it is in this line.
    fn content(&mut self) -> Option<String> {
        if let Some(marked) = self.marked() {
            return Some(if marked.ends_with('\n') { marked } else { format!("{marked}\n") });
        }
        let line = self.0.trim_start_matches([' ', ':']).lines().next().unwrap_or_default().trim();
        let line = line.split_once(". ").map_or(line, |(sentence, _)| sentence);
        let line = line.strip_suffix('.').unwrap_or(line);
        (!line.is_empty()).then(|| format!("{line}\n"))
    }

    /// A path, in quotes or as a word that looks like one.
    fn path(&mut self) -> Option<String> {
        let mut quoted = *self;
        if let Some(path) = quoted.marked() {
            let fits = !path.is_empty() && !path.contains(char::is_whitespace) && !path.contains('*');
            return fits.then(|| {
                self.0 = quoted.0;
                path
            });
        }
        let rest = self.0.trim_start_matches(' ');
        let word = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
        let path = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        let name = path.rsplit('/').next().unwrap_or_default();
        let (stem, kind) = name.rsplit_once('.')?;
        let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'));
        let is_kind = (1..=8).contains(&kind.len()) && kind.starts_with(|c: char| c.is_ascii_alphabetic());
        // `e.g.` is none.
        (plain && is_kind && !stem.is_empty() && stem.len() + kind.len() > 2).then(|| {
            self.0 = &rest[path.len()..];
            path.to_owned()
        })
    }

    /// Paths in quotes, with commas and `and` between.
    fn quoted_paths(&mut self) -> Vec<String> {
        let mut paths = Vec::new();
        while self.0.trim_start_matches([' ', ',']).starts_with('`') {
            self.0 = self.0.trim_start_matches([' ', ',']);
            match self.path() {
                Some(path) => paths.push(path),
                None => break,
            }
            self.0 = self.0.trim_start_matches([' ', ',']);
            self.word(&["and"]);
        }
        paths
    }
}

#[cfg(test)]
#[path = "wishes_tests.rs"]
mod tests;
