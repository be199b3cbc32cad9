//! The live socket: what happens, as it happens, for whoever may see it.
//!
//! ```text
//! bus, else the log -> hub.rs: one a node; keeps the last messages (ring.rs) and wakes the sockets of their tenant
//!                        | lane `events`: each subscription has a place in the ring, and reads the log while it is behind it
//!                        | lane `latest`: room.rs, one a board or graph: reads it again after an event (subject.rs);
//!                        |   picture.rs knows what changed since when
//!                      -> socket.rs: one task a socket; nothing is queued: who is slow is behind, who is too slow is cut off
//! ```
//!
//! `protocol.rs` is what both sides say (schemas/ws.json), `ticket.rs` how a socket is opened.

mod asking;
mod hub;
mod pace;
mod picture;
pub(crate) mod protocol;
mod ring;
mod room;
mod said;
mod schema;
mod socket;
mod subject;
mod subscription;
mod ticket;

pub(crate) use hub::Hub;
pub(crate) use schema::document;
pub(crate) use ticket::{open_router, router};
