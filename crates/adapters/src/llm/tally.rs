//! What an answer uses: as the provider counts, and until it does as a guess.

use ports::llm::Usage;
use serde_json::Value;

/// No answer has as many. A server that says so counts wrong, and its number would add up to nonsense.
const MOST_TOKENS: u64 = 1_000_000_000;

/// A count of tokens, when it is one.
pub(super) fn tokens(count: &Value) -> Option<u64> {
    count.as_u64().filter(|tokens| *tokens <= MOST_TOKENS)
}

#[derive(Clone, Debug)]
pub(super) struct Tally {
    prompt_tokens: u64,
    has_begun: bool,
    /// Characters of everything the model said, thoughts included: those are paid too.
    said_chars: u64,
    counted: Option<Usage>,
    is_whole: bool,
}

impl Tally {
    /// `prompt_tokens` is the guess for the prompt.
    pub(super) const fn new(prompt_tokens: u64) -> Self {
        Self { prompt_tokens, has_begun: false, said_chars: 0, counted: None, is_whole: false }
    }

    /// The provider answers: from here on there is something to pay for.
    pub(super) fn begin(&mut self) -> Usage {
        self.has_begun = true;
        self.sum()
    }

    pub(super) const fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// The model said this.
    pub(super) fn said(&mut self, text: &str) {
        self.has_begun = true;
        self.said_chars += text.chars().count() as u64;
    }

    /// What the provider counted so far; each replaces the one before. `is_whole` when the answer is counted to its end.
    pub(super) const fn count(&mut self, usage: Usage, is_whole: bool) {
        self.has_begun = true;
        self.counted = Some(usage);
        self.is_whole = is_whole;
    }

    /// What it counted so far, or a guess of the prompt alone.
    pub(super) fn counted(&self) -> Usage {
        let guess = Usage { input_tokens: self.prompt_tokens, estimated: true, ..Usage::default() };
        self.counted.unwrap_or(guess)
    }

    /// When the answer breaks off.
    pub(super) fn used(&self) -> Option<Usage> {
        self.has_begun.then(|| self.sum())
    }

    /// When it is whole.
    pub(super) fn finish(&self) -> Usage {
        self.sum()
    }

    fn sum(&self) -> Usage {
        let guess = self.said_chars.div_ceil(4);
        match self.counted {
            Some(counted) if self.is_whole => counted,
            Some(counted) => {
                Usage { output_tokens: counted.output_tokens.max(guess), estimated: true, ..counted }
            }
            None => Usage { output_tokens: guess, ..self.counted() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(input: u64, output: u64) -> Usage {
        Usage { input_tokens: input, output_tokens: output, ..Usage::default() }
    }

    #[test]
    fn a_count_beyond_all_reason_is_none() {
        let read = |text: &str| tokens(&serde_json::from_str(text).unwrap());
        assert_eq!(read("1000000000"), Some(1_000_000_000));
        for nonsense in ["1000000001", "18446744073709551615", "-1", "1.5", "\"7\"", "null"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn nothing_is_used_before_the_answer_begins() {
        assert_eq!(Tally::new(10).used(), None);
        assert_eq!(Tally::new(10).begin(), Usage { estimated: true, ..counted(10, 0) });
    }

    #[test]
    fn a_count_replaces_the_guess_and_the_count_before() {
        let mut tally = Tally::new(10);
        tally.said("five!");
        assert_eq!(tally.used(), Some(Usage { estimated: true, ..counted(10, 2) }));
        tally.count(counted(7, 1), false);
        assert_eq!(tally.used(), Some(Usage { estimated: true, ..counted(7, 2) }));
        tally.count(counted(7, 40), true);
        assert_eq!(tally.finish(), counted(7, 40));
    }
}
