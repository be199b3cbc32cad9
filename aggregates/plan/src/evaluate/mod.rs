//! How well an output meets what is asked of it. Each phase has a sheet of criteria whose weights add up to 1; a phase
//! passes at [`Score::PASS`](crate::Score::PASS) when nothing vetoes ([`invariants`]). What falls
//! short is told by name, so that it can be handed to the writer of the next attempt.
//!
//! Of an imported plan `requirements`, `design` and `tasks` are scored for information: there only vetoes count. The
//! same is true of `sync`, which is computed.

mod design;
mod explore;
mod prd;
mod requirements;
mod sheet;
mod sync;
mod tasks;

use crate::invariants::{self, Earlier};
use crate::read::Output;
use crate::{Verdict, Writer};

pub use sync::evaluate_sync;

/// What an output is held against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'e> {
    /// Who wrote it.
    pub writer: Writer,
    /// What earlier phases wrote, as far as it matters: requirements for the design, both for the tasks.
    pub earlier: Earlier<'e>,
}

impl Context<'_> {
    /// What a model wrote, held against itself alone.
    #[must_use]
    pub const fn of_a_model() -> Self {
        Self { writer: Writer::Model, earlier: Earlier { requirements: None, design: None } }
    }
}

/// What a judge says of `output`.
#[must_use]
pub fn evaluate(output: &Output, context: Context<'_>) -> Verdict {
    match output {
        Output::Explore(output) => explore::sheet(output).finish(invariants::Checked::default()),
        Output::Prd(output) => prd::sheet(output).finish(invariants::prd(output)),
        Output::Requirements(output) => requirements::sheet(output, context.writer)
            .finish(invariants::requirements(output, context.writer)),
        Output::Design(output) => design::sheet(output).finish(invariants::design(output)),
        Output::Tasks(output) => {
            tasks::sheet(output).finish(invariants::tasks(output, context.earlier, context.writer))
        }
    }
}

#[cfg(test)]
mod tests;
