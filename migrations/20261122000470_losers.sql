-- Which items of an append cannot be appended. The path of every day never comes
-- here: es.append asks es.find_losers only when there is a guard, a repeat or a lost version check.
set local role omoi_owner;

-- The items that must not be written, each with its reason: a stored outcome before a lost version check
-- before a guard. Guards of items that hold are applied on the way.
create function es.find_losers(
    p_log smallint, p_items es.new_item[], p_streams es.new_stream[], p_guards json, p_now timestamptz
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
    if p_guards is null then
        return v_losers;
    end if;
    select coalesce(array_agg(item), '{}') into v_lost from unnest(v_losers);
    return v_losers || es.take_guards(p_guards, p_items, v_lost, p_now);
end
$$;

-- The batch without the losers, numbered anew.
create function es.without_losers(
    p_losers es.append_answer[], p_items es.new_item[], p_streams es.new_stream[], p_events es.new_event[],
    out items es.new_item[], out streams es.new_stream[], out events es.new_event[]
)
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
#variable_conflict use_column
declare
    v_lost integer[];
begin
    select array_agg(item) into v_lost from unnest(p_losers);
    select array_agg(row(org_id, command_id, request_hash, outcome, streams, before, events)::es.new_item order by item)
        into items
        from (
            select *, (coalesce(sum(events) over (order by item rows between unbounded preceding and 1 preceding), 0))::integer
                      as before
                from unnest(p_items) with ordinality as i (org_id, command_id, request_hash, outcome, streams,
                    events_before, events, item)
                where item <> all (v_lost)
        ) as winner;
    select array_agg(s order by s.item) into streams from unnest(p_streams) as s where s.item <> all (v_lost);
    select array_agg(row(item, org_id, project_id, aggregate_type, aggregate_id, sequence, event_id, event_type,
            event_version, schema_version, payload, metadata, actor, correlation_id, causation_id, command_id, epoch,
            content_hash)::es.new_event order by n)
        into events
        from unnest(p_events) with ordinality as e (item, org_id, project_id, aggregate_type, aggregate_id, sequence,
            event_id, event_type, event_version, schema_version, payload, metadata, actor, correlation_id,
            causation_id, command_id, epoch, content_hash, n)
        where item <> all (v_lost);
end
$$;

reset role;
