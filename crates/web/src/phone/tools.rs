//! The functions as Retell wants to be told of them: names, addresses, parameters, and what is said meanwhile. To be
//! pasted into the agent.

use domain::company::Company;
use serde_json::{Value, json};

use super::FUNCTIONS;
use crate::i18n::Language;

/// How long Retell waits, in milliseconds: longer than we ever take.
const PATIENCE: u32 = 8_000;
/// How often it tries once more: a repetition is harmless.
const AGAIN: u32 = 1;

/// The tools of an agent whose functions are called at `{functions_url}/{name}`.
pub fn tools(company: &Company, functions_url: &str) -> Vec<Value> {
    FUNCTIONS.iter().filter_map(|name| tool(company, functions_url, name)).collect()
}

fn tool(company: &Company, functions_url: &str, name: &str) -> Option<Value> {
    let (description, required, parameters) = described(name)?;
    let mut properties = serde_json::Map::new();
    for parameter in parameters {
        properties.insert((*parameter).to_owned(), self::parameter(company, parameter)?);
    }
    // Reads are answered at once; what is written waits for Cal.com, and silence on the phone is long.
    let meanwhile = meanwhile(name, company.locale);
    let mut tool = json!({
        "type": "custom",
        "name": name,
        "description": description,
        "url": format!("{functions_url}/{name}"),
        "method": "POST",
        "args_at_root": false,
        "speak_during_execution": meanwhile.is_some(),
        "speak_after_execution": true,
        "timeout_ms": PATIENCE,
        "max_retry": AGAIN,
        "parameters": { "type": "object", "properties": properties, "required": required },
    });
    if let Some(words) = meanwhile {
        tool["execution_message_type"] = "static_text".into();
        tool["execution_message_description"] = words.into();
    }
    Some(tool)
}

/// What is said while something is written down.
fn meanwhile(name: &str, language: Language) -> Option<&'static str> {
    Some(match (name, language) {
        ("book_appointment", Language::De) => "Einen Moment, ich trage das ein.",
        ("book_appointment", Language::En) => "One moment, I am entering that.",
        ("reschedule_appointment", Language::De) => "Einen Moment, ich verlege den Termin.",
        ("reschedule_appointment", Language::En) => "One moment, I am moving the appointment.",
        ("cancel_appointment", Language::De) => "Einen Moment, ich sage den Termin ab.",
        ("cancel_appointment", Language::En) => "One moment, I am cancelling the appointment.",
        _ => return None,
    })
}

/// What a function is for, what it cannot do without, and what it takes.
fn described(name: &str) -> Option<(&'static str, &'static [&'static str], &'static [&'static str])> {
    Some(match name {
        "check_availability" => (
            "Finds free times and holds them for this call for five minutes. Call it before you offer any time; \
             never offer one that it has not told.",
            &[],
            &[
                "service",
                "staff",
                "date",
                "date_end",
                "time_preference",
                "appointment_id",
                "max_results",
                "branch",
                "language",
            ],
        ),
        "book_appointment" => (
            "Books an appointment. Call it once the caller has agreed to one of the offered times, or has named \
             service, day and time. Without a yes to what it reads back nothing is booked. Say afterwards exactly \
             what `say` says.",
            &["customer_name", "confirmed"],
            &[
                "slot_id",
                "service",
                "date",
                "time",
                "staff",
                "customer_name",
                "phone",
                "email",
                "notes",
                "confirmed",
                "branch",
                "language",
            ],
        ),
        "find_appointments" => (
            "Finds the caller's upcoming appointments. Call it before you move or cancel one.",
            &[],
            &["name", "appointment_date", "appointment_time", "send_code", "code", "branch", "language"],
        ),
        "reschedule_appointment" => (
            "Moves an appointment of the caller to another time. Have the caller agree to both first.",
            &["confirmed"],
            &[
                "appointment_id",
                "slot_id",
                "date",
                "time",
                "name",
                "appointment_date",
                "appointment_time",
                "send_code",
                "code",
                "confirmed",
                "branch",
                "language",
            ],
        ),
        "cancel_appointment" => (
            "Cancels an appointment of the caller. Have the caller agree first.",
            &["confirmed"],
            &[
                "appointment_id",
                "name",
                "appointment_date",
                "appointment_time",
                "send_code",
                "code",
                "reason",
                "confirmed",
                "branch",
                "language",
            ],
        ),
        "identify_customer" => (
            "Finds out whether the number that calls is that of a known customer.",
            &[],
            &["name", "branch", "language"],
        ),
        _ => return None,
    })
}

/// One parameter; the clock that the model reads is that of the company.
fn parameter(company: &Company, name: &str) -> Option<Value> {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let today = format!("{{{{current_time_{}}}}}", company.time_zone);
    Some(match name {
        "service" => text("The service as the caller said it. Use the name from the list if you know it."),
        "staff" => text("The wanted employee, only if the caller named one."),
        "date" => text(&format!(
            "The day in the caller's own words ('übermorgen', 'next Friday') or as YYYY-MM-DD. Today is {today}."
        )),
        "date_end" => text("The last day that would do, when the caller gives a range."),
        "time" => text("The time in the caller's own words ('halb drei') or as HH:MM on a 24-hour clock."),
        "time_preference" => {
            text("The time in the caller's own words: 'nachmittags', 'after 5 pm', '14:30', 'egal'.")
        }
        "max_results" => json!({ "type": "integer", "description": "How many times to offer, usually 3." }),
        "slot_id" => text(
            "The offered time that the caller chose, such as S1; also the one that came with a question. Send it \
             alone, without the words for day and time.",
        ),
        "appointment_id" => text("The appointment as it was told in this call, such as A1."),
        "customer_name" => text("First and last name of the person who comes."),
        "name" => text("The name that the appointment is under."),
        "phone" => text("Only if it is another number than the caller's."),
        "email" => text("Only if the caller gives one."),
        "notes" => text("What the salon should know."),
        "appointment_date" => text("The day of the appointment as it is now, in the caller's words."),
        "appointment_time" => text("The time of the appointment as it is now; only if it was asked for."),
        "send_code" => json!({
            "type": "boolean",
            "description": "True once a code was offered and the caller wants it to be sent; else leave it out.",
        }),
        "code" => text("The six digits that the caller reads out from the e-mail."),
        "reason" => text("Why, only if the caller says it."),
        "branch" => text("Only if you were asked for it."),
        "language" => {
            json!({ "type": "string", "enum": ["de", "en"], "description": "The language of the call." })
        }
        "confirmed" => json!({
            "type": "boolean",
            "description": "True once the caller has heard what is to be done and has said yes. Else false: then nothing is \
                            done, and `say` reads it back.",
        }),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use domain::CompanyId;

    use super::*;

    fn company(locale: Language) -> Company {
        Company {
            id: CompanyId(uuid::Uuid::nil()),
            slug: "salon".into(),
            name: "Salon".into(),
            time_zone: "Europe/Berlin".into(),
            locale,
            placeholder_domain: "salon.example".into(),
        }
    }

    #[test]
    fn every_function_is_told_of_as_retell_wants_it() {
        let tools = tools(&company(Language::De), "https://einklang.example/voice/retell/t/functions");
        let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert_eq!(names, FUNCTIONS);
        for tool in &tools {
            let name = tool["name"].as_str().unwrap();
            assert_eq!(tool["url"], format!("https://einklang.example/voice/retell/t/functions/{name}"));
            let properties = tool["parameters"]["properties"].as_object().unwrap();
            for required in tool["parameters"]["required"].as_array().unwrap() {
                assert!(properties.contains_key(required.as_str().unwrap()), "{name} has no {required}");
            }
            for (parameter, schema) in properties {
                assert!(
                    schema["type"].is_string() && schema["description"].is_string(),
                    "{name}.{parameter}"
                );
            }
            // Without words there would be silence, and words without the switch are never said.
            let speaks = tool["speak_during_execution"] == true;
            assert_eq!(speaks, tool["execution_message_description"].is_string(), "{name}");
            assert_eq!((&tool["timeout_ms"], &tool["max_retry"]), (&json!(PATIENCE), &json!(AGAIN)));
        }
        let told = tools[0].to_string() + &tools[1].to_string();
        assert!(told.contains("{{current_time_Europe/Berlin}}"), "{told}");
    }

    #[test]
    fn what_is_said_meanwhile_is_in_the_company_s_language() {
        let said = |locale| tool(&company(locale), "", "book_appointment").unwrap();
        assert_eq!(said(Language::De)["execution_message_description"], "Einen Moment, ich trage das ein.");
        assert_eq!(said(Language::En)["execution_message_description"], "One moment, I am entering that.");
    }
}
