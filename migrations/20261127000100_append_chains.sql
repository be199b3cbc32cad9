-- Chains: a batch may hold several items of one stream, each decided on what the one before it leaves.
set local role omoi_owner;

drop function es.append(smallint, es.new_item[], es.new_stream[], es.new_event[], es.new_guard[], es.new_guard[], boolean);

-- p_new: guards of items that want nothing but new names and places without a limit; p_guards: those of the others;
-- both in order of items. p_chained: the items of a stream follow one another, and p_streams has one row for all of them;
-- then all items are written, or none, and the caller asks again with fewer to learn whose fault it was.
create function es.append(
    p_log smallint, p_items es.new_item[], p_streams es.new_stream[], p_events es.new_event[],
    p_new es.new_guard[], p_guards es.new_guard[], p_chained boolean, p_notify boolean
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
            if v_judged or p_chained then
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
    es.append(smallint, es.new_item[], es.new_stream[], es.new_event[], es.new_guard[], es.new_guard[], boolean, boolean)
    from public;
grant execute on function
    es.append(smallint, es.new_item[], es.new_stream[], es.new_event[], es.new_guard[], es.new_guard[], boolean, boolean)
    to omoi_append;

reset role;
