# Was die Telefonassistentin sagt: kurze Sätze zum Vorlesen, Zeiten in Worten, nie als Zahlenfolge.

say-when = { $day } um { $time }
say-day = { $weekday }, der { $date }
say-or = { $some } oder { $last }
say-from-to = { $from } bis { $to }
say-and = { $some } und { $last }

say-which-service = Welche Leistung möchten Sie buchen? Wir haben zum Beispiel { $names }.
say-service-unknown = Diese Leistung finde ich nicht. Meinen Sie { $names }?
say-service-several = Dafür gibt es mehrere Leistungen. Meinen Sie { $names }?
say-no-services = Im Moment kann ich hier leider nichts buchen. Bitte rufen Sie später noch einmal an.
say-staff-unknown = Diesen Namen finde ich dafür im Team nicht. Möchten Sie zu { $names }?
say-staff-several = Den Namen gibt es im Team mehrmals. Möchten Sie zu { $names }?
say-nobody = { $service } kann hier im Moment leider niemand übernehmen. Darf es etwas anderes sein?
say-which-branch = Welcher Standort passt Ihnen: { $names }?
say-which-day = Welcher Tag passt Ihnen?
say-day-unclear = Welches Datum meinen Sie genau? Bitte nennen Sie mir Tag und Monat.
say-which-time = Um wie viel Uhr möchten Sie kommen?
say-time-unclear = Welche Uhrzeit meinen Sie genau?
say-time-skipped = Diese Uhrzeit gibt es an dem Tag nicht, weil die Uhr umgestellt wird. Welche andere passt Ihnen?
say-past = { $when } ist schon vorbei. Welcher andere Zeitpunkt passt Ihnen?
say-which-of-these = Was meinen Sie genau: { $choice }?
say-weekday = Wochentag und Datum passen nicht zusammen. Meinen Sie { $choice }?
say-no-such-day = Dieses Datum gibt es nicht. Welcher Tag passt Ihnen?
say-too-far = So weit im Voraus kann ich nicht buchen. Welcher frühere Tag passt Ihnen?
say-day-of-year = { $day } { $year }
say-next-year = Meinen Sie { $day }?
say-which-name = Auf welchen Namen darf ich den Termin eintragen?
say-which-phone = Unter welcher Telefonnummer erreichen wir Sie?
say-read-back = Ich habe verstanden: { $service }, { $when }. Soll ich das so eintragen?

say-confirmed = Ihr Termin ist bestätigt: { $when }, { $service } bei { $staff }.
say-requested = Ich habe Ihren Terminwunsch notiert: { $when }, { $service } bei { $staff }. Bestätigt ist er noch nicht. Wir melden uns, falls die Zeit doch nicht frei ist.
say-taken = { $when } ist leider nicht mehr frei.
say-closed = Zu dieser Zeit wird bei uns nicht gearbeitet: { $when }.
say-offer = Frei wäre { $times }. Was passt Ihnen?
say-offer-day = { $day }: frei wäre um { $times }. Was passt Ihnen?
say-offer-one = Frei wäre { $when } bei { $staff }. Soll ich das eintragen?
say-none-that-day = Am gewünschten Tag, { $day }, ist leider nichts frei.
say-none-then = Zur gewünschten Zeit ist leider nichts frei.
say-not-free = { $when } ist leider nicht frei.
say-holiday = { $day } ist ein Feiertag.
say-terms = Für diese Leistung ist das zu kurzfristig oder zu weit im Voraus: { $when }.
say-slot-unknown = Ich bin nicht sicher, welche der Zeiten Sie meinen. Bitte nennen Sie mir Tag und Uhrzeit noch einmal.
say-offer-none = In den nächsten zwei Wochen finde ich keine freie Zeit. Möchten Sie es bei jemand anderem oder mit einer anderen Leistung versuchen?

say-found-none = Unter Ihrer Telefonnummer finde ich keinen kommenden Termin.
say-found-one = Ich sehe einen Termin: { $appointments }.
say-found-many = Ich sehe { $count } Termine: { $appointments }.
say-found-more = Ich sehe { $count } Termine. Die nächsten sind: { $appointments }.
say-who-calls = Ihre Nummer wird nicht übertragen. Auf welchen Namen und welche Telefonnummer ist der Termin eingetragen?
say-whose = Unter dieser Nummer sind mehrere Personen eingetragen. Auf welchen Namen ist der Termin?
say-appointment = { $when }, { $service }
