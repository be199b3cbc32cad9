-- Read models: folds of the log that queries read. Every one has a table of the same shape, in two generations:
-- one serves, the other can be built beside it and take over with one update.
create schema read_models;
grant usage on schema read_models to omoi_owner, omoi_read, omoi_project;
grant create on schema read_models to omoi_owner;
set local role omoi_owner;

-- Which generation of a read model serves, and which code made it.
create table read_models.live (
    name    text     primary key,
    gen     smallint not null check (gen in (1, 2)),
    version integer  not null
);
comment on column read_models.live.version is 'Of the fold: another one in the code means that a rebuild is due.';
grant select on read_models.live to omoi_read;
grant select, insert, update on read_models.live to omoi_project;

-- The table of one read model. root: the project, else the organization; position: the last event folded in.
create function read_models.make(p_name text) returns void
    language plpgsql set search_path = pg_catalog, pg_temp
    as $$
begin
    execute format('create table read_models.%I (
        gen      smallint not null,
        org_id   uuid     not null,
        root     uuid     not null,
        kind     text     not null,
        id       text     not null,
        position bigint   not null,
        row      json     not null,
        primary key (gen, org_id, root, kind, id)
    ) partition by list (gen)', p_name);
    for gen in 1 .. 2 loop
        execute format('create table read_models.%I partition of read_models.%I for values in (%s)
            with (fillfactor = 70)', p_name || '_' || gen, p_name, gen);
    end loop;
    execute format('create index %I on read_models.%I (gen, org_id, kind, id)', p_name || '_by_id', p_name);
    execute format('grant select on read_models.%I to omoi_read', p_name);
    execute format('grant select, insert, update, delete on read_models.%I to omoi_project', p_name);
    execute format('alter table read_models.%I enable row level security', p_name);
    execute format('alter table read_models.%I force row level security', p_name);
    execute format('create policy owner_all on read_models.%I to omoi_owner using (true) with check (true)', p_name);
    execute format('create policy whole on read_models.%I to omoi_project using (true) with check (true)', p_name);
    execute format('create policy one_org on read_models.%I for select to omoi_read
        using (org_id = nullif(current_setting(''app.org'', true), '''')::uuid)', p_name);
end
$$;

-- Queries say how far what they answer goes.
grant select on es.checkpoints to omoi_read;
grant select (consumer, log_id, root, position) on es.parked to omoi_read;

select read_models.make(name) from unnest(array['board', 'ticket_detail', 'task_detail', 'activity']) as name;

reset role;
