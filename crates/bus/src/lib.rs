#![doc = include_str!("../README.md")]

mod consumers;
mod envelope;
mod error;
mod fields;
mod follower;
mod message;
mod publisher;
mod relay;
mod standing;
mod stream;
mod subject;

pub use consumers::{CONSUMER_PREFIX, OrgConsumer, keep_consumers, subjects_of};
pub use envelope::RecordedEvent;
pub use error::{BusError, SourceError};
pub use follower::{Follower, Stretch};
pub use message::{Message, Reading, header};
pub use relay::{Position, Progress, Relay, Source};
pub use standing::{LogState, Reason, Standing, StreamState, judge};
pub use stream::{BASE_KEY, INCARNATION_KEY, held, stream_name};
pub use subject::subject;
