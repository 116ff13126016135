# Der Posteingang: die Webhooks, die kamen, ob jedem geglaubt wurde, und wozu er führte.

deliveries = Webhooks
deliveries-text = Was Cal.com gemeldet hat, ob es geglaubt wurde, und wozu es führte.
deliveries-none = Noch kein Webhook
deliveries-none-text = Sobald sich bei Cal.com etwas ändert, erscheint hier der Webhook dazu.
deliveries-no-match-text = Zu dieser Auswahl gibt es keine Webhooks.
delivery-page = Webhook
delivery-received = Empfangen
delivery-created = Von Cal.com gesendet
delivery-created-unknown = nicht angegeben
delivery-processed = Verarbeitet
delivery-repeated = Wiederholungen
delivery-repeated-last = zuletzt
delivery-repeats = { $count ->
    [one] kam noch einmal
   *[other] kam noch { $count }-mal
}
delivery-booking = Buchung bei Cal.com
delivery-fingerprint = Fingerabdruck
trigger = Meldung
trigger-none = nichts Bekanntes
effect = Wirkung
effect-none = nicht verarbeitet
effect-event-types = Ereignistypen angesehen
taken-over = Danach von Cal.com übernommen

# Urteile

judged-valid = Gültig
judged-stale = Verspätet
judged-repeat = Wiederholt
judged-foreign = Nicht unsere
judged-unreadable = Nicht lesbar
judged-bad-signature = Falsche Signatur
judged-no-secret = Ohne Geheimnis
judged-valid-text = Die Signatur stimmt. Ein Webhook ist nur ein Hinweis: Was gilt, wird bei Cal.com nachgelesen.
judged-stale-text = Die Signatur stimmt, aber er kam mehr als fünf Minuten, nachdem Cal.com ihn gesendet hatte. Verarbeitet wurde er trotzdem: Ein Webhook ist nur ein Hinweis, und was gilt, wird bei Cal.com nachgelesen.
judged-foreign-text = Die Signatur stimmt, aber es geht um einen Ereignistyp, der hier für keine Leistung steht. Er ändert nichts, und sein Inhalt wird nicht aufbewahrt.
judged-unreadable-text = Die Signatur stimmt, aber so etwas sendet Cal.com nicht, soweit bekannt. Er wurde nicht verarbeitet.
judged-bad-signature-text = Er ist nicht mit dem Geheimnis dieses Kontos signiert; deshalb wurde er abgewiesen und nicht verarbeitet. Wer ihn sandte, kennt das Geheimnis nicht, oder beim Webhook bei Cal.com steht ein anderes.
judged-no-secret-text = Der Webhook ist bei Cal.com ohne Geheimnis eingetragen; jeder könnte dies gesandt haben. Er wurde abgewiesen und nicht verarbeitet. Sobald eine Änderung gefunden wird, die kein gültiger Webhook gemeldet hat, wird das Geheimnis dort wieder eingetragen.

# Der Inhalt

delivery-body = Inhalt
delivery-body-gone = Der Inhalt wird nicht aufbewahrt.
delivery-body-hidden = Der Inhalt ist kein JSON; von nichts darin ist bekannt, dass es frei von persönlichen Daten ist.
delivery-whole = Dies ist der ganze Inhalt mit persönlichen Daten. Es wurde vermerkt, dass Sie ihn gelesen haben.
reveal = Alles zeigen
reveal-text = Persönliche Daten sind verborgen. Dass Sie alles gelesen haben, wird vermerkt.
delivery-deeds = Was damit getan wurde
delivery-revealed = Den ganzen Inhalt gelesen
delivery-replayed = Noch einmal verarbeiten lassen; vorher: { $before }

# Noch einmal

replay = Noch einmal verarbeiten
replay-all = Noch einmal verarbeiten …
replay-all-text = Alle Webhooks dieser Auswahl, auf allen Seiten, die gültig waren und deren Inhalt noch da ist, werden noch einmal verarbeitet. Das schadet nicht: Jeder ist nur ein Hinweis, bei Cal.com nachzusehen, mit höchstens einer Anfrage.
replay-all-now = Alle noch einmal verarbeiten
flash-replaying = Sie werden noch einmal verarbeitet. Was daraus folgt, erscheint hier von selbst.
flash-nothing-to-replay = Hier ist nichts, das noch einmal verarbeitet werden kann: Es wartet schon, wurde abgewiesen, oder sein Inhalt wird nicht mehr aufbewahrt.
