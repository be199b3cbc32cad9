-- Bytes too large for an event, addressed by their hash, and the seals of the audit chain.
set local role omoi_owner;

create table es.blobs (
    org_id     uuid        not null,
    hash       bytea       not null check (length(hash) = 32),
    bytes      bytea       not null,
    created_at timestamptz not null,
    primary key (org_id, hash)
);
comment on column es.blobs.hash is 'SHA-256 of bytes, checked on the way in.';

create table es.seals (
    log_id        smallint    not null,
    from_position bigint      not null,
    to_position   bigint      not null,
    merkle_root   bytea       not null,
    previous      bytea,
    signature     bytea       not null,
    sealed_at     timestamptz not null,
    primary key (log_id, from_position),
    check (to_position >= from_position)
);

create function es.put_blob(p_org uuid, p_bytes bytea) returns bytea
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_hash bytea := sha256(p_bytes);
begin
    insert into es.blobs (org_id, hash, bytes, created_at) values (p_org, v_hash, p_bytes, public.omoi_now())
        on conflict do nothing;
    return v_hash;
end
$$;

-- Forgets stored outcomes older than their keep; answers how many. The sweep runs now and then, never in an append.
create function es.sweep_command_results(p_keep interval, p_limit integer) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_gone integer;
begin
    delete from es.command_results where ctid = any (array(
        select ctid from es.command_results where created_at < public.omoi_now() - p_keep limit p_limit));
    get diagnostics v_gone = row_count;
    return v_gone;
end
$$;

reset role;
