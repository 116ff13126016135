# Formulare und was an einer Eingabe nicht stimmt

optional = (freiwillig)
error-required = Bitte füllen Sie dieses Feld aus.
error-email = Das ist keine vollständige E-Mail-Adresse.
error-phone = Das ist keine vollständige Telefonnummer. Beispiel: 030 1234567 oder +49 30 1234567.
error-phone-or-email = Bitte geben Sie eine Telefonnummer oder eine E-Mail-Adresse an.
error-past = Dieser Zeitpunkt ist schon vorbei.
error-step = Bitte wählen Sie eine Uhrzeit im Viertelstundentakt.
error-gap = Diese Uhrzeit gibt es an diesem Tag nicht, weil die Uhr umgestellt wird.
error-twice = Diese Uhrzeit gibt es an diesem Tag zweimal, weil die Uhr zurückgestellt wird. Bitte wählen Sie eine andere.
error-taken = Diese Zeit ist schon vergeben. Bitte wählen Sie eine andere.
error-closed = Zu dieser Zeit wird nicht gearbeitet. Bitte wählen Sie eine andere.
error-closed-day = An diesem Tag arbeitet niemand, der diese Leistung anbietet. Bitte wählen Sie einen anderen Tag.
error-too-long = Bitte kürzen Sie auf höchstens { $max } Zeichen.
error-unknown = Diese Auswahl gibt es nicht mehr. Bitte wählen Sie neu.

# Neuer Termin, Verschieben, Absagen

new-what = Leistung und Zeit
new-whom = Für wen
choose = Bitte wählen
any-branch = Alle Standorte
anyone = Wer Zeit hat
date = Tag
date-new = Neuer Tag
clock-time = Uhrzeit
show-times = Freie Zeiten zeigen
times-none = Wählen Sie Leistung und Tag; dann stehen hier die freien Zeiten.
customer-search = Bekannte Person suchen (Name oder Telefon)
search = Suchen
customer-pick = Wer kommt?
customer-new = Neue Person
customer-none = Niemand gefunden.
email-hint = Ohne Adresse verschickt Cal.com keine Bestätigung.
notes-hint = Wird mit der Buchung an Cal.com übertragen.
book = Termin anlegen
back = Zurück
reschedule-title = Termin verschieben
reason-hint = Steht im Verlauf und wird an Cal.com übertragen.
cancel-title = Termin absagen
cancel-warning = Eine Absage lässt sich nicht zurücknehmen; die Zeit wird sofort wieder frei.
cancel-warning-calcom = Cal.com sagt die Buchung ebenfalls ab und benachrichtigt die Person, wenn eine E-Mail-Adresse bekannt ist.
cancel-confirm = Verbindlich absagen
keep = Termin behalten
refused-repeated = Dieses Formular wurde schon einmal abgeschickt, und der Termin ist angelegt. Möchten Sie noch einen anlegen, senden Sie es jetzt noch einmal.
refused-stale = Jemand hat den Termin inzwischen geändert. Oben steht der neue Stand; prüfen Sie, ob Ihre Änderung noch gilt.
