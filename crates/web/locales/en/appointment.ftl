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

# One appointment

breadcrumb = You are here
check-now = Check now
reschedule = Reschedule
cancel = Cancel
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
happened-rest = There is nothing to keep in sync.
happened-look = What Cal.com has is not known for sure at the moment.
happened-create = The appointment is saved here and is being booked at Cal.com.
happened-reschedule = The appointment is moved here and is being moved at Cal.com.
happened-cancel = The appointment is cancelled here and is being cancelled at Cal.com.
happened-confirm = The appointment is confirmed here and is being confirmed at Cal.com.
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

next-now = Work on it is under way and usually done within seconds.
next-try = The next attempt starts by itself { $soon }.
next-check = When something changes at Cal.com a webhook says so, and Einklang reads it there.
next-nothing = Nothing more happens by itself.

person-rest = Nothing, all is well.
person-wait = Nothing. If you do not want to wait, choose “Check now”.
person-conflict = Compare both sides and decide which one counts. You can also move or cancel the appointment.
settle-ours = Keep ours: send it to Cal.com
settle-theirs = Take Cal.com’s: bring it here
person-vanished = Find out from the team whether the appointment still stands. If not, cancel it; otherwise make it anew.
person-not-connected = Link the service under “Connections” if it is to be kept in sync.
person-orphaned-calcom = Check at Cal.com whether the booking is valid, and cancel it there if it is not.
remedy-slot-taken = Move the appointment to a free time, or cancel it.
remedy-refused = Change the appointment, or choose “Check now” to try again.
remedy-not-found = Check under “Connections” that the service is linked correctly, then choose “Check now”.
remedy-retries-used-up = Check under “Connections” that Cal.com can be reached, then choose “Check now”.
remedy-overlap = Move one of the two appointments.

# Three states beside each other

comparison = Both sides compared
comparison-only = Only differences
comparison-seen = Cal.com last read:
comparison-never = Cal.com has not been read yet.
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
fact-state = Status
fact-start = Start
fact-duration = Duration
fact-event-type = Service
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
happened-wait = Another booking of this appointment comes first.
happened-decline = The request is declined here and is being declined at Cal.com.
happened-reassign = The appointment is given to somebody else here and is being reassigned at Cal.com.
happened-mark-absent = Cal.com is being told that the customer did not come.
review-too-late = The appointment could not reach Cal.com before its time had passed.
review-no-effect = Cal.com accepted the change and did not make it.
review-unknown-host = At Cal.com the appointment is with somebody who is not known here.
remedy-too-late = Check whether the appointment took place; it can no longer be entered at Cal.com.
remedy-no-effect = Make the change at Cal.com yourself and check again here, or undo the change here.
remedy-unknown-host = Give the appointment to the right person here, or reassign it at Cal.com and check again.
fact-host = Staff at Cal.com
fact-absent = Came
fact-absent-yes = no
fact-absent-no = yes
entry-no-show = Did not come
entry-came-after-all = Came after all
entry-other-service = Other service
entry-other-staff = Other person
entry-deleted = Taken off the lists
entry-replaced = At Cal.com a new booking takes the place of the old one
entry-doubled = A second booking was found at Cal.com; it is cancelled
entry-checked-again = Asked to check again
entry-settled-ours = Decided: what is said here counts
entry-settled-theirs = Decided: what is said at Cal.com counts
attempt-decline = To Cal.com: decline the request
attempt-reassign = To Cal.com: change the staff
attempt-mark-absent = To Cal.com: tell who came
