//! A merge is taken up by a node that has sandboxes: when there is something new to merge, and when people want something of it.

use execution::merge::Event;
use kernel::{Action, Memory, News, Process, Start};
use vocabulary::MergeId;

use super::heard::subject;
use super::{Heard, Job};

/// Asks for somebody who goes on with it.
#[derive(Debug)]
pub struct Merging;

impl Process for Merging {
    const NAME: &'static str = "merging";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["merge"];
    type Event = Heard;
    type Action = Job;
    type Row = ();

    fn react(news: &News<'_, Heard, Job>, _: &mut Memory<()>) -> Vec<Action<Job>> {
        let News::Happened(event) = news else { return Vec::new() };
        let Heard::Merge(fact) = &event.event else { return Vec::new() };
        let merge: MergeId = subject(event);
        match fact {
            Event::CandidateAdded(_)
            | Event::Retried { .. }
            | Event::Resolved { .. }
            | Event::CandidateLeftOut { .. }
            | Event::Approved { .. } => {
                vec![Action::now("merge", format!("merge/{merge}"), Job::Merge { merge })]
            }
            _ => Vec::new(),
        }
    }
}
