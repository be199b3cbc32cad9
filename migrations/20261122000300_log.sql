-- The log: a superset of the seven columns of postgres-es, so that its reader works on it.
set local role omoi_owner;

-- One row a log. Appends lock it and never update it: the head is the last event itself, so a transaction
-- left open elsewhere cannot grow a chain of dead versions under the hottest row (docs/decisions/0002).
create table es.log_head (
    log_id      smallint primary key,
    incarnation uuid not null default gen_random_uuid(),
    created_at  timestamptz not null default public.omoi_now()
);
comment on column es.log_head.incarnation is 'Changes on restore and import; consumers that see another value start over.';
insert into es.log_head (log_id) values (1);

create table es.events (
    log_id         smallint    not null,
    position       bigint      not null check (position > 0),
    org_id         uuid        not null,
    project_id     uuid,
    aggregate_type text        not null,
    aggregate_id   text        not null,
    sequence       bigint      not null check (sequence > 0),
    event_id       uuid        not null,
    event_type     text        not null,
    event_version  text        not null,
    schema_version integer     not null,
    payload        json        not null,
    metadata       json        not null,
    actor          uuid        not null,
    correlation_id uuid        not null,
    causation_id   uuid,
    command_id     uuid        not null,
    epoch          bigint,
    recorded_at    timestamptz not null,
    content_hash   bytea       not null,
    primary key (log_id, position)
) partition by range (position);
comment on column es.events.position is 'Dense from 1 and in commit order: a hole is corruption.';
comment on column es.events.sequence is 'Dense from 1 within (aggregate_type, aggregate_id); uniqueness rests on es.streams.';

create index events_by_stream on es.events (aggregate_type, aggregate_id, sequence);
create index events_by_project on es.events (org_id, project_id, position);

-- One row a stream: its version judges every append. Half-full pages keep the version bump on the same page.
create table es.streams (
    aggregate_type text     not null,
    aggregate_id   text     not null,
    org_id         uuid     not null,
    project_id     uuid,
    log_id         smallint not null,
    version        bigint   not null,
    first_position bigint   not null,
    primary key (aggregate_type, aggregate_id)
) with (fillfactor = 60);
comment on column es.streams.first_position is 'Where the stream begins: loading it skips the partitions before.';

-- Append-only for everyone, the owner included.
create function es.refuse_change() returns trigger
    language plpgsql
    as $$
begin
    raise exception 'the log is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name
        using errcode = 'OM010';
end
$$;
create trigger append_only before update or delete on es.events
    for each row execute function es.refuse_change();

-- Partitions of ten million positions, made ahead of the head; answers how many it made.
create function es.make_partitions(p_ahead integer) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_size constant bigint := 10000000;
    v_first bigint;
    v_made integer := 0;
    v_name text;
begin
    perform pg_advisory_xact_lock(hashtextextended('es.make_partitions', 0));
    select coalesce(max(position), 0) / v_size into v_first from es.events;
    for n in v_first .. v_first + p_ahead loop
        v_name := format('events_p%s', lpad(n::text, 6, '0'));
        if to_regclass(format('es.%I', v_name)) is null then
            -- Attached, not created in place: that lock lets readers and writers go on.
            execute format('create table es.%I (like es.events including defaults including constraints)', v_name);
            execute format('alter table es.events attach partition es.%I for values from (%s) to (%s)',
                v_name, n * v_size, (n + 1) * v_size);
            execute format('create trigger no_truncate before truncate on es.%I
                for each statement execute function es.refuse_change()', v_name);
            v_made := v_made + 1;
        end if;
    end loop;
    return v_made;
end
$$;
select es.make_partitions(1);

reset role;
