# Anmeldung

sign-in-title = Anmelden
sign-in = Anmelden
sign-in-refused = Diese E-Mail-Adresse und dieses Passwort passen nicht zusammen. Bitte versuchen Sie es noch einmal.
sign-in-wait = { $minutes ->
    [one] Zu viele Versuche. Bitte warten Sie eine Minute.
   *[other] Zu viele Versuche. Bitte warten Sie { $minutes } Minuten.
}

# Übersicht

new-appointment = Neuer Termin
verdict-empty = Noch keine Termine, die mit Cal.com abgeglichen werden.
verdict-good = Im Einklang: Alle { $total } Termine stimmen mit Cal.com überein.
verdict-pending = { $synced } von { $total } Terminen stimmen mit Cal.com überein, { $pending } sind unterwegs.
verdict-person = { $synced } von { $total } Terminen stimmen mit Cal.com überein, { $person ->
    [one] einer braucht Sie
   *[other] { $person } brauchen Sie
}.
verdict-both = { $synced } von { $total } Terminen stimmen mit Cal.com überein: { $person ->
    [one] einer braucht Sie
   *[other] { $person } brauchen Sie
}, { $pending ->
    [one] einer ist unterwegs
   *[other] { $pending } sind unterwegs
}.
verified = Zuletzt vollständig geprüft:
never-verified = Noch nie vollständig geprüft.
attention = Braucht Ihre Aufmerksamkeit
attention-none = Nichts zu tun
attention-none-text = Alles, was sich von selbst regeln lässt, ist geregelt.
attention-next = Nächster betroffener Termin:
attention-synced = { $count } Termine abgeglichen
attention-pending = { $count } Termine unterwegs
attention-failed = { $count ->
    [one] Ein Termin ließ sich nicht an Cal.com übertragen
   *[other] { $count } Termine ließen sich nicht an Cal.com übertragen
}
attention-conflict = { $count ->
    [one] Ein Termin wurde hier und bei Cal.com verschieden geändert
   *[other] { $count } Termine wurden hier und bei Cal.com verschieden geändert
}
attention-orphaned-local = { $count ->
    [one] Ein Termin ist bei Cal.com verschwunden
   *[other] { $count } Termine sind bei Cal.com verschwunden
}
attention-orphaned-calcom = { $count ->
    [one] Eine Buchung bei Cal.com hat hier keinen Termin
   *[other] { $count } Buchungen bei Cal.com haben hier keinen Termin
}
attention-not-connected = { $count ->
    [one] Ein Termin ist mit keinem Cal.com-Konto verbunden
   *[other] { $count } Termine sind mit keinem Cal.com-Konto verbunden
}
attention-unauthorized = Cal.com lehnt den Schlüssel der Verbindung „{ $connection }“ ab
attention-unreachable = Cal.com ist über „{ $connection }“ nicht erreichbar
attention-silent = Über „{ $connection }“ kommen keine Webhooks mehr an
attention-unlinked = { $count ->
    [one] Eine Leistung ist noch nicht mit Cal.com verknüpft
   *[other] { $count } Leistungen sind noch nicht mit Cal.com verknüpft
}
upcoming = Heute noch
upcoming-none = Heute kommt niemand mehr
upcoming-none-text = Neue Termine erscheinen hier von selbst.
all-appointments = Alle Termine
today = Heute
today-calls = Anrufe
today-calls-booked = { $count ->
    [0] ohne Termin
    [one] daraus 1 Termin
   *[other] daraus { $count } Termine
}
today-booked = Neue Termine
health = Verbindungen
connections-none = Noch keine Verbindung
connections-none-text = Verbinden Sie ein Cal.com-Konto, damit Termine abgeglichen werden.
connection-healthy = In Ordnung
connection-throttled = Gedrosselt
connection-unreachable = Nicht erreichbar
connection-unauthorized = Schlüssel abgelehnt
connection-paused = Angehalten
budget = Anfragen je Minute
budget-of = { $used } von { $limit }
last-webhook = Letzter Webhook
last-answer = Letzte Antwort
waiting-changes = Wartende Änderungen
setup = Einrichtung
setup-progress = { $done } von { $total }
setup-connect = Cal.com-Konto verbinden
setup-staff = Team und Arbeitszeiten anlegen
setup-services = Leistungen mit Ereignistypen verknüpfen
setup-phone = Telefonassistenten anschließen
setup-verify = Erste vollständige Prüfung abwarten
