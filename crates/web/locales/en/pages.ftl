# Sign-in

sign-in-title = Sign in
sign-in = Sign in
sign-in-refused = This e-mail address and password do not belong together. Please try again.
sign-in-wait = { $minutes ->
    [one] Too many attempts. Please wait a minute.
   *[other] Too many attempts. Please wait { $minutes } minutes.
}

# Overview

new-appointment = New appointment
verdict-empty = No appointments yet that are kept in sync with Cal.com.
verdict-good = In unison: all { $total } appointments agree with Cal.com.
verdict-pending = { $synced } of { $total } appointments agree with Cal.com, { $pending } on their way.
verdict-agree = All { $total } appointments agree with Cal.com.
verdict-some = { $synced } of { $total } appointments agree with Cal.com.
verdict-questions = { $count ->
    [one] One question waits for you
   *[other] { $count } questions wait for you
}{ $urgent ->
    [0] .
   *[other] , { $urgent } urgent.
}
verdict-proof = “In sync” means: read at Cal.com and compared.
attention = Needs your attention
attention-none = Nothing to do
attention-none-text = Whatever could settle itself is settled.
attention-next = Next appointment concerned:
oldest-question = Oldest
attention-questions = { $cause }: { $count ->
    [one] one question waits
   *[other] { $count } questions wait
}
attention-put-off = { $count ->
    [one] One question is put off
   *[other] { $count } questions are put off
}
attention-unauthorized = Cal.com refuses the key of connection “{ $connection }”
attention-braked = “{ $connection }” is stopped: unusually much was lost at Cal.com
attention-unreachable = Cal.com does not answer through “{ $connection }”
attention-paused = The synchronisation through “{ $connection }” is stopped
attention-silent = No webhooks arrive through “{ $connection }” any more
attention-unlinked = { $count ->
    [one] One service is not linked to Cal.com yet
   *[other] { $count } services are not linked to Cal.com yet
}
upcoming = Still to come today
upcoming-none = Nobody else is coming today
upcoming-none-text = New appointments appear here by themselves.
all-appointments = All appointments
today = Today
today-calls = Calls
today-calls-booked = { $count ->
    [0] none booked
    [one] 1 booked
   *[other] { $count } booked
}
today-booked = New appointments
health = Connections
connections-none = No connection yet
connections-none-text = Connect a Cal.com account so that appointments are kept in sync.
connection-healthy = Healthy
connection-throttled = Throttled
connection-unreachable = Unreachable
connection-unauthorized = Key refused
connection-paused = Paused
connection-braked = Stopped to be safe
budget = Requests per minute
budget-of = { $used } of { $limit }
last-webhook = Last webhook
last-answer = Last answer
waiting-changes = Changes waiting
setup = Setup
setup-progress = { $done } of { $total }
setup-branch = Add a branch and its opening hours
setup-staff = Add staff and working hours
setup-connect = Connect a Cal.com account
setup-services = Link services to event types
setup-verified = Verify every account once
setup-told = Have people told by e-mail or in a room
setup-phone = Connect the phone agent
setup-show = Show what is left to set up again
setup-hide = Do not show again
flash-setup-hidden = What is left to set up is not shown any more.
flash-setup-shown = What is left to set up is shown again.

# To settle

reviews-text = Questions that do not settle themselves. The most urgent come first.
review-since = opened
severity-critical = Urgent
severity-warning = To settle

# Connections

connections-text = Cal.com accounts, how they are, and what is linked to them.
unlinked-text = Tie them on the page of the service or with
unauthorized-text = Cal.com no longer accepts the key. Changes are collected and sent as soon as you enter a new key or Cal.com accepts the old one again.
braked-text = Within an hour, unusually many appointments or services were cancelled or deleted at Cal.com, or vanished there. So nothing is synchronised, and changes are collected. What was taken over by then stays cancelled or inactive here. Look at Cal.com for what happened, then go on.
paused-text = Somebody has stopped the synchronisation. What changes here is collected and sent as soon as it goes on; what Cal.com tells is accepted and kept. { $changes ->
    [0] No changes
    [one] One change
   *[other] { $changes } changes
} and { $webhooks ->
    [0] no webhooks
    [one] one webhook
   *[other] { $webhooks } webhooks
} wait.
pause = Stop the synchronisation
pause-text = What changes here is then collected, and sent only when it goes on; what Cal.com tells is kept. Until then neither side knows of the other: times that look free there may be taken here, and nothing is promised for certain on the phone any more.
webhook-silent-text = Something changed at Cal.com, and no webhook came. Until they come again, Cal.com is asked every few minutes. If nothing arrives after registering, Cal.com does not reach this installation.
webhook-missing-text = No webhook is registered at Cal.com for this account. What changes there is only found by asking every few minutes.
webhook-again = Register the webhook anew
deeds = What was done last
deed-connected = Account connected
deed-paused = Synchronisation stopped
deed-resumed = Synchronisation resumed
deed-key-replaced = New API key
deed-webhook-corrected = Webhook registered anew
deed-webhook-right = Webhook checked: all is right
deed-channel-added = Notification added
deed-channel-changed = Notification changed
deed-channel-parts = Notification changed: { $parts }
channel-part-active = on or off
channel-part-name = name
channel-part-target = address
channel-part-rules = who is told what
channel-part-quiet = quiet hours
channel-part-gathering = gathering
deed-channel-removed = Notification removed
resume = Resume
resume-ask = Somebody with the role “Administration” can resume it.
key = New API key
key-new = Replace the key
key-save = Check and replace
key-hint = It begins with “cal_” and belongs to the same account. Cal.com is asked before it is stored; until then the old one stays.
error-key-refused = Cal.com does not accept this key. The old one has stayed.
error-other-account = This key belongs to the account { $account }, not to this one. The old one has stayed.
error-unreachable = Cal.com does not answer and could not be asked. The old key has stayed; try again in a moment.
flash-resumed = Cal.com accepts the key. Synchronisation is on again.
flash-paused = The synchronisation is stopped. Changes are collected.
flash-webhook-right = The webhook is registered at Cal.com as it should be. Nothing was changed.
flash-webhook-corrected = The webhook is registered anew at Cal.com.
flash-key-replaced = The new key was checked and stored.
flash-key-refused = Cal.com does not accept the key; nothing is synchronised. Enter a new one.
flash-unreachable = Cal.com does not answer; everything stays as it was. Try again in a moment.
account = Account
account-name = Name at Cal.com
base-url = Address
connected-since = Connected since
webhook-registered = Webhook registered
webhook-missing = Webhook missing
webhook-silent = Webhook is silent
capabilities = Capabilities
capabilities-what = What are capabilities?
capabilities-text = When an account is connected it is asked what its interface can do. That is what syncing relies on; nothing is assumed.
capability-bookings = Read and change bookings
capability-event-types = Read and change event types
capability-slots = Ask for free times
capability-webhooks = Register webhooks
capability-teams = Team event types
capability-reassign = Reassign bookings
yes = yes
no = no
links = Linked event types
links-none = No service is linked yet.
team = Team, Cal.com chooses

# Try it

demo-text = Everything here is real; only Cal.com and the telephone are simulated. Press a button and watch.
demo-deeds = Make something happen
demo-faults = Make something go wrong
demo-log = What happened
demo-log-none = All quiet so far
demo-log-none-text = Press one of the buttons, for example “The phone rings”.
demo-go = Go
demo-armed = Waits for its moment
demo-is-down = Cal.com cannot be reached until { $time }.
demo-ring = The phone rings
demo-ring-text = The phone agent answers and books through the real, signed interface.
demo-book = Book at Cal.com
demo-book-text = Somebody books on the booking page. A webhook tells us.
demo-move = Move it at Cal.com
demo-move-text = The next appointment is moved by an hour over there, and follows here.
demo-cancel = Cancel it at Cal.com
demo-cancel-text = The next appointment is cancelled over there. Here that counts as soon as Einklang has read it at Cal.com.
demo-lose-webhook = Lose the next webhook
demo-lose-webhook-text = The message never arrives. The appointment stays here as it was for some minutes: until it is asked for changes, or you choose “Check now” on it.
demo-fail-after-effect = Answer 500 after doing it
demo-fail-after-effect-text = Cal.com books and reports an error. There must be no second booking.
demo-too-many-requests = Answer 429
demo-too-many-requests-text = Cal.com asks for a minute of silence. After that everything goes on by itself.
demo-down = Cal.com is down for 2 minutes
demo-down-text = Changes gather and are sent as soon as Cal.com answers again.
demo-rang = { $customer } calls and would like “{ $service }”.
demo-said = The phone agent says: “{ $words }”
demo-booked = { $customer } booked { $time } at Cal.com.
demo-moved = Moved at Cal.com: from { $from } to { $to }.
demo-cancelled = Cancelled at Cal.com: { $time }.
demo-ordered = Ordered: { $fault }.
demo-nothing-to-act-on = There is no coming appointment that could be changed at Cal.com.
demo-nothing-free = No time is free in the next days.
demo-refused = Refused: { $words }

# Error pages

error-400 = That did not work
error-400-text = Something is wrong with this request. Go back, reload the page, and try again.
error-403 = You are not allowed to do that
error-403-text = Ask somebody with the role “Administrator”.
error-404 = This page does not exist
error-404-text = Perhaps the address is wrong, or the entry belongs to another company.
error-409 = Somebody was faster
error-409-text = The entry was changed while you were editing it. Open it again and see what still holds.
error-429 = That was too many requests
error-429-text = Please wait a moment, then try again.
error-500 = Something went wrong on our side
error-500-text = What you had saved is not lost. Try again; if that does not help, please quote the number below.
request-id = Request number:
to-dashboard = To the overview
to-sign-in = To sign-in

# How well it went lately

course = Changes sent to Cal.com
course-day = Last 24 hours
course-month = Last 30 days
course-calls = { $count ->
    [0] no calls
    [one] succeeded, of one call
   *[other] succeeded, of { $count } calls
}
course-average = on average
course-longest = at most
course-drawing = Calls day by day for 30 days: { $total } in all, { $failed } failed.
course-told = Until a change at Cal.com is known here
course-settled = Until differences and questions were settled
course-alone = Healed without anybody
course-alone-of = { $count ->
    [one] of one difference or question
   *[other] of { $count } differences and questions
}
course-repeated = Repeated calls, 24 hours
course-due = Longest waiting work
course-none = no webhook within 24 hours
course-none-settled = none within 30 days
course-nothing-due = nothing waits
