-- The sandboxes of runs, and what the profiles of agents have done.
set local role omoi_owner;

select read_models.make('sandbox_fleet');
select read_models.make('agent_roster');

reset role;
