-- Where the events of a type, and those of an actor, stand in the log; a row a thousand positions.
set local role omoi_owner;

select read_models.make('event_index');

-- Here an id says what and where, and every project of an organization has it: only the root makes it one row.
drop index read_models.event_index_by_id;
create index event_index_by_id on read_models.event_index (gen, org_id, kind, id, root);

reset role;
