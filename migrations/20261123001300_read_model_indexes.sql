-- Rows of these are only read by their root: an index by id alone would cost every write and serve nobody.
set local role omoi_owner;

drop index read_models.board_by_id, read_models.task_graph_by_id, read_models.activity_by_id;

reset role;
