-- Specs and tasks as directions in a space, to warn of near-duplicates. Texts are written here in the transaction of the
-- checkpoint of who hears the log; they are embedded later, outside of any transaction, so a row waits as long as it must.
create extension if not exists vector with schema public;

create schema search;
grant usage on schema search to omoi_owner, omoi_read, omoi_project;
grant create on schema search to omoi_owner;
set local role omoi_owner;

create table search.embeddings (
    org_id     uuid        not null,
    kind       text        not null check (kind in ('spec', 'task')),
    id         uuid        not null,
    project_id uuid        not null,
    position   bigint      not null,
    text       text        not null,
    text_hash  bytea       not null,
    pending    boolean     not null default true,
    attempts   integer     not null default 0,
    next_at    timestamptz,
    error      text,
    model      text,
    dimensions integer,
    embedding  vector,
    primary key (org_id, kind, id),
    check (pending or embedding is not null and dimensions = vector_dims(embedding) and model is not null)
);
comment on column search.embeddings.position is 'The event that the text is from.';
comment on column search.embeddings.text is 'Kept, because another model embeds it anew.';
comment on column search.embeddings.pending is 'The text, or the model of the installation, is another one than that of the embedding.';
comment on column search.embeddings.attempts is 'How often this text was refused, while others went through.';
create index embeddings_of_project on search.embeddings (org_id, project_id, kind);
create index embeddings_pending on search.embeddings (attempts, position) where pending;
create index embeddings_by_model on search.embeddings (model, dimensions) where not pending;

alter table search.embeddings enable row level security;
alter table search.embeddings force row level security;
create policy owner_all on search.embeddings to omoi_owner using (true) with check (true);
create policy whole on search.embeddings to omoi_project using (true) with check (true);
create policy one_org on search.embeddings for select to omoi_read
    using (org_id = nullif(current_setting('app.org', true), '')::uuid);

grant select, insert, update, delete on search.embeddings to omoi_project;
grant select (org_id, kind, id, project_id, pending, model, dimensions, embedding) on search.embeddings to omoi_read;

reset role;
