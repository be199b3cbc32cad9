-- Who reads an organization's events on the bus. The server of the bus is told the hash; the password is shown once.
set local role omoi_owner;

create table vault.bus_credentials (
    org_id        uuid        not null,
    id            uuid        not null,
    name          text        not null check (length(name) between 1 and 200),
    hash          text        not null check (hash ~ '^\$2b\$[0-9]{2}\$[./A-Za-z0-9]{53}$'),
    maker         uuid        not null,
    from_position bigint      check (from_position > 0),
    made_at       timestamptz not null,
    revoked_at    timestamptz,
    primary key (org_id, id)
);
comment on column vault.bus_credentials.hash is 'bcrypt, as the configuration of NATS has it.';
comment on column vault.bus_credentials.from_position is 'Where reading begins; null: at the first event.';
-- Each is a user of one server.
create unique index bus_credentials_by_id on vault.bus_credentials (id);
grant select, insert, update (revoked_at) on vault.bus_credentials to omoi_vault;

alter table vault.bus_credentials enable row level security;
alter table vault.bus_credentials force row level security;
create policy owner_all on vault.bus_credentials to omoi_owner using (true) with check (true);
create policy one_org on vault.bus_credentials to omoi_vault
    using (org_id = nullif(current_setting('app.org', true), '')::uuid)
    with check (org_id = nullif(current_setting('app.org', true), '')::uuid);

-- All that the server is to let in: of organizations that are at work. The one question here that crosses tenants.
create function vault.bus_credentials_in_force()
    returns table (org_id uuid, id uuid, hash text, from_position bigint)
    language sql security definer stable set search_path = pg_catalog, pg_temp
    as $$
    select c.org_id, c.id, c.hash, c.from_position
    from vault.bus_credentials c
    join read_models.generations l on l.name = 'memberships' and l.state = 'live'
    join read_models.memberships o on o.gen = l.gen and o.org_id = c.org_id and o.root = c.org_id
        and o.kind = 'organization' and o.id = c.org_id::text
    where c.revoked_at is null and o.row::json ->> 'state' = 'active'
    order by c.org_id, c.id
$$;
revoke execute on function vault.bus_credentials_in_force() from public;
grant execute on function vault.bus_credentials_in_force() to omoi_vault;

reset role;
