//! Every read model, in one list: what starts them, what rebuilds them and what documents them goes through it.

use kernel::Recorded;

use crate::activity::Activity;
use crate::agent_roster::AgentRoster;
use crate::board::Board;
use crate::event_index::EventIndex;
use crate::inbox::Inbox;
use crate::interventions::Interventions;
use crate::memberships::Memberships;
use crate::merge_queue::MergeQueue;
use crate::people::People;
use crate::projects::Projects;
use crate::ready_queue::ReadyQueue;
use crate::run_trajectory::RunTrajectory;
use crate::sandbox_fleet::SandboxFleet;
use crate::spec_report::SpecReport;
use crate::spec_workspace::SpecWorkspace;
use crate::task_detail::TaskDetail;
use crate::task_graph::TaskGraph;
use crate::ticket_detail::TicketDetail;
use crate::{Fact, Projection};

/// Does something with each read model.
pub trait Visitor {
    /// Called once a read model.
    fn visit<P: Projection>(&mut self);
}

/// Shows every read model of the product to `visitor`.
pub fn visit_all(visitor: &mut impl Visitor) {
    visitor.visit::<Projects>();
    visitor.visit::<Board>();
    visitor.visit::<TaskGraph>();
    visitor.visit::<SpecWorkspace>();
    visitor.visit::<SpecReport>();
    visitor.visit::<TicketDetail>();
    visitor.visit::<TaskDetail>();
    visitor.visit::<ReadyQueue>();
    visitor.visit::<RunTrajectory>();
    visitor.visit::<SandboxFleet>();
    visitor.visit::<AgentRoster>();
    visitor.visit::<Interventions>();
    visitor.visit::<MergeQueue>();
    visitor.visit::<Inbox>();
    visitor.visit::<Activity>();
    visitor.visit::<Memberships>();
    visitor.visit::<People>();
    visitor.visit::<EventIndex>();
}

/// The names of the read models in which `event` changes a row. An index over everything shows nothing.
#[must_use]
pub fn shown_in(event: &Recorded<Fact>) -> Vec<&'static str> {
    struct Names<'a>(&'a Recorded<Fact>, Vec<&'static str>);
    impl Visitor for Names<'_> {
        fn visit<P: Projection>(&mut self) {
            if !P::INDEX
                && P::READS.contains(&self.0.envelope.aggregate_type.as_str())
                && !P::keys(self.0).is_empty()
            {
                self.1.push(P::NAME);
            }
        }
    }
    let mut names = Names(event, Vec::new());
    visit_all(&mut names);
    names.1
}
