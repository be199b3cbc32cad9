-- What each project is called and how work goes in it.
set local role omoi_owner;

select read_models.make('projects');

reset role;
