# Benachrichtigungen: was wem wo gesagt wird. Kein Satz enthält etwas, das Menschen oder Cal.com geschrieben haben.

notifications = Benachrichtigungen
notifications-text = Was geschehen ist und jemanden angeht. Ein Klick führt dorthin, wo es sich klären lässt.
notifications-none = Noch keine Benachrichtigung
notifications-none-text = Sobald eine Frage auftaucht oder ein Cal.com-Konto Hilfe braucht, steht es hier.
bell = { $count ->
    [0] Benachrichtigungen
    [one] Benachrichtigungen, eine ungelesen
   *[other] Benachrichtigungen, { $count } ungelesen
}
unread = Ungelesen:
read-all = Alle als gelesen markieren
told-times = { $count }-mal

# Was geschehen kann

event-urgent-question = Dringende Frage
event-question = Frage
event-differences = Abweichungen
event-connection-stopped = Konto angehalten
event-unreachable = Cal.com antwortet nicht
event-reachable = Cal.com antwortet wieder
event-webhook-silent = Webhook schweigt
event-service-differs = Leistung weicht ab
event-failure-rate = Viele Fehlschläge
event-test = Probe
event-undelivered = Nicht zugestellt

told-differences = { $count ->
    [one] Eine Prüfung hat eine Abweichung gefunden, die jemand klären muss.
   *[other] Eine Prüfung hat { $count } Abweichungen gefunden, die jemand klären muss.
}
told-unauthorized = { $count ->
    [one] Cal.com nimmt den Schlüssel eines Kontos nicht mehr an. Seine Termine werden nicht abgeglichen, bis ein neuer eingetragen ist.
   *[other] Cal.com nimmt die Schlüssel von { $count } Konten nicht mehr an. Ihre Termine werden nicht abgeglichen, bis neue eingetragen sind.
}
told-braked = { $count ->
    [one] Bei einem Konto ist ungewöhnlich vieles auf einmal verschwunden. Es ist angehalten, bis jemand nachgesehen hat.
   *[other] Bei { $count } Konten ist ungewöhnlich vieles auf einmal verschwunden. Sie sind angehalten, bis jemand nachgesehen hat.
}
told-unreachable = { $count ->
    [one] Cal.com antwortet bei einem Konto nicht. Änderungen werden gesammelt und nachgeholt.
   *[other] Cal.com antwortet bei { $count } Konten nicht. Änderungen werden gesammelt und nachgeholt.
}
told-reachable = { $count ->
    [one] Cal.com antwortet bei einem Konto wieder. Was sich angesammelt hat, wird nachgeholt.
   *[other] Cal.com antwortet bei { $count } Konten wieder. Was sich angesammelt hat, wird nachgeholt.
}
told-webhook-silent = { $count ->
    [one] Von einem Konto kommen keine Meldungen mehr. Änderungen bei Cal.com werden erst nach einigen Minuten bemerkt.
   *[other] Von { $count } Konten kommen keine Meldungen mehr. Änderungen bei Cal.com werden erst nach einigen Minuten bemerkt.
}
told-test = Das ist eine Probe. Wenn Sie das lesen, kommt auf diesem Weg alles an.
told-failure-rate = Von den Aufrufen der letzten Stunde bei Cal.com ist ein großer Teil gescheitert.
told-undelivered = { $count ->
    [one] Über einen Kanal kommen Benachrichtigungen nicht an.
   *[other] Über { $count } Kanäle kommen Benachrichtigungen nicht an.
}

# Im Postfach

letter-and-more = { $more ->
    [one] { $first } und eine weitere Meldung
   *[other] { $first } und { $more } weitere Meldungen
}
letter-since = seit { $at }
letter-open = Ansehen
letter-why = Sie erhalten diese Nachricht, weil Sie in Einklang angemeldet sind. Wer wovon erfährt, legt die Administration fest.

letter-code = { $company }: Ihr Code
letter-code-what = Nennen Sie diesen Code am Telefon. Er gilt zehn Minuten und nur für diesen Anruf.
letter-code-why = Sie haben nicht angerufen? Dann geben Sie den Code niemandem: Jemand hat nach einem Termin unter Ihrem Namen gefragt und erfährt ohne den Code nichts.

# Einstellungen

notification-settings = Kanäle und Regeln
notification-settings-text = Wer wovon auf welchem Weg erfährt.
notification-privacy = Nachrichten enthalten nur die Art des Ereignisses, Anzahlen, Zeiten und Links. Namen, Telefonnummern und E-Mail-Adressen von Kundschaft stehen in keiner.
channel-app = Hinter der Glocke
channel-app-text = Steht sofort auf diesen Seiten. Gleiches wird zusammengezählt, bis es gelesen ist.
channel-email = Per E-Mail
channel-email-text = An alle, die sich anmelden dürfen und deren Rolle genügt, jeweils in ihrer Sprache.
channel-slack = Slack, Mattermost, Rocket.Chat
channel-slack-text = Nimmt {"{"}"text": …{"}"} entgegen, wie Slack und Mattermost.
channel-discord = Discord
channel-discord-text = Nimmt {"{"}"content": …{"}"} entgegen, wie Discord.
mail-from = Absender ist { $from }.
mail-none = Diese Installation verschickt keine E-Mail. Dafür müssen EINKLANG_SMTP_URL und EINKLANG_MAIL_FROM gesetzt sein.
channel-active = Aktiv
channel-name = Name des Raums
channel-target = Adresse des Webhooks
channel-target-kept = Leer lassen, damit die gespeicherte bleibt.
channel-target-hint = Sie ist ein Geheimnis: Sie wird verschlüsselt gespeichert und nicht wieder angezeigt.
channel-rules = Regeln
channel-test = Probe senden
channel-remove = Entfernen
channel-new = Weiterer Raum
channel-new-text = Eine Adresse für eingehende Webhooks, wie Slack, Mattermost und Discord sie ausgeben.
channel-kind = Format
channel-add = Hinzufügen
channel-gone = Nicht mehr vorhanden
told-nobody = Niemand
told-everybody = Alle
role-and-above = ab { $role }
quiet-from = Ruhe von
quiet-to = Ruhe bis
gather-minutes = Sammeln, Minuten
quiet-hint = In der Ruhezeit geht nur Dringendes hinaus: dringende Fragen und angehaltene Konten. Alles andere wartet und kommt danach in einer Nachricht.
flash-channel-saved = Gespeichert.
flash-channel-removed = Der Raum ist entfernt.
flash-channel-tried = Die Probe ist unterwegs. Hier erscheint, was aus ihr wird.
error-clock = Bitte geben Sie eine Uhrzeit an, zum Beispiel 20:00.
error-room-url = Bitte geben Sie eine Adresse an, die mit https:// beginnt.
error-room-inside = Diese Adresse führt auf diesen Rechner oder in sein Netz. Das ist hier nicht erlaubt.

# Was aus Nachrichten wurde

notification-log = Zustellung
notification-log-text = Was per E-Mail und an Räume ging und was daraus wurde.
notification-log-none = Noch nichts verschickt
notification-log-none-text = Sobald eine Nachricht gesammelt wird, steht sie hier.
sent-gathering = Wird gesammelt
sent-trying = Wird versucht
sent-sent = Zugestellt
sent-given-up = Aufgegeben
sent-tries = { $count ->
    [one] ein Versuch
   *[other] { $count } Versuche
}
undelivered-no-mail = Diese Installation verschickt keine E-Mail.
undelivered-unreachable = Die Gegenstelle hat nicht geantwortet.
undelivered-refused = Die Gegenstelle hat abgelehnt (Status { $status }).
undelivered-address = Die Adresse ist keine, an die gesendet werden darf.
undelivered-gone = Den Kanal oder die Person gibt es nicht mehr.
message-preview-text = So liest sich eine Nachricht, in der Sprache dessen, der sie liest; in Räumen in der des Unternehmens. Sie nennt weder Namen noch Nummern von Kundinnen und Kunden.
message-preview = Vorschau einer Nachricht
undelivered-unreadable = Die Nachricht ist im Datenbestand nicht lesbar.
