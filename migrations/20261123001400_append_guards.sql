-- Guards of an append as rows instead of JSON, and a short way for those of every day: a new name and a place
-- without a limit are taken by the whole batch at once. Only when one of them is not new, or a stream or a command
-- loses, is the batch judged item by item.
set local role omoi_owner;

create type es.new_guard as (
    item    integer,
    n       integer,
    org_id  uuid,
    kind    text,
    scope   text,
    key     text,
    holder  text,
    amount  bigint,
    "limit" bigint,
    epoch   bigint
);
comment on type es.new_guard is 'item counts from 1; n: its place among the guards of the item, from 0.';

drop function
    es.append(smallint, es.new_item[], es.new_stream[], es.new_event[], json, boolean),
    es.find_losers(smallint, es.new_item[], es.new_stream[], json, timestamptz),
    es.take_guards(json, es.new_item[], integer[], timestamptz),
    es.guard_fault(uuid, text, text, text, text, bigint, bigint, bigint, timestamptz),
    es.apply_guard(uuid, text, text, text, text, bigint, bigint, bigint, timestamptz);

-- Takes names and places without a limit, all at once; fails as a lost version check does when one of them is held
-- already, by whomever: then nothing of the batch has been written.
create function es.take_new(p_new es.new_guard[]) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
declare
    v_names  integer;
    v_places integer;
begin
    insert into es.guards (org_id, scope, key, holder)
        select org_id, scope, key, holder from unnest(p_new) where kind = 'unique' on conflict do nothing;
    get diagnostics v_names = row_count;
    insert into es.pool_holders (org_id, pool, holder, amount)
        select org_id, scope, holder, amount from unnest(p_new) where kind = 'take' on conflict do nothing;
    get diagnostics v_places = row_count;
    if v_names + v_places <> cardinality(p_new) then
        raise exception 'a name or a place is held already' using errcode = 'OM003';
    end if;
    insert into es.pools (org_id, pool, used)
        select org_id, scope, sum(amount) from unnest(p_new) where kind = 'take' group by org_id, scope
        on conflict (org_id, pool) do update set used = es.pools.used + excluded.used;
end
$$;

-- Why a guard does not hold, or null. Reads only, but for the count of refused batches; the head lock keeps the
-- answer true until the commit.
create function es.guard_fault(g es.new_guard, p_now timestamptz) returns text
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
declare
    v_holder text;
    v_used   bigint;
    v_lease  es.leases;
    v_ingest es.ingest;
begin
    case g.kind
    when 'unique' then
        select holder into v_holder from es.guards where org_id = g.org_id and scope = g.scope and key = g.key;
        if v_holder <> g.holder then return 'taken'; end if;
    when 'vacate', 'release', 'ingest_open', 'ingest_close' then
        return null;
    when 'take' then
        if g."limit" is null then return null; end if;
        select used into v_used from es.pools where org_id = g.org_id and pool = g.scope;
        v_used := coalesce(v_used, 0) - coalesce((select amount from es.pool_holders
            where org_id = g.org_id and pool = g.scope and holder = g.holder), 0);
        if v_used + g.amount > g."limit" then return 'full'; end if;
    when 'fence' then
        select * into v_lease from es.leases where org_id = g.org_id and name = g.scope;
        if v_lease.epoch is distinct from g.epoch then return 'fenced'; end if;
    when 'claim' then
        select * into v_lease from es.leases where org_id = g.org_id and name = g.scope;
        if coalesce(v_lease.epoch, 0) <> g.epoch - 1 then return 'fenced'; end if;
        if v_lease.expires_at > p_now then return 'held'; end if;
    when 'ingest' then
        select * into v_ingest from es.ingest
            where org_id = g.org_id and run_id = g.scope::uuid and source = g.key;
        if not found then return 'unknown_run'; end if;
        if v_ingest.closed or v_ingest.epoch <> g.epoch then
            update es.ingest set refused = refused + 1
                where org_id = g.org_id and run_id = g.scope::uuid and source = g.key;
            return 'fenced';
        end if;
        if v_ingest.next_seq <> g."limit" then return 'expected_seq ' || v_ingest.next_seq; end if;
    else
        raise exception 'unknown guard %', g.kind using errcode = 'OM002';
    end case;
    return null;
end
$$;

-- What a guard that holds leaves behind.
create function es.apply_guard(g es.new_guard, p_now timestamptz) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
declare
    v_before bigint;
begin
    case g.kind
    when 'unique' then
        insert into es.guards (org_id, scope, key, holder) values (g.org_id, g.scope, g.key, g.holder)
            on conflict do nothing;
    when 'vacate' then
        delete from es.guards where org_id = g.org_id and scope = g.scope and key = g.key and holder = g.holder;
    when 'take' then
        select amount into v_before from es.pool_holders
            where org_id = g.org_id and pool = g.scope and holder = g.holder;
        insert into es.pool_holders (org_id, pool, holder, amount) values (g.org_id, g.scope, g.holder, g.amount)
            on conflict (org_id, pool, holder) do update set amount = excluded.amount;
        insert into es.pools (org_id, pool, used) values (g.org_id, g.scope, g.amount)
            on conflict (org_id, pool) do update set used = es.pools.used - coalesce(v_before, 0) + g.amount;
    when 'release' then
        delete from es.pool_holders where org_id = g.org_id and pool = g.scope and holder = g.holder
            returning amount into v_before;
        update es.pools set used = used - v_before where org_id = g.org_id and pool = g.scope and v_before is not null;
    when 'claim' then
        insert into es.leases (org_id, name, epoch, owner, expires_at)
            values (g.org_id, g.scope, g.epoch, g.holder, p_now + g.amount * interval '1 millisecond')
            on conflict (org_id, name) do update
                set epoch = excluded.epoch, owner = excluded.owner, expires_at = excluded.expires_at;
    when 'ingest' then
        update es.ingest set next_seq = next_seq + g.amount
            where org_id = g.org_id and run_id = g.scope::uuid and source = g.key;
    when 'ingest_open' then
        insert into es.ingest (org_id, run_id, source, next_seq, epoch)
            select g.org_id, g.scope::uuid, s, 1, g.epoch from unnest(array['worker', 'gateway', 'host']) as s
            on conflict (org_id, run_id, source) do update set epoch = excluded.epoch, closed = false;
    when 'ingest_close' then
        update es.ingest set closed = true where org_id = g.org_id and run_id = g.scope::uuid;
    else
        null;
    end case;
end
$$;

create function es.apply_guards(p_guards es.new_guard[], p_now timestamptz) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
declare
    g es.new_guard;
begin
    foreach g in array p_guards loop
        perform es.apply_guard(g, p_now);
    end loop;
end
$$;

-- Item by item, in order of items: all guards of an item hold and are applied, or none is and it is a loser. Answers
-- the losers, or null. p_lost: items that have lost already.
create function es.take_guards(p_guards es.new_guard[], p_lost integer[], p_now timestamptz)
    returns es.append_answer[]
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
declare
    g        es.new_guard;
    v_item   integer := 0;
    v_open   boolean;
    v_held   es.new_guard[] := '{}';
    v_fault  text;
    v_faults es.append_answer[];
begin
    foreach g in array p_guards loop
        if g.item <> v_item then
            perform es.apply_guards(v_held, p_now);
            v_item := g.item;
            v_open := v_item <> all (p_lost);
            v_held := '{}';
        end if;
        continue when not v_open;
        v_fault := es.guard_fault(g, p_now);
        if v_fault is null then
            v_held := v_held || g;
        else
            v_faults := v_faults || row(v_item, 'guard', null, null, g.n || ':' || v_fault, null)::es.append_answer;
            v_open := false;
            v_held := '{}';
        end if;
    end loop;
    perform es.apply_guards(v_held, p_now);
    return v_faults;
end
$$;

-- The items that must not be written, each with its reason: a stored outcome before a lost version check before a
-- guard. Guards of items that hold are applied on the way. p_guards: in order of items.
create function es.find_losers(
    p_log smallint, p_items es.new_item[], p_streams es.new_stream[], p_guards es.new_guard[], p_now timestamptz
) returns es.append_answer[]
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
declare
    v_losers es.append_answer[];
    v_lost   integer[];
begin
    select array_agg(row(l.item, l.status, l.first_position, l.last_position, l.detail, l.recorded_at)::es.append_answer)
        into v_losers
        from (
            select distinct on (item) * from (
                select 1 as rank, i.item::integer,
                       case when c.request_hash = i.request_hash then 'repeated' else 'mismatch' end as status,
                       c.first_position, c.last_position, c.outcome as detail, c.created_at as recorded_at
                    from unnest(p_items) with ordinality as i (org_id, command_id, request_hash, outcome, streams,
                        events_before, events, item)
                    join es.command_results c on c.org_id = i.org_id and c.command_id = i.command_id
                union all
                select 2, s.item, 'conflict', null, null,
                       s.aggregate_type || '/' || s.aggregate_id || '@'
                           || case when t.org_id = s.org_id then t.version else 0 end,
                       null
                    from unnest(p_streams) as s
                    left join es.streams t
                        on t.aggregate_type = s.aggregate_type and t.aggregate_id = s.aggregate_id
                    where coalesce(t.version, 0) <> s.expected or t.org_id <> s.org_id or t.log_id <> p_log
            ) as fault order by item, rank
        ) as l;
    select coalesce(array_agg(item), '{}') into v_lost from unnest(v_losers);
    return v_losers || es.take_guards(p_guards, v_lost, p_now);
end
$$;

-- As before, with the guards in two parts: p_new of items that want nothing but new names and places without a limit,
-- p_guards of the others; both in order of items.
create function es.append(
    p_log smallint, p_items es.new_item[], p_streams es.new_stream[], p_events es.new_event[],
    p_new es.new_guard[], p_guards es.new_guard[], p_notify boolean
) returns setof es.append_answer
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_head   bigint;
    v_now    timestamptz;
    v_judged boolean := false;
    v_losers es.append_answer[];
    v_bumped integer;
    v_begun  integer;
begin
    perform 1 from es.log_head where log_id = p_log for update;
    if not found then
        raise exception 'log % does not exist', p_log using errcode = 'OM001';
    end if;

    -- A statement of its own: its snapshot is younger than the lock.
    select position, recorded_at into v_head, v_now
        from es.events where log_id = p_log order by position desc limit 1;
    v_head := coalesce(v_head, 0);
    v_now := greatest(v_now, public.omoi_now());

    -- Written first and judged by what the writing meets: checks before would cost every batch two probes an
    -- item for the sake of the few that lose.
    loop
        begin
            if not v_judged then
                if cardinality(p_new) > 0 then
                    perform es.take_new(p_new);
                end if;
                if cardinality(p_guards) > 0 and es.take_guards(p_guards, '{}', v_now) is not null then
                    raise exception 'a guard does not hold' using errcode = 'OM003';
                end if;
            end if;

            update es.streams t set version = s.expected + s.events
                from unnest(p_streams) as s
                where t.aggregate_type = s.aggregate_type and t.aggregate_id = s.aggregate_id
                  and t.version = s.expected and t.org_id = s.org_id and t.log_id = p_log and s.expected > 0;
            get diagnostics v_bumped = row_count;
            insert into es.streams (aggregate_type, aggregate_id, org_id, project_id, log_id, version, first_position)
                select aggregate_type, aggregate_id, org_id, project_id, p_log, events, v_head + 1
                    from unnest(p_streams) where expected = 0;
            get diagnostics v_begun = row_count;
            if v_bumped + v_begun <> coalesce(cardinality(p_streams), 0) then
                raise exception 'a stream is at another version' using errcode = 'OM003';
            end if;

            insert into es.command_results (org_id, command_id, request_hash, outcome, first_position, last_position,
                                            streams, created_at)
                select org_id, command_id, request_hash, outcome,
                       case when events > 0 then v_head + events_before + 1 end,
                       case when events > 0 then v_head + events_before + events end,
                       string_to_array(streams, ' '), v_now
                    from unnest(p_items);

            insert into es.events (
                    log_id, position, org_id, project_id, aggregate_type, aggregate_id, sequence, event_id, event_type,
                    event_version, schema_version, payload, metadata, actor, correlation_id, causation_id, command_id,
                    epoch, recorded_at, content_hash)
                select p_log, v_head + n, org_id, project_id, aggregate_type, aggregate_id, sequence, event_id, event_type,
                       event_version, schema_version, payload::json, metadata::json, actor, correlation_id, causation_id,
                       command_id, epoch, v_now, content_hash
                    from unnest(p_events) with ordinality as e (item, org_id, project_id, aggregate_type, aggregate_id,
                        sequence, event_id, event_type, event_version, schema_version, payload, metadata, actor,
                        correlation_id, causation_id, command_id, epoch, content_hash, n);
            exit;
        exception when unique_violation or sqlstate 'OM003' then
            if v_judged then
                raise;
            end if;
            v_judged := true;
            -- Nothing is lost when all that it met was a name or a place that an item holds already.
            v_losers := es.find_losers(p_log, p_items, p_streams,
                (select coalesce(array_agg(g order by g.item, g.n), '{}') from unnest(p_new || p_guards) as g), v_now);
            if v_losers is not null then
                select s.items, s.streams, s.events into p_items, p_streams, p_events
                    from es.without_losers(v_losers, p_items, p_streams, p_events) as s;
            end if;
        end;
    end loop;

    if p_notify then
        perform pg_notify('omoi_log', p_log::text);
    end if;
    return query select * from unnest(v_losers);
    return query select 0, 'appended', v_head + 1, null::bigint, null::text, v_now;
end
$$;

revoke execute on function
    es.take_new(es.new_guard[]), es.guard_fault(es.new_guard, timestamptz), es.apply_guard(es.new_guard, timestamptz),
    es.apply_guards(es.new_guard[], timestamptz), es.take_guards(es.new_guard[], integer[], timestamptz),
    es.find_losers(smallint, es.new_item[], es.new_stream[], es.new_guard[], timestamptz),
    es.append(smallint, es.new_item[], es.new_stream[], es.new_event[], es.new_guard[], es.new_guard[], boolean)
    from public;
grant execute on function
    es.append(smallint, es.new_item[], es.new_stream[], es.new_event[], es.new_guard[], es.new_guard[], boolean)
    to omoi_append;

reset role;
