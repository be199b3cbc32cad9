//! The checker finds what is planted, and nothing in a log that is sound.

use std::process::Command;

use eventstore::relcheck::{EffectTable, Evidence, Line, LogFold, Report, Rule, check, gather};
use eventstore::{AppendError, AppendItem};
use kernel::Uuid;
use sqlx::postgres::PgConnection;

use crate::guards::{claim, unique};
use crate::second_hash;
use crate::support::{TestDb, execute, item, org, stream_id, write};

/// A log with two tenants, one unit of work over two streams, a refusal, a claim, and a consumer that copied
/// all of it; and the journal of the client that made it.
async fn a_sound_log(db: &TestDb) -> Vec<Line> {
    let (store, one, other) = (db.store(), org(), org());
    let (a, b, c) = (stream_id(), stream_id(), stream_id());
    let items = [
        AppendItem { streams: vec![write(&a, 0, 2)], ..item(one, &a, 0) },
        AppendItem { guards: vec![claim("task", 1, "worker-1")], ..item(one, &b, 0) },
        AppendItem { streams: vec![write(&a, 2, 1), write(&b, 1, 2)], ..item(one, &a, 2) },
        item(other, &c, 0),
        item(other, &c, 0),
        AppendItem { streams: Vec::new(), ..item(other, &c, 1) },
        AppendItem { guards: vec![unique("x", "y")], ..item(other, &c, 1) },
        item(one, &a, 3),
    ];
    let mut journal = Vec::new();
    for (seed, item) in (1..).zip(items) {
        let command_id = item.context.command_id.0;
        journal.push(Line::Invoke { command_id, seed });
        journal.push(match store.append(item).await {
            Ok(appended) => Line::Ok { command_id, seed, first_position: appended.first_position },
            Err(AppendError::Conflict { .. }) => Line::Fail { command_id, seed },
            Err(other) => panic!("{other:?}"),
        });
    }
    journal.push(Line::Invoke { command_id: Uuid::now_v7(), seed: 99 });
    journal.push(Line::Owner { org_id: one.0, lease: "task".into(), epoch: 1, owner: "worker-1".into() });
    journal.push(Line::Checkpoint { consumer: "copier".into(), position: 4 });
    journal.push(Line::Checkpoint { consumer: "copier".into(), position: 8 });
    execute(
        &mut db.admin().await,
        "create table public.copied (position bigint); insert into copied select position from es.events; \
         grant select on copied to omoi_project; \
         insert into es.checkpoints select 'copier', log_id, 9, 1, incarnation, omoi_now() from es.log_head",
    )
    .await;
    journal
}

async fn evidence(session: &mut PgConnection, journal: &[Line]) -> (LogFold, Evidence) {
    let copied: EffectTable = "copier=public.copied".parse().unwrap();
    let (log, mut evidence) = gather(session, 1, &[copied]).await.unwrap();
    evidence.journals = vec![journal.to_vec()];
    evidence.journals_are_complete = true;
    (log, evidence)
}

async fn report(session: &mut PgConnection, journal: &[Line]) -> Report {
    let (log, evidence) = evidence(session, journal).await;
    check(log, &evidence)
}

#[tokio::test]
async fn a_sound_log_keeps_every_promise() {
    let db = TestDb::new().await;
    let journal = a_sound_log(&db).await;
    let report = report(&mut db.session("omoi_project").await, &journal).await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.events, report.head), (9, 9));
    assert_eq!((report.sent, report.acknowledged, report.refused, report.unsettled), (9, 7, 1, 1));
}

/// Puts things right again in what the log says of itself, so that only the rule in question can find it.
const REHASH: &str = "update es.events e set content_hash = pg_temp.second_hash(e)";
const ANOTHER_EVENT: &str = "insert into es.events \
    select log_id, 10, org_id, project_id, aggregate_type, aggregate_id, sequence + 1, gen_random_uuid(), event_type, \
           event_version, schema_version, payload, metadata, actor, correlation_id, causation_id, command_id, epoch, \
           recorded_at + interval '1 second', content_hash from es.events where position = 9; \
    update es.streams set version = version + 1 where aggregate_id = (select aggregate_id from es.events where position = 9);";

#[tokio::test]
async fn every_planted_defect_is_found() {
    let defects = [
        (Rule::Hole, "delete from es.events where position = 5"),
        (
            Rule::Lost,
            "delete from es.command_results where first_position = 9; \
             update es.streams set version = version - 1 \
              where aggregate_id = (select aggregate_id from es.events where position = 9); \
             delete from es.events where position = 9; delete from public.copied where position = 9; \
             update es.checkpoints set position = 8",
        ),
        (
            Rule::EventIdTwice,
            "insert into es.events select (r).* from (select jsonb_populate_record(e, '{\"position\": 10}') as r \
             from es.events e where position = 9) as copy",
        ),
        (
            Rule::Outcome,
            "update es.events set position = 1000 where position = 7; \
             update es.events set position = 7 where position = 9; \
             update es.events set position = 9 where position = 1000",
        ),
        (
            Rule::Forged,
            "update es.events set payload = '{\"$type\":\"counter.raised\",\"by\":100}' where position = 2",
        ),
        (Rule::Doubled, "{another}; {rehash}"),
        (
            Rule::Phantom,
            "update es.events set command_id = '{refused}' where position = 9; \
             update es.command_results set command_id = '{refused}' where first_position = 9; {rehash}",
        ),
        (
            Rule::TimeSteppedBack,
            "update es.events set recorded_at = recorded_at - interval '1 day' where position = 6",
        ),
        (
            Rule::StreamMoved,
            "update es.events set org_id = gen_random_uuid() where position = 9; {rehash}; \
             delete from es.command_results where first_position = 9",
        ),
        (Rule::Sequence, "update es.events set sequence = sequence + 1 where position = 9; {rehash}"),
        (Rule::StreamRow, "update es.streams set version = version + 1"),
        (Rule::StreamRow, "update es.streams set first_position = first_position + 1"),
        (Rule::StreamRow, "delete from es.streams"),
        (Rule::TwoOwners, "update es.leases set owner = 'worker-2'"),
        (Rule::LeaseSteppedBack, "update es.leases set epoch = 0"),
        (Rule::CheckpointAhead, "update es.checkpoints set position = 10"),
        (Rule::CheckpointSteppedBack, "update es.checkpoints set position = 7"),
        (Rule::Skipped, "delete from public.copied where position = 3"),
        (Rule::AppliedTwice, "insert into public.copied values (3)"),
        (Rule::AppliedAhead, "update es.checkpoints set position = 8"),
        (Rule::Incarnation, "update es.log_head set incarnation = gen_random_uuid()"),
    ];
    assert!(defects.len() >= 12);
    let db = TestDb::new().await;
    let journal = a_sound_log(&db).await;
    let refused = journal.iter().find_map(|line| match line {
        Line::Fail { command_id, .. } => Some(command_id.to_string()),
        _ => None,
    });
    let mut session = db.admin().await;
    second_hash::install(&mut session).await;
    assert!(report(&mut session, &journal).await.is_clean());
    for (rule, defect) in defects {
        let sql = defect
            .replace("{another}", ANOTHER_EVENT)
            .replace("{rehash}", REHASH)
            .replace("{refused}", refused.as_ref().unwrap());
        execute(&mut session, "begin; set local session_replication_role = replica").await;
        execute(&mut session, &sql).await;
        let report = report(&mut session, &journal).await;
        execute(&mut session, "rollback").await;
        assert!(report.violations.contains_key(&rule), "{rule} is not found: {report:?}");
        assert!(!report.offenders.is_empty());
    }
    assert!(report(&mut session, &journal).await.is_clean());
}

#[tokio::test]
async fn a_journal_that_knows_better_is_believed() {
    let db = TestDb::new().await;
    let journal = a_sound_log(&db).await;
    let mut session = db.session("omoi_project").await;
    let found = |journal: Vec<Line>, (log, evidence): (LogFold, Evidence)| {
        check(log, &Evidence { journals: vec![journal], ..evidence }).violations
    };
    // The last command, acknowledged before the first was sent.
    let mut reordered = journal.clone();
    let last_two = reordered.drain(14..16).collect::<Vec<_>>();
    reordered.splice(0..0, last_two);
    assert_eq!(
        found(reordered, evidence(&mut session, &journal).await).keys().collect::<Vec<_>>(),
        [&Rule::Reordered]
    );

    let mut unsent = journal.clone();
    unsent.drain(0..2);
    assert_eq!(
        found(unsent, evidence(&mut session, &journal).await).keys().collect::<Vec<_>>(),
        [&Rule::Phantom]
    );

    let mut told_otherwise = journal.clone();
    let Line::Ok { first_position, .. } = &mut told_otherwise[1] else { panic!("{told_otherwise:?}") };
    *first_position = Some(2);
    assert_eq!(
        found(told_otherwise, evidence(&mut session, &journal).await).keys().collect::<Vec<_>>(),
        [&Rule::WrongAnswer]
    );

    // A refusal that a later try of the same command put right is none.
    let mut retried = journal.clone();
    let Line::Ok { command_id, seed, .. } = retried[1] else { panic!("{retried:?}") };
    retried.insert(1, Line::Fail { command_id, seed });
    retried.insert(1, Line::Unknown { command_id, seed });
    assert!(found(retried, evidence(&mut session, &journal).await).is_empty());

    let mut owners = journal.clone();
    let Some(Line::Owner { owner, .. }) = owners.iter_mut().find(|line| matches!(line, Line::Owner { .. }))
    else {
        panic!("no owner in {journal:?}")
    };
    "worker-2".clone_into(owner);
    assert_eq!(
        found(owners, evidence(&mut session, &journal).await).keys().collect::<Vec<_>>(),
        [&Rule::TwoOwners]
    );
}

#[tokio::test]
async fn what_is_parked_is_not_skipped() {
    let db = TestDb::new().await;
    let journal = a_sound_log(&db).await;
    let mut session = db.admin().await;
    execute(
        &mut session,
        "delete from public.copied where position >= 3 \
           and position in (select e.position from es.events e join es.events f on f.position = 3 and f.org_id = e.org_id)",
    )
    .await;
    assert!(report(&mut session, &journal).await.violations.contains_key(&Rule::Skipped));
    execute(
        &mut session,
        "insert into es.parked (consumer, log_id, root, position, error, parked_at) \
           select 'copier', log_id, org_id, position, 'poison', omoi_now() from es.events where position = 3",
    )
    .await;
    let report = report(&mut session, &journal).await;
    assert!(report.is_clean(), "{report:?}");
}

#[tokio::test]
async fn the_command_says_by_its_exit_status_whether_promises_are_kept() {
    let db = TestDb::new().await;
    let journal = a_sound_log(&db).await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let lines: Vec<_> = journal.iter().map(|line| serde_json::to_string(line).unwrap()).collect();
    std::fs::write(&path, lines.join("\n")).unwrap();
    let run = || {
        Command::new(env!("CARGO_BIN_EXE_relcheck"))
            .args([
                "--url",
                &db.app_url(),
                "--effects",
                "copier=public.copied",
                "--complete",
                "--json",
                "--journal",
            ])
            .arg(&path)
            .output()
            .unwrap()
    };
    let (clean, report) = verdict(&run());
    assert_eq!((clean, &report["events"], &report["sent"]), (Some(0), &9.into(), &9.into()), "{report}");

    execute(
        &mut db.admin().await,
        "set session_replication_role = replica; delete from es.events where position = 5",
    )
    .await;
    let (broken, report) = verdict(&run());
    assert_eq!((broken, &report["violations"]["hole"]), (Some(1), &1.into()), "{report}");

    std::fs::write(&path, "{\"kind\":\"maybe\"}").unwrap();
    assert_eq!(run().status.code(), Some(2));
}

fn verdict(output: &std::process::Output) -> (Option<i32>, serde_json::Value) {
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), report)
}
