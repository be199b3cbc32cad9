//! One call to the model, until it is answered, interrupted, or over.

use futures::StreamExt as _;
use ports::llm::{Answer, Gathering, Llm, LlmError, Piece, Request, Stop};

use super::inbox::Inbox;
use crate::agents::voice::Voice;

/// What came of a call.
#[derive(Debug)]
pub(super) enum Heard {
    /// A whole answer.
    Answer(Answer),
    /// It was cut off at its longest, in the middle of a use of a tool.
    CutInTool { text: String },
    /// A person interrupted it.
    Interrupted { text: String },
    /// There is no answer. `begun` when there was the beginning of one: the port does not repeat those.
    Failed { error: LlmError, begun: bool },
}

/// Asks. What people wrote counts as read once an answer begins.
pub(super) async fn hear(llm: &dyn Llm, request: &Request, inbox: &mut Inbox, voice: &Voice) -> Heard {
    let mut reply = match llm.call(request).await {
        Ok(reply) => reply,
        Err(error) => return Heard::Failed { error, begun: false },
    };
    let mut gathering = Gathering::default();
    let mut text = String::new();
    let mut begun = false;
    let mut stop = None;
    loop {
        let piece = tokio::select! {
            biased;
            () = inbox.interrupted() => return Heard::Interrupted { text },
            piece = reply.pieces.next() => piece,
        };
        match &piece {
            None => break,
            Some(Err(error)) => return Heard::Failed { error: error.clone(), begun },
            Some(Ok(piece)) => {
                match piece {
                    Piece::Retrying(retry) => {
                        voice
                            .note(
                                "model_retry",
                                format!("{}; try {} follows", retry.reason, retry.attempt + 1),
                            )
                            .await;
                    }
                    Piece::TextDelta(more) => text.push_str(more),
                    Piece::Finished { stop: why, .. } => stop = Some(why.clone()),
                    Piece::Used(_) | Piece::ToolUseStarted { .. } | Piece::ToolInputDelta { .. } => {}
                }
                if !begun && !matches!(piece, Piece::Retrying(_)) {
                    begun = true;
                    inbox.read_by_model(voice.turn);
                }
                gathering.add(piece);
            }
        }
    }
    match gathering.finish() {
        Ok(answer) => Heard::Answer(answer),
        Err(unfinished) if stop == Some(Stop::MaxTokens) => Heard::CutInTool { text: unfinished.text },
        Err(unfinished) => Heard::Failed { error: unfinished.error, begun },
    }
}
