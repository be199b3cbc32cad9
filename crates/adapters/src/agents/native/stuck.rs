//! Notices when the model does the same again and again.

use ports::llm::ToolUse;

/// As often as one use of a tool may follow itself; source: the same action four times is what OpenHands takes for stuck.
const TIMES: u32 = 5;

/// The last use of a tool, and how often it came in a row.
#[derive(Debug, Default)]
pub(super) struct Repetition {
    last: Option<(String, serde_json::Value)>,
    times: u32,
}

impl Repetition {
    /// Whether this use is one too many.
    pub(super) fn is_one_too_many(&mut self, used: &ToolUse) -> bool {
        let same = self.last.as_ref().is_some_and(|(name, input)| (name, input) == (&used.name, &used.input));
        if same {
            self.times += 1;
        } else {
            self.last = Some((used.name.clone(), used.input.clone()));
            self.times = 1;
        }
        self.times >= TIMES
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn used(path: &str) -> ToolUse {
        ToolUse { id: String::new(), name: "read".into(), input: json!({"path": path}) }
    }

    #[test]
    fn the_fifth_in_a_row_is_one_too_many() {
        let mut repetition = Repetition::default();
        let mut seen = |path| repetition.is_one_too_many(&used(path));
        assert_eq!(["a", "a", "a", "a", "b", "a", "a", "a", "a"].map(&mut seen), [false; 9]);
        assert!(seen("a"));
    }
}
