//! Retell's words for people: why a call ended, how the caller seemed to feel, what is reported, which function was
//! called. A word that is not known here has no message, and is shown as it came.

/// Retell's words with the messages that say the same.
type Words = [(&'static str, &'static str)];

/// Why a call ended (`disconnection_reason`).
pub const ENDINGS: &Words = &[
    ("user_hangup", "ended-user-hangup"),
    ("agent_hangup", "ended-agent-hangup"),
    ("call_transfer", "ended-transferred"),
    ("transfer_bridged", "ended-transferred"),
    ("transfer_cancelled", "ended-transfer-cancelled"),
    ("call_take_over", "ended-taken-over"),
    ("manual_stopped", "ended-stopped"),
    ("voicemail_reached", "ended-voicemail"),
    ("ivr_reached", "ended-ivr"),
    ("inactivity", "ended-inactivity"),
    ("max_duration_reached", "ended-too-long"),
    ("concurrency_limit_reached", "ended-too-many"),
    ("no_concurrency_fallback", "ended-too-many"),
    ("no_valid_payment", "ended-no-payment"),
    ("scam_detected", "ended-spam"),
    ("marked_as_spam", "ended-spam"),
    ("dial_busy", "ended-busy"),
    ("dial_failed", "ended-dial-failed"),
    ("dial_no_answer", "ended-no-answer"),
    ("invalid_destination", "ended-wrong-number"),
    ("user_declined", "ended-declined"),
    ("telephony_provider_permission_denied", "ended-provider-refused"),
    ("telephony_provider_unavailable", "ended-provider-down"),
    ("sip_routing_error", "ended-routing"),
    ("error_llm_websocket_open", "ended-model"),
    ("error_llm_websocket_lost_connection", "ended-model"),
    ("error_llm_websocket_runtime", "ended-model"),
    ("error_llm_websocket_corrupt_payload", "ended-model"),
    ("error_no_audio_received", "ended-no-audio"),
    ("error_asr", "ended-not-understood"),
    ("error_retell", "ended-retell"),
    ("error_unknown", "ended-unknown"),
    ("error_user_not_joined", "ended-not-joined"),
    ("registered_call_timeout", "ended-not-joined"),
];

/// How the caller seemed to feel (`user_sentiment`).
pub const FEELINGS: &Words = &[
    ("Positive", "feeling-positive"),
    ("Neutral", "feeling-neutral"),
    ("Negative", "feeling-negative"),
    ("Unknown", "feeling-unknown"),
];

/// What is reported of a call (`event`).
pub const REPORTS: &Words = &[
    ("call_started", "report-started"),
    ("call_ended", "report-ended"),
    ("call_analyzed", "report-analyzed"),
    ("transcript_updated", "report-transcript"),
    ("transfer_started", "report-transfer-started"),
    ("transfer_bridged", "report-transfer-bridged"),
    ("transfer_cancelled", "report-transfer-cancelled"),
    ("transfer_ended", "report-transfer-ended"),
];

/// What an agent can ask for.
pub const FUNCTIONS: &Words = &[
    ("check_availability", "function-check"),
    ("book_appointment", "function-book"),
    ("reschedule_appointment", "function-reschedule"),
    ("cancel_appointment", "function-cancel"),
    ("find_appointments", "function-find"),
    ("identify_customer", "function-identify"),
];

/// The message that says what a word says.
pub fn said(words: &Words, word: &str) -> Option<&'static str> {
    words.iter().find(|(known, _)| *known == word).map(|(_, message)| *message)
}
