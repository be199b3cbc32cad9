//! Tells what was seen of an agent. Words come in small pieces and are told whole; a use of a tool is told when it is known what it
//! is given, and again when it is over.

use ports::agent::wire::TEXT_BYTES;
use ports::agent::{Act, Seen, Step};
use tokio::sync::mpsc;

use super::super::output::Output;
use super::calls::Calls;
use super::updates::{Block, Entry, News, Tool};

/// Most bytes of a frame that are kept beside what was read from it.
const RAW_BYTES: usize = 64 << 10;
/// Most steps of a plan, and most bytes of each.
const STEPS: usize = 200;
const STEP_BYTES: usize = 2_000;

/// Where what is seen goes.
#[derive(Debug)]
pub(super) struct Teller {
    seen: mpsc::Sender<Seen>,
    turn: u32,
    words: Option<Words>,
    calls: Calls,
}

/// What it says or thinks, until it does something else.
#[derive(Debug)]
struct Words {
    are_thoughts: bool,
    text: Output,
    last: String,
}

impl Teller {
    pub(super) const fn new(seen: mpsc::Sender<Seen>) -> Self {
        Self { seen, turn: 1, words: None, calls: Calls::new() }
    }

    /// Another turn begins.
    pub(super) async fn begin(&mut self, turn: u32, prompt: &str) {
        self.turn = turn;
        self.act(Act::TurnStarted { prompt: prompt.to_owned() }).await;
    }

    /// The turn is over; what is left of it is told before.
    pub(super) async fn end(&mut self, stop: &str) {
        self.finish_words().await;
        for (act, raw) in self.calls.unsaid() {
            self.tell(act, Some(raw)).await;
        }
        self.act(Act::TurnEnded { stop: stop.to_owned() }).await;
    }

    /// Something to note.
    pub(super) async fn note(&mut self, code: &str, text: &str) {
        self.act(Act::Noted { code: code.into(), text: cut(text.to_owned(), TEXT_BYTES) }).await;
    }

    /// Tells what an update holds. Whether it is of the agent's work, and a tool is over by it.
    pub(super) async fn update(&mut self, update: News, frame: &str) -> Worked {
        match update {
            News::AgentMessageChunk { content } => self.words(false, content, frame).await,
            News::AgentThoughtChunk { content } => self.words(true, content, frame).await,
            News::ToolCall(tool) | News::ToolCallUpdate(tool) => return self.tool(tool, frame).await,
            News::Plan { entries } => {
                self.finish_words().await;
                self.tell(Act::PlanUpdated { steps: steps(entries) }, None).await;
            }
            News::UserMessageChunk | News::Other => return Worked::Not,
        }
        Worked::On
    }

    /// Tells what is new of the use of a tool.
    pub(super) async fn tool(&mut self, tool: Tool, frame: &str) -> Worked {
        self.finish_words().await;
        let (acts, is_over) = self.calls.heard(tool, frame);
        for (act, raw) in acts {
            self.tell(act, Some(raw)).await;
        }
        if is_over { Worked::OffATool } else { Worked::On }
    }

    async fn words(&mut self, are_thoughts: bool, content: Block, frame: &str) {
        if self.words.as_ref().is_some_and(|words| words.are_thoughts != are_thoughts) {
            self.finish_words().await;
        }
        let words = self.words.get_or_insert_with(|| Words {
            are_thoughts,
            text: Output::default(),
            last: String::new(),
        });
        words.text.add(content.text().as_bytes());
        words.last = short(frame);
    }

    async fn finish_words(&mut self) {
        let Some(Words { are_thoughts, text, last }) = self.words.take() else { return };
        let text = text.text();
        let act = if are_thoughts { Act::Thought { text } } else { Act::Message { text } };
        self.tell(act, Some(last)).await;
    }

    async fn act(&mut self, act: Act) {
        self.finish_words().await;
        self.tell(act, None).await;
    }

    async fn tell(&self, what: Act, raw: Option<String>) {
        // When nobody listens any more the run is over, and so are we.
        let _ = self.seen.send(Seen { raw, ..Seen::told(self.turn, what) }).await;
    }
}

/// What an update was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worked {
    /// Not the agent's work.
    Not,
    /// It goes on with it.
    On,
    /// A tool is over.
    OffATool,
}

fn steps(entries: Vec<Entry>) -> Vec<Step> {
    let step = |entry: Entry| Step {
        text: cut(entry.content, STEP_BYTES),
        status: match entry.status.as_str() {
            status @ ("in_progress" | "completed") => status.to_owned(),
            _ => "pending".to_owned(),
        },
    };
    entries.into_iter().take(STEPS).map(step).collect()
}

/// A frame as it is kept.
pub(super) fn short(frame: &str) -> String {
    frame[..frame.floor_char_boundary(RAW_BYTES)].to_owned()
}

/// A text without what is too much of it: the worker leaves out the middle, and this much never waits for it.
pub(super) fn cut(mut text: String, bytes: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes));
    text
}
