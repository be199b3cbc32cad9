-- What comes together, and what is in its way.
set local role omoi_owner;

select read_models.make('merge_queue');

reset role;
