-- Who may do what. No role of the app may update, delete or truncate the log; a tenant's reader sees that
-- tenant's rows only, whatever the query forgot.
set local role omoi_owner;

revoke all on all tables in schema es from public;
revoke execute on all functions in schema es from public;

grant execute on function
    es.append(smallint, es.new_item[], es.new_stream[], es.new_event[], json, boolean),
    es.load(uuid, text, text, uuid, integer, bigint),
    es.save_snapshot(uuid, text, text, integer, bigint, text),
    es.put_blob(uuid, bytea)
    to omoi_append;
grant execute on function
    es.lease_acquire(uuid, text, text, bigint), es.lease_renew(uuid, text, bigint, bigint),
    es.lease_release(uuid, text, bigint), es.make_partitions(integer),
    es.sweep_command_results(interval, integer)
    to omoi_project;
grant execute on function es.head(smallint) to omoi_read, omoi_project;
grant execute on function es.clock_offset() to omoi_append, omoi_read, omoi_project;

grant select on es.events, es.log_head, es.blobs to omoi_read;
grant select on es.events, es.log_head, es.streams, es.blobs, es.guards, es.pools, es.pool_holders, es.leases,
    es.command_results, es.ingest, es.snapshots, es.seals to omoi_project;
grant select, insert, update, delete on es.checkpoints, es.parked to omoi_project;

alter table es.events enable row level security;
alter table es.events force row level security;
create policy owner_all on es.events to omoi_owner using (true) with check (true);
create policy whole_log on es.events for select to omoi_project using (true);
create policy one_org on es.events for select to omoi_read
    using (org_id = nullif(current_setting('app.org', true), '')::uuid);

alter table es.blobs enable row level security;
alter table es.blobs force row level security;
create policy owner_all on es.blobs to omoi_owner using (true) with check (true);
create policy whole_log on es.blobs for select to omoi_project using (true);
create policy one_org on es.blobs for select to omoi_read
    using (org_id = nullif(current_setting('app.org', true), '')::uuid);

reset role;
