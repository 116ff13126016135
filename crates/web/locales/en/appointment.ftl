# The list of appointments

number = Number
time = Time
customer = Name
service = Service
staff = With
branch = Branch
status = Status
sync = Sync
origin = Origin
filter-q = Name, number or phone
filter-from = From
filter-to = To
filter-more = Filters
filter-apply = Show
filter-reset = Reset
filter-sync = Sync status
filter-all = All
appointments-none = No appointments yet
appointments-none-text = As soon as somebody calls, books at Cal.com or you make an appointment, it stands here.
appointments-no-match = No appointment matches
appointments-no-match-text = Change the filters, or reset them.
filter-unread = These filters cannot be read and are not applied:

# Many appointments at once

bulk-page = Select all appointments of this page
bulk-select = select
bulk-picked = selected
bulk-all = { $count ->
    [one] The one appointment of this list
   *[other] All { $count } appointments of this list, on all pages
}
bulk-action = What is to be done?
bulk-show = Preview
bulk-cancel = Cancel appointments
bulk-move = Move or reassign appointments
bulk-confirm = Confirm requests
bulk-no-show = Note no-shows
bulk-check = Look at Cal.com
bulk-settle = Settle conflicts
bulk-delete = Delete appointments
bulk-none = No appointment selected
bulk-none-text = Select appointments in the list, or all of them.
bulk-minutes = By how many minutes
bulk-minutes-hint = In steps of 15; earlier with a minus sign.
bulk-give-to = With whom
bulk-same-staff = The same people
bulk-new-time = New time: { $time }
bulk-given = Now with { $staff }
bulk-will-cancel = Is cancelled here
bulk-will-confirm = Is confirmed
bulk-will-no-show = Is noted as a no-show
bulk-will-delete = Vanishes from all lists
bulk-ours = What is said here counts
bulk-theirs = What Cal.com says counts
bulk-looked = Is checked again
bulk-side = What counts?
bulk-final = This cannot be taken back. At Cal.com the bookings are cancelled and people notified if an e-mail address is known.
bulk-run = { $count ->
    [one] Do it to one appointment
   *[other] Do it to { $count } appointments
}
bulk-run-most = Do it to up to { $count } appointments
bulk-nothing = There is nothing to do here.
bulk-changed = The details were changed after the preview. Check the new preview, then go ahead.
bulk-reused = This form was sent before with other details in it. Nothing was changed now. Check the new preview, then go on.
bulk-preview-again = Renew preview
bulk-preview = Preview: { $seen } of { $total } appointments checked.
bulk-report = { $seen } of { $total } appointments processed.
bulk-report-text = All of it is saved here. Cal.com is told now.
bulk-report-check = Cal.com is being asked now.
bulk-report-snapshot = What Cal.com says about it may still come: this page shows how it stood when it was saved, and does not change any more.
bulk-report-pending = Follow what is still on its way
bulk-count-would = { $count } possible
bulk-count-done = { $count } done
bulk-count-unchanged = { $count } unchanged
bulk-count-refused = { $count } not possible
bulk-outcome = Result
bulk-open = Details missing
bulk-would = Possible
bulk-done = Done
bulk-underway = Under way
bulk-unchanged = No change
bulk-refused = Not possible
bulk-there-nothing = To Cal.com: nothing
bulk-there-asks = A decision is still needed
bulk-refused-far = The new time would be more than two years ahead.
bulk-refused-past = The new time is over.
bulk-refused-cancelled = The appointment does not take place.
bulk-refused-over = The appointment is over.
bulk-refused-not-started = The appointment has not begun.
bulk-refused-not-requested = The appointment does not wait for a confirmation.
bulk-refused-no-show = Nobody came to the appointment.
bulk-refused-staff = This person does not offer the service.
bulk-refused-closed = Nobody works at that time.
bulk-refused-taken = The time is taken.
bulk-refused-other = This form was sent for something else before.
bulk-refused-stale = The appointment was changed after the preview.
bulk-next = Go on
bulk-back = Back to the list

# One appointment

breadcrumb = You are here
check-now = Check now
reschedule = Reschedule
cancel = Cancel
edit = Edit
confirm = Confirm
reject = Reject
no-show = Did not come
came = Came after all
delete = Delete
deleted-at = This appointment is in no list any more. Deleted:
calcom-says = Cal.com says:
last-error = Last error:
next = What happens next:
you = What you can do:
facts = Details
phone = Phone
notes = Notes
reason = Reason
created = Created
chain = Booking at Cal.com
chain-none = There is no booking at Cal.com yet.
chain-current = current
machine = Identifier
timeline = History

# What happened

happened-verified = Here and at Cal.com it says the same (last read { $ago }).
happened-verified-but = { $count ->
    [one] Here and at Cal.com it says the same, except for one fact that stays different (last read { $ago }).
   *[other] Here and at Cal.com it says the same, except for { $count } facts that stay different (last read { $ago }).
}
happened-rest = There is nothing to keep in sync.
happened-look = What Cal.com has is not known for sure at the moment.
happened-create = The appointment is saved here and is being booked at Cal.com.
happened-reschedule = The appointment is moved here and is being moved at Cal.com.
happened-cancel = The appointment is cancelled here and is being cancelled at Cal.com.
happened-confirm = The appointment is confirmed here and is being confirmed at Cal.com.
happened-decline = The request is rejected here and is being rejected at Cal.com.
happened-reassign = The appointment is given to somebody else here and is being reassigned at Cal.com.
happened-mark-absent = That nobody came is noted here and is being noted at Cal.com.
happened-replace = Cal.com cannot change the booking like this: a new one takes its place, and the old one is cancelled.
happened-wait = Another booking of this appointment comes first; this one follows.
happened-failed = { $count ->
    [one] The appointment is saved here. One attempt to send it to Cal.com has failed.
   *[other] The appointment is saved here. { $count } attempts to send it to Cal.com have failed.
}
happened-conflict = The appointment was changed differently here and at Cal.com.
happened-vanished = The booking has disappeared from Cal.com although nobody cancelled it.
happened-not-connected = This service is linked to no Cal.com account; the appointment exists only here.
happened-orphaned-calcom = This booking exists only at Cal.com; there is no appointment for it here.
review-slot-taken = Cal.com says that this time is taken already.
review-refused = Cal.com has refused the change.
review-not-found = The booking or the event type does not exist at Cal.com.
review-retries-used-up = Every attempt to send the appointment to Cal.com has failed.
review-overlap = A booking from Cal.com overlaps another appointment of the same person.
review-too-late = The appointment could not reach Cal.com before its time had passed.
review-no-effect = Cal.com has accepted the change and did not make it.
review-unknown-host = At Cal.com the appointment is with somebody who is matched to nobody here.

next-now = Work on it is under way and usually done within seconds.
next-try = The next attempt starts by itself { $soon }.
next-check = When something changes at Cal.com a webhook says so, and Einklang reads it there.
next-nothing = Nothing more happens by itself.
next-stopped = Nothing while the connection is stopped. After that it goes on by itself.

person-rest = Nothing, all is well.
person-requested = Confirm the request, or reject it.
person-rest-but = Nothing. What stays different, and why, is in the comparison below.
person-wait = Nothing. If you do not want to wait, choose “Check now”.
to-connection = To the connection
person-stopped-ask = Ask somebody with the role “Administration” to see what has to be done under “Connections”.
person-stopped = See under “Connections” what has to be done for it to go on.
person-conflict = Compare both sides and decide which one counts. You can also move or cancel the appointment.
settle-ours = Keep ours: send it to Cal.com
settle-theirs = Take Cal.com’s: bring it here
person-vanished = Find out from the team whether the appointment still stands. If not, cancel it; otherwise make it anew.
person-not-connected = Link the service under “Connections” if it is to be kept in sync.
remedy-slot-taken = Move the appointment to a free time, or cancel it.
remedy-refused = Change the appointment, or choose “Check now” to try again.
remedy-not-found = Check under “Connections” that the service is linked correctly, then choose “Check now”.
remedy-retries-used-up = Check under “Connections” that Cal.com can be reached, then choose “Check now”.
remedy-overlap = Move one of the two appointments.
remedy-too-late = Find out whether the appointment took place; it can no longer be entered at Cal.com.
remedy-no-effect = Make the change at Cal.com yourself, then choose “Check now”; or undo the change here.
remedy-unknown-host = Give the appointment to the right person here, or reassign it at Cal.com, then choose “Check now”.

# Three states beside each other

comparison = Both sides compared
comparison-only = Only differences
comparison-seen = Cal.com last read:
comparison-never = Cal.com has not been read yet.
comparison-none = No booking is known at Cal.com yet. Both sides are compared as soon as there is one.
comparison-leaving = A new booking takes the place of this one, which is being cancelled at Cal.com.
host-unknown = Not known here (Cal.com’s number { $user })
fact = Fact
side-here = Here
side-agreed = Last agreed
verdict = Verdict
nothing = nothing
verdict-same = Same
verdict-here = Goes to Cal.com
verdict-there = Comes from Cal.com
verdict-conflict = Conflict
verdict-accepted = Stays different
verdict-missing = Missing there
verdict-open = Still open
why-cannot-be-carried = Cal.com cannot change this on a booking.
why-platform-wins = What is said here counts.
why-cancelled = The booking does not take place.
why-too-late = Cal.com changes nothing of what is over.
fact-state = Status
fact-start = Start
fact-duration = Duration
fact-event-type = Service
fact-host = With
fact-absent = Attendance
fact-name = Name
fact-email = E-mail address
fact-phone = Phone
fact-notes = Notes

# History

entry-booked = Booked for { $time }
entry-rescheduled = Moved to { $time }
entry-before = before: { $time }
entry-cancelled = Cancelled
entry-confirmed = Confirmed
entry-no-show = Noted as a no-show
entry-came = Came after all
entry-reassigned = Given to somebody else
entry-deleted = Deleted from the lists
entry-replaced = Booking is being replaced
entry-replaced-text = Cal.com cannot change it like this
entry-doubled = Second booking found at Cal.com; it is being cancelled
entry-checked-again = Asked to look again
entry-settled-ours = Decided: what is said here counts
entry-settled-theirs = Decided: what Cal.com says counts
entry-linked = Linked with a booking at Cal.com
entry-taken-back = The last decision was taken back
entry-edited = Changed: { $fields }
entry-called = Call to the phone agent
entry-observed = Looked at Cal.com
entry-adopted = Taken over from Cal.com: { $fields }
entry-recognised = Booking at Cal.com recognised
entry-verified = Both sides agree
entry-review-opened = A decision is needed
entry-review-closed = Settled
via-answer = from the answer to our request
via-fetch = by asking
via-verification = during verification
attempt-look = Asking Cal.com
attempt-create = To Cal.com: make the booking
attempt-reschedule = To Cal.com: move the booking
attempt-cancel = To Cal.com: cancel the booking
attempt-confirm = To Cal.com: confirm the booking
attempt-decline = To Cal.com: reject the request
attempt-reassign = To Cal.com: give the booking to somebody else
attempt-mark-absent = To Cal.com: note the attendance
attempt-status = answer { $status }
attempt-next = next attempt at { $time }
outcome-in-flight = On its way
outcome-done = Done
outcome-transient = Not reached
outcome-unknown = Outcome unknown
outcome-rate-limited = Throttled
outcome-unauthorized = Key refused
outcome-slot-taken = Time taken
outcome-not-found = Not found
outcome-invalid = Refused
delivery = Webhook from Cal.com
effect-waiting = About to be processed
effect-no-change = Nothing new
effect-recognised = Recognised as ours
effect-look = Cal.com asked
effect-out-of-scope = Not our booking
effect-unreadable = Not readable
raw = Details
raw-request = Request
raw-response = Answer
raw-webhook = Content
