-- The work graph of a project: a row a task, a ticket and an edge.
set local role omoi_owner;

select read_models.make('task_graph');

reset role;
