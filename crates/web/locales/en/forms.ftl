# Forms, and what is wrong with an entry

optional = (optional)
error-required = Please fill in this field.
error-email = This is not a complete e-mail address.
error-phone = This is not a complete phone number. Example: 030 1234567 or +49 30 1234567.
error-phone-or-email = Please give a phone number or an e-mail address.
error-past = This time is over already.
error-step = Please choose a time on a quarter of an hour.
error-gap = This time does not exist on that day, because the clock changes.
error-twice = This time exists twice on that day because the clock is set back. Please choose another one.
error-taken = This time is taken already. Please choose another.
error-closed = Nobody works at this time. Please choose another.
error-closed-day = Nobody who offers this service works on that day. Please choose another day.
error-too-long = Please shorten this to at most { $max } characters.
error-unknown = This choice no longer exists. Please choose again.

# New appointment, reschedule, cancel

new-what = Service and time
new-whom = For whom
choose = Please choose
any-branch = Any branch
anyone = Whoever is free
date = Day
date-new = New day
clock-time = Time
show-times = Show free times
times-none = Choose a service and a day; then the free times stand here.
customer-search = Find a known person (name or phone)
search = Search
customer-pick = Who is coming?
customer-new = New person
customer-none = Nobody found.
email-hint = Without an address Cal.com sends no confirmation.
notes-hint = Goes to Cal.com with the booking.
book = Make the appointment
back = Back
reschedule-title = Reschedule appointment
reason-hint = Stands in the history and goes to Cal.com.
cancel-title = Cancel appointment
cancel-warning = A cancellation cannot be taken back; the time becomes free at once.
cancel-warning-calcom = Cal.com cancels the booking too and tells the person where an e-mail address is known.
cancel-confirm = Cancel for good
keep = Keep the appointment
refused-repeated = This form was sent before, and the appointment has been made. To make another one, send it again now.
refused-stale = Somebody has changed the appointment meanwhile. Its new state is shown above; please check whether your change still applies.
