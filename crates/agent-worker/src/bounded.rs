//! Texts that are too long for the log lose their middle.

use ports::agent::wire::TEXT_BYTES;
use ports::agent::{Act, Seen};

/// No text is longer than the log takes.
pub(crate) fn bounded(mut seen: Seen) -> Seen {
    match &mut seen.what {
        Act::TurnStarted { prompt: text }
        | Act::Message { text }
        | Act::Thought { text }
        | Act::ToolCalled { input: text, .. }
        | Act::ToolReturned { output: text, .. }
        | Act::QuestionRaised { text }
        | Act::Noted { text, .. } => cut(text),
        Act::CommandRan { command, output, .. } => {
            cut(command);
            cut(output);
        }
        Act::FileChanged { .. } | Act::PlanUpdated { .. } | Act::TurnEnded { .. } => {}
    }
    if let Some(raw) = &mut seen.raw {
        cut(raw);
    }
    seen
}

/// Leaves the middle out of what is too long: how something began and how it ended says most.
fn cut(text: &mut String) {
    const LEFT_OUT: &str = "\n[…]\n";
    if text.len() <= TEXT_BYTES {
        return;
    }
    let half = (TEXT_BYTES - LEFT_OUT.len()) / 2;
    let head = text.floor_char_boundary(half);
    let tail = text.ceil_char_boundary(text.len() - half);
    *text = format!("{}{LEFT_OUT}{}", &text[..head], &text[tail..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_what_is_too_long_is_left_out() {
        let mut text = format!("begin {} end", "ü".repeat(TEXT_BYTES));
        cut(&mut text);
        assert!(text.len() <= TEXT_BYTES && text.starts_with("begin ü") && text.ends_with("ü end"));
        assert!(text.contains("[…]"));
        let mut short = "short".to_owned();
        cut(&mut short);
        assert_eq!(short, "short");
    }
}
