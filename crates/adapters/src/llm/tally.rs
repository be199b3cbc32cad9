//! What an answer uses: as the provider counts, and until it does as a guess.

use ports::llm::Usage;

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

    pub(super) fn counted(&self) -> Usage {
        self.counted.unwrap_or_default()
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
            None => Usage {
                input_tokens: self.prompt_tokens,
                output_tokens: guess,
                estimated: true,
                ..Usage::default()
            },
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
