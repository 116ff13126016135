//! What the store promises, kept by both databases: every story below runs on SQLite in memory, on a
//! SQLite file, and on PostgreSQL if `TEST_POSTGRES_URL` names a server (it makes a database of its own per
//! story there and drops it). Without it the PostgreSQL stories are told as ignored.
//!
//! A small harness that understands what `cargo test` and `cargo nextest` ask of one.

#![expect(clippy::wildcard_imports, reason = "the stories are told in the words of the domain and the store")]

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;

mod appointments;
mod audit;
mod bookings;
mod calls;
mod chairs;
mod changes;
mod course;
mod holds;
mod inbox;
mod lanes;
mod lists;
mod migrations;
mod notifications;
mod retention;
mod reviews;
mod services;
mod tenants;
mod verification;
mod world;

use world::{Backend, Place};

/// A story: everything that it needs is in the world that it is given.
struct Story {
    name: &'static str,
    run: fn(Place) -> Pin<Box<dyn Future<Output = ()> + Send>>,
}

macro_rules! stories {
    ($($module:ident :: $name:ident),+ $(,)?) => {
        const STORIES: &[Story] = &[$(Story {
            name: concat!(stringify!($module), "::", stringify!($name)),
            run: |place| Box::pin($module::$name(place)),
        }),+];
    };
}

stories![
    appointments::a_case_is_read_back_as_it_was_written,
    appointments::a_strange_text_stops_no_database,
    appointments::of_fifty_bookings_of_one_slot_one_wins,
    appointments::what_overlaps_is_refused_unless_it_is_a_fact,
    appointments::a_key_books_once_however_often_it_is_used,
    appointments::customers_are_found_again_and_never_overwritten,
    appointments::numbers_have_no_gaps,
    appointments::a_booking_found_at_cal_com_is_imported_once,
    audit::the_audit_trail_is_walked_both_ways_and_filtered,
    bookings::bookings_come_change_and_go,
    bookings::every_lane_has_its_own_work,
    bookings::what_is_in_the_way_is_found,
    bookings::hosts_of_a_team_are_known,
    bookings::a_customer_who_changes_is_looked_at_everywhere,
    calls::what_is_reported_comes_in_any_order_and_counts_once,
    calls::the_list_is_read_page_by_page,
    calls::somebody_answers_for_an_agent,
    calls::what_many_calls_tell_at_once_is_all_written_down,
    chairs::pauses_are_free_for_others,
    chairs::two_appointments_share_no_chair,
    chairs::chairs_follow_every_change,
    chairs::of_many_at_once_no_two_share_a_chair,
    changes::a_change_needs_the_lease_that_it_claims,
    changes::a_stale_version_changes_nothing,
    changes::what_is_aborted_leaves_no_trace,
    changes::an_attempt_is_written_with_its_change,
    changes::a_caller_who_goes_away_breaks_nothing,
    changes::changes_at_once_are_made_one_after_the_other,
    course::it_is_counted_how_well_it_went_and_what_waits,
    holds::what_is_held_is_kept_from_others_and_not_from_its_holder,
    holds::what_was_held_is_free_when_it_is_over,
    holds::a_fact_from_cal_com_does_not_wait_for_who_hesitates,
    holds::of_many_who_want_to_hold_a_time_one_does,
    holds::absences_are_of_one_person_and_one_company,
    inbox::a_delivery_is_stored_once_and_settled_once,
    inbox::whoever_knocks_without_our_signature_fills_no_disk,
    inbox::deliveries_are_found_page_by_page_and_processed_again,
    lanes::a_lane_has_one_holder_and_a_later_one_fences_it,
    lanes::the_case_has_the_last_word_on_its_work_and_marks_bring_it_forward,
    lanes::work_comes_by_urgency_and_in_time,
    lanes::a_paused_connection_rests,
    lists::pages_join_without_gaps_while_appointments_come,
    lists::filters_find_what_they_name,
    lists::whoever_works_in_a_later_segment_is_found,
    lists::what_is_deleted_is_on_no_list,
    lists::numbers_of_the_dashboard_add_up,
    migrations::they_go_up_down_and_up_again,
    migrations::many_at_once_migrate_once,
    migrations::what_was_booked_goes_through_several_bookings_and_back,
    migrations::what_the_older_schema_cannot_say_stops_no_way_back,
    migrations::links_become_event_types_and_go_back,
    migrations::the_queue_goes_back_to_questions_about_appointments,
    notifications::what_happens_is_told_once_and_read_by_each,
    notifications::facts_of_the_store_are_told_with_their_transaction,
    notifications::a_message_goes_once_and_is_gathered_until_then,
    notifications::channels_are_as_usual_until_they_are_changed,
    notifications::many_calls_that_fail_are_told_once_an_hour,
    notifications::what_cannot_be_read_of_one_company_keeps_no_other_waiting,
    notifications::of_many_who_take_in_and_send_each_message_is_one_s,
    migrations::what_operation_needs_comes_and_goes_without_loss,
    migrations::the_newest_step_goes_back_and_forth_and_every_row_stays,
    migrations::what_only_the_newer_version_has_a_place_for_was_never_said,
    migrations::what_is_held_is_free_where_the_older_version_has_been,
    retention::histories_of_what_is_over_go_and_of_what_is_open_stay,
    retention::webhooks_lose_their_bodies_and_go,
    retention::of_verifications_the_last_stays,
    retention::keys_and_calls_go,
    retention::replays_go_with_their_webhooks,
    retention::messages_closed_questions_and_ended_sessions_go,
    reviews::a_question_is_open_once_and_closes_with_its_cause,
    reviews::a_booking_is_claimed_once_and_free_when_it_is_forgotten,
    reviews::what_is_set_aside_stays_so_until_a_side_changes,
    reviews::what_was_put_off_comes_back_when_it_is_another_question,
    reviews::an_item_is_given_to_somebody_put_off_and_written_about,
    reviews::a_service_asks_about_what_was_changed_at_cal_com,
    reviews::a_booking_that_nobody_knows_is_asked_about_until_it_was_looked_at,
    services::a_service_makes_its_event_types_and_the_work_on_them,
    services::a_change_of_a_service_is_fenced_versioned_and_told,
    services::a_deleted_service_is_on_no_list_and_its_slug_is_free,
    tenants::another_company_finds_nothing,
    tenants::tokens_lead_to_their_company,
    verification::a_run_is_kept_with_what_it_found,
    verification::what_a_person_has_healed_did_not_heal_by_itself,
    verification::what_is_known_of_a_page_is_found_by_time_and_by_name,
    verification::what_recurs_is_on_every_list_once_and_counts_as_no_work,
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let filters: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let postgres = std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    let mut counts = [0; 3];
    for (story, backend) in STORIES.iter().flat_map(|story| Backend::ALL.map(|backend| (story, backend))) {
        let name = format!("{}::{}", backend.name(), story.name);
        let wanted =
            |filter: &&String| if has("--exact") { **filter == name } else { name.contains(*filter) };
        // `--format terse` has a value that is no filter.
        let mut filters = filters.iter().filter(|filter| **filter != "terse").peekable();
        if filters.peek().is_some() && !filters.any(wanted) {
            continue;
        }
        let ignored = backend == Backend::Postgres && postgres.is_none();
        if has("--list") {
            if ignored || !has("--ignored") {
                println!("{name}: test");
            }
        } else if ignored {
            counts[2] += 1;
            println!("test {name} ... ignored, TEST_POSTGRES_URL is not set");
        } else if !has("--ignored") {
            let ok = run(story, backend, postgres.as_deref());
            counts[usize::from(!ok)] += 1;
            println!("test {name} ... {}", if ok { "ok" } else { "FAILED" });
        }
    }
    if !has("--list") {
        let [passed, failed, ignored] = counts;
        println!("\ntest result: {passed} passed; {failed} failed; {ignored} ignored");
    }
    if counts[1] == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(story: &Story, backend: Backend, postgres: Option<&str>) -> bool {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let place = Place::make(backend, postgres).await;
        let result = tokio::spawn((story.run)(place.clone())).await;
        place.remove().await;
        result.is_ok()
    })
}
