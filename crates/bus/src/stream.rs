//! The stream of a log as the server has it.

use std::collections::HashMap;

use async_nats::Client;
use async_nats::jetstream::context::{Context, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{self, ErrorCode};
use kernel::Uuid;

use crate::message::header;
use crate::standing::{LogState, StreamState};
use crate::{BusError, Position};

/// The metadata that says how positions and sequences differ: position = sequence + base.
pub const BASE_KEY: &str = "omoi-base";
/// The metadata that says whose positions they are.
pub const INCARNATION_KEY: &str = "omoi-incarnation";

/// The JetStream stream of a log.
#[must_use]
pub fn stream_name(log_id: i16) -> String {
    format!("OMOI_{log_id}")
}

/// The position of the newest event that the server has of a log; `None` while it has no stream that a relay began.
///
/// # Errors
/// When the server does not answer.
pub async fn held(client: &Client, log_id: i16) -> Result<Option<Position>, BusError> {
    let state = LogStream::new(jetstream::new(client.clone()), log_id).state().await?;
    Ok(state.and_then(|stream| Some(i64::try_from(stream.last).ok()? + stream.base?)))
}

/// The stream of a log on a server.
#[derive(Clone, Debug)]
pub(crate) struct LogStream {
    context: Context,
    log_id: i16,
}

impl LogStream {
    pub(crate) fn new(context: Context, log_id: i16) -> Self {
        Self { context, log_id }
    }

    /// What the server says of it; `None` when there is none.
    pub(crate) async fn state(&self) -> Result<Option<StreamState>, BusError> {
        Ok(self.look().await?.map(|stream| state_of(stream.cached_info())))
    }

    /// The id of the event in the message with this sequence; `None` when there is no such message.
    pub(crate) async fn event_id(&self, sequence: u64) -> Result<Option<String>, BusError> {
        let Some(stream) = self.look().await? else { return Ok(None) };
        match stream.get_raw_message(sequence).await {
            Ok(message) => Ok(message.headers.get(header::EVENT_ID).map(|id| id.as_str().to_owned())),
            Err(error) => match error.kind() {
                async_nats::jetstream::stream::RawMessageErrorKind::NoMessageFound => Ok(None),
                _ => Err(BusError::Down(error.to_string())),
            },
        }
    }

    /// Makes it, empty, for the events from position 1 on. Somebody else may have been quicker.
    pub(crate) async fn create(&self, log: &LogState) -> Result<(), BusError> {
        let created = self.context.create_stream(self.config(0, log)).await;
        created.map(drop).map_err(|error| BusError::refused("its stream")(&error))
    }

    /// Empties it for the events from position 1 on. Its sequence goes on, so consumers that are there stay, and
    /// find positions that they have already. The order of the two calls matters: whoever dies in between leaves a stream
    /// that fits no log, which is begun anew.
    pub(crate) async fn begin_anew(&self, log: &LogState) -> Result<(), BusError> {
        let Some(stream) = self.look().await? else { return self.create(log).await };
        let unfinished = Config { metadata: HashMap::new(), ..self.config(0, log) };
        self.update(unfinished).await?;
        stream.purge().await.map_err(|error| BusError::refused("to empty its stream")(&error))?;
        let Some(emptied) = self.state().await? else { return self.create(log).await };
        let last = i64::try_from(emptied.last).map_err(|error| BusError::refused("its stream")(&error))?;
        self.update(self.config(-last, log)).await
    }

    async fn update(&self, config: Config) -> Result<(), BusError> {
        let updated = self.context.update_stream(config).await;
        updated.map(drop).map_err(|error| BusError::refused("a change of its stream")(&error))
    }

    pub(crate) async fn look(&self) -> Result<Option<Stream>, BusError> {
        match self.context.get_stream(stream_name(self.log_id)).await {
            Ok(stream) => Ok(Some(stream)),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(ref answer)
                    if answer.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(None)
                }
                _ => Err(BusError::Down(error.to_string())),
            },
        }
    }

    fn config(&self, base: i64, log: &LogState) -> Config {
        Config {
            name: stream_name(self.log_id),
            subjects: vec![format!("omoi.v1.{}.>", self.log_id)],
            storage: StorageType::File,
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::Old,
            deny_delete: true,
            allow_direct: true,
            metadata: [
                (BASE_KEY.to_owned(), base.to_string()),
                (INCARNATION_KEY.to_owned(), log.incarnation.to_string()),
            ]
            .into(),
            ..Config::default()
        }
    }
}

fn state_of(info: &Info) -> StreamState {
    let says = |key: &str| info.config.metadata.get(key).map(String::as_str);
    StreamState {
        base: says(BASE_KEY).and_then(|base| base.parse().ok()),
        incarnation: says(INCARNATION_KEY).and_then(|id| Uuid::parse_str(id).ok()),
        first: info.state.first_sequence.max(1),
        last: info.state.last_sequence,
        messages: info.state.messages,
    }
}
