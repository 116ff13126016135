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
verdict-person = { $synced } of { $total } appointments agree with Cal.com, { $person ->
    [one] one needs you
   *[other] { $person } need you
}.
verdict-both = { $synced } of { $total } appointments agree with Cal.com: { $person ->
    [one] one needs you
   *[other] { $person } need you
}, { $pending ->
    [one] one is on its way
   *[other] { $pending } are on their way
}.
verified = Last full verification:
never-verified = Never fully verified yet.
attention = Needs your attention
attention-none = Nothing to do
attention-none-text = Whatever could settle itself is settled.
attention-next = Next appointment concerned:
attention-synced = { $count } appointments in sync
attention-pending = { $count } appointments on their way
attention-failed = { $count ->
    [one] One appointment could not be sent to Cal.com
   *[other] { $count } appointments could not be sent to Cal.com
}
attention-conflict = { $count ->
    [one] One appointment was changed differently here and at Cal.com
   *[other] { $count } appointments were changed differently here and at Cal.com
}
attention-orphaned-local = { $count ->
    [one] One appointment has disappeared from Cal.com
   *[other] { $count } appointments have disappeared from Cal.com
}
attention-orphaned-calcom = { $count ->
    [one] One booking at Cal.com has no appointment here
   *[other] { $count } bookings at Cal.com have no appointment here
}
attention-not-connected = { $count ->
    [one] One appointment belongs to no Cal.com account
   *[other] { $count } appointments belong to no Cal.com account
}
attention-unauthorized = Cal.com refuses the key of connection “{ $connection }”
attention-unreachable = Cal.com does not answer through “{ $connection }”
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
budget = Requests per minute
budget-of = { $used } of { $limit }
last-webhook = Last webhook
last-answer = Last answer
waiting-changes = Changes waiting
setup = Setup
setup-progress = { $done } of { $total }
setup-connect = Connect a Cal.com account
setup-staff = Add staff and working hours
setup-services = Link services to event types
setup-phone = Connect the phone agent
setup-verify = Wait for the first full verification
