//! A sentence as words that know their column, and which of them may be keywords.
//!
//! A keyword is a whole word in any case. Where the sentence writes keywords in capitals, the same words in lower case
//! are plain text, and so is whatever stands in quotation marks.

/// A word, with the punctuation that clings to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'s> {
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// Where it ends, in bytes.
    pub(super) end: usize,
    /// Where it begins, in characters from 1.
    pub(super) column: u32,
    /// Where it ends without its punctuation: where the next word should stand.
    pub(super) end_column: u32,
    text: &'s str,
    /// It begins or goes on inside quotation marks.
    quoted: bool,
    /// And so does what follows it.
    quotes_on: bool,
}

/// A word that opens a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opener {
    Where,
    While,
    When,
    If,
}

/// A word that says how binding it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ModalWord {
    Shall,
    Must,
    Should,
    May,
    Will,
}

impl<'s> Word<'s> {
    /// Without punctuation and marks of emphasis around it.
    pub(super) fn bare(self) -> &'s str {
        self.text.trim_matches(|c: char| !c.is_alphanumeric())
    }

    pub(super) fn is(self, word: &str) -> bool {
        !self.quoted && self.bare().eq_ignore_ascii_case(word)
    }

    pub(super) fn in_capitals(self) -> bool {
        self.bare().chars().all(char::is_uppercase)
    }

    /// Whether a clause ends with it.
    pub(super) fn ends_clause(self) -> bool {
        !self.quotes_on && self.text.trim_end_matches(['*', '_', '`']).ends_with(',')
    }

    /// A comma, dash or mark of emphasis that stands alone.
    pub(super) fn is_punctuation(self) -> bool {
        self.bare().is_empty()
    }

    /// `1.` or `2)`.
    pub(super) fn is_list_number(self) -> bool {
        let number = self.text.trim_end_matches(['.', ')']);
        number.len() < self.text.len()
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    }

    pub(super) fn opener(self) -> Option<Opener> {
        [(Opener::Where, "where"), (Opener::While, "while"), (Opener::When, "when"), (Opener::If, "if")]
            .into_iter()
            .find_map(|(opener, word)| self.is(word).then_some(opener))
    }

    pub(super) fn modal(self) -> Option<ModalWord> {
        [
            (ModalWord::Shall, "shall"),
            (ModalWord::Must, "must"),
            (ModalWord::Should, "should"),
            (ModalWord::May, "may"),
            (ModalWord::Will, "will"),
        ]
        .into_iter()
        .find_map(|(modal, word)| self.is(word).then_some(modal))
    }

    /// Whether a group of words that names somebody begins with it.
    pub(super) fn is_determiner(self) -> bool {
        ["the", "a", "an", "each", "every", "any", "all", "no", "this", "that", "our", "its"]
            .into_iter()
            .any(|word| self.is(word))
    }

    /// Whether it ties what follows to what is before it.
    pub(super) fn is_link(self) -> bool {
        [
            "of", "in", "on", "for", "to", "with", "from", "at", "by", "and", "or", "into", "under", "over",
            "between", "within", "after", "before", "that", "which", "who", "as",
        ]
        .into_iter()
        .any(|word| self.is(word))
    }
}

/// The words of `sentence`; a word ends after a comma that a letter follows, too.
pub(super) fn split(sentence: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut begun: Option<(usize, u32)> = None;
    let mut quotes = Quotes::of(sentence);
    let mut column = 1;
    let mut characters = sentence.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        if character.is_whitespace() {
            if let Some((start, first)) = begun.take() {
                words.push(word(sentence, start, at, first, &mut quotes));
            }
        } else {
            quotes.pass(character);
            let (start, first) = *begun.get_or_insert((at, column));
            if character == ',' && next.is_some_and(char::is_alphabetic) {
                words.push(word(sentence, start, at + 1, first, &mut quotes));
                begun = None;
            }
        }
        column += 1;
    }
    if let Some((start, first)) = begun {
        words.push(word(sentence, start, sentence.len(), first, &mut quotes));
    }
    words
}

/// Which words stand in quotation marks. A mark without a second one quotes nothing.
struct Quotes {
    left: usize,
    open: bool,
    /// Some of the word that is being read was quoted.
    seen: bool,
}

impl Quotes {
    const MARKS: [char; 4] = ['"', '“', '”', '`'];

    fn of(sentence: &str) -> Self {
        Self { left: sentence.matches(Self::MARKS).count(), open: false, seen: false }
    }

    fn pass(&mut self, character: char) {
        if Self::MARKS.contains(&character) {
            self.left -= 1;
            self.open = !self.open && self.left > 0;
        }
        self.seen |= self.open;
    }
}

fn word<'s>(sentence: &'s str, start: usize, end: usize, column: u32, quotes: &mut Quotes) -> Word<'s> {
    let text = &sentence[start..end];
    let characters = match text.trim_end_matches(|c: char| !c.is_alphanumeric()) {
        "" => text.chars().count(),
        bare => bare.chars().count(),
    };
    let end_column = column + u32::try_from(characters).unwrap_or(u32::MAX);
    let quoted = std::mem::replace(&mut quotes.seen, quotes.open);
    Word { start, end, column, end_column, text, quoted, quotes_on: quotes.open }
}

/// Whether `sentence` says anywhere how binding it is.
#[must_use]
pub fn has_modal(sentence: &str) -> bool {
    split(sentence).into_iter().any(|word| word.modal().is_some_and(|modal| modal != ModalWord::Will))
}
