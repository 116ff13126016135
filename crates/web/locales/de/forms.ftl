# Formulare und was an einer Eingabe nicht stimmt

optional = (freiwillig)
error-required = Bitte füllen Sie dieses Feld aus.
error-email = Das ist keine vollständige E-Mail-Adresse.
error-phone = Das ist keine vollständige Telefonnummer. Beispiel: 030 1234567 oder +49 30 1234567.
error-phone-or-email = Bitte geben Sie eine Telefonnummer oder eine E-Mail-Adresse an.
error-past = Dieser Zeitpunkt ist schon vorbei.
error-step = Bitte wählen Sie eine Uhrzeit im Viertelstundentakt.
error-gap = Diese Uhrzeit gibt es an diesem Tag nicht, weil die Uhr umgestellt wird.
error-taken = Diese Zeit ist schon vergeben. Bitte wählen Sie eine andere.
error-closed = Zu dieser Zeit wird nicht gearbeitet. Bitte wählen Sie eine andere.
error-too-long = Bitte kürzen Sie auf höchstens { $max } Zeichen.
error-unknown = Diese Auswahl gibt es nicht mehr. Bitte wählen Sie neu.
