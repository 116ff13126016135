# Leistungen: Liste, Zustände, Seite, Formulare, Protokoll

services-text = Was hier steht, gilt. Änderungen gehen von selbst an Cal.com; was dort geändert wird, legen wir Ihnen vor.
services-none = Noch keine Leistungen
services-none-text = Legen Sie an, was gebucht werden kann. Die Event-Typen bei Cal.com entstehen dann von selbst.
new-service = Neue Leistung
look-at-all = Alle jetzt prüfen
audit = Änderungsprotokoll
duration = Dauer
price = Preis
works-count = { $count ->
    [one] ein Abschnitt
   *[other] { $count } Abschnitte
}
staff-nobody = noch niemand
service-status-of = Zustand von { $name }
service-synced = Abgeglichen
service-pending = Unterwegs
service-error = Fehler
service-never = Nie abgeglichen
service-active = Aktiv
service-inactive = Inaktiv
service-online = Online
service-not-online = Nicht online
entrance-phone = Telefonisch
entrance-online = Online
service-bookable = Kann gebucht werden
service-by-phone = Nur telefonisch buchbar
service-not-bookable = Kann nicht gebucht werden
not-bookable-inactive = Die Leistung ist nicht aktiv.
not-bookable-not-synced = Die Leistung ist nicht mit Cal.com abgeglichen. Anrufer und Programme können sie erst wieder buchen, wenn das geklärt ist.
not-bookable-nobody = Niemand führt die Leistung oder einen ihrer Abschnitte aus.
not-bookable-not-online = Die Leistung wird nicht online angeboten.
bookable-here-only = Termine stehen nur hier: Wer die Leistung ausführt, hat kein Konto bei Cal.com.
bookable-follows = Termine werden angenommen und folgen der Leistung zu Cal.com.
tip-bookability = Buchbarkeit
tip-sync = Abgleich mit Cal.com
tip-settings = Einstellungen
direction = Richtung
direction-to-calcom = Ihre Plattform → Cal.com
last-sync = Letzter Abgleich
calcom-id = Cal.com-ID
divergences = Abweichungen
divergences-count = { $count ->
    [one] eine Abweichung
   *[other] { $count } Abweichungen
}
problem-slug-taken = Im Konto bei Cal.com gibt es schon einen anderen Event-Typ mit diesem Kurznamen.
problem-not-allowed = Das Konto bei Cal.com darf den Event-Typ nicht ändern.
problem-refused = Cal.com lehnt die Angaben ab.
problem-retries-used-up = Alle Versuche, Cal.com zu erreichen, sind fehlgeschlagen.
problem-no-effect = Cal.com hat die Änderung angenommen, aber nicht ausgeführt.
problem-deleted = Der Event-Typ wurde bei Cal.com gelöscht. Mit „Zu Cal.com syncen“ wird er neu angelegt; eine inaktive Leistung schalten Sie dafür wieder ein.

# Viele auf einmal

services-shown = Welche Leistungen gezeigt werden
services-no-match = Keine Leistung in diesem Zustand
services-no-match-text = In dieser Auswahl ist gerade nichts. Alle Leistungen stehen unter „Alle“.
services-bulk-page = Alle Leistungen dieser Liste auswählen
services-bulk-all = { $count ->
    [one] Die eine Leistung dieser Liste
   *[other] Alle { $count } Leistungen dieser Liste
}
services-bulk-push = Zu Cal.com syncen
services-bulk-dismiss = Abweichungen belassen
services-bulk-dismiss-text = Es wird nichts gesendet und nichts übernommen: Beide Seiten behalten, was unten steht, bis sich bei Cal.com wieder etwas ändert.
services-bulk-none = Keine Leistung ausgewählt
services-bulk-none-text = Wählen Sie in der Liste einzelne Leistungen aus, oder alle.
services-bulk-preview = { $count ->
    [one] Vorschau: eine Leistung geprüft.
   *[other] Vorschau: { $count } Leistungen geprüft.
}
services-bulk-report = { $count ->
    [one] Eine Leistung bearbeitet.
   *[other] { $count } Leistungen bearbeitet.
}
services-bulk-run-push = { $count ->
    [one] Eine Leistung bei Cal.com überschreiben
   *[other] { $count } Leistungen bei Cal.com überschreiben
}
services-bulk-run-dismiss = { $count ->
    [one] Bei einer Leistung belassen
   *[other] Bei { $count } Leistungen belassen
}
services-bulk-pushed = Cal.com erfährt es jetzt. Diese Seite zeigt den Stand beim Absenden; wie es weitergeht, zeigt die Liste der Leistungen.
services-bulk-dismissed = Diese Abweichungen warten nicht mehr auf eine Entscheidung, bis sich bei Cal.com etwas ändert.
services-bulk-was = Stand bei Cal.com
services-bulk-sent = Wird gesendet
services-bulk-was-dismissed = bisher belassen
services-bulk-remade = Event-Typ { $id } wurde bei Cal.com gelöscht und wird neu angelegt.
services-bulk-retried = Von Cal.com abgelehnt; es wird noch einmal versucht.
services-bulk-skipped = Ohne Änderung
services-bulk-stale = Was zu tun wäre, hat sich nach der Vorschau geändert. Hier wurde nichts getan.
services-bulk-gone = Die Leistung gibt es nicht mehr.
services-bulk-back = Zurück zu den Leistungen
left-on-its-way = ist schon unterwegs
left-dismissed = schon belassen
left-deleted = bei Cal.com gelöscht; das lässt sich nicht belassen
left-refused = von Cal.com abgelehnt; das lässt sich nicht belassen
left-same = stimmt überein
left-nobody = Es gibt keinen Event-Typ: Niemand mit verbundenem Konto führt die Leistung aus.

# Seite einer Leistung

setting-name = Name
setting-slug = Kurzname
setting-description = Beschreibung
setting-online = Online angeboten
setting-buffer-before = Puffer davor
setting-buffer-after = Puffer danach
setting-notice = Vorlauf
setting-change-notice = Absagefrist
setting-window = Buchbar im Voraus
setting-confirmation = Muss bestätigt werden
setting-no-guests = Ohne Gäste
setting-places = Ort
setting-segments = Arbeitsabschnitte
setting-staff = Wer sie ausführt
setting-reference = Verstecktes Feld für unseren Verweis
window-unlimited = unbegrenzt
window-days = { $count ->
    [one] einen Tag
   *[other] { $count } Tage
}
place-customers-phone = unter der Nummer der Kundin oder des Kunden
place-customers-address = bei der Kundin oder dem Kunden
action-push = → Zu Cal.com syncen
action-pull = Von Cal.com neu laden
action-reset = Sync-Status zurücksetzen
service-is-deleted = Diese Leistung ist gelöscht. Was geschehen ist, bleibt hier lesbar.
divergences-text = Bei Cal.com steht etwas anderes als hier. Hier gilt es erst, wenn Sie es übernehmen.
diverged-there = bei Cal.com geändert
differs-since-tied = unterscheidet sich seit der Verknüpfung
never-shared = noch nie
cannot-take-name = Übernehmen geht hier nicht: Bei Cal.com besteht der Name aus dem der Leistung und dem des Abschnitts. Ändern Sie die Leistung, wenn es so heißen soll.
cannot-take-unknown = Übernehmen geht hier nicht: Was bei Cal.com steht, lässt sich bei einer Leistung nicht einstellen.
seen = Gesehen
seen-first = zuerst
seen-last = zuletzt
decide = Entscheiden
dismissed = bleibt so
send-ours = Unseres senden
take-theirs = Übernehmen
dismiss = Belassen
work-waits = { $time } Wartezeit
work-span = Minute { $from } bis { $until }
work-who = Ausführen können das: { $names }
work-free = In dieser Zeit ist die Person frei für andere.
event-types = Event-Typen bei Cal.com
event-types-none = Noch keine. Sie entstehen von selbst, sobald jemand die Leistung ausführt, dessen Konto verbunden ist.
event-type-leaving = Wird ausgeblendet
staff-whose = Von
connection = Konto
timeline-none = Noch nichts.
becomes = wird zu
service-created = Angelegt
service-imported = Aus Cal.com eingelesen
service-removed = Gelöscht
service-tied = Mit dem Event-Typ { $id } verknüpft
service-sent = Bei Cal.com angekommen: { $fields }
service-diverged = Bei Cal.com geändert: { $field }
service-differs = Seit der Verknüpfung verschieden: { $field }
entry-event-type-of = Event-Typ von { $owner } im Konto { $account }
service-name-deleted = { $name } (gelöscht)
service-converged = Wieder gleich: { $field }
service-kept = Entschieden: Es gilt, was hier steht: { $field }
service-reopened = Abweichung wieder zu entscheiden: { $field }
service-dismissed = Abweichung belassen: { $field } („{ $value }“ bei Cal.com)
service-deleted-there = Event-Typ { $id } bei Cal.com gelöscht
service-deactivated = Deaktiviert, weil bei Cal.com nichts mehr davon da ist
service-pushed = Alles zu Cal.com gesendet
service-pulled = Alles von Cal.com neu geladen
service-reset = Sync-Status zurückgesetzt
called-create = An Cal.com: Event-Typ anlegen
called-update = An Cal.com: Event-Typ ändern
called-delete = An Cal.com: Event-Typ löschen
called-look = Bei Cal.com nachgesehen
flash-dismissed = Die Abweichung bleibt, bis bei Cal.com etwas anderes steht.
flash-nothing-to-settle = Dazu gibt es nichts mehr zu entscheiden, oder die Leistung kann nicht übernehmen, was bei Cal.com steht. Es wurde nichts geändert.
service-stale = Die Leistung hat sich inzwischen geändert, hier oder bei Cal.com. Bitte sehen Sie sich den neuen Stand an.

# Mit einem Event-Typ verbinden, der schon da ist

link-event-type = Mit vorhandenem Event-Typ verbinden
link-event-type-hint = Für wen gibt es bei Cal.com schon einen Event-Typ, der diese Leistung ist?
link-choose = Event-Typ
link-none = In diesem Konto gibt es keinen Event-Typ, der nicht schon für eine Ihrer Leistungen steht.
link-hidden = ausgeblendet
link-other-length = Dauert { $there }, die Leistung { $here }: Gleichen Sie zuerst die Dauer an, dann lässt er sich wählen.
link-typed = Oder Nummer bei Cal.com
link-typed-hint = Sie steht bei Cal.com in der Adresse des Event-Typs. Was hier steht, hat Vorrang vor der Auswahl.
link-preview = Weiter zur Vorschau
service-silent = Cal.com hat gerade nicht geantwortet. Damit nichts ungesehen überschrieben wird, geschieht noch nichts: Versuchen Sie es in einer Minute noch einmal.
link-silent = Cal.com hat nicht rechtzeitig geantwortet; die Event-Typen lassen sich jetzt nicht auflisten. Wenn Sie die Nummer eingeben, wird dieser eine noch einmal nachgesehen.
link-failed = Cal.com hat nicht geantwortet wie erwartet; die Event-Typen lassen sich jetzt nicht lesen. Bitte sehen Sie unter „Verbindungen“ nach dem Konto.
link-follows = Das geschieht, wenn Sie „{ $name }“ ({ $owner }) mit diesem Event-Typ verbinden:
link-same = Beide Seiten sagen schon dasselbe; es gibt keine Abweichungen.
link-keeps = Keine Angabe wird überschrieben, weder hier noch dort: Was sich unterscheidet, wird zur Abweichung, und Sie entscheiden danach Feld für Feld, was gilt.
link-takes-over = Ihr Betrieb übernimmt, was bei Cal.com steht: Was sich unterscheidet, überschreibt sofort, was hier steht.
link-adds-reference = Am Event-Typ ändert sich nur eines: Unser verstecktes Feld für den Verweis kommt dazu.
link-replaces = Event-Typ { $id } steht bisher dafür und wird bei Cal.com ausgeblendet. Die Buchungen darauf bleiben.
link-joins = { $name } führt die Leistung von da an aus.
link-books = Künftige Termine dafür, die noch keine Buchung bei Cal.com haben, werden auf diesem Event-Typ gebucht.
link-differs = Das unterscheidet sich
link-confirm = Verbinden
link-another = Anderen wählen
link-no-account = Für diese Person ist kein Konto bei Cal.com verbunden.
link-other-account = Dieser Event-Typ gehört zu einem anderen Konto als dem dieser Person.
link-unknown = In diesem Konto gibt es keinen Event-Typ mit der Nummer { $id }.
link-no-number = Bitte wählen Sie einen Event-Typ, oder geben Sie seine Nummer ein.
link-minutes = Der Event-Typ dauert { $there }, die Leistung { $here }. Bitte gleichen Sie zuerst die Dauer an: Die Termine wären sonst hier und dort verschieden lang.
link-no-host = Auf diesem Event-Typ eines Teams ist niemand mit diesem Namen eingetragen.
link-taken = Dieser Event-Typ steht schon für „{ $name }“.
link-already = Diese Leistung ist schon mit diesem Event-Typ verbunden.
flash-linked = Verbunden. Was sich unterscheidet, steht jetzt bei den Abweichungen.

# Bestätigungen

push-warning = Die Daten bei Cal.com werden überschrieben. Was unten in der ersten Spalte steht, geht dort verloren.
pull-warning = Ihre Angaben hier werden überschrieben. Was unten in der ersten Spalte steht, geht hier verloren; der Verlauf behält es.
reset-warning = Was unten steht, wird vergessen, und bei Cal.com wird neu nachgesehen. An der Leistung ändert sich nichts.
push-nothing = Beide Seiten sagen dasselbe: Es geht nichts verloren.
pull-nothing = Hier ändert sich nichts: Cal.com sagt nichts anderes, was übernommen werden kann.
reset-nothing = Es ist nichts fehlgeschlagen: Bei Cal.com wird nur neu nachgesehen.
push-before = Bei Cal.com jetzt
push-after = Danach, wie hier
pull-before = Hier jetzt
pull-after = Danach, wie bei Cal.com
push-confirm = Bei Cal.com überschreiben
pull-confirm = Hier überschreiben
reset-confirm = Zurücksetzen und neu nachsehen
losses = Das wird überschrieben
stays = Das bleibt verschieden
side-calcom = Bei Cal.com
made = Diese Event-Typen werden angelegt
forgotten = Das wird vergessen
failed-tries = { $count ->
    [one] ein Versuch fehlgeschlagen
   *[other] { $count } Versuche fehlgeschlagen
}
flash-pushed = Alles von hier geht jetzt an Cal.com. Das Ergebnis erscheint hier von selbst.
flash-pulled = Übernommen, was bei Cal.com steht.
error-slug-taken = Es gibt schon eine andere Leistung mit diesem Kurznamen. Bitte wählen Sie einen anderen.

# Formular einer Leistung

edit-service = Leistung bearbeiten
create-service = Leistung anlegen
slug-hint = Steht in der Adresse der Buchungsseite. Leer: aus dem Namen gebildet.
duration-minutes = Dauer in Minuten
duration-hint = Ergibt sich von selbst, wenn unten Abschnitte stehen.
price-euros = Preis in Euro
price-hint = Gilt nur hier: Die Schnittstelle von Cal.com kennt keinen Preis.
active-hint = Nicht aktiv: kann nicht gebucht werden und ist bei Cal.com ausgeblendet.
online-hint = Nicht online: Programme können die Leistung nicht über das Internet buchen. Telefon und Salon schon; Cal.com erfährt davon nichts.
places-hint = Leer: an der Adresse der Filiale.
place-number = Ort { $number }
place-kind = Art
place-kind-none = keine
place-kind-address = Adresse
place-kind-phone = Unsere Telefonnummer
place-kind-link = Link
place-kind-customers-phone = Nummer der Kundin oder des Kunden
place-kind-customers-address = Bei der Kundin oder dem Kunden
place-kind-other = Von Cal.com, bleibt wie es ist
place-remove = Diesen Ort entfernen
place-value = Adresse, Nummer oder Link
error-place-kind = Ort { $number }: Bitte wählen Sie, was das ist.
error-place-value = Ort { $number }: Hier fehlt die Adresse, die Nummer oder der Link; höchstens 500 Zeichen.
error-place-phone = Ort { $number }: Das ist keine vollständige Telefonnummer. Beispiel: 030 1234567.
error-place-link = Ort { $number }: Ein Link beginnt mit https:// oder http://.
works-hint = Für Leistungen aus mehreren Abschnitten: Während der Wartezeit ist die Person frei für andere. Leere Zeilen zählen nicht.
work-number = Abschnitt { $number }
work-name = Was
work-minutes = Minuten
work-staff = Wer diesen Abschnitt macht
work-staff-hint = Ohne Auswahl: alle, die die Leistung ausführen.
work-pause = Wartezeit danach
more-rows = Weitere Zeilen
terms = Regeln für Buchungen
buffer-before-minutes = Puffer davor in Minuten
buffer-after-minutes = Puffer danach in Minuten
notice-minutes = Vorlauf in Minuten
window-in-days = Buchbar im Voraus in Tagen
window-hint = Leer: unbegrenzt.
change-notice-hours = Absagefrist in Stunden
change-notice-hint = Bis so lange vorher können Anrufende absagen und verlegen; danach werden sie verbunden. 0: bis zum Beginn.
staff-hint = Für jede Person mit verbundenem Konto entsteht ein Event-Typ bei Cal.com; wer die Leistung nicht mehr ausführt, dessen Event-Typ wird ausgeblendet.
error-number = Bitte geben Sie eine ganze Zahl von { $min } bis { $max } ein.
error-money = Bitte geben Sie einen Betrag mit höchstens zwei Stellen nach dem Komma ein, zum Beispiel 49,00 oder 1.249,00.
error-slug = Bitte nur Kleinbuchstaben ohne Umlaute, Ziffern und einzelne Bindestriche.
error-works = Jeder Abschnitt braucht einen Namen und 1 bis 1440 Minuten; zusammen höchstens einen Tag.
error-waiting = Nach dem letzten Abschnitt gibt es keine Wartezeit: Es folgt keine Arbeit mehr, auf die jemand wartet. Bitte lassen Sie das Feld dort leer, oder fügen Sie einen Abschnitt an.
flash-service-created = Die Leistung ist angelegt. Die Event-Typen bei Cal.com entstehen jetzt von selbst.
flash-service-deleted = Die Leistung ist gelöscht. Bei Cal.com wird jetzt aufgeräumt.

# Löschen

delete-service = Leistung löschen
delete-service-here = Sie verschwindet aus allen Listen und kann nicht mehr gebucht werden.
delete-service-history = Termine und Verlauf bleiben.
delete-service-booked = { $count ->
    [one] Im Kalender steht noch ein Termin dafür; er bleibt bestehen.
   *[other] Im Kalender stehen noch { $count } Termine dafür; sie bleiben bestehen.
}
delete-service-none = Nichts: Es gibt dort keinen Event-Typ dieser Leistung.
delete-service-only-hidden = Diese Event-Typen werden ausgeblendet, nicht gelöscht: Die Buchungen der Termine hängen daran.
delete-service-choose = Diese Event-Typen werden ausgeblendet oder gelöscht, wie Sie es unten wählen.
event-types-hide = Ausblenden: Niemand kann sie mehr buchen; sie lassen sich dort wieder einblenden.
event-types-delete = Löschen: Sie sind dort endgültig weg.
keep-service = Leistung behalten

# Protokoll

audit-text = Was an Leistungen, Konten und Benachrichtigungen geändert, zu offenen Fragen entschieden und mit Webhooks getan wurde: von wem und wann.
audit-kind = Bereich
audit-services = Leistungen
audit-reviews = Zu klären
audit-connections = Konten bei Cal.com
audit-channels = Benachrichtigungen
audit-hours = Zeiten und Abwesenheiten
audit-webhooks = Webhooks
audit-shown = Was gezeigt wird
audit-done = Änderungen
audit-traffic = Auch Aufrufe an Cal.com
audit-none-text = Hier erscheint, wer etwas ändert, zu offenen Fragen entscheidet oder den Inhalt von Webhooks liest.
audit-no-match = Nichts gefunden
audit-no-match-text = Zu dieser Auswahl gibt es keine Einträge.
who = Wer
what = Was

# Team und Zeiten
team-hours = Team und Zeiten
team-hours-text = Wann geöffnet ist, wer wann arbeitet und wer abwesend ist. Daraus ergibt sich, was Anrufern und Programmen angeboten wird.
branches-none = Noch kein Standort
branches-none-text = Wo und wann gearbeitet wird, beginnt mit einem Standort.
opening-hours = Öffnungszeiten
opening-hours-edit = Zeiten ändern
opening-hours-none = Keine Öffnungszeiten eingetragen: Es zählen die Arbeitszeiten.
opening-hours-text = Außerhalb dieser Zeiten und an Feiertagen wird nichts angeboten. Gebuchte Termine bleiben, wie sie sind.
working-hours = Arbeitszeiten
working-hours-none = Keine Arbeitszeiten
working-hours-text = Die Zeiten dieser Person. An Feiertagen des Standorts wird nichts angeboten. Gebuchte Termine bleiben, wie sie sind; Zeiten bei Cal.com werden dort eingestellt.
people-here = Team
staff-inactive = nimmt keine neuen Termine an
closed = geschlossen
hours-hint = So: 9:00–12:30, 13:30–18:00. Leer heißt geschlossen oder frei.
holidays = Feiertage
holidays-hint = An den gesetzlichen Feiertagen dieses Bundeslandes wird nichts angeboten.
holidays-blank = Keine Feiertage
holidays-next = Die nächsten:
holidays-of = Feiertage: { $land }
holidays-none = Keine Feiertage eingetragen
land-bw = Baden-Württemberg
land-by = Bayern
land-be = Berlin
land-bb = Brandenburg
land-hb = Bremen
land-hh = Hamburg
land-he = Hessen
land-mv = Mecklenburg-Vorpommern
land-ni = Niedersachsen
land-nw = Nordrhein-Westfalen
land-rp = Rheinland-Pfalz
land-sl = Saarland
land-sn = Sachsen
land-st = Sachsen-Anhalt
land-sh = Schleswig-Holstein
land-th = Thüringen
away = Abwesend
absences = Abwesenheiten
absences-none = Keine Abwesenheit eingetragen.
absence-new = Abwesenheit eintragen
absence-new-text = Dann wird mit dieser Person nichts angeboten. Was schon gebucht ist, bleibt und wird hier gezeigt. Ohne Uhrzeit zählen ganze Tage.
absence-from = Von
absence-from-time = Ab Uhrzeit
absence-to = Bis einschließlich
absence-to-time = Bis Uhrzeit
absence-reason = Grund
absence-reason-hint = Nur, wenn das Team ihn wissen soll, zum Beispiel „Urlaub“. Nichts über die Gesundheit. Anrufer und Cal.com erfahren ihn nicht.
absence-add = Eintragen
absence-remove = Zurücknehmen
booked-within = { $count ->
    [one] Ein Termin liegt darin
   *[other] { $count } Termine liegen darin
}
error-hours = Diese Zeiten lesen wir nicht. Schreiben Sie zum Beispiel 9:00–12:30, 13:30–18:00.
error-hours-backwards = Das Ende liegt vor dem Anfang.
error-hours-overlap = Zwei dieser Zeiten überschneiden sich.
flash-hours-saved = Die Zeiten sind gespeichert.
flash-absence-added = Die Abwesenheit ist eingetragen. Gebuchte Termine bleiben, wie sie sind.
flash-absence-removed = Die Abwesenheit ist zurückgenommen.
deed-hours-changed = Zeiten geändert
deed-absence-added = Abwesenheit eingetragen
deed-absence-removed = Abwesenheit zurückgenommen
