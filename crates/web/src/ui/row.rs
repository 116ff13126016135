//! What lists say of an appointment, of a customer, and of what somebody searches for.

use store::AppointmentView;

use crate::components::AppointmentRow;

/// The address of an appointment's page.
pub fn href(appointment: &domain::Appointment) -> String {
    format!("/appointments/{}", appointment.id)
}

pub fn row(view: AppointmentView) -> AppointmentRow {
    let AppointmentView { appointment, customer, service, staff, branch, .. } = view;
    AppointmentRow {
        id: appointment.id.to_string(),
        number: appointment.label(),
        href: href(&appointment),
        starts_at: appointment.slot.start,
        ends_at: appointment.slot.end,
        customer: customer.name,
        service: service.name,
        staff: staff.name,
        branch: branch.name,
        status: appointment.status,
        sync: appointment.sync,
        origin: appointment.origin,
    }
}

/// What is looked for: a telephone number is typed in many ways and stored in one (`+4930…`), so only its
/// significant digits count.
pub fn sought(typed: &str) -> String {
    let typed = typed.trim();
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let is_number = digits.len() > 4 && typed.chars().all(|c| c.is_ascii_digit() || " +()/-.".contains(c));
    if is_number { digits.trim_start_matches('0').to_owned() } else { typed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_however_they_are_typed() {
        for typed in ["030 555 01", "(030) 55501", "0049 30 55501", "+49 30/555-01"] {
            assert!("+493055501".contains(&sought(typed)), "{typed}");
        }
        assert_eq!(sought(" A-1042 "), "A-1042");
        assert_eq!(sought("1042"), "1042");
        assert_eq!(sought("Müller 2"), "Müller 2");
    }
}
