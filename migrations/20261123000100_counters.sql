-- Numbers that people say: TKT-001. Taken just before the decision; a guard makes sure that none is used twice.
set local role omoi_owner;

create table es.counters (
    org_id uuid   not null,
    scope  text   not null,
    next   bigint not null check (next > 0),
    primary key (org_id, scope)
) with (fillfactor = 50);

-- Answers the first of `p_count` numbers that nobody else gets. Durable before it is answered: a command that is
-- carried out only after the database came back still holds the number it took before.
create function es.take_numbers(p_org uuid, p_scope text, p_count integer) returns bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    v_next bigint;
begin
    insert into es.counters as c (org_id, scope, next) values (p_org, p_scope, 1 + p_count)
        on conflict (org_id, scope) do update set next = c.next + p_count
        returning next into v_next;
    return v_next - p_count;
end
$$;
revoke all on es.counters from public;
revoke execute on function es.take_numbers(uuid, text, integer) from public;
grant execute on function es.take_numbers(uuid, text, integer) to omoi_append;

reset role;
