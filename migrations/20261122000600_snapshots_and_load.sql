-- es.load: an aggregate's snapshot, the events after it and the stored outcome of a command, in one round trip.
set local role omoi_owner;

-- Disposable: any doubt about one is a reason to fold from the log instead.
create table es.snapshots (
    org_id         uuid        not null,
    aggregate_type text        not null,
    aggregate_id   text        not null,
    logic_version  integer     not null,
    version        bigint      not null,
    payload        json        not null,
    taken_at       timestamptz not null,
    primary key (aggregate_type, aggregate_id, logic_version)
);
comment on column es.snapshots.logic_version is 'Which evolve made it; another version of the code ignores it.';

create type es.load_row as (
    kind           smallint,
    sequence       bigint,
    schema_version integer,
    event_type     text,
    payload        text
);
comment on type es.load_row is
    'kind 0: the stream (sequence = version, payload = project id); 1: stored outcome (payload = json); 2: snapshot (sequence = its version); 3: an event.';

create function es.load(
    p_org uuid, p_type text, p_id text, p_command uuid, p_logic_version integer, p_after bigint
) returns setof es.load_row
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_stream   es.streams;
    v_snapshot es.snapshots;
    v_after    bigint := p_after;
begin
    return query
        select 1::smallint, null::bigint, null::integer, null::text,
               json_build_object('request_hash', encode(request_hash, 'hex'), 'outcome', outcome,
                   'first_position', first_position, 'last_position', last_position,
                   'streams', streams, 'created_at', created_at)::text
            from es.command_results where org_id = p_org and command_id = p_command;
    -- By org: an id of somebody else is an id that does not exist.
    select * into v_stream from es.streams
        where aggregate_type = p_type and aggregate_id = p_id and org_id = p_org;
    if not found then return; end if;
    return query select 0::smallint, v_stream.version, null::integer, null::text, v_stream.project_id::text;
    if p_logic_version is not null then
        select * into v_snapshot from es.snapshots
            where aggregate_type = p_type and aggregate_id = p_id and logic_version = p_logic_version
              and version > p_after and version <= v_stream.version and org_id = p_org;
        if found then
            v_after := v_snapshot.version;
            return query select 2::smallint, v_snapshot.version, null::integer, null::text, v_snapshot.payload::text;
        end if;
    end if;
    if v_after < v_stream.version then
        return query
            select 3::smallint, e.sequence, e.schema_version, e.event_type, e.payload::text
                from es.events e
                where e.aggregate_type = p_type and e.aggregate_id = p_id and e.sequence > v_after
                  and e.sequence <= v_stream.version and e.position >= v_stream.first_position
                order by e.sequence;
    end if;
end
$$;

-- The newest position of a log, of whatever tenant; null when it is empty.
create function es.head(p_log smallint) returns bigint
    language sql stable security definer set search_path = pg_catalog, pg_temp
    as $$ select position from es.events where log_id = p_log order by position desc limit 1 $$;

-- Keeps the newest snapshot of a stream for one logic version; an older one arriving late changes nothing.
create function es.save_snapshot(
    p_org uuid, p_type text, p_id text, p_logic_version integer, p_version bigint, p_payload text
) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into es.snapshots as s (org_id, aggregate_type, aggregate_id, logic_version, version, payload, taken_at)
        select p_org, p_type, p_id, p_logic_version, p_version, p_payload::json, public.omoi_now()
            from es.streams
            where aggregate_type = p_type and aggregate_id = p_id and org_id = p_org and version >= p_version
        on conflict (aggregate_type, aggregate_id, logic_version) do update
            set version = excluded.version, payload = excluded.payload, taken_at = excluded.taken_at
            where s.version < excluded.version;
    return found;
end
$$;

reset role;
