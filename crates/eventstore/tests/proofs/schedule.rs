//! Random work for many writers: what they send, and what the log must hold afterwards.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use eventstore::{AppendError, AppendItem, Appended, Context, Guard, Store, StreamWrite};
use kernel::{OrgId, Uuid};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use crate::evidence::Row;
use crate::support::{context, event, stream_id};

pub(crate) const WRITERS: usize = 16;
pub(crate) const POOL_LIMIT: i64 = 3;
/// Lost races of one command; each means that another one won.
const MOST_RACES: usize = 1_000;

/// One command, perhaps sent by several writers at once.
struct Command {
    context: Context,
    outcome: &'static str,
    /// Stream, its events; no events means that only the version is checked.
    writes: Vec<(String, Vec<String>)>,
    guards: Vec<Guard>,
    /// Asks for a version that the stream may not have, and takes no for an answer.
    stale: bool,
    /// Another command has its id and another content.
    shares_its_id: bool,
}

/// What one send came to.
#[derive(Debug)]
enum Answer {
    Appended(Appended),
    Refused,
    Mismatch,
}

/// A generated case.
pub(crate) struct Schedule {
    commands: Vec<Command>,
    /// By writer: which commands, in order.
    sends: Vec<Vec<usize>>,
    versions: Mutex<HashMap<String, i64>>,
    answers: Mutex<Vec<(usize, Answer)>>,
}

impl Schedule {
    pub(crate) fn random(random: &mut StdRng, org: OrgId) -> Self {
        let streams: Vec<String> = (0..random.random_range(1..=8)).map(|_| stream_id()).collect();
        let case = Uuid::now_v7();
        let mut commands: Vec<Command> = Vec::new();
        let mut sends = vec![Vec::new(); WRITERS];
        for _ in 0..random.random_range(24..=48) {
            let number = commands.len();
            let mut command = Command::random(random, org, &streams, case);
            if number > 0 && random.random_bool(0.05) {
                let other = random.random_range(0..number);
                let request_hash = [2 + u8::try_from(number).unwrap(); 32];
                command.context = Context { request_hash, ..commands[other].context.clone() };
                command.shares_its_id = true;
                commands[other].shares_its_id = true;
            }
            commands.push(command);
            for _ in 0..if random.random_bool(0.15) { random.random_range(2..=4) } else { 1 } {
                sends[random.random_range(0..WRITERS)].push(number);
            }
        }
        Self { commands, sends, versions: Mutex::default(), answers: Mutex::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.sends.iter().map(Vec::len).sum()
    }

    /// Does one writer's part.
    pub(crate) async fn write(&self, writer: usize, node: &Store) {
        for &number in &self.sends[writer] {
            let answer = self.send(&self.commands[number], node).await;
            self.answers.lock().unwrap().push((number, answer));
        }
    }

    async fn send(&self, command: &Command, node: &Store) -> Answer {
        for _ in 0..MOST_RACES {
            let item = self.item(command);
            match node.append(item.clone()).await {
                Ok(appended) => {
                    if !appended.repeated {
                        self.learn(item.streams.iter().map(|stream| {
                            (stream.aggregate_id.clone(), stream.expected + stream.events.len() as i64)
                        }));
                    }
                    return Answer::Appended(appended);
                }
                Err(AppendError::Conflict { .. }) if command.stale => return Answer::Refused,
                Err(AppendError::Conflict { stream, actual }) => {
                    self.learn([(stream.rsplit_once('/').unwrap().1.to_owned(), actual)].into_iter());
                }
                Err(AppendError::Guard { .. }) => return Answer::Refused,
                Err(AppendError::CommandMismatch) => return Answer::Mismatch,
                Err(other) => panic!("{other}"),
            }
        }
        panic!("a command lost {MOST_RACES} races");
    }

    /// Versions only grow.
    fn learn(&self, news: impl Iterator<Item = (String, i64)>) {
        let mut versions = self.versions.lock().unwrap();
        for (stream, version) in news {
            let known = versions.entry(stream).or_default();
            *known = version.max(*known);
        }
    }

    fn item(&self, command: &Command) -> AppendItem {
        let versions = self.versions.lock().unwrap();
        let streams = command.writes.iter().filter_map(|(stream, payloads)| {
            let known = versions.get(stream).copied().unwrap_or(0);
            // A stream that does not exist yet has no version to check.
            (known > 0 || !payloads.is_empty()).then(|| StreamWrite {
                aggregate_type: "counter".into(),
                aggregate_id: stream.clone(),
                project: None,
                expected: known + i64::from(command.stale),
                events: payloads.iter().map(|payload| event(payload)).collect(),
            })
        });
        AppendItem {
            context: command.context.clone(),
            outcome: command.outcome.into(),
            streams: streams.collect(),
            guards: command.guards.clone(),
        }
    }

    /// What is wrong with this case's batches in the log; takes them out of `by_command`.
    pub(crate) fn faults(&self, by_command: &mut BTreeMap<Uuid, Vec<&Row>>) -> Vec<String> {
        let mut faults = Vec::new();
        let answers = self.answers.lock().unwrap();
        for (number, command) in self.commands.iter().enumerate() {
            let mine: Vec<_> =
                answers.iter().filter(|(n, _)| *n == number).map(|(_, answer)| answer).collect();
            let appended: Vec<_> = mine
                .iter()
                .filter_map(
                    |answer| if let Answer::Appended(appended) = answer { Some(appended) } else { None },
                )
                .collect();
            let id = command.context.command_id.0;
            if let Some(first) = appended.first() {
                let written = by_command.remove(&id).unwrap_or_default();
                faults.extend(command.check(first, &written).map(|fault| format!("command {id} {fault}")));
                if appended.iter().filter(|answer| !answer.repeated).count() != 1 {
                    faults.push(format!("command {id} is not new exactly once: {appended:?}"));
                }
                if appended.iter().any(|answer| answer.first_position != first.first_position) {
                    faults.push(format!("command {id} has several answers: {appended:?}"));
                }
                if mine.iter().any(|answer| matches!(answer, Answer::Mismatch)) {
                    faults.push(format!("command {id} was taken and called another's"));
                }
            }
            if !command.shares_its_id && mine.iter().any(|answer| matches!(answer, Answer::Mismatch)) {
                faults.push(format!("command {id} was called another's, and there is none"));
            }
        }
        faults
    }
}

impl Command {
    fn random(random: &mut StdRng, org: OrgId, streams: &[String], case: Uuid) -> Self {
        let mut command = Self {
            context: context(org),
            outcome: "accepted",
            writes: Vec::new(),
            guards: Vec::new(),
            stale: false,
            shares_its_id: false,
        };
        let kind = random.random_range(0..20);
        if kind == 0 {
            command.outcome = "refused_by_rule";
            return command;
        }
        let touched = if kind < 4 { random.random_range(1..=3.min(streams.len())) } else { 1 };
        for (n, stream) in streams.choose_multiple(random, touched).enumerate() {
            let events = if n > 0 && random.random_bool(0.2) { 0 } else { events(random) };
            let number = command.context.command_id;
            let payloads = (0..events)
                .map(|n| format!(r#"{{"$type":"counter.raised","by":1,"of":"{number}","n":{n}}}"#));
            command.writes.push((stream.clone(), payloads.collect()));
        }
        let holder = format!("holder {}", random.random_range(0..6));
        let (pool, key) = (format!("pool of {case}"), format!("{case}/{}", random.random_range(0..3)));
        match kind {
            4 | 5 => command.stale = true,
            6 => command.guards.push(Guard::Unique { scope: "name".into(), key, holder }),
            7 => command.guards.push(Guard::Vacate { scope: "name".into(), key, holder }),
            8 | 9 => {
                let amount = random.random_range(1..=2);
                command.guards.push(Guard::Take { pool, holder, amount, limit: Some(POOL_LIMIT) });
            }
            10 => command.guards.push(Guard::Release { pool, holder }),
            _ => {}
        }
        command
    }

    /// What is wrong with its batch in the log.
    fn check(&self, answer: &Appended, rows: &[&Row]) -> Option<String> {
        let payloads: Vec<&String> = self.writes.iter().flat_map(|(_, payloads)| payloads).collect();
        if payloads.is_empty() {
            return (!rows.is_empty() || answer.first_position.is_some()).then(|| "has events".to_owned());
        }
        let (Some(first), Some(last)) = (answer.first_position, answer.last_position) else {
            return Some("was accepted without a position".to_owned());
        };
        if !rows.iter().map(|row| row.position).eq(first..=last) {
            return Some(format!("is not one batch at {first}..={last}: {rows:?}"));
        }
        (!rows.iter().map(|row| &row.payload).eq(payloads)).then(|| format!("has other content: {rows:?}"))
    }
}

/// Mostly few, sometimes many.
fn events(random: &mut impl Rng) -> usize {
    match random.random_range(0..20) {
        0 => random.random_range(20..=60),
        1..=5 => random.random_range(2..=8),
        _ => 1,
    }
}
