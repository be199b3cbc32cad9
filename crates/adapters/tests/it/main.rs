//! Letters on their way, models that are asked, repositories that are read: each against the real thing, or a server that is played.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

#[cfg(target_os = "linux")]
mod agents;
mod conversation;
mod embed;
mod failures;
mod git;
mod llm;
mod outbox;
#[cfg(target_os = "linux")]
mod sandbox;
mod server;
mod tls;

use kernel::Uuid;
use ports::mail::Letter;

const ID: Uuid = Uuid::from_u128(0x01890a5d_ac96_774b_8cce_b302099a8057);

fn letter(text: &str) -> Letter {
    Letter::new("ada@example.net", "Reset your password", &text.into()).unwrap()
}
