# What the phone agent says: short sentences to be spoken, times in words, never as digits in a row.

say-when = { $day } at { $time }
say-day = { $weekday }, { $date }
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
say-weekday = The weekday and the date do not go together. Do you mean { $choice }?
say-no-such-day = That date does not exist. Which day suits you?
say-too-far = That is too far ahead for me to book. Which earlier day suits you?
say-day-of-year = { $day } { $year }
say-next-year = Do you mean { $day }?
say-which-name = What name shall I put the appointment under?
say-which-phone = What phone number can we reach you at?
say-read-back = I understood { $service }, { $when }. Shall I book that?

say-confirmed = Your appointment is confirmed: { $when }, { $service } with { $staff }.
say-requested = I have noted your request: { $when }, { $service } with { $staff }. It is not confirmed yet. We will get back to you if the time turns out to be taken.
say-taken = I am afraid { $when } is no longer free.
say-closed = Nobody works here at that time: { $when }.
say-offer = { $times } would be free. Which suits you?
say-offer-day = { $day }: { $times } would be free. Which suits you?
say-offer-one = { $when } with { $staff } would be free. Shall I book that?
say-none-that-day = I am afraid nothing is free on { $day }.
say-none-then = I am afraid nothing is free then.
say-not-free = I am afraid { $when } is not free.
say-holiday = { $day } is a public holiday.
say-terms = That is too short notice or too far ahead for this service: { $when }.
say-slot-unknown = I am not sure which of the times you mean. Please tell me the day and the time again.
say-offer-none = I cannot find a free time in the next two weeks. Would you like to try somebody else or another service?

say-found-none = I cannot find an upcoming appointment under your phone number.
say-found-one = I can see one appointment: { $appointments }.
say-found-many = I can see { $count } appointments: { $appointments }.
say-found-more = I can see { $count } appointments. The next ones are: { $appointments }.
say-who-calls = Your number is withheld. What name and what phone number is the appointment under?
say-whose = There are several people under this number. What name is the appointment under?
say-appointment = { $when }, { $service }
