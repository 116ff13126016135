# Was die Telefonassistentin sagt: kurze Sätze zum Vorlesen, Zeiten in Worten, nie als Zahlenfolge.

say-when = { $day } um { $time }
say-day = { $weekday }, der { $date }
say-day-dative = { $weekday }, dem { $date }
say-day-accusative = { $weekday }, den { $date }
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
say-which-day-of-these = Meinen Sie { $choice }?
say-weekday = Wochentag und Datum passen nicht zusammen. Meinen Sie { $choice }?
say-no-such-day = Dieses Datum gibt es nicht. Welcher Tag passt Ihnen?
say-too-far = So weit im Voraus kann ich nicht buchen. Welcher frühere Tag passt Ihnen?
say-day-of-year = { $day } { $year }
say-next-year = Meinen Sie { $day }?
say-which-name = Auf welchen Namen darf ich den Termin eintragen?
say-which-phone = Unter welcher Telefonnummer erreichen wir Sie?
say-phone-unclear = Die Telefonnummer habe ich nicht verstanden. Bitte nennen Sie sie mir noch einmal, Ziffer für Ziffer.
say-read-back = Ich habe verstanden: { $service }, { $when } bei { $staff }. Soll ich das so eintragen?

say-confirmed = Ihr Termin ist bestätigt: { $when }, { $service } bei { $staff }.
say-requested = Ich habe Ihren Terminwunsch notiert: { $when }, { $service } bei { $staff }. Bestätigt ist er noch nicht. Wir melden uns, falls die Zeit doch nicht frei ist.
say-taken = { $when } ist leider nicht mehr frei.
say-taken-with = Bei { $staff } ist { $when } leider nicht mehr frei.
say-closed = Zu dieser Zeit ist bei uns niemand dafür da: { $when }.
say-away = { $staff } ist zu dieser Zeit nicht da: { $when }.
say-gone = { $service } macht { $staff } bei uns nicht mehr.
say-offer = Frei wäre { $times }. Was passt Ihnen?
say-with = { $when } bei { $staff }
say-offer-day = Am { $day } wäre um { $times } frei. Was passt Ihnen?
say-offer-same-day = Am selben Tag wäre um { $times } frei. Was passt Ihnen?
say-offer-one = Frei wäre { $when } bei { $staff }. Soll ich das eintragen?
say-none-that-day = Am { $day } ist leider nichts frei.
say-none-that-day-with = Bei { $staff } ist am { $day } leider nichts frei.
say-none-then = Zur gewünschten Zeit ist leider nichts frei.
say-none-then-with = Bei { $staff } ist zur gewünschten Zeit leider nichts frei.
say-not-free = { $when } ist leider nicht frei.
say-not-free-with = Bei { $staff } ist { $when } leider nicht frei.
say-holiday = { $day } ist ein Feiertag.
say-terms = Für diese Leistung ist das zu kurzfristig oder zu weit im Voraus: { $when }.
say-slot-unknown = Ich bin nicht sicher, welche der Zeiten Sie meinen. Bitte nennen Sie mir Tag und Uhrzeit noch einmal.
say-slot-differs = Angeboten hatte ich { $service }, { $when } bei { $staff }. Meinen Sie das oder etwas anderes?
say-offer-none = Von { $from } bis { $to } finde ich keine freie Zeit. Möchten Sie es bei jemand anderem oder mit einer anderen Leistung versuchen?

say-found-none = Ich finde dazu keinen kommenden Termin.
say-found-one = Ich sehe einen Termin: { $appointments }.
say-found-many = Ich sehe { $count } Termine: { $appointments }.
say-found-more = Ich sehe { $count } Termine. Die nächsten sind: { $appointments }.
say-who-calls = Ihre Nummer erkenne ich nicht. Auf welchen Namen und für welchen Tag ist der Termin eingetragen?
say-whose = Unter dieser Nummer sind mehrere Personen eingetragen. Auf welchen Namen ist der Termin?
say-appointment = { $when }, { $service }

say-doubted = Damit kann ich Ihren Termin leider nicht finden. Bitte sprechen Sie mit jemandem aus dem Team.
say-which-appointment-day = An welchem Tag ist Ihr Termin?
say-which-appointment-time = Um wie viel Uhr ist Ihr Termin?
say-which-appointment-day-or-code = An welchem Tag ist Ihr Termin? Wenn Sie das nicht wissen, schicke ich einen Code an die hinterlegte E-Mail-Adresse.
say-code-sent = Wenn zu diesem Namen ein Termin und eine E-Mail-Adresse hinterlegt sind, ist ein Code mit sechs Ziffern dorthin unterwegs. Bitte lesen Sie ihn mir vor. Er gilt zehn Minuten.
say-code-wrong = Dieser Code stimmt nicht, oder er gilt nicht mehr. Bitte lesen Sie mir die sechs Ziffern noch einmal vor.
say-which-appointment = Welchen Termin meinen Sie: { $choice }?
say-cancel-read-back = Soll ich diesen Termin absagen: { $service }, { $when }?
say-cancelled = Ihr Termin ist abgesagt: { $service }, { $when }.
say-cancel-requested = Ich habe die Absage notiert: { $service }, { $when }. Sie wird gleich wirksam.
say-cancel-left = Ich habe die Absage notiert: { $service }, { $when }. Das Team kümmert sich darum, dass sie überall eingetragen wird.
say-was-cancelled = Der Termin { $service }, { $when }, war schon abgesagt.
say-over = Der Termin { $service }, { $when }, lässt sich nicht mehr ändern.
say-change-notice = Absagen und verlegen kann ich { $service } nur bis { $hours ->
    [one] eine Stunde
   *[other] { $hours } Stunden
} vorher, und der Termin ist { $when }. Ich verbinde Sie mit jemandem aus dem Team.
say-move-read-back = Soll ich Ihren Termin verlegen? { $service }, bisher { $from }, neu { $to } bei { $staff }.
say-moved = Ihr Termin ist verlegt: { $when }, { $service } bei { $staff }.
say-move-requested = Ich habe die neue Zeit notiert: { $when }, { $service } bei { $staff }. Bestätigt ist sie noch nicht. Wir melden uns, falls sie doch nicht frei ist.
say-move-left = Bei der Verlegung ist etwas dazwischengekommen. Ich verbinde Sie mit jemandem aus dem Team.
say-already = Sie haben dann schon einen Termin: { $when }, { $service }. Soll ich ihn verlegen?
say-too-many = Mehr Änderungen kann ich in einem Anruf nicht vornehmen. Bitte sprechen Sie mit jemandem aus dem Team.
say-known = Guten Tag, { $name }, schön, dass Sie anrufen. Was kann ich für Sie tun?
say-known-unnamed = Guten Tag, schön, dass Sie anrufen. Was kann ich für Sie tun?
say-name-not-known = Unter diesem Namen kenne ich Sie noch nicht. Was kann ich für Sie tun?
say-not-known = Ihre Nummer kenne ich noch nicht. Wie ist Ihr Name, bitte?
