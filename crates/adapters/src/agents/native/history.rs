//! The conversation with the model. When it becomes too long, what tools answered long ago is left out of it.

use std::collections::HashMap;

use ports::agent::Model;
use ports::llm::{Block, Deadlines, Message, Output, Request, Role, Tool, ToolChoice};

/// What fits into a model of which nothing is known.
const CONTEXT_TOKENS: u64 = 128_000;
/// Of this share of it, in percent, a prompt is too long, and it is shortened to that one: not every call is to change it,
/// for providers keep the beginnings of prompts.
const TOO_LONG: u64 = 75;
const SHORT_AGAIN: u64 = 50;
/// So many messages at the end stay as they are; fewer when the provider says that it is too long all the same.
const LAST: usize = 10;
const LAST_IN_NEED: usize = 2;
/// A result that is not longer than what would stand in its place stays.
const SHORTEST: usize = 200;

/// All that was said.
#[derive(Debug)]
pub(super) struct History {
    /// As it is asked next.
    pub(super) request: Request,
    context_tokens: u64,
}

/// How much was left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) results: usize,
    pub(super) bytes: usize,
}

impl History {
    pub(super) fn new(model: &Model, system: Vec<String>, tools: Vec<Tool>, deadlines: Deadlines) -> Self {
        let request = Request {
            model: model.name.as_str().into(),
            system,
            messages: Vec::new(),
            tools,
            tool_choice: ToolChoice::Auto,
            max_output_tokens: model.max_output_tokens,
            temperature: None,
            output: Output::Text,
            deadlines,
        };
        Self { request, context_tokens: model.context_tokens.unwrap_or(CONTEXT_TOKENS) }
    }

    /// More of the user, to what the user said last.
    pub(super) fn says_user(&mut self, blocks: impl IntoIterator<Item = Block>) {
        self.says(Role::User, blocks);
    }

    pub(super) fn says_model(&mut self, blocks: impl IntoIterator<Item = Block>) {
        self.says(Role::Assistant, blocks);
    }

    fn says(&mut self, role: Role, blocks: impl IntoIterator<Item = Block>) {
        let is_white = |block: &Block| matches!(block, Block::Text { text } if text.trim().is_empty());
        let mut blocks = blocks.into_iter().filter(|block| !is_white(block)).peekable();
        if blocks.peek().is_none() {
            return;
        }
        match self.request.messages.last_mut() {
            Some(message) if message.role == role => message.content.extend(blocks),
            Some(_) | None => self.request.messages.push(Message { role, content: blocks.collect() }),
        }
    }

    /// Leaves out old results when the prompt has become too long.
    pub(super) fn shorten(&mut self) -> Option<LeftOut> {
        if self.request.estimated_prompt_tokens() <= self.share(TOO_LONG) {
            return None;
        }
        self.leave_out(LAST)
    }

    /// The provider says that it is too long, whatever we reckon.
    pub(super) fn shorten_in_need(&mut self) -> Option<LeftOut> {
        self.leave_out(LAST_IN_NEED)
    }

    const fn share(&self, percent: u64) -> u64 {
        self.context_tokens * percent / 100
    }

    /// The oldest first, until it is short again. The first message and the last ones stay whole.
    fn leave_out(&mut self, last: usize) -> Option<LeftOut> {
        let enough = self.share(SHORT_AGAIN);
        let end = self.request.messages.len().saturating_sub(last);
        let names = self.names_of_uses();
        let mut left_out = LeftOut::default();
        for at in 1..end {
            for block in &mut self.request.messages[at].content {
                let Block::ToolResult { tool_use_id, content, .. } = block else { continue };
                if content.len() <= SHORTEST {
                    continue;
                }
                let tool = names.get(tool_use_id.as_str()).map_or("a tool", String::as_str);
                left_out.results += 1;
                left_out.bytes += content.len();
                *content = format!("[left out: {} bytes of what {tool} answered]", content.len());
            }
            if self.request.estimated_prompt_tokens() <= enough {
                break;
            }
        }
        (left_out.results > 0).then_some(left_out)
    }

    fn names_of_uses(&self) -> HashMap<String, String> {
        let blocks = self.request.messages.iter().flat_map(|message| &message.content);
        let uses = blocks.filter_map(|block| match block {
            Block::ToolUse { id, name, .. } => Some((id.clone(), name.clone())),
            Block::Text { .. } | Block::ToolResult { .. } => None,
        });
        uses.collect()
    }
}

#[cfg(test)]
mod tests {
    use ports::llm::Format;
    use serde_json::json;

    use super::*;

    /// A conversation of so many uses of a tool, each answered at length.
    fn history(context_tokens: u64, uses: usize) -> History {
        let model = Model {
            name: "m".into(),
            format: Format::OpenAi,
            max_output_tokens: 100,
            context_tokens: Some(context_tokens),
        };
        let mut history = History::new(&model, Vec::new(), Vec::new(), Deadlines::default());
        history.says_user([Block::text("the task ".repeat(500))]);
        for at in 0..uses {
            let id = format!("call-{at}");
            history.says_model([Block::ToolUse { id: id.clone(), name: "read".into(), input: json!({}) }]);
            history.says_user([Block::ToolResult {
                tool_use_id: id,
                content: "line\n".repeat(1_000),
                is_error: false,
            }]);
        }
        history
    }

    fn results(history: &History) -> Vec<bool> {
        let blocks = history.request.messages.iter().flat_map(|message| &message.content);
        let whole = blocks.filter_map(|block| match block {
            Block::ToolResult { content, .. } => {
                Some(!content.starts_with("[left out: 5000 bytes of what read"))
            }
            _ => None,
        });
        whole.collect()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let mut history = history(1_000_000, 20);
        assert_eq!(history.shorten(), None);
        assert!(results(&history).iter().all(|whole| *whole));
    }

    #[test]
    fn the_oldest_results_go_first_and_only_as_many_as_must() {
        let mut history = history(50_000, 30);
        let before = history.request.estimated_prompt_tokens();
        assert!(before > 37_500, "{before}");
        let left_out = history.shorten().unwrap();
        let results = results(&history);
        let gone = results.iter().filter(|whole| !**whole).count();
        assert_eq!(left_out, LeftOut { results: gone, bytes: gone * 5_000 });
        assert!((1..25).contains(&gone), "{gone}");
        assert!(results[..gone].iter().all(|whole| !whole), "the oldest");
        assert!(history.request.estimated_prompt_tokens() <= 25_000);
        let Block::Text { text } = &history.request.messages[0].content[0] else { panic!("the task") };
        assert!(text.len() == 4_500, "the task stays");
        assert!(history.request.check().is_ok());
    }

    #[test]
    fn the_last_messages_stay_whole_unless_the_provider_says_that_it_is_too_long() {
        let mut history = history(2_000, 8);
        assert_eq!(history.shorten().unwrap().results, 3, "16 messages of tools, and the last ten stay");
        assert_eq!(results(&history), [false, false, false, true, true, true, true, true]);
        assert_eq!(history.shorten_in_need().unwrap().results, 4);
        assert_eq!(history.shorten_in_need(), None);
    }

    #[test]
    fn nothing_white_is_said_and_one_side_speaks_once() {
        let mut history = history(2_000, 0);
        history.says_model([Block::text(" \n")]);
        history.says_user([Block::text("more")]);
        assert_eq!(history.request.messages.len(), 1);
        assert_eq!(history.request.messages[0].content.len(), 2);
    }
}
