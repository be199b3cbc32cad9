-- The tasks that wait for somebody who works on them, and the runs that go on.
set local role omoi_owner;

select read_models.make('ready_queue');

-- What can be started, of each project: all of it is looked at whenever a place is free. Rows are only read by their root
-- otherwise.
drop index read_models.ready_queue_by_id;
create index ready_queue_startable on read_models.ready_queue (gen, org_id, root)
    where kind = 'task' and row::json ->> 'startable' = 'true';

reset role;
