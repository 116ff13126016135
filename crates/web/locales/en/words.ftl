# Words that stand on many pages: states, origins, times.

sync-synced = In sync
sync-pending = On its way
sync-failed = Failed
sync-conflict = Conflict
sync-orphaned-local = Missing at Cal.com
sync-orphaned-calcom = Only at Cal.com
sync-not-connected = Not connected

status-requested = Requested
status-confirmed = Confirmed
status-cancelled = Cancelled
status-no-show = No-show

origin-calcom = Cal.com
origin-phone = Phone
origin-admin = Team
origin-api = API
origin-system = System

never = never
done = done
email = E-mail address
password = Password

ago-now = just now
ago-seconds = { $count } s ago
ago-minutes = { $count } min ago
ago-hours = { $count } h ago
ago-days = { $count ->
    [one] 1 day ago
   *[other] { $count } days ago
}
in-seconds = in { $count } s
in-minutes = in { $count } min
in-hours = in { $count } h
in-days = { $count ->
    [one] in 1 day
   *[other] in { $count } days
}
span-minutes = { $minutes } min
span-hours = { $hours } h
span-hours-minutes = { $hours } h { $minutes } min
