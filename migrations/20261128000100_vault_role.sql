-- The role of what proves who somebody is: it reads and writes the vault and knows nothing of the log. The functions
-- by which the other roles asked the vault go with it.
do $$
begin
    create role omoi_vault nologin noinherit;
exception
    -- Roles belong to the whole cluster.
    when duplicate_object or unique_violation then null;
end
$$;
grant usage on schema vault, public to omoi_vault;
grant usage on schema es to omoi_vault;
set local role omoi_owner;
grant execute on function es.clock_offset() to omoi_vault;

drop function vault.holder(bytea), vault.organization(uuid, text), vault.add_key(uuid, uuid, uuid, text, bytea),
    vault.revoke_key(uuid), vault.keys(), vault.make_ws_ticket(bytea, bytea), vault.use_ws_ticket(bytea);

-- Made beside the installation, a key has a role; issued by an organization, its stream says what it is for.
alter table vault.api_keys
    drop constraint api_keys_org_id_fkey,
    alter column role drop not null,
    add column last_used_at timestamptz;
comment on column vault.api_keys.role is 'Null: the organization issued it, and its stream says what it opens.';
grant select, insert, update on vault.api_keys to omoi_vault;
grant select, insert on vault.organizations to omoi_vault;

-- A ticket is for whoever made it: a key, or a session in an organization.
drop table vault.ws_tickets;
create unlogged table vault.ws_tickets (
    hash       bytea       primary key check (octet_length(hash) = 32),
    key_hash   bytea       check (octet_length(key_hash) = 32),
    session_id uuid,
    org_id     uuid,
    expires_at timestamptz not null,
    check (num_nonnulls(key_hash, session_id) = 1 and (session_id is null) = (org_id is null))
);
comment on column vault.ws_tickets.hash is 'SHA-256 of the ticket, which is in an address and kept nowhere.';
create index ws_tickets_by_end on vault.ws_tickets (expires_at);
grant select, insert, update, delete on vault.ws_tickets to omoi_vault;

-- Which organization has this slug: a key made beside the installation may be for one that somebody founded.
create function vault.organization_of_slug(p_slug text) returns text
    language sql security definer stable set search_path = pg_catalog, pg_temp
    as $$
    select holder from es.guards
    where org_id = '00000000-0000-0000-0000-000000000000' and scope = 'organization_slug' and key = p_slug
$$;
revoke execute on function vault.organization_of_slug(text) from public;
grant execute on function vault.organization_of_slug(text) to omoi_vault;

reset role;
