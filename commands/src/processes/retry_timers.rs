//! After a failed attempt a task waits, and then becomes ready again.

use kernel::{Action, Memory, News, Process, Start};
use vocabulary::TaskId;
use work::task::Event;

use super::heard::subject;
use super::{Act, Actions, Heard};

/// It remembers nothing: the task itself knows which of its timers still counts.
#[derive(Debug)]
pub struct RetryTimers;

impl Process for RetryTimers {
    const NAME: &'static str = "retry_timers";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["task"];
    type Event = Heard;
    type Action = Act;
    type Row = ();

    fn react(news: &News<'_, Heard, Act>, _: &mut Memory<()>) -> Actions {
        let News::Happened(event) = news else { return Vec::new() };
        match &event.event {
            Heard::Task(Event::RetryScheduled { attempt, at }) => {
                let task: TaskId = subject(event);
                let act = Act::RetryDue { task, attempt: *attempt };
                vec![Action::at(*at, "retry", format!("task/{task}"), act)]
            }
            _ => Vec::new(),
        }
    }
}
