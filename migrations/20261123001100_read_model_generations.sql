-- Generations of a read model: one serves, the other one is built beside it, or kept to go back to. Loops follow
-- this table; whoever changes it tells nobody.
set local role omoi_owner;

create table read_models.generations (
    name     text        not null,
    gen      smallint    not null check (gen in (1, 2)),
    state    text        not null check (state in ('building', 'live', 'retired')),
    version  integer     not null,
    build    bigint      not null generated always as identity,
    switches boolean     not null default false,
    since    timestamptz not null,
    primary key (name, gen)
);
comment on table read_models.generations is 'A generation without a row here is empty.';
comment on column read_models.generations.version is 'Of the fold that made the rows: another one in the code means that a rebuild is due.';
comment on column read_models.generations.build is 'Another one for each rebuild: who reads for the one before begins again.';
comment on column read_models.generations.switches is 'Takes over by itself once it has caught up.';
create unique index generations_live on read_models.generations (name) where state = 'live';

insert into read_models.generations (name, gen, state, version, since)
    select name, gen, 'live', version, public.omoi_now() from read_models.live;
drop table read_models.live;

grant select on read_models.generations to omoi_read;
grant select, insert on read_models.generations to omoi_project;

-- How long a generation that served is kept up to date, to go back to.
create function read_models.kept() returns interval language sql immutable as $$ select interval '24 hours' $$;

-- Removes every row of one generation, however many. It waits for the reads under way, and not for long: reads that
-- come meanwhile wait behind it.
create function read_models.empty(p_name text, p_gen smallint) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms'
    as $$
begin
    execute format('truncate read_models.%I', p_name || '_' || p_gen);
end
$$;

-- Empties a generation and sends whoever folds it back to the start of the log. The checkpoint's row is locked
-- first, so no page is half applied; a reader that is elsewhere finds that it moved, and writes nothing.
create function read_models.start_again(p_name text, p_gen smallint, p_log smallint) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_consumer constant text := p_name || '/' || p_gen;
begin
    update es.checkpoints set position = 0, updated_at = public.omoi_now()
        where consumer = v_consumer and log_id = p_log;
    delete from es.parked where consumer = v_consumer and log_id = p_log;
    perform read_models.empty(p_name, p_gen);
end
$$;

-- Begins to build the generation that does not serve; false when that goes on already.
create function read_models.rebuild(p_name text, p_log smallint, p_version integer, p_switches boolean) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_gen smallint;
begin
    -- Every row of the name, so that two who ask come one after the other.
    perform from read_models.generations where name = p_name order by gen for update;
    select 3 - gen into v_gen from read_models.generations where name = p_name and state = 'live';
    if v_gen is null then
        raise exception 'no generation of % serves', p_name;
    end if;
    update read_models.generations set switches = switches or p_switches
        where name = p_name and gen = v_gen and state = 'building' and version = p_version;
    if found then
        return false;
    end if;
    perform read_models.start_again(p_name, v_gen, p_log);
    delete from read_models.generations where name = p_name and gen = v_gen;
    insert into read_models.generations (name, gen, state, version, switches, since)
        values (p_name, v_gen, 'building', p_version, p_switches, public.omoi_now());
    return true;
end
$$;

-- Lets the other generation serve, and keeps the one that did. Both checkpoints are locked meanwhile, so what is
-- read never steps back. outcome: switched, nothing (there is no other), version (other code made it), behind.
create function read_models.switch(
    p_name text, p_log smallint, p_version integer,
    out outcome text, out serving bigint, out offered bigint, out offered_version integer
)
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_live smallint;
    v_next smallint;
begin
    perform from read_models.generations where name = p_name order by gen for update;
    select gen into v_live from read_models.generations where name = p_name and state = 'live';
    select gen, version into v_next, offered_version from read_models.generations
        where name = p_name and (state = 'building'
            or state = 'retired' and since > public.omoi_now() - read_models.kept());
    if v_live is null or v_next is null then
        outcome := 'nothing';
        return;
    end if;
    if offered_version <> p_version then
        outcome := 'version';
        return;
    end if;
    perform from es.checkpoints
        where log_id = p_log and consumer in (p_name || '/1', p_name || '/2') order by consumer for update;
    select coalesce(max(position) filter (where consumer = p_name || '/' || v_live), 0),
           coalesce(max(position) filter (where consumer = p_name || '/' || v_next), 0)
        into serving, offered
        from es.checkpoints c
        join es.log_head h on h.log_id = c.log_id and h.incarnation = c.incarnation
        where c.log_id = p_log;
    if offered < serving then
        outcome := 'behind';
        return;
    end if;
    update read_models.generations set state = 'retired', since = public.omoi_now()
        where name = p_name and gen = v_live;
    update read_models.generations set state = 'live', switches = false, since = public.omoi_now()
        where name = p_name and gen = v_next;
    outcome := 'switched';
end
$$;

-- Removes what was kept long enough. A minute later than nobody folds it any more, so that nobody still does.
create function read_models.forget(p_log smallint) returns bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_old record;
    v_forgotten bigint := 0;
begin
    for v_old in
        select name, gen from read_models.generations
        where state = 'retired' and since < public.omoi_now() - read_models.kept() - interval '1 minute'
        order by name, gen for update skip locked
    loop
        perform read_models.start_again(v_old.name, v_old.gen, p_log);
        delete from es.checkpoints where consumer = v_old.name || '/' || v_old.gen and log_id = p_log;
        delete from read_models.generations where name = v_old.name and gen = v_old.gen;
        v_forgotten := v_forgotten + 1;
    end loop;
    return v_forgotten;
end
$$;

revoke execute on all functions in schema read_models from public;
grant execute on function read_models.kept() to omoi_read, omoi_project;
grant execute on function
    read_models.empty(text, smallint), read_models.rebuild(text, smallint, integer, boolean),
    read_models.switch(text, smallint, integer), read_models.forget(smallint)
    to omoi_project;

reset role;
