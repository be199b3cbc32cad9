-- Each spec with what its page shows, and its line in lists.
set local role omoi_owner;

select read_models.make('spec_workspace');

reset role;
