//! Models that are asked, and what they answer. Which model is asked for what, and whether there is money for it, is the
//! caller's story.

mod error;
mod gather;
mod models;
mod passage;
mod reply;
mod request;
mod usage;

use std::fmt;

use crate::BoxFuture;

pub use error::{LlmError, Said, Wait};
pub use gather::{Answer, Gathering, ToolUse, Unfinished};
pub use models::{Models, NoRoute, Route};
pub use passage::{Format, Meter, Passage, Passed, Passing};
pub use reply::{Piece, Reply, Retry, Stop};
pub use request::{Block, Deadlines, Message, ModelId, Output, Request, Role, Tool, ToolChoice};
pub use usage::{LongPrompt, Price, Rates, Usage, estimate_tokens, worst_case};

/// Asks models.
pub trait Llm: fmt::Debug + Send + Sync {
    /// Asks, and answers with pieces as they come. Tries that failed before the answer began are repeated by the
    /// implementation, each told as a [`Piece::Retrying`]; once it has begun a second call costs again, so it is the
    /// caller's. A reply that is dropped ends the request, its retries and its connection.
    ///
    /// Not idempotent: a second call is a second bill and another answer. Record that a call begins before it does, and
    /// take one without a recorded end for one that may have cost what [`worst_case`] says.
    ///
    /// # Errors
    /// When nothing was sent. Whatever fails later is the last item of the pieces.
    fn call<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>>;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_model_stands_behind_a_pointer() {
        #[derive(Debug)]
        struct Nobody;
        impl Llm for Nobody {
            fn call<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
                Box::pin(std::future::ready(Err(LlmError::Unauthorized)))
            }
        }
        let llm: Arc<dyn Llm> = Arc::new(Nobody);
        assert_eq!(format!("{llm:?}"), "Nobody");
    }
}
