# What the phone agent says: short sentences to be spoken, times in words, never as digits in a row.

say-when = { $day } at { $time }
say-day = { $weekday }, { $date }
say-day-dative = { $weekday }, { $date }
say-day-accusative = { $weekday }, { $date }
say-or = { $some } or { $last }
say-from-to = { $from } to { $to }
say-and = { $some } and { $last }

say-which-service = Which service would you like to book? We have { $names }, for example.
say-service-unknown = I cannot find that service. Do you mean { $names }?
say-service-several = There are several services like that. Do you mean { $names }?
say-no-services = I am afraid I cannot book anything here at the moment. Please call again later.
say-staff-unknown = I cannot find that name in the team for this. Would you like to come to { $names }?
say-staff-several = There are several people of that name. Would you like to come to { $names }?
say-nobody = I am afraid nobody can take { $service } here at the moment. Would you like something else?
say-which-branch = Which branch suits you: { $names }?
say-which-day = Which day suits you?
say-day-unclear = Which date do you mean exactly? Please tell me the day and the month.
say-which-time = At what time would you like to come?
say-time-unclear = What time do you mean exactly?
say-time-skipped = That time does not exist on that day, because the clocks change. Which other time suits you?
say-past = { $when } is already over. Which other time suits you?
say-which-of-these = Which do you mean: { $choice }?
say-which-day-of-these = Do you mean { $choice }?
say-weekday = The weekday and the date do not go together. Do you mean { $choice }?
say-no-such-day = That date does not exist. Which day suits you?
say-too-far = That is too far ahead for me to book. Which earlier day suits you?
say-day-of-year = { $day } { $year }
say-next-year = Do you mean { $day }?
say-which-name = What name shall I put the appointment under?
say-which-phone = What phone number can we reach you at?
say-phone-unclear = I did not catch the phone number. Please tell it to me once more, digit by digit.
say-read-back = I understood { $service }, { $when } with { $staff }. Shall I book that?

say-confirmed = Your appointment is confirmed: { $when }, { $service } with { $staff }.
say-requested = I have noted your request: { $when }, { $service } with { $staff }. It is not confirmed yet. We will get back to you if the time turns out to be taken.
say-taken = I am afraid { $when } is no longer free.
say-taken-with = I am afraid { $when } with { $staff } is no longer free.
say-closed = Nobody who does this works at that time: { $when }.
say-away = { $staff } is not here at that time: { $when }.
say-gone = { $staff } no longer does { $service } here.
say-offer = { $times } would be free. Which suits you?
say-with = { $when } with { $staff }
say-offer-day = On { $day }, { $times } would be free. Which suits you?
say-offer-same-day = On the same day, { $times } would be free. Which suits you?
say-offer-one = { $when } with { $staff } would be free. Shall I book that?
say-none-that-day = I am afraid nothing is free on { $day }.
say-none-that-day-with = I am afraid nothing is free with { $staff } on { $day }.
say-none-then = I am afraid nothing is free then.
say-none-then-with = I am afraid nothing is free with { $staff } then.
say-not-free = I am afraid { $when } is not free.
say-not-free-with = I am afraid { $when } with { $staff } is not free.
say-holiday = { $day } is a public holiday.
say-terms = That is too short notice or too far ahead for this service: { $when }.
say-slot-unknown = I am not sure which of the times you mean. Please tell me the day and the time again.
say-slot-differs = I offered you { $service }, { $when } with { $staff }. Do you mean that, or something else?
say-offer-none = From { $from } to { $to } I cannot find a free time. Would you like to try somebody else or another service?

say-found-none = I cannot find an upcoming appointment for that.
say-found-one = I can see one appointment: { $appointments }.
say-found-many = I can see { $count } appointments: { $appointments }.
say-found-more = I can see { $count } appointments. The next ones are: { $appointments }.
say-who-calls = I do not recognise your number. What name is the appointment under, and on which day is it?
say-whose = There are several people under this number. What name is the appointment under?
say-appointment = { $when }, { $service }

say-doubted = I am afraid I cannot find your appointment with that. Please speak to somebody from the team.
say-which-appointment-day = On which day is your appointment?
say-which-appointment-time = At what time is your appointment?
say-which-appointment-day-or-code = On which day is your appointment? If you do not know, I can send a code to the e-mail address that we have.
say-code-sent = If there is an appointment and an e-mail address under this name, a code of six digits is on its way there. Please read it out to me. It is valid for ten minutes.
say-code-wrong = That code is not right, or it is no longer valid. Please read the six digits out to me once more.
say-which-appointment = Which appointment do you mean: { $choice }?
say-cancel-read-back = Shall I cancel this appointment: { $service }, { $when }?
say-cancelled = Your appointment is cancelled: { $service }, { $when }.
say-cancel-requested = I have noted the cancellation: { $service }, { $when }. It will take effect in a moment.
say-cancel-left = I have noted the cancellation: { $service }, { $when }. The team will see to it that it takes effect everywhere.
say-was-cancelled = The appointment { $service }, { $when }, had already been cancelled.
say-over = The appointment { $service }, { $when }, can no longer be changed.
say-change-notice = I can only cancel or move { $service } until { $hours ->
    [one] one hour
   *[other] { $hours } hours
} before, and the appointment is { $when }. I will connect you with somebody from the team.
say-move-read-back = Shall I move your appointment, { $service }, from { $from } to { $to } with { $staff }?
say-moved = Your appointment is moved: { $when }, { $service } with { $staff }.
say-move-requested = I have noted the new time: { $when }, { $service } with { $staff }. It is not confirmed yet. We will get back to you if the time turns out to be taken.
say-move-left = Something went wrong while I was moving your appointment. I will connect you with somebody from the team.
say-already = You already have an appointment then: { $when }, { $service }. Shall I move it?
say-too-many = I cannot make more changes in one call. Please speak to somebody from the team.
say-known = Hello { $name }, nice to hear from you. What can I do for you?
say-known-unnamed = Hello, nice to hear from you. What can I do for you?
say-name-not-known = I do not know you by that name yet. What can I do for you?
say-not-known = I do not know your number yet. What is your name, please?
