//! From the prompt to the end: the model is asked, uses tools, hears what people say at the boundaries between, and ends its turn.

use std::collections::HashSet;

use ports::agent::{Act, Desk, Finished};
use ports::llm::{Answer, Block, Deadlines, LlmError, Stop, ToolUse};

use super::ending::End;
use super::hearing::{Heard, hear};
use super::history::{History, LeftOut};
use super::inbox::Inbox;
use super::model::Reached;
use super::stuck::Repetition;
use super::tools::{Outcome, Toolbox};
use crate::agents::platform::NO_TOOLS;
use crate::agents::voice::Voice;

/// What holds for every model. A change of the words is a new file.
const PROMPT: &str = include_str!("prompt.v1.md");
/// Calls to the model in one run.
const MOST_CALLS: u32 = 200;
/// How often in a row an answer that was cut off is gone on with.
const GO_ON: u32 = 3;
/// How often a call is repeated whose answer broke off, or cannot be understood.
const AGAIN: u32 = 2;
/// Providers want no other characters in a name, and no longer one, even in what a model made up.
const NAME: usize = 64;

/// A model at work.
#[derive(Debug)]
pub(super) struct Session {
    reached: Reached,
    tools: Toolbox,
    inbox: Inbox,
    voice: Voice,
    history: History,
    repetition: Repetition,
    ids: HashSet<String>,
    own_ids: u32,
    calls: u32,
    /// Whether the model may have read what people wrote last, although it did not answer.
    may_have_read: bool,
}

impl Session {
    pub(super) fn new(reached: Reached, tools: Toolbox, deadlines: Deadlines, desk: Desk) -> Self {
        let history = History::new(&reached.model, vec![PROMPT.into()], tools.offered(), deadlines);
        Self {
            reached,
            tools,
            inbox: Inbox::new(desk.orders),
            voice: Voice::new(desk.seen),
            history,
            repetition: Repetition::default(),
            ids: HashSet::new(),
            own_ids: 0,
            calls: 0,
            may_have_read: true,
        }
    }

    /// Works until there is no more to do. `alone` says why there are no tools of the platform, if there are none.
    pub(super) async fn run(mut self, prompt: &str, alone: Option<String>) -> Finished {
        self.history.says_user([Block::text(prompt)]);
        self.voice.tell(Act::TurnStarted { prompt: prompt.to_owned() }).await;
        if let Some(why) = alone {
            self.voice.note(NO_TOOLS, format!("it works without the platform's tools: {why}")).await;
        }
        loop {
            let end = self.turn().await;
            self.voice.tell(Act::TurnEnded { stop: end.stop().into() }).await;
            self.inbox.drain();
            self.inbox.turn_is_over();
            if !(end.takes_more() && self.next_turn().await) {
                self.inbox.close(self.may_have_read);
                return end.finished();
            }
        }
    }

    /// Begins a turn with what people said, if they did.
    async fn next_turn(&mut self) -> bool {
        let (unread, new) = self.inbox.next_turn();
        if unread.is_empty() && new.is_empty() {
            return false;
        }
        self.history.says_user(new.iter().map(|text| of_person(text)));
        self.voice.turn += 1;
        self.repetition = Repetition::default();
        self.voice.tell(Act::TurnStarted { prompt: [unread, new].concat().join("\n\n") }).await;
        true
    }

    async fn turn(&mut self) -> End {
        let mut cut_off = 0;
        loop {
            let (uses, stop) = match self.ask().await {
                Ok(answered) => answered,
                Err(end) => return end,
            };
            if !uses.is_empty() {
                cut_off = 0;
                if let Some(end) = self.use_tools(uses).await {
                    return end;
                }
                continue;
            }
            match stop {
                Stop::MaxTokens if cut_off < GO_ON => {
                    cut_off += 1;
                    self.history.says_user([Block::text(
                        "[Your answer was cut off: it was too long. Go on where it ended, in smaller steps. A use of a tool that \
                         was cut off was not carried out.]",
                    )]);
                }
                Stop::MaxTokens => return End::MaxTokens,
                Stop::Refusal => return End::Refused,
                // Whatever an imitator calls it: there is no tool to wait for.
                Stop::End | Stop::ToolUse | Stop::Other(_) => return End::Done,
            }
        }
    }

    /// Asks until there is an answer. What people said in between is in the question.
    async fn ask(&mut self) -> Result<(Vec<ToolUse>, Stop), End> {
        let left_out = self.history.shorten();
        self.note_left_out(left_out).await;
        if self.inbox.drain() {
            return Err(End::Cancelled);
        }
        let said = self.inbox.fold();
        self.history.says_user(said.iter().map(|text| of_person(text)));
        let mut again = 0;
        let mut in_need = false;
        loop {
            if self.calls == MOST_CALLS {
                self.may_have_read = false;
                return Err(End::MaxTurns);
            }
            self.calls += 1;
            match hear(&*self.reached.llm, &self.history.request, &mut self.inbox, &self.voice).await {
                Heard::Answer(answer) => return Ok(self.answered(answer).await),
                Heard::CutInTool { text } => {
                    self.says(text).await;
                    return Ok((Vec::new(), Stop::MaxTokens));
                }
                Heard::Interrupted { text } => {
                    self.says(text).await;
                    return Err(End::Cancelled);
                }
                Heard::Failed { error: LlmError::ContextTooLong { .. }, .. } if !in_need => {
                    in_need = true;
                    let left_out = self.history.shorten_in_need();
                    self.note_left_out(left_out).await;
                }
                Heard::Failed { error, begun: true } if again < AGAIN && may_pass(&error) => {
                    again += 1;
                    self.voice.note("model_retry", error.to_string()).await;
                }
                Heard::Failed { error, .. } => {
                    self.may_have_read = error.may_have_cost();
                    return Err(End::Model(error.to_string()));
                }
            }
        }
    }

    /// Words of an answer that is not whole.
    async fn says(&mut self, text: String) {
        self.history.says_model([Block::text(&text)]);
        if !text.trim().is_empty() {
            self.voice.tell(Act::Message { text }).await;
        }
    }

    async fn answered(&mut self, answer: Answer) -> (Vec<ToolUse>, Stop) {
        let uses: Vec<ToolUse> = answer.tool_uses.into_iter().map(|used| self.named(used)).collect();
        let mut content = vec![Block::text(&answer.text)];
        content.extend(uses.iter().cloned().map(|ToolUse { id, name, input }| Block::ToolUse {
            id,
            name,
            input,
        }));
        let mut raw = serde_json::to_string(&content).ok();
        self.history.says_model(content);
        if !answer.text.trim().is_empty() {
            self.voice.tell_raw(Act::Message { text: answer.text }, raw.take()).await;
        } else if uses.is_empty() {
            self.voice
                .tell_raw(Act::Noted { code: "no_words".into(), text: "the model said nothing".into() }, raw)
                .await;
        }
        (uses, answer.stop)
    }

    /// With an id of its own in the whole conversation, and a name that every provider takes back.
    fn named(&mut self, used: ToolUse) -> ToolUse {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let mut name: String = used.name.chars().take(NAME).map(|c| if fits(c) { c } else { '_' }).collect();
        if name.is_empty() {
            name.push('_');
        }
        let mut id = used.id;
        while id.is_empty() || !self.ids.insert(id.clone()) {
            self.own_ids += 1;
            // Nine letters and digits: one provider takes nothing else.
            id = format!("omoi{:05}", self.own_ids);
        }
        ToolUse { id, name, input: used.input }
    }

    /// Uses them one after another; why the turn ends here, if it does.
    async fn use_tools(&mut self, uses: Vec<ToolUse>) -> Option<End> {
        let mut end = None;
        let mut results = Vec::with_capacity(uses.len());
        for used in uses {
            if end.is_none() && self.repetition.is_one_too_many(&used) {
                end = Some(End::Stuck(used.name.clone()));
            }
            let (text, ok) = if end.is_some() {
                ("it was not used: the turn has ended before".to_owned(), false)
            } else {
                let outcome = self.use_tool(&used).await;
                end = outcome.is_none().then_some(End::Cancelled);
                let outcome = outcome.unwrap_or_else(|| Outcome::failed("a person interrupted it"));
                let told = (outcome.text.clone(), outcome.ok);
                self.returned(&used, outcome).await;
                told
            };
            results.push(Block::ToolResult { tool_use_id: used.id, content: text, is_error: !ok });
        }
        self.history.says_user(results);
        end
    }

    /// None when a person interrupted it.
    async fn use_tool(&mut self, used: &ToolUse) -> Option<Outcome> {
        let called = Act::ToolCalled {
            call: used.id.clone(),
            tool: used.name.clone(),
            kind: Toolbox::kind(&used.name),
            input: used.input.to_string(),
        };
        self.voice.tell(called).await;
        tokio::select! {
            biased;
            () = self.inbox.interrupted() => None,
            outcome = self.tools.use_tool(&used.name, &used.input) => Some(outcome),
        }
    }

    async fn returned(&self, used: &ToolUse, outcome: Outcome) {
        if let Some(ran) = outcome.ran {
            self.voice.tell(ran).await;
        }
        let returned = Act::ToolReturned { call: used.id.clone(), ok: outcome.ok, output: outcome.text };
        self.voice.tell(returned).await;
    }

    async fn note_left_out(&self, left_out: Option<LeftOut>) {
        if let Some(LeftOut { results, bytes }) = left_out {
            let text = format!(
                "the conversation was too long: {bytes} bytes of {results} old results of tools are left out"
            );
            self.voice.note("compacted", text).await;
        }
    }
}

/// Words of a person, marked as such. What tools answer never stands by itself in this place.
fn of_person(text: &str) -> Block {
    Block::text(format!("A person who follows your work says:\n{text}"))
}

/// Whether the same question may be answered better: what broke off, and what models get wrong now and then.
const fn may_pass(error: &LlmError) -> bool {
    error.is_retryable() || matches!(error, LlmError::BadAnswer { .. })
}
