//! `omoi projections rebuild`: asks for it, and shows how far it is. The servers do the work; this only looks.

use std::{
    io::{self, IsTerminal as _},
    process::ExitCode,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::{Instant, interval};
use workers::Generations;
use workers::generations::{Generation, ReadModel, State};

use super::{named, print_json};

/// Between two looks.
const EVERY: Duration = Duration::from_millis(200);
/// Without any progress for so long, it says that nobody may be at work.
const STILL: Duration = Duration::from_secs(15);
/// Exit code after Ctrl-C, as shells have it.
const INTERRUPTED: u8 = 130;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Its name, from `omoi projections list`.
    name: String,
    /// Let it serve once it has caught up.
    #[arg(long)]
    switch: bool,
    /// Only start it.
    #[arg(long)]
    no_wait: bool,
}

pub(super) async fn run(generations: &Generations, args: &Args, json: bool) -> anyhow::Result<ExitCode> {
    let name = args.name.as_str();
    // The one that does not serve now; it may serve before the first look.
    let serving = live(&named(generations, name).await?);
    let begun = generations.rebuild(name, args.switch).await?;
    let goal = 3 - serving.unwrap_or(1);
    if !args.no_wait {
        let ends = tokio::select! {
            done = wait(generations, args, goal) => done.map(|()| true),
            pressed = tokio::signal::ctrl_c() => pressed.map(|()| false).map_err(Into::into),
        };
        if !ends? {
            eprintln!("omoi: the rebuild goes on; `omoi projections list` shows how far it is");
            return Ok(ExitCode::from(INTERRUPTED));
        }
    }
    let model = named(generations, name).await?;
    if json {
        print_json(&model)?;
    } else {
        println!("{}", verdict(name, args, begun));
    }
    Ok(ExitCode::SUCCESS)
}

fn verdict(name: &str, args: &Args, begun: bool) -> String {
    match (args.no_wait, args.switch) {
        (true, _) if begun => format!("{name} is being rebuilt; `omoi projections list` shows how far it is"),
        (true, _) => format!("{name} is being rebuilt already; `omoi projections list` shows how far it is"),
        (false, true) => format!("{name} is rebuilt and serves; `omoi projections switch {name}` goes back"),
        (false, false) => format!("{name} is rebuilt; `omoi projections switch {name}` lets it serve"),
    }
}

fn live(model: &ReadModel) -> Option<i16> {
    let live = model.generations.iter().find(|generation| generation.state == State::Live);
    live.map(|live| live.generation)
}

/// Until the generation `goal` is as far as the one that serves, or serves itself when that was asked for.
async fn wait(generations: &Generations, args: &Args, goal: i16) -> anyhow::Result<()> {
    let bar = bar();
    let mut looks = interval(EVERY);
    let (mut seen, mut moved, mut told) = (0, Instant::now(), false);
    loop {
        looks.tick().await;
        let model = named(generations, &args.name).await?;
        let Some(built) = model.generations.iter().find(|built| built.generation == goal) else {
            anyhow::bail!(
                "the generation that was built is gone; somebody asked for something else meanwhile"
            );
        };
        let to_do = built.position + built.behind;
        bar.set_length(to_do.unsigned_abs());
        bar.set_position(built.position.unsigned_abs());
        if done(&model, built, args.switch) {
            bar.finish_and_clear();
            return Ok(());
        }
        if built.position != seen {
            (seen, moved) = (built.position, Instant::now());
        } else if !told && moved.elapsed() > STILL {
            told = true;
            bar.suspend(|| {
                eprintln!("omoi: it does not move; a server (`omoi up`, `omoi serve`) has to run");
            });
        }
    }
}

fn done(model: &ReadModel, built: &Generation, switch: bool) -> bool {
    let live = model.generations.iter().find(|generation| generation.state == State::Live);
    if switch {
        built.state == State::Live
    } else {
        built.state != State::Building || live.is_some_and(|live| built.position >= live.position)
    }
}

fn bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} events, {per_sec}, {eta} to go");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
