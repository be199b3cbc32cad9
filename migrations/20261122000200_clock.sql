-- The one clock of SQL. A test moves it by replacing es.clock_offset() (both functions are inlined, so the
-- offset costs nothing); a production start refuses a database whose offset is not zero. Stable, although it
-- is constant: an immutable function is folded into plans that nothing would invalidate when it is replaced.
set local role omoi_owner;

create function es.clock_offset() returns interval
    language sql stable parallel safe
    as $$ select interval '0' $$;

create function public.omoi_now() returns timestamptz
    language sql volatile parallel safe
    as $$ select clock_timestamp() + es.clock_offset() $$;

reset role;
