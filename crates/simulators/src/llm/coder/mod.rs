//! A coder without a mind: it does what a task says in plain words, with the tools that it is offered, so that people can see
//! agents at work without a key, and tests have one that really changes files.
//!
//! - `wishes` what the words ask for: files to write, lines to append
//! - `content` what is in a file when the words do not say
//! - `hands` the tools of the agents that are known here: ours, OpenCode, Claude Code
//!
//! It remembers nothing: what was done is seen from the conversation. First every wish, one after another; then a look at what
//! was made; then a report of that, where one can be handed in; then a few words. What a person says in between is read for wishes like the task.

mod content;
mod hands;
mod wishes;

use self::hands::Hands;
pub(super) use self::hands::SHELLS;
use self::wishes::{Wish, wishes};
use super::asked::{Asked, Part};
use super::rule::Say;

/// What is done next.
pub(super) fn say(asked: &Asked) -> Say {
    let words = words_of_people(asked);
    let wishes = wishes(&words);
    let Some(hands) = Hands::of(asked) else {
        // Agents ask so for the title of a conversation.
        return says(wishes.first().map_or_else(|| "A task".to_owned(), Wish::told));
    };
    let left = wishes.iter().find(|wish| hands.can(wish) && !hands.has_done(asked, wish));
    if let Some(wish) = left {
        return Say { tools: vec![hands.use_for(wish)], ..says(format!("{}.", wish.told())) };
    }
    let look = look(&wishes);
    if hands.can_run() && !hands.has_run(asked, &look) {
        return Say {
            tools: vec![hands.run(&look, "Looks at what was made")],
            ..says("I look at it.".into())
        };
    }
    let summary = format!("I looked at what \"{}\" is about, without a mind.", wishes::title(&words));
    if let Some(report) = hands.report(asked, &summary) {
        return Say { tools: vec![report], ..says("I hand in what I have seen.".into()) };
    }
    let done: Vec<String> = wishes.iter().filter(|wish| hands.can(wish)).map(Wish::told).collect();
    says(if done.is_empty() {
        "I looked, and changed nothing.".into()
    } else {
        format!("Done. {}.", done.join(". "))
    })
}

fn says(text: String) -> Say {
    Say { text: Some(text), ..Say::default() }
}

/// What stands in the results of tools is material, and no wish.
fn words_of_people(asked: &Asked) -> String {
    let parts = asked.turns.iter().filter(|turn| turn.role == "user").flat_map(|turn| &turn.parts);
    let words: Vec<&str> = parts
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Use { .. } | Part::Result(_) => None,
        })
        .collect();
    words.join("\n")
}

/// The command that shows what there is then.
fn look(wishes: &[Wish]) -> String {
    let mut paths: Vec<String> = wishes.iter().map(|wish| hands::quoted(wish.path())).collect();
    paths.dedup();
    if paths.is_empty() { "ls".to_owned() } else { format!("ls -l {}", paths.join(" ")) }
}
