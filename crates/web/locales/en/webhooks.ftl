# The inbox: the webhooks that came, whether each was believed, and what it led to.

deliveries = Webhooks
deliveries-text = What Cal.com has told, whether it was believed, and what it led to.
deliveries-none = No webhook yet
deliveries-none-text = As soon as something changes at Cal.com, its webhook appears here.
deliveries-no-match-text = There are no webhooks for this selection.
delivery-page = Webhook
delivery-received = Received
delivery-created = Sent by Cal.com
delivery-created-unknown = not told
delivery-processed = Processed
delivery-repeated = Repetitions
delivery-repeated-last = last
delivery-repeats = { $count ->
    [one] came once more
   *[other] came { $count } times more
}
delivery-booking = Booking at Cal.com
delivery-fingerprint = Fingerprint
trigger = Told
trigger-none = nothing known
effect = Effect
effect-none = not processed
effect-event-types = Event types looked at
taken-over = Then taken over from Cal.com

# Verdicts

judged-valid = Valid
judged-stale = Late
judged-repeat = Repeated
judged-foreign = Not ours
judged-unreadable = Not readable
judged-bad-signature = Wrong signature
judged-no-secret = No secret
judged-valid-text = The signature is right. A webhook is only a hint: what is true is read at Cal.com.
judged-stale-text = The signature is right, but it came more than five minutes after Cal.com sent it. It was processed all the same: a webhook is only a hint, and what is true is read at Cal.com.
judged-foreign-text = The signature is right, but it is about an event type that stands for no service here. It changes nothing, and its content is not kept.
judged-unreadable-text = The signature is right, but the content is nothing that Cal.com is known to send. It was not processed.
judged-bad-signature-text = It is not signed with the secret of this account, so it was refused and not processed. Whoever sent it does not know the secret, or the webhook at Cal.com has another one.
judged-no-secret-text = The webhook is registered at Cal.com without a secret, so anybody could have sent this. It was refused and not processed. As soon as a change is found that no valid webhook told of, the secret is registered there again.

# The body

delivery-body = Content
delivery-body-gone = The content is not kept.
delivery-body-hidden = The content is no JSON; nothing of it is known to be free of personal data.
delivery-whole = This is the whole content, with personal data. It was written down that you have read it.
reveal = Show everything
reveal-text = Personal data is hidden. That you have read it all is written down.
delivery-deeds = What people did with it
delivery-revealed = Read the whole content
delivery-replayed = Had it processed again; before: { $before }

# Again

replay = Process again
replay-all = Process again…
replay-all-text = All webhooks of this selection, on all pages, that were valid and whose content is still there are processed again. That does no harm: each is only a hint to look at Cal.com, for at most one request.
replay-all-now = Process all of them again
flash-replaying = They are processed again. What follows appears here by itself.
flash-nothing-to-replay = There is nothing here that can be processed again: it waits already, was refused, or its content is not kept any more.
