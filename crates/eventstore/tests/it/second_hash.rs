//! The content hash a second time, in SQL: an implementation that shares nothing with the first.

use sqlx::PgConnection;

use crate::support::execute;

const FUNCTIONS: &str = "
    create function pg_temp.field(b bytea) returns bytea language sql immutable
        as $$ select int4send(length(b)) || b $$;
    create function pg_temp.second_hash(e es.events) returns bytea language sql immutable
        as $$ select sha256('omoi.event.v1'::bytea
            || pg_temp.field(uuid_send(e.org_id))
            || pg_temp.field(convert_to(e.aggregate_type, 'UTF8'))
            || pg_temp.field(convert_to(e.aggregate_id, 'UTF8'))
            || pg_temp.field(int8send(e.sequence))
            || pg_temp.field(uuid_send(e.event_id))
            || pg_temp.field(convert_to(e.event_type, 'UTF8'))
            || pg_temp.field(int4send(e.schema_version))
            || pg_temp.field(convert_to(e.payload::text, 'UTF8'))
            || pg_temp.field(convert_to(e.metadata::text, 'UTF8'))
            || pg_temp.field(uuid_send(e.actor))
            || pg_temp.field(uuid_send(e.correlation_id))
            || pg_temp.field(coalesce(uuid_send(e.causation_id), ''))
            || pg_temp.field(uuid_send(e.command_id))) $$";

/// Makes `pg_temp.second_hash(es.events)` for this session.
pub(crate) async fn install(session: &mut PgConnection) {
    execute(session, FUNCTIONS).await;
}
