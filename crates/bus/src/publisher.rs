//! The pipeline: many messages on their way, each accepted only right after the one before it. The first that does not get
//! its place ends it, and the ones behind it cannot get theirs.

use std::collections::VecDeque;

use async_nats::jetstream::context::{Context, PublishAckFuture, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;

use crate::{BusError, Message, stream_name};

/// Messages on their way at the same time.
const IN_FLIGHT: usize = 1024;

/// Sends messages to a stream whose base is known.
#[derive(Debug)]
pub(crate) struct Publisher {
    context: Context,
    log_id: i16,
    base: i64,
    /// The id of the message before, when this one sent it.
    last: Option<String>,
    on_the_way: VecDeque<(i64, PublishAckFuture)>,
}

impl Publisher {
    pub(crate) fn new(context: Context, log_id: i16, base: i64) -> Self {
        Self { context, log_id, base, last: None, on_the_way: VecDeque::new() }
    }

    /// Sends the next message; waits for older ones when many are on their way.
    ///
    /// # Errors
    /// When this one cannot be sent, or an older one did not get its place.
    pub(crate) async fn send(&mut self, message: Message) -> Result<(), BusError> {
        let Message { position, subject, headers, body } = message;
        let before = u64::try_from(position - 1 - self.base).map_err(|_| BusError::Displaced { position })?;
        // The base is part of it: a server remembers ids beyond the emptying of a stream, and would not store what is
        // published again.
        let id = format!("{}:{position}@{}", self.log_id, self.base);
        let mut publish = PublishMessage::build()
            .payload(body)
            .headers(headers)
            .message_id(&id)
            .expected_stream(stream_name(self.log_id))
            .expected_last_sequence(before);
        // The sequence alone would be right for this message also when a stranger's has taken the place of the one before.
        if let Some(last) = self.last.replace(id) {
            publish = publish.expected_last_message_id(last);
        }
        let sent = self.context.send_publish(subject, publish).await;
        let ack = sent.map_err(|error| BusError::Down(error.to_string()))?;
        self.on_the_way.push_back((position, ack));
        if self.on_the_way.len() >= IN_FLIGHT {
            self.settle_first().await?;
        }
        Ok(())
    }

    /// Waits until all that was sent has its place.
    ///
    /// # Errors
    /// When one of them did not get it.
    pub(crate) async fn settle(&mut self) -> Result<(), BusError> {
        while !self.on_the_way.is_empty() {
            self.settle_first().await?;
        }
        Ok(())
    }

    async fn settle_first(&mut self) -> Result<(), BusError> {
        let Some((position, ack)) = self.on_the_way.pop_front() else { return Ok(()) };
        match ack.await {
            Ok(ack) if i64::try_from(ack.sequence).ok() == Some(position - self.base) => Ok(()),
            Ok(_) => Err(BusError::Displaced { position }),
            Err(error) => Err(match error.kind() {
                PublishErrorKind::WrongLastSequence | PublishErrorKind::WrongLastMessageId => {
                    BusError::Displaced { position }
                }
                PublishErrorKind::MaxPayloadExceeded => BusError::refused("an event")(&error),
                _ => BusError::Down(error.to_string()),
            }),
        }
    }
}
