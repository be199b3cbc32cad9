-- es.append: the only way into the log. One call is one transaction, so no lock is held across a client's
-- round trip and a paused client blocks nobody.
--
-- Order: lock the head; evaluate guards item by item; write; when the writing meets a repeat or a lost
-- version check, find the losers and write the others. The head is locked first, so everything after it is serial: no deadlock, and every check sees
-- all that was committed (docs/decisions/0002). Nothing is computed per row that the client can send.
set local role omoi_owner;

-- Answers one row for item 0 (first_position = where the winners' events begin, in the order of the items;
-- recorded_at) and one row for each item that was not appended.
create function es.append(
    p_log smallint, p_items es.new_item[], p_streams es.new_stream[], p_events es.new_event[], p_guards json,
    p_notify boolean
) returns setof es.append_answer
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_head   bigint;
    v_now    timestamptz;
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

    if p_guards is not null then
        v_losers := es.find_losers(p_log, p_items, p_streams, p_guards, v_now);
        if v_losers is not null then
            select s.items, s.streams, s.events into p_items, p_streams, p_events
                from es.without_losers(v_losers, p_items, p_streams, p_events) as s;
        end if;
    end if;

    -- Written first and judged by what the writing meets: checks before would cost every batch two probes an
    -- item for the sake of the few that lose.
    loop
        begin
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
            if v_losers is not null then
                raise;
            end if;
            v_losers := es.find_losers(p_log, p_items, p_streams, null, v_now);
            if v_losers is null then
                raise;
            end if;
            select s.items, s.streams, s.events into p_items, p_streams, p_events
                from es.without_losers(v_losers, p_items, p_streams, p_events) as s;
        end;
    end loop;

    if p_notify then
        perform pg_notify('omoi_log', p_log::text);
    end if;
    return query select * from unnest(v_losers);
    return query select 0, 'appended', v_head + 1, null::bigint, null::text, v_now;
end
$$;

reset role;
