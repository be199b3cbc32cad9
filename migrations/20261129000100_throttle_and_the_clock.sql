-- A clock that is set back must not keep people out for as long as it was ahead. A bucket is never emptier than empty: one
-- that is, by more than clocks drift, is from another time and begins anew.
set local role omoi_owner;

create or replace function vault.throttle(p_bucket bytea, p_burst integer, p_every interval) returns interval
    language plpgsql security invoker set search_path = pg_catalog, pg_temp
    as $$
declare
    v_now     timestamptz := public.omoi_now();
    v_empty   timestamptz := v_now + p_burst * p_every;
    v_full_at timestamptz;
begin
    delete from vault.throttles where bucket in (
        select bucket from vault.throttles where full_at < v_now - interval '1 minute' order by full_at limit 5
            for update skip locked);
    insert into vault.throttles as t (bucket, full_at) values (p_bucket, v_now + p_every)
        on conflict (bucket) do update set full_at = v_now + p_every
                + case when t.full_at > v_empty + interval '1 minute' then interval '0'
                       else greatest(t.full_at, v_now) - v_now end
            where t.full_at > v_empty + interval '1 minute' or greatest(t.full_at, v_now) + p_every <= v_empty;
    if found then return null; end if;
    select full_at into v_full_at from vault.throttles where bucket = p_bucket;
    return greatest(v_full_at + p_every - v_empty, interval '1 second');
end
$$;

reset role;
