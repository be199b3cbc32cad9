-- Who is in an organization, and who the people are.
grant usage on schema read_models to omoi_vault;
set local role omoi_owner;

select read_models.make(name) from unnest(array['memberships', 'people']) as name;
create index memberships_by_member on read_models.memberships (id) where kind = 'member';

-- The organizations of a person. The one question that crosses tenants, so it has a function and no policy: the vault
-- asks it for whoever has just proved who it is.
create function read_models.organizations_of(p_user uuid)
    returns table (org_id uuid, role text, name text, slug text, state text)
    language sql security definer stable set search_path = pg_catalog, pg_temp
    as $$
    select m.org_id, m.row::json ->> 'role', o.row::json ->> 'name', o.row::json ->> 'slug', o.row::json ->> 'state'
    from read_models.generations l
    join read_models.memberships m on m.gen = l.gen and m.kind = 'member' and m.id = p_user::text
    join read_models.memberships o on o.gen = l.gen and o.org_id = m.org_id and o.root = m.root
        and o.kind = 'organization' and o.id = m.org_id::text
    where l.name = 'memberships' and l.state = 'live'
    order by o.row::json ->> 'name', m.org_id
$$;

-- The sealed address of an open invitation, for whoever holds its token.
create function read_models.invited(p_org uuid, p_invitation uuid) returns text
    language sql security definer stable set search_path = pg_catalog, pg_temp
    as $$
    select i.row::json ->> 'email'
    from read_models.generations l
    join read_models.memberships i on i.gen = l.gen and i.org_id = p_org and i.root = p_org
        and i.kind = 'invitation' and i.id = p_invitation::text
    where l.name = 'memberships' and l.state = 'live'
$$;

revoke execute on function read_models.organizations_of(uuid), read_models.invited(uuid, uuid) from public;
grant execute on function read_models.organizations_of(uuid), read_models.invited(uuid, uuid) to omoi_vault;

reset role;
