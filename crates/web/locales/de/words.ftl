# Wörter, die auf vielen Seiten stehen: Zustände, Herkunft, Zeiten.

sync-synced = Abgeglichen
sync-pending = Unterwegs
sync-failed = Fehlgeschlagen
sync-conflict = Widerspruch
sync-orphaned-local = Fehlt bei Cal.com
sync-orphaned-calcom = Nur bei Cal.com
sync-not-connected = Nicht verbunden

status-requested = Angefragt
status-confirmed = Bestätigt
status-cancelled = Abgesagt
status-no-show = Nicht erschienen

origin-calcom = Cal.com
origin-phone = Telefon
origin-admin = Team
origin-api = API
origin-system = System

never = noch nie
done = erledigt
email = E-Mail-Adresse
password = Passwort

ago-now = gerade eben
ago-seconds = vor { $count } Sek.
ago-minutes = vor { $count } Min.
ago-hours = vor { $count } Std.
ago-days = { $count ->
    [one] vor 1 Tag
   *[other] vor { $count } Tagen
}
in-seconds = in { $count } Sek.
in-minutes = in { $count } Min.
in-hours = in { $count } Std.
in-days = { $count ->
    [one] in 1 Tag
   *[other] in { $count } Tagen
}
span-minutes = { $minutes } Min.
span-hours = { $hours } Std.
span-hours-minutes = { $hours } Std. { $minutes } Min.
