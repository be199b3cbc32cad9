//! The composite types of `es.append` as sqlx encodes them.

use std::borrow::Cow;

use sqlx::postgres::{PgHasArrayType, PgTypeInfo};
use sqlx::{Postgres, Type};
use uuid::Uuid;

#[derive(Debug, sqlx::Encode)]
pub(super) struct NewItemRow<'a> {
    pub(super) org_id: Uuid,
    pub(super) command_id: Uuid,
    pub(super) request_hash: &'a [u8],
    pub(super) outcome: &'a str,
    pub(super) streams: &'a str,
    pub(super) events_before: i32,
    pub(super) events: i32,
}

#[derive(Debug, sqlx::Encode)]
pub(super) struct NewStreamRow<'a> {
    pub(super) item: i32,
    pub(super) org_id: Uuid,
    pub(super) aggregate_type: &'a str,
    pub(super) aggregate_id: &'a str,
    pub(super) project_id: Option<Uuid>,
    pub(super) expected: i64,
    pub(super) events: i32,
}

#[derive(Debug, sqlx::Encode)]
pub(super) struct NewEventRow<'a> {
    pub(super) item: i32,
    pub(super) org_id: Uuid,
    pub(super) project_id: Option<Uuid>,
    pub(super) aggregate_type: &'a str,
    pub(super) aggregate_id: &'a str,
    pub(super) sequence: i64,
    pub(super) event_id: Uuid,
    pub(super) event_type: &'a str,
    pub(super) event_version: Cow<'static, str>,
    pub(super) schema_version: i32,
    pub(super) payload: &'a str,
    pub(super) metadata: &'a str,
    pub(super) actor: Uuid,
    pub(super) correlation_id: Uuid,
    pub(super) causation_id: Option<Uuid>,
    pub(super) command_id: Uuid,
    pub(super) epoch: Option<i64>,
    pub(super) content_hash: &'a [u8],
}

#[derive(Debug, sqlx::Encode)]
pub(super) struct NewGuardRow<'a> {
    pub(super) item: i32,
    pub(super) n: i32,
    pub(super) org_id: Uuid,
    pub(super) kind: &'static str,
    pub(super) scope: Cow<'a, str>,
    pub(super) key: Option<&'a str>,
    pub(super) holder: Option<&'a str>,
    pub(super) amount: Option<i64>,
    pub(super) limit: Option<i64>,
    pub(super) epoch: Option<i64>,
}

/// The version as cqrs-es reads it.
pub(super) fn event_version(schema_version: i32) -> Cow<'static, str> {
    if schema_version == 1 { Cow::Borrowed("1.0") } else { Cow::Owned(format!("{schema_version}.0")) }
}

macro_rules! composite {
    ($row:ident, $name:literal) => {
        impl Type<Postgres> for $row<'_> {
            fn type_info() -> PgTypeInfo {
                PgTypeInfo::with_name($name)
            }
        }

        impl PgHasArrayType for $row<'_> {
            fn array_type_info() -> PgTypeInfo {
                PgTypeInfo::array_of($name)
            }
        }
    };
}

composite!(NewItemRow, "es.new_item");
composite!(NewStreamRow, "es.new_stream");
composite!(NewEventRow, "es.new_event");
composite!(NewGuardRow, "es.new_guard");
