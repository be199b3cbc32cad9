-- What an append is made of, and what it answers. Arrays of composites: one unnest of a wide composite costs
-- a seventh of an unnest of as many arrays.
set local role omoi_owner;

create type es.new_item as (
    org_id        uuid,
    command_id    uuid,
    request_hash  bytea,
    outcome       text,
    streams       text,
    events_before integer,
    events        integer
);
comment on type es.new_item is
    'A unit of work. streams: its streams as type/id, parted by blanks; events_before: events of the items before it.';

create type es.new_stream as (
    item           integer,
    org_id         uuid,
    aggregate_type text,
    aggregate_id   text,
    project_id     uuid,
    expected       bigint,
    events         integer
);
comment on type es.new_stream is 'A stream that an item touches; item counts from 1.';

create type es.new_event as (
    item           integer,
    org_id         uuid,
    project_id     uuid,
    aggregate_type text,
    aggregate_id   text,
    sequence       bigint,
    event_id       uuid,
    event_type     text,
    event_version  text,
    schema_version integer,
    payload        text,
    metadata       text,
    actor          uuid,
    correlation_id uuid,
    causation_id   uuid,
    command_id     uuid,
    epoch          bigint,
    content_hash   bytea
);

create type es.append_answer as (
    item           integer,
    status         text,
    first_position bigint,
    last_position  bigint,
    detail         text,
    recorded_at    timestamptz
);
comment on type es.append_answer is
    'status: appended | repeated | mismatch | conflict | guard. detail: the stored outcome (repeated), type/id@version (conflict), index:reason (guard).';

reset role;
