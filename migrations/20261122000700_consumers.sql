-- What readers of the log keep: how far they are, who reads, and what they had to set aside.
set local role omoi_owner;

create table es.checkpoints (
    consumer    text        not null,
    log_id      smallint    not null,
    position    bigint      not null check (position >= 0),
    epoch       bigint      not null,
    incarnation uuid        not null,
    updated_at  timestamptz not null,
    primary key (consumer, log_id)
) with (fillfactor = 50);
comment on column es.checkpoints.epoch is 'Of the lease under which it was written: a paused old reader cannot move it.';

-- A poison event parks its root (project, else org): later events of that root wait, others go on.
create table es.parked (
    consumer  text        not null,
    log_id    smallint    not null,
    root      uuid        not null,
    position  bigint      not null,
    error     text        not null,
    attempts  integer     not null default 1,
    parked_at timestamptz not null,
    primary key (consumer, log_id, root)
);
comment on column es.parked.position is 'The first event of the root that was not applied; everything from here is still to do.';

-- Takes a free or expired lease and answers the new epoch; null when somebody else holds it.
create function es.lease_acquire(p_org uuid, p_name text, p_owner text, p_ttl_ms bigint) returns bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_epoch bigint;
begin
    insert into es.leases as l (org_id, name, epoch, owner, expires_at)
        values (p_org, p_name, 1, p_owner, public.omoi_now() + p_ttl_ms * interval '1 millisecond')
        on conflict (org_id, name) do update
            set epoch = l.epoch + 1, owner = excluded.owner, expires_at = excluded.expires_at
            where l.expires_at <= public.omoi_now()
        returning epoch into v_epoch;
    return v_epoch;
end
$$;

-- Renews a lease that is still mine and not expired; false means stop working.
create function es.lease_renew(p_org uuid, p_name text, p_epoch bigint, p_ttl_ms bigint) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    update es.leases set expires_at = public.omoi_now() + p_ttl_ms * interval '1 millisecond'
        where org_id = p_org and name = p_name and epoch = p_epoch and expires_at > public.omoi_now();
    return found;
end
$$;

-- Gives a lease back: it expires now, the row and its epoch stay.
create function es.lease_release(p_org uuid, p_name text, p_epoch bigint) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    update es.leases set expires_at = public.omoi_now()
        where org_id = p_org and name = p_name and epoch = p_epoch and expires_at > public.omoi_now();
    return found;
end
$$;

reset role;
