//! Events on their way, and what befalls them there.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
};
use futures::stream;
use tokio::time::sleep;

use super::asked::Wire;
use super::fault::Fault;
use super::rule::Pace;
use super::state::UnderWay;
use super::wire::{Event, Refusal};

/// Longer than any client should keep.
const LONG: Bytes = Bytes::from_static(&[b'a'; 64 * 1024]);

/// One step of sending.
enum Step {
    Send(Bytes),
    Wait(Duration),
    /// The connection ends before the answer does.
    Cut,
    Silence,
    /// This, for ever.
    Repeat(Bytes, Duration),
}

/// The answer as a stream. It is under way until its last byte is sent, or nobody reads it any more.
pub(super) fn response(
    events: Vec<Event>,
    wire: Wire,
    pace: Pace,
    fault: Option<&Fault>,
    under_way: UnderWay,
) -> Response {
    let steps = steps(events, wire, pace, fault);
    let sent = stream::unfold((steps, under_way), |(mut steps, under_way)| async move {
        loop {
            match steps.pop_front()? {
                Step::Send(bytes) => return Some((Ok(bytes), (steps, under_way))),
                Step::Wait(time) => sleep(time).await,
                Step::Cut => {
                    // Nothing is written between two steps that do not wait, and what came before gets through.
                    tokio::task::yield_now().await;
                    return Some((Err(io::Error::other("cut")), (steps, under_way)));
                }
                Step::Silence => std::future::pending().await,
                Step::Repeat(bytes, time) => {
                    sleep(time).await;
                    steps.push_front(Step::Repeat(bytes.clone(), time));
                    return Some((Ok(bytes), (steps, under_way)));
                }
            }
        }
    });
    ([(CONTENT_TYPE, "text/event-stream; charset=utf-8")], Body::from_stream(sent)).into_response()
}

fn steps(events: Vec<Event>, wire: Wire, pace: Pace, fault: Option<&Fault>) -> VecDeque<Step> {
    let mut steps = VecDeque::from([Step::Wait(Duration::from_millis(pace.first_ms))]);
    let mut pieces = 0;
    let mut before_last = 0;
    for event in events {
        if let Some((after, end)) = fault.and_then(|fault| end(fault, wire))
            && event.is_piece
            && pieces == after
        {
            steps.extend(end);
            return steps;
        }
        if event.is_piece && pieces > 0 {
            steps.push_back(Step::Wait(Duration::from_millis(pace.delay_ms)));
        }
        pieces += usize::from(event.is_piece);
        before_last = steps.len();
        send(&mut steps, event.text, pace);
    }
    // An answer that has fewer pieces ends badly all the same.
    if let Some((_, end)) = fault.and_then(|fault| end(fault, wire)) {
        steps.truncate(before_last);
        steps.extend(end);
    }
    steps
}

fn send(steps: &mut VecDeque<Step>, text: String, pace: Pace) {
    if pace.bytes == 0 {
        steps.push_back(Step::Send(text.into()));
        return;
    }
    for bytes in text.as_bytes().chunks(pace.bytes) {
        // Each becomes a chunk of its own, whatever the writer puts into one packet.
        steps.push_back(Step::Send(Bytes::copy_from_slice(bytes)));
    }
}

/// How an answer ends badly, and after how many pieces.
fn end(fault: &Fault, wire: Wire) -> Option<(usize, Vec<Step>)> {
    Some(match fault {
        Fault::Cut { after } => (*after, vec![Step::Cut]),
        Fault::Silent { after } => (*after, vec![Step::Silence]),
        Fault::ErrorEvent { after } => {
            let event = Refusal::overloaded(wire).to_event(wire);
            (*after, vec![Step::Send(event.into())])
        }
        Fault::BrokenEvent { after } => {
            (*after, vec![Step::Send(Bytes::from_static(b"data: {\"type\": \"content\n\n"))])
        }
        Fault::Drips => {
            let comment = Bytes::from_static(b": still here\n\n");
            (0, vec![Step::Repeat(comment, Duration::from_millis(20))])
        }
        Fault::LongLine => {
            let begin = Step::Send(Bytes::from_static(b"data: "));
            (0, vec![begin, Step::Repeat(LONG, Duration::ZERO)])
        }
        Fault::RateLimited { .. }
        | Fault::Overloaded { .. }
        | Fault::ServerError
        | Fault::BadGateway
        | Fault::Unauthorized
        | Fault::Quotes
        | Fault::NoCredit
        | Fault::ContextTooLong
        | Fault::NoModel
        | Fault::Redirects
        | Fault::ErrorBody
        | Fault::Html
        | Fault::Hangs
        | Fault::WrongJson { .. }
        | Fault::Uncounted => return None,
    })
}
