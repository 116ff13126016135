# Prüfungen: alle Buchungen eines Kontos, verglichen mit dem, was hier von ihnen bekannt ist.

verifications = Prüfungen
verifications-text = Bei einer Prüfung wird jede Buchung bei Cal.com mit dem verglichen, was hier von ihr bekannt ist.
verifications-none = Noch keine Prüfung
verifications-none-text = Was kein Webhook gemeldet hat, findet eine Prüfung. Jede Abweichung wird einzeln nachgelesen und nach Möglichkeit gleich behoben.
verification-of = Prüfung von „{ $connection }“
last-verified = Letzte Prüfung
flash-verifying = Die Prüfung hat begonnen. Was sie findet, erscheint hier von selbst.
flash-verified-already = Hier läuft schon eine Prüfung, so wie sie begonnen wurde. Eine zweite fände dasselbe.

# Eine Prüfung beginnen

run-all-accounts = Alle Konten
run-check-only = Nur prüfen
run-check-only-text = „Nur prüfen“ stellt Abweichungen fest und ändert auf keiner Seite etwas.
run-start-from = Erster Tag
run-start-to = Letzter Tag
run-start-text = Ohne Tage werden alle Buchungen geprüft, die vor höchstens { $days } Tagen begonnen haben oder noch bevorstehen, ohne letzten Tag alle ab dem ersten.

# Wie weit sie ist

run-reading = Läuft
run-settling = Liest nach
run-clean = Keine Abweichung
run-unproven = Noch kein Beweis
run-healed = Alles behoben
run-found = Abweichungen
run-open = Offene Abweichungen
run-only-checked = nur geprüft
run-asked = Offene Fragen
run-questions = { $count ->
    [one] Zu einem Termin oder einer Buchung dieses Zeitraums war am Ende noch eine Frage offen.
   *[other] Zu Terminen und Buchungen dieses Zeitraums waren am Ende noch { $count } Fragen offen.
}
run-in-hand-note = { $count ->
    [one] Ein Termin war währenddessen in Arbeit und wurde nicht verglichen.
   *[other] { $count } Termine waren währenddessen in Arbeit und wurden nicht verglichen.
} Dass beide Seiten gleich sind, beweist erst eine Prüfung, die nichts auslässt.
run-unlisted-note = { $count ->
    [one] Eine Buchung findet bei einem Mitglied eines Teams statt, dessen Konto hier nicht verbunden ist: Sie steht auf keiner Liste, die gelesen werden kann, und wurde nicht verglichen.
   *[other] { $count } Buchungen finden bei Mitgliedern eines Teams statt, deren Konten hier nicht verbunden sind: Sie stehen auf keiner Liste, die gelesen werden kann, und wurden nicht verglichen.
}
run-unlisted-connect = Ein Konto wird so verbunden:
run-unreadable-note = { $count ->
    [one] Ein Eintrag der Liste von Cal.com war nicht lesbar, nicht einmal, welche Buchung es ist.
   *[other] { $count } Einträge der Liste von Cal.com waren nicht lesbar, nicht einmal, welche Buchungen es sind.
} Darüber beweist diese Prüfung nichts.
run-verdict-begins = Die Prüfung beginnt gleich.
run-verdict-reading = Die Prüfung läuft: Bis { $until } ist alles verglichen.
run-verdict-settling = { $found ->
    [0] Alles ist verglichen.
    [one] Alles ist verglichen. Eine Abweichung wird noch nachgelesen.
   *[other] Alles ist verglichen. { $found } Abweichungen werden noch nachgelesen.
}
run-verdict-nothing = In diesem Zeitraum gab es nichts zu vergleichen.
run-verdict-clean = { $same ->
    [one] Keine Abweichung: Die eine Buchung ist so, wie sie hier bekannt ist.
   *[other] Keine Abweichung: Alle { $same } Buchungen sind so, wie sie hier bekannt sind.
}
run-verdict-clean-but = Keine Abweichung bei { $same ->
    [one] einer Buchung
   *[other] { $same } Buchungen
}; { $hand ->
    [one] eine weitere war
   *[other] { $hand } weitere waren
} in Arbeit.
run-verdict-clean-read = Keine Abweichung bei { $same ->
    [one] einer Buchung
   *[other] { $same } Buchungen
}; { $unreadable ->
    [one] ein weiterer Eintrag war
   *[other] { $unreadable } weitere Einträge waren
} nicht lesbar.
run-verdict-clean-listed = Keine Abweichung bei { $same ->
    [one] einer Buchung
   *[other] { $same } Buchungen
}; { $unlisted ->
    [one] eine weitere steht
   *[other] { $unlisted } weitere stehen
} auf keiner Liste, die gelesen werden kann.
run-verdict-found = { $found ->
    [one] Eine Abweichung festgestellt.
   *[other] { $found } Abweichungen festgestellt.
}
run-verdict-healed = { $found ->
    [one] Eine Abweichung gefunden und behoben.
   *[other] { $found } Abweichungen gefunden, alle behoben.
}
run-verdict-open = { $found ->
    [one] Eine Abweichung gefunden, und sie ist offen.
   *[other] { $found } Abweichungen gefunden, { $open ->
        [one] eine davon ist offen
       *[other] { $open } davon sind offen
    }.
}
run-window = Geprüft: Buchungen, die ab { $from } und vor { $to } beginnen.
run-window-ahead = Geprüft: alle Buchungen, die ab { $from } beginnen, auch die künftigen.
run-from = ab { $from }
run-held-up = Sie wartet, bis das Konto wieder bereit ist:
run-check-only-note = Es wurde nur geprüft: Was gefunden wurde, ist festgestellt und nicht behoben. Eine Prüfung ohne „Nur prüfen“ behebt, was sich von selbst beheben lässt.

# Was sie sagt

run-compared = Verglichen
run-same = Gleich
run-in-hand = In Arbeit
run-differences = Abweichungen
run-healed-count = Behoben
run-open-count = Offen
run-started = Begonnen
run-starts = Zeitraum
run-read = Alles verglichen
run-finished = Abgeschlossen
run-not-yet = noch nicht
run-by = Veranlasst von
run-course = Verlauf
run-pages = Gelesene Seiten
run-requests = Anfragen an Cal.com
run-requests-text = Die Seiten, die Anfragen, mit denen Abweichungen nachgelesen wurden, und die fehlgeschlagenen.
run-meaning = So ist das zu lesen
run-window-text = Was davor oder danach beginnt, wurde nicht geprüft. Darüber sagt diese Prüfung nichts.
run-in-hand-text = An diesen Terminen geschieht gerade ohnehin etwas, zum Beispiel wird eine Änderung übertragen. Das geht vor, und verglichen wird dabei.
run-differences-text = Cal.com sagt etwas anderes, als hier bekannt war. Das ist ein Hinweis: Bevor etwas daraus folgt, wird die Buchung einzeln nachgelesen. Was schon bekannt ist und unter „Zu klären“ wartet, zählt nicht noch einmal.
run-open-text = Am Ende der Prüfung stimmten beide Seiten hier noch nicht überein. Was seither geschah, steht unter „Jetzt“ und beim Termin.
run-outcome = Am Ende
run-now = Jetzt
run-booking = Buchung bei Cal.com:
run-no-appointment = kein Termin
appointment = Termin
findings-none = Nichts wich ab.
findings-none-yet = Bis jetzt wich nichts ab.
findings-none-of-class = Davon gibt es keine.
run-classes = Arten von Abweichungen
class-all = Alle
class-differs = Anders
class-only-here = Nur hier
class-only-there = Nur bei Cal.com
class-moved = Verlegt
class-stuck = Hängt
class-overlaps = Überschneidung
class-unreadable = Nicht lesbar
finding-differs = Bei Cal.com anders als hier bekannt
finding-only-here = Bei Cal.com nicht mehr da
finding-only-there = Bei Cal.com gebucht, hier unbekannt
finding-moved = Bei Cal.com weiter verlegt als hier bekannt
finding-stuck = Wartete, ohne dass jemand daran arbeitete
finding-overlaps = Überschneidet sich mit einem anderen Termin derselben Person
finding-unreadable = Was Cal.com dazu sagt, ist nicht lesbar
finding-healed = Behoben
finding-noted = Festgestellt
finding-open = Offen
finding-looked-at = Wird nachgelesen
run-before = Verglichen mit der Prüfung davor
run-before-other = Die Prüfung davor galt einem anderen Zeitraum oder hat nur geprüft; die Zahlen sind deshalb nur bedingt vergleichbar.
run-count = Anzahl
run-this = Diese
run-that = Davor
run-difference = Unterschied
