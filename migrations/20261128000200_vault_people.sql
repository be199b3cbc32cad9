-- People: how they sign in, and where they are signed in. No event holds any of it.
set local role omoi_owner;

-- Keys that seal values, wrapped by a master key that is kept outside of this database. One a person, one an
-- invitation, one the installation: to forget somebody is to delete the row.
create table vault.data_keys (
    subject uuid        primary key,
    wrapped bytea       not null,
    made_at timestamptz not null
);
grant select, insert, update, delete on vault.data_keys to omoi_vault;

-- Keys that sign access tokens, sealed by the installation's key. When each signs follows from when they were made.
create table vault.signing_keys (
    id      uuid        primary key,
    sealed  text        not null,
    made_at timestamptz not null
);
grant select, insert, update, delete on vault.signing_keys to omoi_vault;

create table vault.credentials (
    user_id       uuid        primary key,
    address       bytea       not null check (octet_length(address) = 32),
    password_hash text,
    proved_at     timestamptz,
    made_at       timestamptz not null,
    changed_at    timestamptz not null
);
comment on column vault.credentials.address is 'Keyed hash of the e-mail address.';
comment on column vault.credentials.password_hash is 'argon2id as a PHC string; null: this person has none.';
comment on column vault.credentials.proved_at is 'When its owner was seen to read mail there; before, anybody may have registered it.';
create unique index credentials_by_proved_address on vault.credentials (address) where proved_at is not null;
create index credentials_by_address on vault.credentials (address, made_at);
grant select, insert, update, delete on vault.credentials to omoi_vault;

create table vault.sessions (
    id       uuid        primary key,
    user_id  uuid        not null,
    org_id   uuid,
    made_at  timestamptz not null,
    used_at  timestamptz not null,
    ends_at  timestamptz not null,
    agent    text        check (length(agent) <= 200),
    address  text        check (length(address) <= 64),
    ended_at timestamptz,
    ended_by text
);
comment on column vault.sessions.org_id is 'Where the person acts; null: nowhere yet.';
comment on column vault.sessions.ends_at is 'At the latest; unused it ends sooner.';
create index sessions_by_user on vault.sessions (user_id, used_at);
grant select, insert, update, delete on vault.sessions to omoi_vault;

-- Each is used once; what it was turned into is known by its hash alone.
create table vault.refresh_tokens (
    hash       bytea       primary key check (octet_length(hash) = 32),
    session_id uuid        not null references vault.sessions on delete cascade,
    made_at    timestamptz not null,
    used_at    timestamptz,
    successor  bytea
);
create index refresh_tokens_by_session on vault.refresh_tokens (session_id);
grant select, insert, update, delete on vault.refresh_tokens to omoi_vault;

-- Turns a refresh token into its successor, or says why not. Two at once are served one after the other, by the
-- session's row: so one makes the successor, and the others, for a moment, are given the same.
create function vault.rotate(
    p_hash bytea, p_successor bytea, p_idle interval, p_grace interval,
    out outcome text, out session_id uuid, out user_id uuid, out org_id uuid
)
    language plpgsql security invoker set search_path = pg_catalog, pg_temp
    as $$
declare
    v_now     timestamptz := public.omoi_now();
    v_token   vault.refresh_tokens;
    v_session vault.sessions;
    v_next_used boolean;
begin
    select t.session_id into rotate.session_id from vault.refresh_tokens t where t.hash = p_hash;
    if not found then outcome := 'unknown'; return; end if;
    select * into v_session from vault.sessions s where s.id = rotate.session_id for update;
    select * into v_token from vault.refresh_tokens t where t.hash = p_hash;
    user_id := v_session.user_id;
    org_id := v_session.org_id;
    if v_session.ended_at is not null then outcome := 'ended'; return; end if;
    if v_session.ends_at <= v_now or v_session.used_at + p_idle <= v_now then
        update vault.sessions s set ended_at = v_now, ended_by = 'expired' where s.id = v_session.id;
        outcome := 'ended';
        return;
    end if;
    if v_token.used_at is null then
        update vault.refresh_tokens t set used_at = v_now, successor = p_successor where t.hash = p_hash;
        insert into vault.refresh_tokens (hash, session_id, made_at) values (p_successor, v_session.id, v_now);
        update vault.sessions s set used_at = v_now where s.id = v_session.id;
        -- What was used long ago is needed only to see that it is used again.
        outcome := 'rotated';
        return;
    end if;
    select t.used_at is not null into v_next_used from vault.refresh_tokens t where t.hash = v_token.successor;
    if not v_next_used and v_token.successor = p_successor and v_token.used_at + p_grace > v_now then
        outcome := 'again';
        return;
    end if;
    update vault.sessions s set ended_at = v_now, ended_by = 'token_reused' where s.id = v_session.id;
    outcome := 'reused';
end
$$;
revoke execute on function vault.rotate(bytea, bytea, interval, interval) from public;
grant execute on function vault.rotate(bytea, bytea, interval, interval) to omoi_vault;

-- What was mailed or printed to be used once: to verify, to reset, to accept, to sign in the first time.
create table vault.single_use_tokens (
    hash       bytea       primary key check (octet_length(hash) = 32),
    kind       text        not null check (kind in ('verify', 'reset', 'invite', 'login')),
    subject    uuid        not null,
    org_id     uuid,
    made_at    timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);
comment on column vault.single_use_tokens.subject is 'The person; for `invite` the invitation.';
create index single_use_tokens_by_subject on vault.single_use_tokens (subject, kind);
create index single_use_tokens_by_end on vault.single_use_tokens (expires_at);
grant select, insert, update, delete on vault.single_use_tokens to omoi_vault;

-- Letters that are on their way. They hold tokens, so they are sealed, and deleted once they are sent.
create table vault.mails (
    id      uuid        primary key,
    sealed  text        not null,
    made_at timestamptz not null,
    due_at  timestamptz not null,
    tries   integer     not null default 0
);
create index mails_by_due on vault.mails (due_at);
grant select, insert, update, delete on vault.mails to omoi_vault;

-- How much somebody may still try, as the time at which all of it would be allowed again. A crash forgives.
create unlogged table vault.throttles (
    bucket bytea       primary key,
    full_at timestamptz not null
);
create index throttles_by_time on vault.throttles (full_at);
grant select, insert, update, delete on vault.throttles to omoi_vault;

-- Takes one try out of a bucket of `p_burst` that fills up with one each `p_every`. Null when it is allowed, else how
-- long until it will be.
create function vault.throttle(p_bucket bytea, p_burst integer, p_every interval) returns interval
    language plpgsql security invoker set search_path = pg_catalog, pg_temp
    as $$
declare
    v_now     timestamptz := public.omoi_now();
    v_full_at timestamptz;
begin
    delete from vault.throttles where bucket in (
        select bucket from vault.throttles where full_at < v_now - interval '1 minute' order by full_at limit 5
            for update skip locked);
    insert into vault.throttles as t (bucket, full_at) values (p_bucket, v_now + p_every)
        on conflict (bucket) do update set full_at = greatest(t.full_at, v_now) + p_every
            where greatest(t.full_at, v_now) + p_every <= v_now + p_burst * p_every;
    if found then return null; end if;
    select full_at into v_full_at from vault.throttles where bucket = p_bucket;
    return greatest(v_full_at + p_every - p_burst * p_every - v_now, interval '1 second');
end
$$;
revoke execute on function vault.throttle(bytea, integer, interval) from public;
grant execute on function vault.throttle(bytea, integer, interval) to omoi_vault;

-- Who was let in, and who was not. Only ever added to.
create table vault.audit (
    id      bigint      generated always as identity primary key,
    at      timestamptz not null,
    org_id  uuid,
    actor   uuid,
    what    text        not null,
    allowed boolean     not null,
    subject text        check (length(subject) <= 200),
    address text        check (length(address) <= 64)
);
comment on column vault.audit.subject is 'What it was about: an id, a route, a permission. Never a secret, a name or an e-mail address.';
create index audit_by_org on vault.audit (org_id, id);
grant select, insert on vault.audit to omoi_vault;
create function vault.refuse_change() returns trigger
    language plpgsql
    as $$
begin
    raise exception 'the audit is append-only: % is refused', tg_op using errcode = 'OM010';
end
$$;
create trigger append_only before update or delete on vault.audit
    for each row execute function vault.refuse_change();
create trigger no_truncate before truncate on vault.audit
    for each statement execute function vault.refuse_change();

reset role;
