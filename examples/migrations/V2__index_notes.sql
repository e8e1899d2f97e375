-- pgward:no-transaction
create index concurrently notes_created on notes (created);
