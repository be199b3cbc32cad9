//! `omoi events`: the log, as it grows.

use std::{process::ExitCode, time::Duration};

use clap::Subcommand;
use embedded::percent;
use kernel::{Timestamp, Uuid};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep};

use super::client::{Answer, Connection, Failure, Line, Session, faint, plain, rows, strong, time};

/// Between two looks at a log that grows, and at one that stands still.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How long a server may be away while somebody follows it: a restart.
const PATIENCE: Duration = Duration::from_secs(30);
/// Events of one request.
const PAGE: usize = 500;
/// Shown of the past when nobody says from where.
const RECENT: usize = 10;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    events: Events,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Events {
    /// Print events as they happen, until Ctrl-C: position, time (UTC), type, subject, actor. With --json one envelope
    /// a line, payload included.
    #[command(after_help = "Example: omoi events tail --after 0 --type task.completed,task.failed --json")]
    Tail(Tail),
}

#[derive(Debug, clap::Args)]
struct Tail {
    /// Begin after this position; 0 is the beginning of the log. [default: the newest 10 events]
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    after: Option<i64>,
    /// Only events of these types, parted by commas, e.g. ticket.created,task.failed.
    #[arg(long = "type", value_name = "TYPES")]
    types: Option<String>,
    /// Only events of this project: its name, slug or UUID.
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,
    /// Stop at the end of the log instead of waiting for more.
    #[arg(long)]
    no_follow: bool,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    let Events::Tail(tail) = &args.events;
    Session::run(&args.connection, async |session| {
        tokio::select! {
            ended = follow(session, tail) => ended,
            _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    })
    .await
}

/// A page of the log.
#[derive(Debug, Deserialize)]
struct Page {
    events: Vec<Box<RawValue>>,
    next: i64,
}

/// An envelope, as far as a line shows it.
#[derive(Debug, Deserialize)]
struct Event {
    position: i64,
    recorded_at: Timestamp,
    r#type: String,
    aggregate_type: String,
    aggregate_id: String,
    actor: Uuid,
}

async fn follow(session: &Session, tail: &Tail) -> Result<(), Failure> {
    let filter = filter(session, tail).await?;
    let mut after = match tail.after {
        Some(after) => after,
        None => {
            let after = recent(session, &filter).await?;
            if tail.no_follow {
                return Ok(());
            }
            after
        }
    };
    let mut pause = SHORTEST_PAUSE;
    let mut away_since: Option<Instant> = None;
    loop {
        let page =
            match session.client.read(&format!("/events?after={after}&limit={PAGE}{filter}"), None).await {
                Ok(answer) => answer.parse::<Page>()?,
                Err(failure) => {
                    let since = *away_since.get_or_insert_with(Instant::now);
                    if tail.no_follow || !failure.may_pass() || since.elapsed() > PATIENCE {
                        return Err(failure);
                    }
                    sleep(LONGEST_PAUSE).await;
                    continue;
                }
            };
        away_since = None;
        after = page.next;
        print(session, &page.events)?;
        if page.events.len() == PAGE {
            continue;
        }
        if tail.no_follow {
            return Ok(());
        }
        pause = if page.events.is_empty() { (pause * 3 / 2).min(LONGEST_PAUSE) } else { SHORTEST_PAUSE };
        sleep(pause).await;
    }
}

/// Prints the newest events, and answers where the following begins.
async fn recent(session: &Session, filter: &str) -> Result<i64, Failure> {
    let path = format!("/events?before={}&limit={RECENT}{filter}", i64::MAX);
    let mut page: Page = session.client.read(&path, None).await?.parse()?;
    page.events.reverse();
    print(session, &page.events)?;
    match page.events.last() {
        Some(newest) => Ok(parsed(newest)?.position),
        None => Ok(0),
    }
}

async fn filter(session: &Session, tail: &Tail) -> Result<String, Failure> {
    let mut filter = String::new();
    if let Some(types) = &tail.types {
        filter.push_str(&format!("&type={}", percent::encode(types)));
    }
    if let Some(project) = &tail.project {
        filter.push_str(&format!("&project={}", session.project(project).await?));
    }
    Ok(filter)
}

fn print(session: &Session, events: &[Box<RawValue>]) -> Result<(), Failure> {
    if session.out.json {
        return session.out.raw(events.iter().map(|event| event.get()));
    }
    let events: Vec<Event> = events.iter().map(|event| parsed(event)).collect::<Result<_, _>>()?;
    session.out.lines(&lines(events))
}

fn parsed(event: &RawValue) -> Result<Event, Failure> {
    Answer { body: event.get().to_owned() }.parse()
}

fn lines(events: Vec<Event>) -> Vec<Line> {
    let row = |event: Event| {
        let actor = event.actor.simple().to_string();
        vec![
            faint(format!("{:>8}", event.position)),
            faint(time(event.recorded_at)),
            strong(format!("{:<28}", event.r#type)),
            plain(format!("{} {}", event.aggregate_type, event.aggregate_id)),
            faint(format!("by {}", &actor[..8])),
        ]
    };
    rows(0, events.into_iter().map(row).collect())
}
