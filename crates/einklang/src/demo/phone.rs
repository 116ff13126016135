//! The telephone of the demo: rings at the real endpoint with a signed call, as Retell's servers do.

use std::sync::Arc;

use anyhow::{Context, bail};
use bytes::Bytes;
use calcom::Transport;
use domain::people::Staff;
use domain::service::Service;
use domain::{AppointmentId, BranchId, CompanyId};
use engine::Engine;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::salon::{self, Customer};

/// How long a caller of the demo has talked when the booking is made.
const TALK: SignedDuration = SignedDuration::from_secs(72);

/// A phone agent's end of the line.
pub struct Phone {
    pub transport: Arc<dyn Transport>,
    pub engine: Engine,
    pub company: CompanyId,
    /// `http://host:port/voice/retell/{token}`
    pub url: String,
    pub signing_key: String,
    /// The number of each branch, by its id.
    pub numbers: Vec<(BranchId, String)>,
}

/// What came of a call.
pub struct Rung {
    /// What the agent was told to say.
    pub say: String,
    pub appointment: Option<AppointmentId>,
}

impl Phone {
    /// A customer calls the branch where `staff` works and takes an appointment.
    pub async fn book(
        &self,
        customer: &Customer,
        service: &Service,
        staff: &Staff,
        start: Timestamp,
    ) -> anyhow::Result<Rung> {
        let local = TimeZone::get(salon::TIME_ZONE)?.to_datetime(start);
        let arguments = json!({
            "service": service.name, "staff": staff.name, "date": local.date().to_string(),
            "time": local.time().strftime("%H:%M").to_string(), "customer_name": customer.name,
            "email": customer.email, "confirmed": true,
        });
        let to_number = self
            .numbers
            .iter()
            .find(|(branch, _)| *branch == staff.branch_id)
            .map(|(_, number)| number.as_str());
        let call_id = format!("call_{}", self.engine.ambient.id().simple());
        let call = json!({
            "call_id": call_id, "call_type": "phone_call", "call_status": "ongoing", "direction": "inbound",
            "from_number": customer.phone, "to_number": to_number,
            "start_timestamp": (self.engine.ambient.now() - TALK).as_millisecond(),
        });
        let answer = self.function("book_appointment", &arguments, &call).await?;
        self.hang_up(call, &arguments, &answer).await?;
        let functions = self.engine.store.call_functions(self.company, &call_id).await?;
        let appointment = functions.iter().find_map(|function| function.appointment_id);
        Ok(Rung { say: answer["say"].as_str().unwrap_or_default().to_owned(), appointment })
    }

    async fn function(&self, name: &str, arguments: &Value, call: &Value) -> anyhow::Result<Value> {
        let body = json!({ "name": name, "args": arguments, "call": call });
        Ok(serde_json::from_slice(&self.post(&format!("functions/{name}"), &body).await?)?)
    }

    /// The call is over, and is reported as Retell does.
    async fn hang_up(&self, mut call: Value, wish: &Value, answer: &Value) -> anyhow::Result<()> {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (service, staff, say) = (word(&wish["service"]), word(&wish["staff"]), word(&answer["say"]));
        call["call_status"] = "ended".into();
        call["end_timestamp"] = self.engine.ambient.now().as_millisecond().into();
        call["disconnection_reason"] = "user_hangup".into();
        call["transcript"] = format!(
            "Agent: Guten Tag, Sie sprechen mit der digitalen Telefonassistenz des Salons.\n\
             User: Guten Tag, ich möchte einen Termin für {service} bei {staff}.\nAgent: {say}\n"
        )
        .into();
        self.post("calls", &json!({ "event": "call_ended", "call": call })).await?;
        call["call_analysis"] = json!({
            "call_summary": format!("Wunsch nach einem Termin für {service} bei {staff}. {say}"),
            "user_sentiment": "Positive", "call_successful": true,
        });
        self.post("calls", &json!({ "event": "call_analyzed", "call": call })).await?;
        Ok(())
    }

    async fn post(&self, what: &str, body: &Value) -> anyhow::Result<Bytes> {
        let body = body.to_string();
        let signature = retell::sign(&self.signing_key, body.as_bytes(), self.engine.ambient.now());
        let request = http::Request::post(format!("{}/{what}", self.url))
            .header(http::header::CONTENT_TYPE, "application/json")
            .header(retell::SIGNATURE_HEADER, signature)
            .body(Bytes::from(body))?;
        let response = self.transport.send(request).await.context("the phone entrance does not answer")?;
        if !response.status().is_success() {
            bail!("the phone entrance answered {}", response.status());
        }
        Ok(response.into_body())
    }
}
