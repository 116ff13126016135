# Verifications: all bookings of an account, compared with what is known of them here.

verifications = Verifications
verifications-text = A verification compares every booking at Cal.com with what is known of it here.
verifications-none = No verification yet
verifications-none-text = A verification finds what no webhook has told of. Every difference is looked at by itself and healed at once where possible.
verification-of = Verification of “{ $connection }”
last-verified = Last verification
flash-verifying = The verification has begun. What it finds appears here by itself.
flash-verified-already = A verification is under way here already, as it was begun. A second one would find the same.

# Beginning one

run-all-accounts = All accounts
run-check-only = Check only
run-check-only-text = “Check only” notes differences and changes nothing on either side.
run-start-from = First day
run-start-to = Last day
run-start-text = Without days all bookings are checked that began { $days } days ago at most or are still to come, without a last day all from the first one on.

# How far it is

run-reading = Under way
run-settling = Looking again
run-clean = No difference
run-unproven = Not proven yet
run-healed = All healed
run-found = Differences
run-open = Open differences
run-only-checked = checked only
run-asked = Open questions
run-questions = { $count ->
    [one] At its end one question about an appointment or booking of this period was open.
   *[other] At its end { $count } questions about appointments and bookings of this period were open.
}
run-in-hand-note = { $count ->
    [one] One appointment was in hand meanwhile and was not compared.
   *[other] { $count } appointments were in hand meanwhile and were not compared.
} That both sides are the same is proven by a verification that leaves nothing out.
run-unlisted-note = { $count ->
    [one] One booking takes place with a member of a team whose account is not connected here: it is on no list that can be read, and was not compared.
   *[other] { $count } bookings take place with members of a team whose accounts are not connected here: they are on no list that can be read, and were not compared.
}
run-unlisted-connect = This connects an account:
run-unreadable-note = { $count ->
    [one] One entry of Cal.com’s list could not be read, not even which booking it is.
   *[other] { $count } entries of Cal.com’s list could not be read, not even which bookings they are.
} This verification proves nothing about that.
run-verdict-begins = The verification is about to begin.
run-verdict-reading = The verification is under way: everything up to { $until } is compared.
run-verdict-settling = { $found ->
    [0] Everything is compared.
    [one] Everything is compared. One difference is still being looked at.
   *[other] Everything is compared. { $found } differences are still being looked at.
}
run-verdict-nothing = There was nothing to compare in this period.
run-verdict-clean = { $same ->
    [one] No difference: the one booking is as it is known here.
   *[other] No difference: all { $same } bookings are as they are known here.
}
run-verdict-clean-but = No difference in { $same ->
    [one] one booking
   *[other] { $same } bookings
}; { $hand ->
    [one] one more was
   *[other] { $hand } more were
} in hand.
run-verdict-clean-read = No difference in { $same ->
    [one] one booking
   *[other] { $same } bookings
}; { $unreadable ->
    [one] one more entry
   *[other] { $unreadable } more entries
} could not be read.
run-verdict-clean-listed = No difference in { $same ->
    [one] one booking
   *[other] { $same } bookings
}; { $unlisted ->
    [one] one more is
   *[other] { $unlisted } more are
} on no list that can be read.
run-verdict-found = { $found ->
    [one] One difference noted.
   *[other] { $found } differences noted.
}
run-verdict-healed = { $found ->
    [one] One difference found and healed.
   *[other] { $found } differences found, all healed.
}
run-verdict-open = { $found ->
    [one] One difference found, and it is open.
   *[other] { $found } differences found, { $open ->
        [one] one of them is open
       *[other] { $open } of them are open
    }.
}
run-window = Checked: bookings that begin at { $from } or later and before { $to }.
run-window-ahead = Checked: all bookings that begin at { $from } or later, also those still to come.
run-from = from { $from }
run-held-up = It waits until the account is ready again:
run-check-only-note = This was a check only: what was found is noted and not healed. A verification without “Check only” heals whatever can heal by itself.

# What it says

run-compared = Compared
run-same = Same
run-in-hand = In hand
run-differences = Differences
run-healed-count = Healed
run-open-count = Open
run-started = Begun
run-starts = Period
run-read = All compared
run-finished = Finished
run-not-yet = not yet
run-by = Asked for by
run-course = Course
run-pages = Pages read
run-requests = Requests to Cal.com
run-requests-text = The pages, those with which differences were looked at, and those that failed.
run-meaning = How to read this
run-window-text = What begins before or after was not checked. This verification says nothing about it.
run-in-hand-text = Something is being done about these appointments anyway, such as a change being sent. That goes first and includes the comparison.
run-differences-text = Cal.com says something else than was known here. That is a hint: before anything follows from it, the booking is looked at by itself. What is known already and waits under “To settle” does not count again.
run-open-text = At the end of the verification both sides did not agree yet. What has happened since stands under “Now” and with the appointment.
run-outcome = At the end
run-now = Now
run-booking = Booking at Cal.com:
run-no-appointment = no appointment
appointment = Appointment
findings-none = Nothing differed.
findings-none-yet = Nothing has differed so far.
findings-none-of-class = There are none of these.
run-classes = Kinds of differences
class-all = All
class-differs = Differs
class-only-here = Only here
class-only-there = Only at Cal.com
class-moved = Moved
class-stuck = Stuck
class-overlaps = Overlap
class-unreadable = Not readable
finding-differs = Says something else at Cal.com than was known here
finding-only-here = Not at Cal.com any more
finding-only-there = Booked at Cal.com, not known here
finding-moved = Moved on at Cal.com, further than was known here
finding-stuck = Waited, and nobody was working on it
finding-overlaps = Overlaps another appointment of the same person
finding-unreadable = What Cal.com says of it cannot be read
finding-healed = Healed
finding-noted = Noted
finding-open = Open
finding-looked-at = Being looked at
run-before = Compared with the one before
run-before-other = The one before was about another period or was a check only, so the numbers compare only with care.
run-count = Count
run-this = This one
run-that = Before
run-difference = Difference
