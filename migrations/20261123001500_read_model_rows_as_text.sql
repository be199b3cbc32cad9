-- A row of a read model is what the program wrote and reads again as a whole: as text the database does not parse it
-- at each write.
set local role omoi_owner;

do $$
declare
    v_name text;
begin
    for v_name in select relname from pg_class
        where relnamespace = 'read_models'::regnamespace and relkind = 'p'
    loop
        execute format('alter table read_models.%I alter column row type text using row::text', v_name);
    end loop;
end
$$;

create or replace function read_models.make(p_name text) returns void
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
        row      text     not null,
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

reset role;
