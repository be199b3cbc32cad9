-- es.take_guards: rules over a set (a name used once, the last place of a pool, who owns a task) decided
-- inside the append. All guards of an item hold and are applied, or none is and the item is a loser.
set local role omoi_owner;

-- Why one guard does not hold, or null. Reads only; the head lock keeps the answer true until the commit.
create function es.guard_fault(
    p_org uuid, p_kind text, p_scope text, p_key text, p_holder text, p_amount bigint, p_limit bigint,
    p_epoch bigint, p_now timestamptz
) returns text
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
declare
    v_holder text;
    v_used   bigint;
    v_lease  es.leases;
    v_ingest es.ingest;
begin
    case p_kind
    when 'unique' then
        select holder into v_holder from es.guards where org_id = p_org and scope = p_scope and key = p_key;
        if v_holder <> p_holder then return 'taken'; end if;
    when 'vacate', 'release', 'ingest_open', 'ingest_close' then
        return null;
    when 'take' then
        if p_limit is null then return null; end if;
        select used into v_used from es.pools where org_id = p_org and pool = p_scope;
        v_used := coalesce(v_used, 0)
            - coalesce((select amount from es.pool_holders where org_id = p_org and pool = p_scope and holder = p_holder), 0);
        if v_used + p_amount > p_limit then return 'full'; end if;
    when 'fence' then
        select * into v_lease from es.leases where org_id = p_org and name = p_scope;
        if v_lease.epoch is distinct from p_epoch then return 'fenced'; end if;
    when 'claim' then
        select * into v_lease from es.leases where org_id = p_org and name = p_scope;
        if coalesce(v_lease.epoch, 0) <> p_epoch - 1 then return 'fenced'; end if;
        if v_lease.expires_at > p_now then return 'held'; end if;
    when 'ingest' then
        select * into v_ingest from es.ingest
            where org_id = p_org and run_id = p_scope::uuid and source = p_key;
        if not found then return 'unknown_run'; end if;
        if v_ingest.closed or v_ingest.epoch <> p_epoch then
            update es.ingest set refused = refused + 1
                where org_id = p_org and run_id = p_scope::uuid and source = p_key;
            return 'fenced';
        end if;
        if v_ingest.next_seq <> p_limit then return 'expected_seq ' || v_ingest.next_seq; end if;
    else
        raise exception 'unknown guard %', p_kind using errcode = 'OM002';
    end case;
    return null;
end
$$;

-- What a guard that holds leaves behind.
create function es.apply_guard(
    p_org uuid, p_kind text, p_scope text, p_key text, p_holder text, p_amount bigint, p_limit bigint,
    p_epoch bigint, p_now timestamptz
) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
declare
    v_before bigint;
begin
    case p_kind
    when 'unique' then
        insert into es.guards (org_id, scope, key, holder) values (p_org, p_scope, p_key, p_holder)
            on conflict do nothing;
    when 'vacate' then
        delete from es.guards where org_id = p_org and scope = p_scope and key = p_key and holder = p_holder;
    when 'take' then
        select amount into v_before from es.pool_holders
            where org_id = p_org and pool = p_scope and holder = p_holder;
        insert into es.pool_holders (org_id, pool, holder, amount) values (p_org, p_scope, p_holder, p_amount)
            on conflict (org_id, pool, holder) do update set amount = excluded.amount;
        insert into es.pools (org_id, pool, used) values (p_org, p_scope, p_amount)
            on conflict (org_id, pool) do update set used = es.pools.used - coalesce(v_before, 0) + p_amount;
    when 'release' then
        delete from es.pool_holders where org_id = p_org and pool = p_scope and holder = p_holder
            returning amount into v_before;
        update es.pools set used = used - v_before where org_id = p_org and pool = p_scope and v_before is not null;
    when 'claim' then
        insert into es.leases (org_id, name, epoch, owner, expires_at)
            values (p_org, p_scope, p_epoch, p_holder, p_now + p_amount * interval '1 millisecond')
            on conflict (org_id, name) do update
                set epoch = excluded.epoch, owner = excluded.owner, expires_at = excluded.expires_at;
    when 'ingest' then
        update es.ingest set next_seq = next_seq + p_amount
            where org_id = p_org and run_id = p_scope::uuid and source = p_key;
    when 'ingest_open' then
        insert into es.ingest (org_id, run_id, source, next_seq, epoch)
            select p_org, p_scope::uuid, s, 1, p_epoch from unnest(array['worker', 'gateway', 'host']) as s
            on conflict (org_id, run_id, source) do update set epoch = excluded.epoch, closed = false;
    when 'ingest_close' then
        update es.ingest set closed = true where org_id = p_org and run_id = p_scope::uuid;
    else
        null;
    end case;
end
$$;

create function es.take_guards(p_guards json, p_items es.new_item[], p_lost integer[], p_now timestamptz)
    returns es.append_answer[]
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
declare
    g        record;
    v_fault  text;
    v_item   integer;
    v_faults es.append_answer[];
begin
    for v_item in
        select distinct item from json_to_recordset(p_guards) as x (item integer)
            where item <> all (p_lost) order by item
    loop
        v_fault := null;
        for g in select * from json_to_recordset(p_guards) as x (item integer, n integer, kind text, scope text,
                    key text, holder text, amount bigint, "limit" bigint, epoch bigint)
            where item = v_item order by n
        loop
            v_fault := es.guard_fault((p_items[v_item]).org_id, g.kind, g.scope, g.key, g.holder, g.amount, g."limit", g.epoch, p_now);
            if v_fault is not null then
                v_faults := v_faults || row(v_item, 'guard', null, null, g.n || ':' || v_fault, null)::es.append_answer;
                exit;
            end if;
        end loop;
        continue when v_fault is not null;
        for g in select * from json_to_recordset(p_guards) as x (item integer, n integer, kind text, scope text,
                    key text, holder text, amount bigint, "limit" bigint, epoch bigint)
            where item = v_item order by n
        loop
            perform es.apply_guard((p_items[v_item]).org_id, g.kind, g.scope, g.key, g.holder, g.amount, g."limit", g.epoch, p_now);
        end loop;
    end loop;
    return v_faults;
end
$$;

reset role;
