-- What processes know and what they have asked for. Written in the transaction of their checkpoint; an action
-- leaves the table when it was carried out, so what is here is still to do.
create schema processes;
grant usage on schema processes to omoi_owner, omoi_project;
grant create on schema processes to omoi_owner;
set local role omoi_owner;

create table processes.states (
    process text  not null,
    org_id  uuid  not null,
    root    uuid  not null,
    state   json  not null,
    primary key (process, org_id, root)
) with (fillfactor = 50);
comment on column processes.states.root is 'The project, else the organization: one instance each.';

-- Before this position a process folds and does not act: it began when the log was there already.
create table processes.activations (
    process  text     not null,
    log_id   smallint not null,
    position bigint   not null,
    primary key (process, log_id)
);

create table processes.actions (
    command_id     uuid        not null primary key,
    n              bigint      not null generated always as identity,
    process        text        not null,
    org_id         uuid        not null,
    root           uuid        not null,
    trigger_id     uuid        not null,
    correlation_id uuid        not null,
    key            text        not null,
    target         text        not null,
    body           json        not null,
    due_at         timestamptz,
    attempts       integer     not null default 0,
    error          text
);
comment on column processes.actions.n is 'In the order in which an instance asked: its actions are carried out one after another.';
comment on column processes.actions.due_at is 'A timer: carried out when it is due, beside the others.';
create index actions_in_order on processes.actions (process, org_id, root, n) where due_at is null;
create index actions_by_due on processes.actions (process, due_at) where due_at is not null;

grant select, insert, update, delete on all tables in schema processes to omoi_project;

reset role;
