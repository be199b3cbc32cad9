-- What opens a live socket: made for a key, used once, soon over. Nobody reads the table; a crash of the database
-- forgets it, which costs a client one more request.
set local role omoi_owner;

create unlogged table vault.ws_tickets (
    hash       bytea       primary key check (octet_length(hash) = 32),
    key_hash   bytea       not null check (octet_length(key_hash) = 32),
    expires_at timestamptz not null
);
comment on column vault.ws_tickets.hash is 'SHA-256 of the ticket, which is in an address and kept nowhere.';
comment on column vault.ws_tickets.key_hash is 'Of the key that it was made with: the socket ends when that key does.';
create index ws_tickets_by_end on vault.ws_tickets (expires_at);

-- Takes a ticket in and says when it ends; removes some that have ended, so that the table stays small.
create function vault.make_ws_ticket(p_hash bytea, p_key_hash bytea) returns timestamptz
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_expires timestamptz := public.omoi_now() + interval '30 seconds';
begin
    delete from vault.ws_tickets where hash in (
        select hash from vault.ws_tickets where expires_at <= public.omoi_now()
            order by expires_at limit 10 for update skip locked);
    insert into vault.ws_tickets values (p_hash, p_key_hash, v_expires);
    return v_expires;
end
$$;

-- The key that the ticket was made with; null for one that is unknown, used or over. It opens nothing from now on.
create function vault.use_ws_ticket(p_hash bytea) returns bytea
    language sql security definer set search_path = pg_catalog, pg_temp
    as $$ delete from vault.ws_tickets where hash = p_hash and expires_at > public.omoi_now() returning key_hash $$;

revoke execute on function vault.make_ws_ticket(bytea, bytea), vault.use_ws_ticket(bytea) from public;
grant execute on function vault.make_ws_ticket(bytea, bytea), vault.use_ws_ticket(bytea) to omoi_append;

reset role;
