# Anrufe bei den Telefonassistenten: was in Kürze gesagt wurde, und wozu es führte.

calls = Anrufe
calls-text = Was am Telefon in Kürze gesagt wurde, und wozu es führte. Tonaufnahmen werden nicht gespeichert.
calls-none = Noch kein Anruf
calls-none-text = Sobald die Telefonassistenz eine Funktion aufruft oder von einem Anruf berichtet, erscheint er hier.
calls-no-match-text = Zu dieser Auswahl gibt es keine Anrufe.
calls-result = Ergebnis
calls-with-appointment = mit Termin
calls-without = ohne Termin
call = Anruf
call-started = Beginn
call-caller = Anrufer
call-anonymous = ohne Rufnummer
call-agent = Telefonassistenz
call-branch = Standort
call-summary = In Kürze
call-no-summary = Noch keine Zusammenfassung
call-led-to = Führte zu
call-led-nowhere = keinem Termin
call-transcript = Wortlaut
call-transcript-managers = Den Wortlaut sieht nur die Leitung.
call-functions = Aufgerufene Funktionen
call-functions-none = In diesem Anruf wurde keine Funktion aufgerufen.
call-length = Dauer
call-not-ended = noch nicht gemeldet
call-ended-because = Beendet durch
call-successful = Anliegen erledigt
call-yes = ja
call-no = nein
call-sentiment = Stimmung
call-id = Kennung bei Retell
call-reports = Meldungen von Retell

answered-ok = Erledigt
answered-requested = Vorgemerkt
answered-needs-input = Nachgefragt
answered-not-found = Nichts gefunden
answered-conflict = Nicht möglich
answered-error = Fehler

notices = KI-Hinweis
notices-text = Wer anruft, muss zu Beginn hören, dass eine Maschine spricht (KI-Verordnung, Artikel 50). Rufen Sie jede Telefonassistenz einmal an und bestätigen Sie es hier, auch nach jeder Änderung ihrer Begrüßung. Ein Beispiel:
notice-example = „Guten Tag, Sie sprechen mit der digitalen Telefonassistenz des Salons. Was kann ich für Sie tun?“
notice-checked = Hinweis bestätigt
notice-unchecked = Hinweis noch nicht bestätigt
notice-check = Ich habe es gehört
flash-notice-heard = Der KI-Hinweis ist bestätigt.
