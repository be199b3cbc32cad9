-- Each run with how far it is and what was seen of it in numbers, and which runs a project and a task have.
set local role omoi_owner;

select read_models.make('run_trajectory');

reset role;
