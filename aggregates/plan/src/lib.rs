//! A plan as content: what the phases of planning write, read and judged. Pure; who wrote it and when is the story of
//! the aggregate `spec` in `planning`.
//!
//! - [`phases`] the output of each phase, as a model or a person writes it
//! - [`Output`] text read as such an output; [`schema_of`] what is asked for
//! - [`ears`] sentences that require something, taken apart
//! - [`Plan`] a whole plan, as it is imported and exported
//! - [`Verdict`], [`Score`] what a judge says of an output
//! - [`Problem`] what is wrong with a plan, and where
//! - [`ContentHash`] what exactly was shown

pub mod ears;
mod hash;
mod lenient;
pub mod phases;
mod plan;
mod problem;
pub mod read;
mod schema;
mod score;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod verdict;

pub use hash::{ContentHash, InvalidContentHash};
pub use phases::Phase;
pub use plan::{Plan, Writer};
pub use problem::{Place, Problem};
pub use read::Output;
pub use schema::{schema_of, schema_version};
pub use score::{InvalidScore, Score};
pub use verdict::Verdict;
