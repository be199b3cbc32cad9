-- What a spec has come to, and what that rests on.
set local role omoi_owner;

select read_models.make('spec_report');

reset role;
