//! Where the conditions end, who acts, and how binding it is.

use super::Modal;
use super::error::{EarsError, EarsErrorKind};
use super::parse::Sentence;
use super::words::{ModalWord, Word};

/// The longest name of a system, in words, that is believed without a comma before it.
const LONGEST_NAME: usize = 6;

/// Where the parts of the main clause stand.
pub(super) struct MainClause {
    /// The last condition ends before this word.
    pub(super) conditions_end: usize,
    /// THEN.
    pub(super) then: Option<usize>,
    /// Who acts begins here.
    pub(super) start: usize,
    /// How binding it is.
    pub(super) modal: Modal,
    /// And where that stands.
    pub(super) modal_at: usize,
    /// What is done begins here.
    pub(super) response_start: usize,
}

/// The words that may say how binding the sentence is: those in capitals, else `shall`, else the others.
fn candidates(words: &[Word<'_>]) -> Vec<usize> {
    let all: Vec<(usize, ModalWord)> = words
        .iter()
        .enumerate()
        .filter_map(|(at, word)| word.modal().map(|modal| (at, modal)))
        .filter(|(_, modal)| *modal != ModalWord::Will)
        .collect();
    let those = |which: &dyn Fn(usize, ModalWord) -> bool| -> Vec<usize> {
        all.iter().filter(|(at, modal)| which(*at, *modal)).map(|(at, _)| *at).collect()
    };
    [
        those(&|at, _| words[at].in_capitals()),
        those(&|_, modal| modal == ModalWord::Shall),
        those(&|_, _| true),
    ]
    .into_iter()
    .find(|found| !found.is_empty())
    .unwrap_or_default()
}

/// The first word that may say how binding the sentence is.
pub(super) fn first_modal(words: &[Word<'_>]) -> Option<usize> {
    candidates(words).first().copied()
}

/// The main clause of a sentence whose last condition begins at `opener`.
pub(super) fn find(sentence: &Sentence<'_>, opener: Option<usize>) -> Result<MainClause, EarsError> {
    let words = sentence.words;
    let candidates = candidates(words);
    if candidates.is_empty() {
        return Err(no_modal(sentence));
    }
    let (then, start, modal_at) = match opener {
        None => (None, sentence.first(), candidates[0]),
        Some(opener) => after_condition(sentence, opener, &candidates)?,
    };
    if opener.is_none() {
        unconditional(sentence, modal_at)?;
    }
    let negated = words.get(modal_at + 1).is_some_and(|word| word.is("not"));
    let modal = modal(sentence, modal_at, negated)?;
    let response_start = modal_at + 1 + usize::from(negated);
    one_requirement(sentence, &candidates, modal_at, response_start)?;
    Ok(MainClause { conditions_end: then.unwrap_or(start), then, start, modal, modal_at, response_start })
}

fn no_modal(sentence: &Sentence<'_>) -> EarsError {
    let will = sentence.words.iter().position(|word| word.modal() == Some(ModalWord::Will));
    match (will, sentence.words.last()) {
        (Some(will), _) => sentence.error(EarsErrorKind::WillIsNoModal, will),
        (None, last) => {
            EarsError { kind: EarsErrorKind::MissingModal, column: last.map_or(1, |word| word.end_column) }
        }
    }
}

/// THEN, the begin of who acts, and the modal.
fn after_condition(
    sentence: &Sentence<'_>,
    opener: usize,
    candidates: &[usize],
) -> Result<(Option<usize>, usize, usize), EarsError> {
    let words = sentence.words;
    if let Some((then, modal)) = then(words, opener, candidates) {
        return Ok((Some(then), then + 1, modal));
    }
    let after: Vec<usize> = candidates.iter().copied().filter(|modal| *modal > opener).collect();
    if let Some((start, modal)) =
        after.iter().find_map(|modal| Some((after_comma(words, opener, *modal)?, *modal)))
    {
        return Ok((None, start, modal));
    }
    let Some(modal) = after.first().copied() else { return Err(no_modal(sentence)) };
    if modal > opener + 1 && words[modal - 1].ends_clause() {
        return Err(sentence.error(EarsErrorKind::MissingSystem, modal));
    }
    match at_article(words, opener, modal) {
        Some(start) => Ok((None, start, modal)),
        None if modal == opener + 1 => Ok((None, modal, modal)),
        None => Err(sentence.error(EarsErrorKind::MissingComma, modal)),
    }
}

/// THEN and the modal after it. In capitals it always is one; else where a comma, an article or the absence of any
/// other comma says so: `is opened and then closed, the system` is no THEN.
fn then(words: &[Word<'_>], opener: usize, candidates: &[usize]) -> Option<(usize, usize)> {
    let found = |in_capitals: bool| {
        (opener + 1..words.len()).filter(|at| words[*at].is("then")).find_map(|at| {
            let modal = candidates.iter().copied().find(|modal| *modal > at)?;
            let parts = words[at - 1].ends_clause()
                || words.get(at + 1).is_some_and(|word| word.is_determiner())
                || !words[at..modal].iter().any(|word| word.ends_clause());
            let is_then = words[at].in_capitals() || (!in_capitals && !words[at - 1].is("and") && parts);
            is_then.then_some((at, modal))
        })
    };
    found(true).or_else(|| found(false))
}

/// Who acts, after the last comma before the modal that an article follows; else after the last comma.
fn after_comma(words: &[Word<'_>], opener: usize, modal: usize) -> Option<usize> {
    let starts = || {
        (opener..modal.saturating_sub(1))
            .rev()
            .filter(|at| words[*at].ends_clause())
            .map(|at| at + 1)
            .filter(|start| words[*start..modal].iter().any(|word| !word.is_punctuation()))
    };
    starts()
        .find(|start| words[*start].is_determiner())
        .or_else(|| starts().find(|start| !words[*start].is_link()))
}

/// Who acts, at the last article before the modal that begins a name: `the backup of the node` begins at the first.
fn at_article(words: &[Word<'_>], opener: usize, modal: usize) -> Option<usize> {
    let begins = |at: &usize| words[*at].is_determiner() && (*at == opener + 1 || !words[*at - 1].is_link());
    let start = (opener + 1..modal).rev().find(begins)?;
    let name = modal - start;
    // What begins right after the keyword is a name without a condition, or a condition and a name without an article.
    (name <= LONGEST_NAME && (start > opener + 1 || name <= 3)).then_some(start)
}

fn unconditional(sentence: &Sentence<'_>, modal: usize) -> Result<(), EarsError> {
    for at in sentence.first()..modal {
        let word = sentence.words[at];
        let first = at == sentence.first();
        if word.is("then") && (first || word.in_capitals()) {
            return Err(sentence.error(EarsErrorKind::ThenWithoutCondition, at));
        }
        if word.opener().is_some() && (word.in_capitals() || sentence.words[at - 1].ends_clause()) {
            return Err(sentence.error(EarsErrorKind::MisplacedCondition, at));
        }
    }
    Ok(())
}

fn modal(sentence: &Sentence<'_>, at: usize, negated: bool) -> Result<Modal, EarsError> {
    match (sentence.words[at].modal(), negated) {
        (Some(ModalWord::Shall), false) => Ok(Modal::Shall),
        (Some(ModalWord::Shall), true) => Ok(Modal::ShallNot),
        (Some(ModalWord::Must), false) => Ok(Modal::Must),
        (Some(ModalWord::Must), true) => Ok(Modal::MustNot),
        (Some(ModalWord::Should), false) => Ok(Modal::Should),
        (Some(ModalWord::Should), true) => Ok(Modal::ShouldNot),
        (Some(ModalWord::May), false) => Ok(Modal::May),
        (Some(ModalWord::May), true) => Err(sentence.error(EarsErrorKind::MayNot, at)),
        (Some(ModalWord::Will), _) | (None, _) => Err(sentence.error(EarsErrorKind::WillIsNoModal, at)),
    }
}

/// Neither a second requirement nor a condition behind what is done. In lower case `must` and `when` are plain words
/// there: `list what must be paid`.
fn one_requirement(
    sentence: &Sentence<'_>,
    candidates: &[usize],
    modal: usize,
    response_start: usize,
) -> Result<(), EarsError> {
    let words = sentence.words;
    let binding = |at: usize| words[at].in_capitals() || words[at].modal() == Some(ModalWord::Shall);
    if candidates.iter().any(|at| *at < modal && binding(*at)) {
        return Err(sentence.error(EarsErrorKind::TwoModals, modal));
    }
    for (at, word) in words.iter().enumerate().skip(response_start) {
        if word.modal().is_some_and(|modal| modal != ModalWord::Will) && binding(at) {
            return Err(sentence.error(EarsErrorKind::TwoModals, at));
        }
        if word.opener().is_some() && word.in_capitals() {
            return Err(sentence.error(EarsErrorKind::MisplacedCondition, at));
        }
    }
    Ok(())
}
