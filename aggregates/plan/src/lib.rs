//! A plan as content: what the phases of planning write, read and judged. Pure; who wrote it and when is the story of
//! the aggregate `spec` in `planning`.
//!
//! - [`phases`] the output of each phase, as a model or a person writes it
//! - [`Output`] text read as such an output; [`schema_of`] what is asked for
//! - [`ears`] sentences that require something, taken apart
//! - [`ids`] how requirements, stories, tickets and tasks are called
//! - [`Plan`] a whole plan, as it is imported and exported
//! - [`invariants`] what must not be, whatever the score
//! - [`evaluate`] how well an output meets what is asked of it
//! - [`compute`] what follows from a plan: order, critical path, coverage
//! - [`align`] what in another version of a plan is the same
//! - [`Verdict`], [`Score`] what a judge says of an output
//! - [`layouts`] plans as files, imported and exported
//! - [`Problem`] what is wrong with a plan, and where
//! - [`ContentHash`] what exactly was shown

mod align;
pub mod compute;
pub mod ears;
pub mod evaluate;
mod hash;
pub mod ids;
pub mod invariants;
pub mod layouts;
mod lenient;
mod names;
pub mod phases;
mod plan;
mod problem;
mod read;
mod schema;
mod score;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod verdict;

pub use align::align;
pub use hash::{ContentHash, InvalidContentHash};
pub use layouts::Layout;
pub use phases::Phase;
pub use plan::{Plan, Writer};
pub use problem::{Place, Problem};
pub use read::Output;
pub use schema::{schema_of, schema_version};
pub use score::{InvalidScore, Score};
pub use verdict::Verdict;
