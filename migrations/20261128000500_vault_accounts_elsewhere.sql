-- Accounts at providers that open accounts here, and sign-ins by them that are under way.
set local role omoi_owner;

create table vault.linked_accounts (
    account   bytea       primary key check (octet_length(account) = 32),
    provider  text        not null check (length(provider) between 1 and 64),
    user_id   uuid        not null,
    made_at   timestamptz not null,
    linked_at timestamptz
);
comment on column vault.linked_accounts.account is 'Keyed hash of the provider and of who somebody is there.';
comment on column vault.linked_accounts.linked_at is
    'When the log had it; null: whoever comes again goes on with the person that was begun.';
create index linked_accounts_by_user on vault.linked_accounts (user_id, provider);
grant select, insert, update, delete on vault.linked_accounts to omoi_vault;

-- Somebody is at a provider and will be back within minutes; a crash has them begin again.
create unlogged table vault.sign_ins_elsewhere (
    state      bytea       primary key check (octet_length(state) = 32),
    provider   text        not null,
    sealed     text        not null,
    expires_at timestamptz not null
);
comment on column vault.sign_ins_elsewhere.state is 'SHA-256 of what the browser brings back.';
comment on column vault.sign_ins_elsewhere.sealed is 'What proves to the provider that whoever is back is who left.';
create index sign_ins_elsewhere_by_end on vault.sign_ins_elsewhere (expires_at);
grant select, insert, delete on vault.sign_ins_elsewhere to omoi_vault;

-- Somebody is back, with an address that has an account here, and is asked for its password.
create unlogged table vault.consents (
    hash       bytea       primary key check (octet_length(hash) = 32),
    provider   text        not null,
    account    bytea       not null check (octet_length(account) = 32),
    user_id    uuid        not null,
    expires_at timestamptz not null
);
create index consents_by_end on vault.consents (expires_at);
create index consents_by_user on vault.consents (user_id);
grant select, insert, delete on vault.consents to omoi_vault;

reset role;
