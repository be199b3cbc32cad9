-- What a process knows is kept in small rows, a row a thing it follows: an event costs the same however large its
-- project is. Processes hear the log again from its start; what they ask for anew has the ids it had.
set local role omoi_owner;

drop table processes.states;
delete from processes.actions;
delete from es.checkpoints where consumer like 'process/%';

create table processes.memory (
    process text not null,
    org_id  uuid not null,
    root    uuid not null,
    id      uuid not null,
    row     json not null,
    primary key (process, org_id, root, id)
) with (fillfactor = 70);
comment on column processes.memory.root is 'The project, else the organization.';
comment on column processes.memory.id is 'What the row is about, e.g. a task.';

-- The actions on one target are carried out one after another, those on different targets side by side.
drop index processes.actions_in_order;
create index actions_by_target on processes.actions (process, org_id, root, target, n) where due_at is null;
create index actions_in_order on processes.actions (process, attempts, n) where due_at is null;
comment on column processes.actions.n is 'In the order in which a process asked: what acts on one target is carried out one after another.';
comment on column processes.actions.attempts is 'Failures so far; what never failed comes first, so that one that cannot act holds up nobody else.';

grant select, insert, update, delete on processes.memory to omoi_project;

reset role;
