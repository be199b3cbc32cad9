//! What a database and a journal say of a log, for `relcheck` to judge; and the defect that every twin plants.

use std::collections::HashMap;
use std::path::Path;

use eventstore::relcheck::{Line, Report, Rule, check, gather, parse_journal};
use kernel::Uuid;
use sqlx::{Connection as _, PgConnection};

/// The whole log by itself: dense, in order, whole streams, true outcomes.
pub(crate) async fn of_the_log(admin: &mut PgConnection) -> Report {
    let (log, evidence) = gather(admin, 1, &[]).await.unwrap();
    check(log, &evidence)
}

/// The log against the journal of the only process that wrote it.
pub(crate) async fn against_the_journal(admin: &mut PgConnection, journal: &Journal) -> Report {
    let (log, mut evidence) = gather(admin, 1, &[]).await.unwrap();
    evidence.journals = vec![journal.0.clone()];
    evidence.journals_are_complete = true;
    check(log, &evidence)
}

/// The same, and the copy that its consumer made.
pub(crate) async fn with_the_copy(admin: &mut PgConnection, journal: &Journal) -> Report {
    judged_with_the_copy(admin, Some(journal)).await
}

/// The log, and the copy that its consumer made.
pub(crate) async fn of_the_copy(admin: &mut PgConnection) -> Report {
    judged_with_the_copy(admin, None).await
}

async fn judged_with_the_copy(admin: &mut PgConnection, journal: Option<&Journal>) -> Report {
    let copy = ["copier=public.proof_copy".parse().unwrap()];
    let mut moment = admin.begin_with("begin isolation level repeatable read").await.unwrap();
    let (log, mut evidence) = gather(&mut moment, 1, &copy).await.unwrap();
    moment.rollback().await.unwrap();
    evidence.journals = journal.iter().map(|journal| journal.0.clone()).collect();
    evidence.journals_are_complete = journal.is_some();
    check(log, &evidence)
}

#[track_caller]
pub(crate) fn assert_clean(report: &Report) {
    assert!(report.events > 0, "an empty log proves nothing");
    assert!(report.is_clean(), "{report:#?}");
}

#[track_caller]
pub(crate) fn assert_finds(report: &Report, rule: Rule) {
    assert!(report.violations.contains_key(&rule), "no {rule} was found: {report:#?}");
}

pub(crate) struct Journal(Vec<Line>);

impl Journal {
    pub(crate) fn read(path: &Path) -> Self {
        Self(parse_journal(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    /// Commands whose last line is no answer that tells.
    pub(crate) fn unsettled(&self) -> usize {
        let mut settled: HashMap<Uuid, bool> = HashMap::new();
        for line in &self.0 {
            match line {
                Line::Invoke { command_id, .. } | Line::Unknown { command_id, .. } => {
                    settled.insert(*command_id, false);
                }
                Line::Ok { command_id, .. } | Line::Fail { command_id, .. } => {
                    settled.insert(*command_id, true);
                }
                Line::Owner { .. } | Line::Checkpoint { .. } => {}
            }
        }
        settled.values().filter(|settled| !**settled).count()
    }

    /// Calls that ended without an answer that tells.
    pub(crate) fn unknown(&self) -> usize {
        self.0.iter().filter(|line| matches!(line, Line::Unknown { .. })).count()
    }
}

#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Row {
    pub(crate) position: i64,
    pub(crate) event_id: Uuid,
    pub(crate) command_id: Uuid,
    pub(crate) payload: String,
}

/// The log beyond a position, by a query of its own.
pub(crate) async fn rows_after(admin: &mut PgConnection, position: i64) -> Vec<Row> {
    sqlx::query_as(
        "select position, event_id, command_id, payload::text as payload \
         from es.events where position > $1 order by position",
    )
    .bind(position)
    .fetch_all(admin)
    .await
    .unwrap()
}

/// Removes an event behind everybody's back, as a broken disk or a wrong hand would.
pub(crate) async fn plant_a_loss(admin: &mut PgConnection) {
    sqlx::raw_sql(
        "set session_replication_role = replica; \
         delete from es.events where position = (select (max(position) + 1) / 2 from es.events); \
         reset session_replication_role",
    )
    .execute(admin)
    .await
    .unwrap();
}
