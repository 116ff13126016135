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
verdict-agree = Alle { $total } Termine stimmen mit Cal.com überein.
verdict-some = { $synced } von { $total } Terminen stimmen mit Cal.com überein.
verdict-questions = { $count ->
    [one] Eine Frage wartet auf Sie
   *[other] { $count } Fragen warten auf Sie
}{ $urgent ->
    [0] .
   *[other] , { $urgent } dringend.
}
verdict-proof = „Abgeglichen“ heißt: bei Cal.com gelesen und verglichen.
attention = Braucht Ihre Aufmerksamkeit
attention-none = Nichts zu tun
attention-none-text = Alles, was sich von selbst regeln lässt, ist geregelt.
attention-next = Nächster betroffener Termin:
oldest-question = Älteste
attention-questions = { $cause }: { $count ->
    [one] eine Frage wartet
   *[other] { $count } Fragen warten
}
attention-put-off = { $count ->
    [one] Eine Frage ist zurückgestellt
   *[other] { $count } Fragen sind zurückgestellt
}
attention-unauthorized = Cal.com lehnt den Schlüssel der Verbindung „{ $connection }“ ab
attention-braked = „{ $connection }“ ist angehalten: ungewöhnlich vieles ging bei Cal.com verloren
attention-unreachable = Cal.com ist über „{ $connection }“ nicht erreichbar
attention-paused = Der Abgleich über „{ $connection }“ ist angehalten
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
connection-braked = Zur Sicherheit angehalten
budget = Anfragen je Minute
budget-of = { $used } von { $limit }
last-webhook = Letzter Webhook
last-answer = Letzte Antwort
waiting-changes = Wartende Änderungen
setup = Einrichtung
setup-progress = { $done } von { $total }
setup-branch = Filiale mit Öffnungszeiten anlegen
setup-staff = Team und Arbeitszeiten anlegen
setup-connect = Cal.com-Konto verbinden
setup-services = Leistungen mit Ereignistypen verknüpfen
setup-verified = Alle Konten einmal prüfen
setup-told = Meldungen per E-Mail oder in einen Raum einrichten
setup-phone = Telefonassistenten anschließen
setup-show = Offene Einrichtung wieder anzeigen
setup-hide = Nicht mehr anzeigen
flash-setup-hidden = Was noch einzurichten wäre, wird nicht mehr angezeigt.
flash-setup-shown = Was einzurichten bleibt, wird wieder angezeigt.

# Zu klären

reviews-text = Fragen, die sich nicht von selbst lösen. Die dringendsten stehen oben.
review-since = gemeldet
severity-critical = Dringend
severity-warning = Zu klären

# Verbindungen

connections-text = Cal.com-Konten, ihr Zustand und was mit ihnen verknüpft ist.
unlinked-text = Verbinden Sie sie auf der Seite der Leistung oder mit
unauthorized-text = Cal.com nimmt den Schlüssel nicht mehr an. Änderungen werden gesammelt und übertragen, sobald Sie einen neuen Schlüssel hinterlegen oder Cal.com den alten wieder annimmt.
braked-text = Innerhalb einer Stunde wurden bei Cal.com ungewöhnlich viele Termine oder Leistungen abgesagt oder gelöscht, oder sie sind verschwunden. Deshalb ruht der Abgleich; Änderungen werden gesammelt. Was bis dahin übernommen wurde, bleibt hier abgesagt oder inaktiv. Sehen Sie bei Cal.com nach, was geschehen ist, und setzen Sie den Abgleich dann fort.
paused-text = Jemand hat den Abgleich angehalten. Was sich hier ändert, wird gesammelt und übertragen, sobald es weitergeht; was Cal.com meldet, wird angenommen und aufbewahrt. Es warten { $changes ->
    [0] keine Änderungen
    [one] eine Änderung
   *[other] { $changes } Änderungen
} und { $webhooks ->
    [0] keine Webhooks
    [one] ein Webhook
   *[other] { $webhooks } Webhooks
}.
pause = Abgleich anhalten
pause-text = Was sich hier ändert, wird dann gesammelt und erst übertragen, wenn es weitergeht; was Cal.com meldet, wird aufbewahrt. Bis dahin weiß keine Seite von der anderen: Zeiten, die dort frei aussehen, können hier vergeben sein, und am Telefon wird nichts mehr fest zugesagt.
webhook-silent-text = Bei Cal.com hat sich etwas geändert, ohne dass ein Webhook kam. Bis wieder welche kommen, wird alle paar Minuten nachgesehen. Kommt nach dem Einrichten nichts an, erreicht Cal.com diese Installation nicht.
webhook-missing-text = Bei Cal.com ist kein Webhook für dieses Konto eingerichtet. Was sich dort ändert, wird nur alle paar Minuten durch Nachsehen gefunden.
webhook-again = Webhook neu einrichten
deeds = Was zuletzt getan wurde
deed-connected = Konto verbunden
deed-paused = Abgleich angehalten
deed-resumed = Abgleich fortgesetzt
deed-key-replaced = Neuer API-Schlüssel
deed-webhook-corrected = Webhook neu eingerichtet
deed-webhook-right = Webhook geprüft: alles richtig
deed-channel-added = Benachrichtigung hinzugefügt
deed-channel-changed = Benachrichtigung geändert
deed-channel-parts = Benachrichtigung geändert: { $parts }
channel-part-active = ein oder aus
channel-part-name = Name
channel-part-target = Adresse
channel-part-rules = wer was erfährt
channel-part-quiet = Ruhezeit
channel-part-gathering = Sammelzeit
deed-channel-removed = Benachrichtigung entfernt
resume = Abgleich fortsetzen
resume-ask = Fortsetzen kann ihn, wer die Rolle „Administration“ hat.
key = Neuer API-Schlüssel
key-new = Schlüssel ersetzen
key-save = Prüfen und ersetzen
key-hint = Er beginnt mit „cal_“ und gehört zum selben Konto. Cal.com wird gefragt, bevor er gespeichert wird; bis dahin bleibt der alte.
error-key-refused = Cal.com nimmt diesen Schlüssel nicht an. Der alte ist geblieben.
error-other-account = Dieser Schlüssel gehört zum Konto { $account }, nicht zu diesem. Der alte ist geblieben.
error-unreachable = Cal.com antwortet gerade nicht und konnte nicht gefragt werden. Der alte Schlüssel ist geblieben; versuchen Sie es gleich noch einmal.
flash-resumed = Cal.com nimmt den Schlüssel an. Der Abgleich läuft wieder.
flash-paused = Der Abgleich ist angehalten. Änderungen werden gesammelt.
flash-webhook-right = Der Webhook ist bei Cal.com eingerichtet, wie er sein soll. Geändert wurde nichts.
flash-webhook-corrected = Der Webhook ist bei Cal.com neu eingerichtet.
flash-key-replaced = Der neue Schlüssel ist geprüft und gespeichert.
flash-key-refused = Cal.com nimmt den Schlüssel nicht an; der Abgleich ruht weiter. Hinterlegen Sie einen neuen.
flash-unreachable = Cal.com antwortet gerade nicht; es bleibt, wie es war. Versuchen Sie es gleich noch einmal.
account = Konto
account-name = Name bei Cal.com
base-url = Adresse
connected-since = Verbunden seit
webhook-registered = Webhook angemeldet
webhook-missing = Webhook fehlt
webhook-silent = Webhook schweigt
capabilities = Möglichkeiten
capabilities-what = Was sind Möglichkeiten?
capabilities-text = Beim Verbinden wird jedes Konto gefragt, was seine Schnittstelle kann. Darauf verlässt sich der Abgleich; angenommen wird nichts.
capability-bookings = Buchungen lesen und ändern
capability-event-types = Ereignistypen lesen und ändern
capability-slots = Freie Zeiten abfragen
capability-webhooks = Webhooks anmelden
capability-teams = Team-Ereignistypen
capability-reassign = Buchungen anderen zuweisen
yes = ja
no = nein
links = Verknüpfte Ereignistypen
links-none = Noch keine Leistung ist verknüpft.
team = Team, Cal.com wählt aus

# Ausprobieren

demo-text = Alles hier ist echt, nur Cal.com und das Telefon werden nachgestellt. Drücken Sie, und sehen Sie zu.
demo-deeds = Etwas geschehen lassen
demo-faults = Etwas schiefgehen lassen
demo-log = Was geschehen ist
demo-log-none = Noch ist es still
demo-log-none-text = Drücken Sie einen der Knöpfe, zum Beispiel „Das Telefon klingelt“.
demo-go = Los
demo-armed = Wartet auf den nächsten Anlass
demo-is-down = Cal.com ist noch bis { $time } nicht erreichbar.
demo-ring = Das Telefon klingelt
demo-ring-text = Der Telefonassistent nimmt an und bucht über die echte, unterschriebene Schnittstelle.
demo-book = Bei Cal.com buchen
demo-book-text = Jemand bucht auf der Buchungsseite. Ein Webhook meldet es hierher.
demo-move = Bei Cal.com verschieben
demo-move-text = Der nächste Termin wird dort um eine Stunde verschoben und folgt hier.
demo-cancel = Bei Cal.com absagen
demo-cancel-text = Der nächste Termin wird dort abgesagt. Hier gilt das, sobald Einklang bei Cal.com nachgelesen hat.
demo-lose-webhook = Nächsten Webhook verlieren
demo-lose-webhook-text = Die Meldung kommt nie an. Der Termin bleibt hier einige Minuten, wie er war: bis nach Änderungen gefragt wird oder Sie dort „Jetzt prüfen“ wählen.
demo-fail-after-effect = 500 antworten, nachdem es getan ist
demo-fail-after-effect-text = Cal.com bucht und meldet einen Fehler. Es darf keine zweite Buchung entstehen.
demo-too-many-requests = 429 antworten
demo-too-many-requests-text = Cal.com verlangt eine Minute Ruhe. Danach geht es von selbst weiter.
demo-down = Cal.com fällt für 2 Minuten aus
demo-down-text = Änderungen sammeln sich und werden nachgeholt, sobald Cal.com wieder antwortet.
demo-rang = { $customer } ruft an: „{ $service }“ soll es sein.
demo-said = Der Telefonassistent sagt: „{ $words }“
demo-booked = { $customer } hat bei Cal.com für { $time } gebucht.
demo-moved = Bei Cal.com verschoben: von { $from } auf { $to }.
demo-cancelled = Bei Cal.com abgesagt: { $time }.
demo-ordered = Vorgemerkt: { $fault }.
demo-nothing-to-act-on = Es gibt keinen künftigen Termin, der sich bei Cal.com ändern ließe.
demo-nothing-free = In den nächsten Tagen ist keine Zeit mehr frei.
demo-refused = Abgelehnt: { $words }

# Fehlerseiten

error-400 = Das hat nicht geklappt
error-400-text = Mit dieser Anfrage stimmt etwas nicht. Gehen Sie zurück, laden Sie die Seite neu, und versuchen Sie es noch einmal.
error-403 = Dafür fehlt Ihnen die Berechtigung
error-403-text = Bitten Sie jemanden mit der Rolle „Administration“ darum.
error-404 = Diese Seite gibt es nicht
error-404-text = Vielleicht ist die Adresse falsch, oder der Eintrag gehört zu einem anderen Betrieb.
error-409 = Jemand war schneller
error-409-text = Der Eintrag wurde geändert, während Sie ihn bearbeitet haben. Öffnen Sie ihn neu, und prüfen Sie, was noch gilt.
error-429 = Das waren zu viele Anfragen
error-429-text = Bitte warten Sie einen Moment, und versuchen Sie es dann noch einmal.
error-500 = Da ist bei uns etwas schiefgegangen
error-500-text = Was Sie gespeichert hatten, ist nicht verloren. Versuchen Sie es noch einmal; hilft das nicht, nennen Sie bitte die Nummer unten.
request-id = Nummer der Anfrage:
to-dashboard = Zur Übersicht
to-sign-in = Zur Anmeldung

# Wie es zuletzt ging

course = Änderungen an Cal.com
course-day = Letzte 24 Stunden
course-month = Letzte 30 Tage
course-calls = { $count ->
    [0] keine Aufrufe
    [one] gelungen, von einem Aufruf
   *[other] gelungen, von { $count } Aufrufen
}
course-average = im Mittel
course-longest = höchstens
course-drawing = Aufrufe Tag für Tag, 30 Tage: insgesamt { $total }, davon { $failed } misslungen.
course-told = Bis eine Änderung bei Cal.com hier bekannt ist
course-settled = Bis Abweichungen und Fragen geklärt waren
course-alone = Ohne Zutun behoben
course-alone-of = { $count ->
    [one] von einer Abweichung oder Frage
   *[other] von { $count } Abweichungen und Fragen
}
course-repeated = Wiederholte Aufrufe, 24 Stunden
course-due = Am längsten wartende Arbeit
course-none = kein Webhook in 24 Stunden
course-none-settled = keine in 30 Tagen
course-nothing-due = nichts wartet
