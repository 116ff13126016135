# Services: list, states, page, forms, audit trail

services-text = What stands here counts. Changes go to Cal.com by themselves; what is changed there is put before you.
services-none = No services yet
services-none-text = Add what can be booked. The event types at Cal.com are then made by themselves.
new-service = New service
look-at-all = Check all now
audit = Audit trail
duration = Duration
price = Price
works-count = { $count ->
    [one] one stretch
   *[other] { $count } stretches
}
staff-nobody = nobody yet
service-status-of = State of { $name }
service-synced = In sync
service-pending = Under way
service-error = Error
service-never = Never synced
service-active = Active
service-inactive = Inactive
service-online = Online
service-not-online = Not online
entrance-phone = By phone
entrance-online = Online
service-bookable = Can be booked
service-by-phone = Bookable by phone only
service-not-bookable = Cannot be booked
not-bookable-inactive = Service is inactive.
not-bookable-not-synced = Not synced to Cal.com. Callers and programs can book it again once that is settled.
not-bookable-nobody = Nobody performs the service or one of its stretches.
not-bookable-not-online = Service is not offered online.
bookable-here-only = Appointments are kept here only: nobody who performs it has an account at Cal.com.
bookable-follows = Appointments are taken and follow the service to Cal.com.
tip-bookability = Bookability
tip-sync = Cal.com synchronisation
tip-settings = Settings
direction = Direction
direction-to-calcom = Your platform → Cal.com
last-sync = Last sync
calcom-id = Cal.com ID
divergences = Divergences
divergences-count = { $count ->
    [one] one divergence
   *[other] { $count } divergences
}
problem-slug-taken = The account at Cal.com has another event type with this short name.
problem-not-allowed = The account at Cal.com may not change the event type.
problem-refused = Cal.com refuses what was sent.
problem-retries-used-up = Every try to reach Cal.com has failed.
problem-no-effect = Cal.com accepted the change and did not make it.
problem-deleted = Event Type deleted in Cal.com. “Sync to Cal.com” makes it again; an inactive service is switched on again for that.

# Many at once

services-shown = Which services are shown
services-no-match = No service in this state
services-no-match-text = Nothing is in this selection now. All services are under “All”.
services-bulk-page = Select all services of this list
services-bulk-all = { $count ->
    [one] The one service of this list
   *[other] All { $count } services of this list
}
services-bulk-push = Sync to Cal.com
services-bulk-dismiss = Dismiss divergences
services-bulk-dismiss-text = Nothing is sent and nothing is taken over: both sides keep what stands below until something changes at Cal.com again.
services-bulk-none = No service selected
services-bulk-none-text = Select services in the list, or all of them.
services-bulk-preview = { $count ->
    [one] Preview: one service checked.
   *[other] Preview: { $count } services checked.
}
services-bulk-report = { $count ->
    [one] One service handled.
   *[other] { $count } services handled.
}
services-bulk-run-push = { $count ->
    [one] Overwrite one service at Cal.com
   *[other] Overwrite { $count } services at Cal.com
}
services-bulk-run-dismiss = { $count ->
    [one] Dismiss for one service
   *[other] Dismiss for { $count } services
}
services-bulk-pushed = Cal.com is being told. This page shows how it was when the form was sent; the list of services shows how it goes on.
services-bulk-dismissed = These divergences no longer wait for a decision, until something changes at Cal.com.
services-bulk-was = What stood at Cal.com
services-bulk-sent = Being sent
services-bulk-was-dismissed = dismissed before
services-bulk-remade = Event type { $id } was deleted at Cal.com and is made again.
services-bulk-retried = Refused by Cal.com; it is tried once more.
services-bulk-skipped = No change
services-bulk-stale = What was to be done has changed since the preview. Nothing was done here.
services-bulk-gone = This service is no more.
services-bulk-back = Back to the services
left-on-its-way = on its way already
left-dismissed = dismissed already
left-deleted = deleted at Cal.com; that cannot be dismissed
left-refused = refused by Cal.com; that cannot be dismissed
left-same = the same on both sides
left-nobody = There is no event type: nobody with a connected account performs the service.

# The page of a service

setting-name = Name
setting-slug = Short name
setting-description = Description
setting-online = Offered online
setting-buffer-before = Buffer before
setting-buffer-after = Buffer after
setting-notice = Minimum notice
setting-change-notice = Notice for changes
setting-window = Can be booked ahead
setting-confirmation = Has to be confirmed
setting-no-guests = Without guests
setting-places = Place
setting-segments = Stretches of work
setting-staff = Who performs it
setting-reference = Hidden field for our reference
window-unlimited = without limit
window-days = { $count ->
    [one] one day
   *[other] { $count } days
}
place-customers-phone = under the customer’s number
place-customers-address = at the customer’s
action-push = → Sync to Cal.com
action-pull = Reload from Cal.com
action-reset = Reset sync status
service-is-deleted = This service is deleted. What has happened can still be read here.
divergences-text = Cal.com says something else than is said here. It counts here only once you take it over.
diverged-there = changed at Cal.com
differs-since-tied = different since they were tied
never-shared = never
cannot-take-name = It cannot be taken over: at Cal.com the name is made up of those of the service and of its stretch of work. Change the service if it is to be called so.
cannot-take-unknown = It cannot be taken over: a service has no setting for what Cal.com says.
seen = Seen
seen-first = first
seen-last = last
decide = Decide
dismissed = stays so
send-ours = Send ours
take-theirs = Take theirs
dismiss = Dismiss
work-waits = { $time } of waiting
work-span = minute { $from } to { $until }
work-who = Can be done by: { $names }
work-free = Meanwhile this person is free for others.
event-types = Event types at Cal.com
event-types-none = None yet. They are made by themselves as soon as somebody performs the service whose account is connected.
event-type-leaving = Being hidden
staff-whose = Of
connection = Account
timeline-none = Nothing yet.
becomes = becomes
service-created = Created
service-imported = Read from Cal.com
service-removed = Deleted
service-tied = Tied to event type { $id }
service-sent = Arrived at Cal.com: { $fields }
service-diverged = Changed at Cal.com: { $field }
service-differs = Different since they were tied: { $field }
entry-event-type-of = Event type of { $owner } on the account { $account }
service-name-deleted = { $name } (deleted)
service-converged = The same again: { $field }
service-kept = Decided: what stands here counts: { $field }
service-reopened = Divergence to be decided again: { $field }
service-dismissed = Divergence dismissed: { $field } (“{ $value }” at Cal.com)
service-deleted-there = Event type { $id } deleted at Cal.com
service-deactivated = Deactivated, because nothing of it is left at Cal.com
service-pushed = Everything sent to Cal.com
service-pulled = Everything reloaded from Cal.com
service-reset = Sync status reset
called-create = To Cal.com: make event type
called-update = To Cal.com: change event type
called-delete = To Cal.com: delete event type
called-look = Looked at Cal.com
flash-dismissed = The divergence stays until Cal.com says something else.
flash-nothing-to-settle = There is nothing to decide about it any more, or the service has no place for what Cal.com says. Nothing was changed.
service-stale = The service has changed meanwhile, here or at Cal.com. Please look at it as it is now.

# Tying to an event type that is there already

link-event-type = Tie to an existing event type
link-event-type-hint = For whom does Cal.com have an event type already that is this service?
link-choose = Event type
link-none = This account has no event type that does not stand for one of your services already.
link-hidden = hidden
link-other-length = Takes { $there }, the service { $here }: make the lengths equal first, then it can be chosen.
link-typed = Or its number at Cal.com
link-typed-hint = It stands in the address of the event type at Cal.com. What stands here goes before the choice above.
link-preview = On to the preview
service-silent = Cal.com did not answer just now. So that nothing is overwritten unseen, nothing is done yet: try again in a minute.
link-silent = Cal.com did not answer in time; the event types cannot be listed now. If you type the number, this one is looked at once more.
link-failed = Cal.com did not answer as expected; the event types cannot be read now. Please look at the account under “Connections”.
link-follows = This is what follows when you tie “{ $name }” ({ $owner }) to this event type:
link-same = Both sides say the same already; there are no divergences.
link-keeps = Nothing is overwritten, neither here nor there: what differs becomes a divergence, and you decide field by field afterwards what counts.
link-takes-over = Your company takes over what Cal.com says: what differs overwrites at once what stands here.
link-adds-reference = Only our hidden field for the reference is added to the event type.
link-replaces = Event type { $id } stands for it now and is hidden at Cal.com. The bookings on it stay.
link-joins = { $name } performs the service from then on.
link-books = Appointments ahead for it that have no booking at Cal.com yet are booked on this event type.
link-differs = This differs
link-confirm = Tie
link-another = Choose another
link-no-account = No account at Cal.com is connected for this person.
link-other-account = This event type belongs to another account than this person’s.
link-unknown = This account has no event type with the number { $id }.
link-no-number = Please choose an event type, or type its number.
link-minutes = The event type takes { $there }, the service { $here }. Please make them equal first: appointments would have different lengths here and there.
link-no-host = Nobody of this name is on this event type of a team.
link-taken = This event type stands for “{ $name }” already.
link-already = This service is tied to this event type already.
flash-linked = Tied. What differs now stands among the divergences.

# Confirmations

push-warning = Cal.com’s data will be overwritten. What stands below in the first column is lost there.
pull-warning = What you say here will be overwritten. What stands below in the first column is lost here; the history keeps it.
reset-warning = What stands below is forgotten, and Cal.com is looked at anew. The service itself does not change.
push-nothing = Both sides say the same: nothing is lost.
pull-nothing = Nothing changes here: Cal.com says nothing else that can be taken over.
reset-nothing = Nothing has failed: Cal.com is only looked at anew.
push-before = At Cal.com now
push-after = Afterwards, as here
pull-before = Here now
pull-after = Afterwards, as at Cal.com
push-confirm = Overwrite at Cal.com
pull-confirm = Overwrite here
reset-confirm = Reset and look anew
losses = This is overwritten
stays = This stays different
side-calcom = At Cal.com
made = These event types are made
forgotten = This is forgotten
failed-tries = { $count ->
    [one] one try failed
   *[other] { $count } tries failed
}
flash-pushed = Everything from here goes to Cal.com now. The result appears here by itself.
flash-pulled = Taken over what Cal.com says.
error-slug-taken = There is another service with this short name. Please choose another.

# The form of a service

edit-service = Edit service
create-service = Create service
slug-hint = Stands in the address of the booking page. Empty: made from the name.
duration-minutes = Duration in minutes
duration-hint = Follows by itself if there are stretches of work below.
price-euros = Price in euros
price-hint = Counts here alone: Cal.com’s API knows no price.
active-hint = Not active: cannot be booked, and is hidden at Cal.com.
online-hint = Not online: programs cannot book the service over the internet. Phone and salon still can; Cal.com never hears of it.
places-hint = Empty: at the address of the branch.
place-number = Place { $number }
place-kind = Kind
place-kind-none = none
place-kind-address = Address
place-kind-phone = Our phone number
place-kind-link = Link
place-kind-customers-phone = The customer’s number
place-kind-customers-address = At the customer’s
place-kind-other = From Cal.com, stays as it is
place-remove = Remove this place
place-value = Address, number or link
error-place-kind = Place { $number }: please choose what this is.
error-place-value = Place { $number }: the address, number or link is missing; at most 500 characters.
error-place-phone = Place { $number }: this is not a complete phone number. Example: 030 1234567.
error-place-link = Place { $number }: a link begins with https:// or http://.
works-hint = For services of several stretches: while the customer waits, the person is free for others. Empty rows do not count.
work-number = Stretch { $number }
work-name = What
work-minutes = Minutes
work-staff = Who does this stretch
work-staff-hint = None selected: everybody who performs the service.
work-pause = Waiting afterwards
more-rows = More rows
terms = Terms of booking
buffer-before-minutes = Buffer before in minutes
buffer-after-minutes = Buffer after in minutes
notice-minutes = Minimum notice in minutes
window-in-days = Can be booked ahead in days
window-hint = Empty: without limit.
change-notice-hours = Notice for changes, in hours
change-notice-hint = Until then callers can cancel and move; after that they are put through to somebody. 0: until it begins.
staff-hint = For each person with a connected account there is an event type at Cal.com; it is hidden once the person does not perform the service any more.
error-number = Please enter a whole number from { $min } to { $max }.
error-money = Please enter an amount with at most two decimal places, such as 49.00 or 1,249.00.
error-slug = Please use lower-case letters a to z, digits and single hyphens only.
error-works = Each stretch needs a name and 1 to 1440 minutes; all of them at most a day.
error-waiting = There is no waiting time after the last stretch: no work follows that anybody waits for. Please leave that field empty, or add a stretch.
flash-service-created = The service is there. Its event types at Cal.com are now made by themselves.
flash-service-deleted = The service is deleted. Cal.com is now tidied up.

# Deleting

delete-service = Delete service
delete-service-here = It disappears from all lists and cannot be booked any more.
delete-service-history = Appointments and history stay.
delete-service-booked = { $count ->
    [one] There is one appointment of it in the calendar; it stays.
   *[other] There are { $count } appointments of it in the calendar; they stay.
}
delete-service-none = Nothing: there is no event type of this service.
delete-service-only-hidden = These event types are hidden, not deleted: the bookings of the appointments need them.
delete-service-choose = These event types are hidden or deleted, as you choose below.
event-types-hide = Hide: nobody can book them any more; they can be shown there again.
event-types-delete = Delete: they are gone there for good.
keep-service = Keep service

# Audit trail

audit-text = What was changed about services, accounts and notifications, decided about open questions, and done with webhooks: by whom and when.
audit-kind = Area
audit-services = Services
audit-reviews = To settle
audit-connections = Cal.com accounts
audit-channels = Notifications
audit-hours = Hours and absences
audit-webhooks = Webhooks
audit-shown = What is shown
audit-done = Changes
audit-traffic = Calls to Cal.com too
audit-none-text = Here stands who changes something, decides about open questions, or reads the content of webhooks.
audit-no-match = Nothing found
audit-no-match-text = There are no entries for this selection.
who = Who
what = What

# Team and hours
team-hours = Team and hours
team-hours-text = When it is open, who works when, and who is away. What callers and programs are offered follows from it.
branches-none = No branch yet
branches-none-text = Where and when people work begins with a branch.
opening-hours = Opening hours
opening-hours-edit = Change hours
opening-hours-none = No opening hours entered: the working hours count.
opening-hours-text = Outside these hours and on public holidays nothing is offered. What is booked stays as it is.
working-hours = Working hours
working-hours-none = No working hours
working-hours-text = The hours of this person. On the public holidays of the branch nothing is offered. What is booked stays as it is; hours at Cal.com are set there.
people-here = Team
staff-inactive = takes no new appointments
closed = closed
hours-hint = Like this: 9:00–12:30, 13:30–18:00. Empty means closed, or free.
holidays = Public holidays
holidays-hint = On the public holidays of this German state nothing is offered.
holidays-blank = No public holidays
holidays-next = The next ones:
holidays-of = Public holidays: { $land }
holidays-none = No public holidays entered
land-bw = Baden-Württemberg
land-by = Bavaria
land-be = Berlin
land-bb = Brandenburg
land-hb = Bremen
land-hh = Hamburg
land-he = Hesse
land-mv = Mecklenburg-Western Pomerania
land-ni = Lower Saxony
land-nw = North Rhine-Westphalia
land-rp = Rhineland-Palatinate
land-sl = Saarland
land-sn = Saxony
land-st = Saxony-Anhalt
land-sh = Schleswig-Holstein
land-th = Thuringia
away = Away
absences = Absences
absences-none = No absence entered.
absence-new = Enter an absence
absence-new-text = Nothing is offered with this person then. What is booked already stays, and is shown here. Without times, whole days count.
absence-from = From
absence-from-time = From what time
absence-to = Until, included
absence-to-time = Until what time
absence-reason = Reason
absence-reason-hint = Only if the team has to know it, such as “holiday”. Nothing about health. Callers and Cal.com are not told.
absence-add = Enter
absence-remove = Take back
booked-within = { $count ->
    [one] One appointment is in it
   *[other] { $count } appointments are in it
}
error-hours = We cannot read these hours. Write for example 9:00–12:30, 13:30–18:00.
error-hours-backwards = The end is before the beginning.
error-hours-overlap = Two of these hours overlap.
flash-hours-saved = The hours are saved.
flash-absence-added = The absence is entered. What is booked stays as it is.
flash-absence-removed = The absence is taken back.
deed-hours-changed = Hours changed
deed-absence-added = Absence entered
deed-absence-removed = Absence taken back
