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

# Ein Termin

breadcrumb = Sie sind hier
check-now = Jetzt prüfen
reschedule = Verschieben
cancel = Absagen
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
happened-rest = Es gibt nichts abzugleichen.
happened-look = Der Stand bei Cal.com ist gerade nicht sicher bekannt.
happened-create = Der Termin ist hier gespeichert und wird bei Cal.com gebucht.
happened-reschedule = Der Termin ist hier verschoben und wird bei Cal.com verschoben.
happened-cancel = Der Termin ist hier abgesagt und wird bei Cal.com abgesagt.
happened-confirm = Der Termin ist hier bestätigt und wird bei Cal.com bestätigt.
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

next-now = Die Arbeit daran läuft und ist meist in wenigen Sekunden getan.
next-try = Der nächste Versuch beginnt { $soon } von selbst.
next-check = Ändert sich bei Cal.com etwas, meldet es ein Webhook, und Einklang liest dort nach.
next-nothing = Von selbst geschieht nichts mehr.

person-rest = Nichts, es ist alles in Ordnung.
person-wait = Nichts. Wenn Sie nicht warten möchten, wählen Sie „Jetzt prüfen“.
person-conflict = Vergleichen Sie beide Seiten, und entscheiden Sie, welche gilt. Sie können den Termin auch verschieben oder absagen.
settle-ours = Hier gilt: an Cal.com senden
settle-theirs = Cal.com gilt: hierher übernehmen
person-vanished = Klären Sie mit dem Team, ob der Termin noch gilt. Sagen Sie ihn sonst ab, oder legen Sie ihn neu an.
person-not-connected = Verknüpfen Sie die Leistung unter „Verbindungen“, wenn sie abgeglichen werden soll.
person-orphaned-calcom = Prüfen Sie bei Cal.com, ob die Buchung gilt, und sagen Sie sie sonst dort ab.
remedy-slot-taken = Verschieben Sie den Termin auf eine freie Zeit, oder sagen Sie ihn ab.
remedy-refused = Ändern Sie den Termin, oder wählen Sie „Jetzt prüfen“, um es noch einmal zu versuchen.
remedy-not-found = Sehen Sie unter „Verbindungen“ nach, ob die Leistung richtig verknüpft ist, und wählen Sie dann „Jetzt prüfen“.
remedy-retries-used-up = Sehen Sie unter „Verbindungen“ nach, ob Cal.com erreichbar ist, und wählen Sie dann „Jetzt prüfen“.
remedy-overlap = Verschieben Sie einen der beiden Termine.

# Drei Stände nebeneinander

comparison = Beide Seiten im Vergleich
comparison-only = Nur Unterschiede
comparison-seen = Cal.com zuletzt gelesen:
comparison-never = Cal.com wurde noch nicht gelesen.
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
fact-state = Status
fact-start = Beginn
fact-duration = Dauer
fact-event-type = Leistung
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
happened-wait = Eine andere Buchung dieses Termins kommt zuerst.
happened-decline = Die Anfrage ist hier abgelehnt und wird bei Cal.com abgelehnt.
happened-reassign = Der Termin ist hier jemand anderem gegeben und wird bei Cal.com umgebucht.
happened-mark-absent = Dass der Kunde nicht erschienen ist, wird Cal.com mitgeteilt.
review-too-late = Der Termin konnte Cal.com nicht mehr erreichen, bevor seine Zeit vorbei war.
review-no-effect = Cal.com hat die Änderung angenommen, aber nicht ausgeführt.
review-unknown-host = Bei Cal.com ist der Termin bei jemandem, der hier nicht bekannt ist.
remedy-too-late = Prüfen Sie, ob der Termin stattgefunden hat; bei Cal.com lässt er sich nicht mehr nachtragen.
remedy-no-effect = Ändern Sie es bei Cal.com selbst, und lassen Sie dann hier neu prüfen; oder machen Sie die Änderung hier rückgängig.
remedy-unknown-host = Geben Sie den Termin hier der richtigen Person, oder buchen Sie ihn bei Cal.com um und lassen Sie neu prüfen.
fact-host = Mitarbeiter bei Cal.com
fact-absent = Erschienen
fact-absent-yes = nein
fact-absent-no = ja
entry-no-show = Nicht erschienen
entry-came-after-all = Doch erschienen
entry-other-service = Andere Leistung
entry-other-staff = Andere Person
entry-deleted = Aus den Listen gelöscht
entry-replaced = Bei Cal.com tritt eine neue Buchung an die Stelle der alten
entry-doubled = Doppelte Buchung bei Cal.com gefunden; sie wird abgesagt
entry-checked-again = Neu prüfen lassen
entry-settled-ours = Entschieden: Es gilt, was hier steht
entry-settled-theirs = Entschieden: Es gilt, was bei Cal.com steht
attempt-decline = An Cal.com: Anfrage ablehnen
attempt-reassign = An Cal.com: Mitarbeiter wechseln
attempt-mark-absent = An Cal.com: Erscheinen melden
