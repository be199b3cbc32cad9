-- What waits for a person.
set local role omoi_owner;

select read_models.make('inbox');

reset role;
