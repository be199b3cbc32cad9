//! Stories, end to end: the real binary, the real Postgres, the real NATS. One story a file.

#[path = "../support/mod.rs"]
mod support;

#[allow(dead_code, reason = "shared with the proofs of planning, which use all of it")]
#[path = "../planning/judge.rs"]
mod judge;
#[path = "../path/runs_tour.rs"]
mod runs_tour;
#[path = "../planning/world.rs"]
mod world;

mod a_board_that_is_read_again_is_true;
mod a_bus_credential_reads_one_organization;
mod a_command_can_be_followed;
mod a_command_survives_kill_nine;
mod a_full_disk_ends_runs_by_name;
mod a_long_history_costs_a_run_little;
mod a_model_without_a_mind_plans;
mod a_node_keeps_what_it_left;
mod a_person_registers_and_works;
mod a_plan_becomes_work;
mod a_plan_changes;
mod a_played_claude_does_a_task;
mod a_process_goes_on;
mod a_project_has_a_repository;
mod a_project_is_configured;
mod a_read_model_is_rebuilt_beside;
mod a_rebuild_survives_kill_nine;
mod a_repository_is_broken_and_mended;
mod a_run_does_a_task;
mod a_run_is_looked_at;
mod a_run_is_replayed;
mod a_silent_database_is_told_of;
mod a_socket_ends_with_the_session;
mod a_spec_is_completed_by_evidence;
mod a_ticket_appears_on_the_board;
mod agents_ask_models;
mod agents_reach_who_they_may;
mod agents_with_models_do_tasks;
mod an_agent_is_put_into_quarantine;
mod bad_agents_end_by_name;
mod bad_input_is_refused;
mod bad_repositories_end_by_name;
mod doctor_names_what_is_wrong;
mod every_answer_is_documented;
mod every_route_says_who_may;
mod every_subscription_says_who_may;
mod finished_work_comes_together;
mod five_hundred_tasks_come_in_at_once;
mod hostile_plans_are_refused;
mod keys_open_what_their_role_allows;
mod liars_complete_nothing;
mod near_duplicates_are_a_warning;
mod people_sign_in_by_a_provider;
mod people_step_into_runs;
mod people_survive_kill_nine;
mod plans_come_in_without_the_bus;
mod plans_on_the_command_line;
mod plans_survive_kill_nine;
mod plans_survive_their_database;
mod runs_end_once;
mod serve_uses_given_servers;
mod the_command_line_speaks;
mod the_log_is_read_by_type;
mod the_pages_are_served;
mod the_socket_tells_what_happens;
mod the_worker_loses_nothing;
mod up_checks_what_it_fetched;
mod up_ends_after_commands;
mod up_gives_a_reading_credential;
mod up_leaves_nothing_behind;
mod up_refuses;
mod up_restarts_its_children;
mod up_runs_anywhere;
mod up_serves;
mod what_a_ticket_holds_back_waits;
mod work_goes_on_by_itself;
mod work_goes_on_without_the_bus;
mod work_survives_kill_nine;
