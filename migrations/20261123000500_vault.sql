-- What proves who somebody is, apart from the log: no event ever holds it. Nobody reads the tables; the functions
-- answer what each role may know.
create schema vault;
grant usage on schema vault to omoi_owner, omoi_append, omoi_read;
grant create on schema vault to omoi_owner;
set local role omoi_owner;

create table vault.organizations (
    id      uuid        primary key,
    name    text        not null unique check (name ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
    made_at timestamptz not null
);
comment on table vault.organizations is 'A fixed first one, `local`; others are made with their first key.';
insert into vault.organizations values ('8449932e-6e95-8cd2-a34c-b54650d06cae', 'local', public.omoi_now());

create table vault.api_keys (
    id         uuid        primary key,
    org_id     uuid        not null references vault.organizations,
    actor      uuid        not null,
    role       text        not null check (role in ('owner', 'admin', 'member', 'viewer', 'auditor')),
    hash       bytea       not null unique check (octet_length(hash) = 32),
    made_at    timestamptz not null,
    revoked_at timestamptz
);
comment on column vault.api_keys.hash is 'SHA-256 of the key, which is shown once and kept nowhere.';
comment on column vault.api_keys.actor is 'Whom the log names: the key itself, or the operator of the installation.';

-- Whose key this is; nothing for an unknown or a revoked one.
create function vault.holder(p_hash bytea) returns table (org_id uuid, actor uuid, role text)
    language sql security definer stable set search_path = pg_catalog, pg_temp
    as $$ select k.org_id, k.actor, k.role from vault.api_keys k where k.hash = p_hash and k.revoked_at is null $$;

-- The organization of this name; made when there is none.
create function vault.organization(p_id uuid, p_name text) returns uuid
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into vault.organizations values (p_id, p_name, public.omoi_now()) on conflict (name) do nothing;
    return (select id from vault.organizations where name = p_name);
end
$$;

-- Takes a key in; false when it is there already, revoked or not.
create function vault.add_key(p_id uuid, p_org uuid, p_actor uuid, p_role text, p_hash bytea) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into vault.api_keys values (p_id, p_org, p_actor, p_role, p_hash, public.omoi_now(), null)
        on conflict (hash) do nothing;
    return found;
end
$$;

-- The key opens nothing from now on; false when there is no such key that still did.
create function vault.revoke_key(p_id uuid) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
begin
    update vault.api_keys set revoked_at = public.omoi_now() where id = p_id and revoked_at is null;
    return found;
end
$$;

-- Every key without what would open anything.
create function vault.keys()
    returns table (id uuid, org text, actor uuid, role text, made_at timestamptz, revoked_at timestamptz)
    language sql security definer stable set search_path = pg_catalog, pg_temp
    as $$
    select k.id, o.name, k.actor, k.role, k.made_at, k.revoked_at
    from vault.api_keys k join vault.organizations o on o.id = k.org_id order by k.made_at, k.id
$$;

revoke execute on all functions in schema vault from public;
grant execute on function vault.holder(bytea) to omoi_read;
grant execute on function vault.organization(uuid, text), vault.add_key(uuid, uuid, uuid, text, bytea),
    vault.revoke_key(uuid), vault.keys() to omoi_append;

reset role;
