# Liste der Termine

number = Nummer
time = Zeit
customer = Name
service = Leistung
staff = Bei
branch = Standort
status = Status
sync = Abgleich
origin = Herkunft
filter-q = Name, Nummer oder Telefon
filter-from = Von
filter-to = Bis
filter-more = Filter
filter-apply = Anzeigen
filter-reset = Zurücksetzen
filter-sync = Stand des Abgleichs
filter-all = Alle
appointments-none = Noch keine Termine
appointments-none-text = Sobald jemand anruft, bei Cal.com bucht oder Sie einen Termin anlegen, steht er hier.
appointments-no-match = Kein Termin passt dazu
appointments-no-match-text = Ändern Sie die Filter, oder setzen Sie sie zurück.
filter-unread = Diese Filter sind nicht lesbar und werden nicht angewendet:

# Mehrere Termine auf einmal

bulk-page = Alle Termine dieser Seite auswählen
bulk-select = auswählen
bulk-picked = ausgewählt
bulk-all = { $count ->
    [one] Der eine Termin dieser Liste
   *[other] Alle { $count } Termine dieser Liste, auf allen Seiten
}
bulk-action = Was soll geschehen?
bulk-show = Vorschau
bulk-cancel = Termine absagen
bulk-move = Termine verschieben oder neu vergeben
bulk-confirm = Anfragen bestätigen
bulk-no-show = Als nicht erschienen vermerken
bulk-check = Bei Cal.com nachsehen
bulk-settle = Widersprüche entscheiden
bulk-delete = Termine löschen
bulk-none = Kein Termin ausgewählt
bulk-none-text = Wählen Sie in der Liste einzelne Termine aus, oder alle.
bulk-minutes = Um wie viele Minuten
bulk-minutes-hint = In Schritten von 15; früher mit Minuszeichen.
bulk-give-to = Bei wem
bulk-same-staff = Bei denselben Personen
bulk-new-time = Neue Zeit: { $time }
bulk-given = Neu bei { $staff }
bulk-will-cancel = Wird hier abgesagt
bulk-will-confirm = Wird bestätigt
bulk-will-no-show = Wird als nicht erschienen vermerkt
bulk-will-delete = Verschwindet aus allen Listen
bulk-ours = Es gilt, was hier steht
bulk-theirs = Es gilt, was bei Cal.com steht
bulk-looked = Wird neu geprüft
bulk-side = Was gilt?
bulk-final = Das lässt sich nicht zurücknehmen. Bei Cal.com werden die Buchungen abgesagt und die Personen benachrichtigt, wenn eine E-Mail-Adresse bekannt ist.
bulk-run = { $count ->
    [one] Bei einem Termin ausführen
   *[other] Bei { $count } Terminen ausführen
}
bulk-run-most = Bei bis zu { $count } Terminen ausführen
bulk-nothing = Hier gibt es nichts zu tun.
bulk-changed = Die Angaben wurden nach der Vorschau geändert. Prüfen Sie die neue Vorschau, und führen Sie dann aus.
bulk-reused = Dieses Formular wurde schon einmal mit anderen Angaben abgeschickt. Jetzt wurde nichts geändert. Prüfen Sie die neue Vorschau, und führen Sie dann aus.
bulk-preview-again = Vorschau erneuern
bulk-preview = Vorschau: { $seen } von { $total } Terminen geprüft.
bulk-report = { $seen } von { $total } Terminen bearbeitet.
bulk-report-text = Hier ist alles gespeichert. Cal.com erfährt es jetzt.
bulk-report-check = Bei Cal.com wird jetzt nachgesehen.
bulk-report-snapshot = Was Cal.com dazu sagt, kann noch kommen: Diese Seite zeigt den Stand beim Speichern und ändert sich nicht mehr.
bulk-report-pending = Verfolgen, was noch unterwegs ist
bulk-count-would = { $count } möglich
bulk-count-done = { $count } erledigt
bulk-count-unchanged = { $count } ohne Änderung
bulk-count-refused = { $count } nicht möglich
bulk-outcome = Ergebnis
bulk-open = Angaben fehlen
bulk-would = Möglich
bulk-done = Erledigt
bulk-underway = Läuft noch
bulk-unchanged = Keine Änderung
bulk-refused = Nicht möglich
bulk-there-nothing = An Cal.com: nichts
bulk-there-asks = Es braucht noch eine Entscheidung
bulk-refused-far = Die neue Zeit läge mehr als zwei Jahre voraus.
bulk-refused-past = Die neue Zeit ist schon vorbei.
bulk-refused-cancelled = Der Termin findet nicht statt.
bulk-refused-over = Der Termin ist vorbei.
bulk-refused-not-started = Der Termin hat noch nicht begonnen.
bulk-refused-not-requested = Der Termin wartet auf keine Bestätigung.
bulk-refused-no-show = Zum Termin ist niemand erschienen.
bulk-refused-staff = Diese Person bietet die Leistung nicht an.
bulk-refused-closed = Zu dieser Zeit wird nicht gearbeitet.
bulk-refused-taken = Die Zeit ist schon vergeben.
bulk-refused-other = Dieses Formular wurde schon für etwas anderes abgeschickt.
bulk-refused-stale = Der Termin wurde nach der Vorschau geändert.
bulk-next = Weiter
bulk-back = Zurück zur Liste

# Ein Termin

breadcrumb = Sie sind hier
check-now = Jetzt prüfen
reschedule = Verschieben
cancel = Absagen
edit = Bearbeiten
confirm = Bestätigen
reject = Ablehnen
no-show = Nicht erschienen
came = Doch erschienen
delete = Löschen
deleted-at = Dieser Termin steht in keiner Liste mehr. Gelöscht:
calcom-says = Cal.com sagt dazu:
last-error = Zuletzt:
next = Wie es weitergeht:
you = Was Sie tun können:
facts = Angaben
phone = Telefon
notes = Notiz
reason = Grund
created = Angelegt
chain = Buchung bei Cal.com
chain-none = Bei Cal.com gibt es noch keine Buchung.
chain-current = aktuell
machine = Kennung
timeline = Verlauf

# Was geschehen ist

happened-verified = Hier und bei Cal.com steht dasselbe (zuletzt gelesen { $ago }).
happened-verified-but = { $count ->
    [one] Hier und bei Cal.com steht dasselbe, bis auf eine Angabe, die verschieden bleibt (zuletzt gelesen { $ago }).
   *[other] Hier und bei Cal.com steht dasselbe, bis auf { $count } Angaben, die verschieden bleiben (zuletzt gelesen { $ago }).
}
happened-rest = Es gibt nichts abzugleichen.
happened-look = Der Stand bei Cal.com ist gerade nicht sicher bekannt.
happened-create = Der Termin ist hier gespeichert und wird bei Cal.com gebucht.
happened-reschedule = Der Termin ist hier verschoben und wird bei Cal.com verschoben.
happened-cancel = Der Termin ist hier abgesagt und wird bei Cal.com abgesagt.
happened-confirm = Der Termin ist hier bestätigt und wird bei Cal.com bestätigt.
happened-decline = Die Anfrage ist hier abgelehnt und wird bei Cal.com abgelehnt.
happened-reassign = Der Termin ist hier neu vergeben und wird bei Cal.com der anderen Person zugewiesen.
happened-mark-absent = Dass niemand kam, ist hier vermerkt und wird bei Cal.com vermerkt.
happened-replace = Cal.com kann die Buchung so nicht ändern: Eine neue nimmt ihren Platz ein, und die alte wird abgesagt.
happened-wait = Eine andere Buchung dieses Termins kommt zuerst; danach geht es hier weiter.
happened-failed = { $count ->
    [one] Der Termin ist hier gespeichert. Ein Versuch, ihn an Cal.com zu übertragen, ist gescheitert.
   *[other] Der Termin ist hier gespeichert. { $count } Versuche, ihn an Cal.com zu übertragen, sind gescheitert.
}
happened-conflict = Der Termin wurde hier und bei Cal.com verschieden geändert.
happened-vanished = Die Buchung ist bei Cal.com verschwunden, ohne dass sie jemand abgesagt hat.
happened-not-connected = Diese Leistung ist mit keinem Cal.com-Konto verknüpft; der Termin steht nur hier.
happened-orphaned-calcom = Diese Buchung steht nur bei Cal.com; hier gibt es keinen Termin dazu.
review-slot-taken = Cal.com meldet, dass diese Zeit schon vergeben ist.
review-refused = Cal.com hat die Änderung abgelehnt.
review-not-found = Bei Cal.com gibt es die Buchung oder den Ereignistyp nicht.
review-retries-used-up = Alle Versuche, den Termin an Cal.com zu übertragen, sind gescheitert.
review-overlap = Eine Buchung von Cal.com überschneidet sich mit einem anderen Termin derselben Person.
review-too-late = Der Termin konnte Cal.com nicht mehr erreichen, bevor seine Zeit vorbei war.
review-no-effect = Cal.com hat die Änderung angenommen, aber nicht ausgeführt.
review-unknown-host = Bei Cal.com ist der Termin bei einer Person, die hier niemandem zugeordnet ist.

next-now = Die Arbeit daran läuft und ist meist in wenigen Sekunden getan.
next-try = Der nächste Versuch beginnt { $soon } von selbst.
next-check = Ändert sich bei Cal.com etwas, meldet es ein Webhook, und Einklang liest dort nach.
next-nothing = Von selbst geschieht nichts mehr.
next-stopped = Nichts, solange die Verbindung angehalten ist. Danach geht es von selbst weiter.

person-rest = Nichts, es ist alles in Ordnung.
person-requested = Bestätigen Sie die Anfrage, oder lehnen Sie sie ab.
person-rest-but = Nichts. Was verschieden bleibt und warum, steht unten im Vergleich.
person-wait = Nichts. Wenn Sie nicht warten möchten, wählen Sie „Jetzt prüfen“.
to-connection = Zur Verbindung
person-stopped-ask = Bitten Sie jemanden mit der Rolle „Administration“ nachzusehen, was unter „Verbindungen“ zu tun ist.
person-stopped = Sehen Sie unter „Verbindungen“ nach, was zu tun ist, damit es weitergeht.
person-conflict = Vergleichen Sie beide Seiten, und entscheiden Sie, welche gilt. Sie können den Termin auch verschieben oder absagen.
settle-ours = Hier gilt: an Cal.com senden
settle-theirs = Cal.com gilt: hierher übernehmen
person-vanished = Klären Sie mit dem Team, ob der Termin noch gilt. Sagen Sie ihn sonst ab, oder legen Sie ihn neu an.
person-not-connected = Verknüpfen Sie die Leistung unter „Verbindungen“, wenn sie abgeglichen werden soll.
remedy-slot-taken = Verschieben Sie den Termin auf eine freie Zeit, oder sagen Sie ihn ab.
remedy-refused = Ändern Sie den Termin, oder wählen Sie „Jetzt prüfen“, um es noch einmal zu versuchen.
remedy-not-found = Sehen Sie unter „Verbindungen“ nach, ob die Leistung richtig verknüpft ist, und wählen Sie dann „Jetzt prüfen“.
remedy-retries-used-up = Sehen Sie unter „Verbindungen“ nach, ob Cal.com erreichbar ist, und wählen Sie dann „Jetzt prüfen“.
remedy-overlap = Verschieben Sie einen der beiden Termine.
remedy-too-late = Prüfen Sie, ob der Termin stattgefunden hat; bei Cal.com lässt er sich nicht mehr nachtragen.
remedy-no-effect = Ändern Sie es bei Cal.com selbst, und wählen Sie dann „Jetzt prüfen“; oder machen Sie die Änderung hier rückgängig.
remedy-unknown-host = Geben Sie den Termin hier der richtigen Person, oder buchen Sie ihn bei Cal.com um und wählen Sie dann „Jetzt prüfen“.

# Drei Stände nebeneinander

comparison = Beide Seiten im Vergleich
comparison-only = Nur Unterschiede
comparison-seen = Cal.com zuletzt gelesen:
comparison-never = Cal.com wurde noch nicht gelesen.
comparison-none = Bei Cal.com ist noch keine Buchung bekannt. Verglichen wird, sobald eine da ist.
comparison-leaving = Diese Buchung wird durch eine neue ersetzt und bei Cal.com abgesagt.
host-unknown = Hier unbekannt (Cal.com-Nummer { $user })
fact = Angabe
side-here = Hier
side-agreed = Zuletzt gemeinsam
verdict = Ergebnis
nothing = keine Angabe
verdict-same = Gleich
verdict-here = Geht an Cal.com
verdict-there = Kommt von Cal.com
verdict-conflict = Widerspruch
verdict-accepted = Bleibt verschieden
verdict-missing = Fehlt dort
verdict-open = Noch offen
why-cannot-be-carried = Cal.com kann das an einer Buchung nicht ändern.
why-platform-wins = Es gilt, was hier steht.
why-cancelled = Die Buchung findet nicht statt.
why-too-late = Was vorbei ist, ändert Cal.com nicht mehr.
fact-state = Status
fact-start = Beginn
fact-duration = Dauer
fact-event-type = Leistung
fact-host = Bei
fact-absent = Erscheinen
fact-name = Name
fact-email = E-Mail-Adresse
fact-phone = Telefon
fact-notes = Notiz

# Verlauf

entry-booked = Gebucht für { $time }
entry-rescheduled = Verschoben auf { $time }
entry-before = vorher { $time }
entry-cancelled = Abgesagt
entry-confirmed = Bestätigt
entry-no-show = Als nicht erschienen vermerkt
entry-came = Doch erschienen
entry-reassigned = Neu vergeben
entry-deleted = Aus den Listen gelöscht
entry-replaced = Buchung wird ersetzt
entry-replaced-text = Cal.com kann sie so nicht ändern
entry-doubled = Zweite Buchung bei Cal.com gefunden; sie wird abgesagt
entry-checked-again = Um eine neue Prüfung gebeten
entry-settled-ours = Entschieden: Es gilt, was hier steht
entry-settled-theirs = Entschieden: Es gilt, was bei Cal.com steht
entry-linked = Mit einer Buchung bei Cal.com verbunden
entry-taken-back = Die letzte Entscheidung wurde zurückgenommen
entry-edited = Geändert: { $fields }
entry-called = Anruf beim Telefonassistenten
entry-observed = Bei Cal.com nachgesehen
entry-adopted = Von Cal.com übernommen: { $fields }
entry-recognised = Buchung bei Cal.com wiedererkannt
entry-verified = Beide Seiten stimmen überein
entry-review-opened = Eine Entscheidung ist nötig
entry-review-closed = Geklärt
via-answer = aus der Antwort auf unsere Anfrage
via-fetch = durch Nachfragen
via-verification = bei der regelmäßigen Prüfung
attempt-look = Bei Cal.com nachfragen
attempt-create = An Cal.com: Buchung anlegen
attempt-reschedule = An Cal.com: Buchung verschieben
attempt-cancel = An Cal.com: Buchung absagen
attempt-confirm = An Cal.com: Buchung bestätigen
attempt-decline = An Cal.com: Anfrage ablehnen
attempt-reassign = An Cal.com: Buchung jemand anderem zuweisen
attempt-mark-absent = An Cal.com: Erscheinen vermerken
attempt-status = Antwort { $status }
attempt-next = nächster Versuch um { $time }
outcome-in-flight = Unterwegs
outcome-done = Gelungen
outcome-transient = Nicht erreicht
outcome-unknown = Ausgang ungewiss
outcome-rate-limited = Gedrosselt
outcome-unauthorized = Schlüssel abgelehnt
outcome-slot-taken = Zeit vergeben
outcome-not-found = Nicht gefunden
outcome-invalid = Abgelehnt
delivery = Webhook von Cal.com
effect-waiting = Wird gleich bearbeitet
effect-no-change = Nichts Neues
effect-recognised = Als unsere erkannt
effect-look = Cal.com gefragt
effect-out-of-scope = Nicht unsere Buchung
effect-unreadable = Nicht lesbar
raw = Einzelheiten
raw-request = Anfrage
raw-response = Antwort
raw-webhook = Inhalt
