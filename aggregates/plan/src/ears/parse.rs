//! From a sentence to its parts: conditions with their keywords, then who SHALL do what.

use super::error::{EarsError, EarsErrorKind};
use super::main_clause::{self, MainClause};
use super::words::{Opener, Word, split};
use super::{Ears, EarsKind, Trigger, TriggerKeyword, phrases};

/// The parts of a sentence.
///
/// Keywords count in any case. A comma may be absent where an article shows where the condition ends, THEN may follow
/// any condition (Kiro writes WHEN .. THEN), and the full stop may be absent.
///
/// # Errors
/// What is wrong, with the column; the first fault from the left in most cases.
pub fn parse(sentence: &str) -> Result<Ears, EarsError> {
    let words = split(sentence);
    if words.iter().all(|word| word.is_punctuation()) {
        return Err(EarsError { kind: EarsErrorKind::Empty, column: 1 });
    }
    let sentence = Sentence { text: sentence, words: &words };
    let openers = sentence.openers()?;
    let unwanted = openers.iter().find(|(_, opener)| *opener == Opener::If).map(|(at, _)| *at);
    let main = match (main_clause::find(&sentence, openers.last().map(|(at, _)| *at)), unwanted) {
        (
            Ok(MainClause { then: None, .. }) | Err(EarsError { kind: EarsErrorKind::MissingComma, .. }),
            Some(at),
        ) => {
            return Err(sentence.error(EarsErrorKind::IfWithoutThen, at));
        }
        (main, _) => main?,
    };
    let mut ears = Ears {
        kind: kind(&openers),
        feature: None,
        precondition: None,
        trigger: None,
        system: sentence.clause(main.start, main.modal_at),
        modal: main.modal,
        response: response(&sentence, &main),
        warnings: phrases::warnings(&words),
    };
    for (index, (at, opener)) in openers.iter().enumerate() {
        let end = openers.get(index + 1).map_or(main.conditions_end, |(next, _)| *next);
        let text = sentence.clause(at + 1, end);
        if text.is_empty() {
            let column = words[*at].end_column;
            return Err(EarsError { kind: EarsErrorKind::EmptyCondition, column });
        }
        match opener {
            Opener::Where => ears.feature = Some(text),
            Opener::While => ears.precondition = Some(text),
            Opener::When => ears.trigger = Some(Trigger { keyword: TriggerKeyword::When, text }),
            Opener::If => ears.trigger = Some(Trigger { keyword: TriggerKeyword::If, text }),
        }
    }
    if ears.system.is_empty() {
        return Err(sentence.error(EarsErrorKind::MissingSystem, main.modal_at));
    }
    if ears.response.is_empty() {
        let column = words[main.response_start - 1].end_column;
        return Err(EarsError { kind: EarsErrorKind::MissingResponse, column });
    }
    Ok(ears)
}

fn kind(openers: &[(usize, Opener)]) -> EarsKind {
    match openers {
        [] => EarsKind::Ubiquitous,
        [(_, Opener::Where)] => EarsKind::Optional,
        [(_, Opener::While)] => EarsKind::State,
        [(_, Opener::When)] => EarsKind::Event,
        [(_, Opener::If)] => EarsKind::Unwanted,
        _ => EarsKind::Complex,
    }
}

fn response(sentence: &Sentence<'_>, main: &MainClause) -> String {
    let text = sentence.clause(main.response_start, sentence.words.len());
    text.trim_end_matches(['.', ';', '!']).trim_end().to_owned()
}

/// A sentence and its words.
pub(super) struct Sentence<'s> {
    pub(super) text: &'s str,
    pub(super) words: &'s [Word<'s>],
}

impl Sentence<'_> {
    pub(super) fn error(&self, kind: EarsErrorKind, word: usize) -> EarsError {
        EarsError { kind, column: self.words[word].column }
    }

    /// The first word, a mark of a list left aside.
    pub(super) fn first(&self) -> usize {
        self.words
            .iter()
            .position(|word| !word.is_punctuation() && !word.is_list_number())
            .unwrap_or_default()
    }

    /// The text of the words from `start` to before `end`, without what joins it to its neighbours.
    fn clause(&self, start: usize, end: usize) -> String {
        let mut words = self.words.get(start..end).unwrap_or_default();
        while let [first, rest @ ..] = words
            && first.is_punctuation()
        {
            words = rest;
        }
        while let [rest @ .., last] = words
            && (last.is_punctuation() || last.is("and"))
            && end < self.words.len()
        {
            words = rest;
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return String::new() };
        self.text[first.start..last.end].trim_end_matches(',').to_owned()
    }

    /// Where conditions begin: at the first word; at a keyword in capitals before what is done, or after a comma.
    fn openers(&self) -> Result<Vec<(usize, Opener)>, EarsError> {
        let first = self.first();
        let mut openers: Vec<(usize, Opener)> = Vec::new();
        if self.words[first].opener().is_none() {
            return Ok(openers);
        }
        let end = main_clause::first_modal(self.words).unwrap_or(self.words.len());
        for at in first..end {
            let word = self.words[at];
            let Some(opener) = word.opener() else { continue };
            let before = self.words[first..at].iter().rev().find(|word| !word.is("and"));
            let after_comma = before.is_some_and(|word| word.ends_clause());
            if at > first && !word.in_capitals() && !after_comma {
                continue;
            }
            if openers.iter().any(|(_, other)| *other == opener) {
                return Err(self.error(EarsErrorKind::KeywordTwice, at));
            }
            let trigger = |opener| matches!(opener, Opener::When | Opener::If);
            if trigger(opener) && openers.iter().any(|(_, other)| trigger(*other)) {
                return Err(self.error(EarsErrorKind::TwoTriggers, at));
            }
            openers.push((at, opener));
        }
        Ok(openers)
    }
}
