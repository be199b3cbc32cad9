-- The four roles of the database. Logins are members of them and choose one per connection pool, so that a
-- hole in one part of the program has only that part's rights. Roles belong to the whole cluster: several
-- databases share them, hence the tolerance of "already there".
do $$
declare
    r text;
begin
    foreach r in array array['omoi_owner', 'omoi_append', 'omoi_read', 'omoi_project'] loop
        begin
            execute format('create role %I nologin noinherit', r);
        exception
            when duplicate_object or unique_violation then null;
        end;
    end loop;
    if not pg_has_role(current_user, 'omoi_owner', 'set') then
        execute format('grant omoi_owner to %I with set true', current_user);
    end if;
end
$$;

create schema es authorization omoi_owner;
revoke all on schema public from public;
grant usage on schema es to omoi_append, omoi_read, omoi_project;
grant usage on schema public to omoi_owner, omoi_append, omoi_read, omoi_project;
grant create on schema public to omoi_owner;
