-- Who stepped into runs, and whether that came through.
set local role omoi_owner;

select read_models.make('interventions');

reset role;
