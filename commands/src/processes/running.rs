//! A run that has started is taken up by a node that has sandboxes, and carried through to its end.

use execution::run::Event;
use kernel::{Action, Memory, News, Process, Start};
use vocabulary::RunId;

use super::heard::subject;
use super::{Heard, Job};

/// Asks for somebody who runs it.
#[derive(Debug)]
pub struct Running;

impl Process for Running {
    const NAME: &'static str = "running";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["run"];
    type Event = Heard;
    type Action = Job;
    type Row = ();

    fn react(news: &News<'_, Heard, Job>, _: &mut Memory<()>) -> Vec<Action<Job>> {
        let News::Happened(event) = news else { return Vec::new() };
        let Heard::Run(Event::Started(_)) = &event.event else { return Vec::new() };
        let run: RunId = subject(event);
        vec![Action::now("run", format!("run/{run}"), Job::Run { run })]
    }
}
