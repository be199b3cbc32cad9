-- What an append reads and writes beside the log itself.
set local role omoi_owner;

-- The stored outcome of each command: the same command again answers this and appends nothing.
create table es.command_results (
    org_id         uuid        not null,
    command_id     uuid        not null,
    request_hash   bytea       not null,
    outcome        text        not null,
    first_position bigint,
    last_position  bigint,
    streams        text[]      not null,
    created_at     timestamptz not null,
    primary key (org_id, command_id)
);
comment on column es.command_results.outcome is 'accepted, or the code of the rejection.';
comment on column es.command_results.streams is 'The streams it appended to, as type/id.';
-- Only the sweep of old outcomes reads it; BRIN costs the append nothing.
create index command_results_by_age on es.command_results using brin (created_at);

-- Unique{scope, key}: who holds a name.
create table es.guards (
    org_id uuid not null,
    scope  text not null,
    key    text not null,
    holder text not null,
    primary key (org_id, scope, key)
);

-- Take{pool}: how much of a pool is out, and who has it.
create table es.pools (
    org_id uuid   not null,
    pool   text   not null,
    used   bigint not null check (used >= 0),
    primary key (org_id, pool)
) with (fillfactor = 50);
create table es.pool_holders (
    org_id uuid   not null,
    pool   text   not null,
    holder text   not null,
    amount bigint not null check (amount > 0),
    primary key (org_id, pool, holder)
);

-- Who owns a piece of work, under which claim number. Rows are never deleted: the epoch only grows.
create table es.leases (
    org_id     uuid        not null,
    name       text        not null,
    epoch      bigint      not null,
    owner      text        not null,
    expires_at timestamptz not null,
    primary key (org_id, name)
) with (fillfactor = 50);
comment on table es.leases is 'org_id is the nil uuid for leases of the platform itself, e.g. the relay.';

-- How far each source of a run has delivered its trajectory.
create table es.ingest (
    org_id   uuid    not null,
    run_id   uuid    not null,
    source   text    not null check (source in ('worker', 'gateway', 'host')),
    next_seq bigint  not null,
    epoch    bigint  not null,
    closed   boolean not null default false,
    refused  bigint  not null default 0,
    primary key (org_id, run_id, source)
) with (fillfactor = 50);
comment on column es.ingest.refused is 'Batches refused for an old epoch or after the close; the first one is worth an event.';

reset role;
