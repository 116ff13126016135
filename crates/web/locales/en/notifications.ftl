# Notifications: who is told what, and where. No sentence holds anything that people or Cal.com have written.

notifications = Notifications
notifications-text = What has happened and concerns somebody. A click leads to where it is dealt with.
notifications-none = No notification yet
notifications-none-text = When a question comes up or a Cal.com account needs help, it is told here.
bell = { $count ->
    [0] Notifications
    [one] Notifications, one unread
   *[other] Notifications, { $count } unread
}
unread = Unread:
read-all = Mark all as read
told-times = { $count } times

# What can happen

event-urgent-question = Urgent question
event-question = Question
event-differences = Differences
event-connection-stopped = Account stopped
event-unreachable = Cal.com does not answer
event-reachable = Cal.com answers again
event-webhook-silent = Webhook is silent
event-service-differs = Service differs
event-failure-rate = Many failures
event-test = Test
event-undelivered = Not delivered

told-differences = { $count ->
    [one] A verification has found a difference that somebody has to settle.
   *[other] A verification has found { $count } differences that somebody has to settle.
}
told-unauthorized = { $count ->
    [one] Cal.com no longer accepts the key of an account. Its appointments are not synced until a new one is entered.
   *[other] Cal.com no longer accepts the keys of { $count } accounts. Their appointments are not synced until new ones are entered.
}
told-braked = { $count ->
    [one] Unusually much has disappeared at once at an account. It is stopped until somebody has looked.
   *[other] Unusually much has disappeared at once at { $count } accounts. They are stopped until somebody has looked.
}
told-unreachable = { $count ->
    [one] Cal.com does not answer for an account. Changes are collected and made up for.
   *[other] Cal.com does not answer for { $count } accounts. Changes are collected and made up for.
}
told-reachable = { $count ->
    [one] Cal.com answers again for an account. What has gathered is made up for.
   *[other] Cal.com answers again for { $count } accounts. What has gathered is made up for.
}
told-webhook-silent = { $count ->
    [one] No messages come from an account any more. Changes at Cal.com are noticed only after some minutes.
   *[other] No messages come from { $count } accounts any more. Changes at Cal.com are noticed only after some minutes.
}
told-test = This is a test. If you read this, everything arrives this way.
told-failure-rate = A large part of the calls to Cal.com within the last hour has failed.
told-undelivered = { $count ->
    [one] Notifications do not arrive by one channel.
   *[other] Notifications do not arrive by { $count } channels.
}

# In a mailbox

letter-and-more = { $more ->
    [one] { $first } and one more message
   *[other] { $first } and { $more } more messages
}
letter-since = since { $at }
letter-open = Open
letter-why = You get this message because you sign in to Einklang. Admins decide who is told what.

letter-code = { $company }: your code
letter-code-what = Read this code out on the phone. It counts for ten minutes, and in this call only.
letter-code-why = You did not call? Then give the code to nobody: somebody asked about an appointment under your name, and learns nothing without the code.

# Settings

notification-settings = Channels and rules
notification-settings-text = Who is told what, and how.
notification-privacy = Messages hold only what kind of thing happened, counts, times and links. No name, phone number or e-mail address of a customer is in any of them.
channel-app = Behind the bell
channel-app-text = Is on these pages at once. The same thing is counted together until it is read.
channel-email = By e-mail
channel-email-text = To everybody who may sign in and whose role suffices, each in their language.
channel-slack = Slack, Mattermost, Rocket.Chat
channel-slack-text = Takes {"{"}"text": …{"}"}, as Slack and Mattermost do.
channel-discord = Discord
channel-discord-text = Takes {"{"}"content": …{"}"}, as Discord does.
mail-from = It comes from { $from }.
mail-none = This installation sends no e-mail. For that, EINKLANG_SMTP_URL and EINKLANG_MAIL_FROM have to be set.
channel-active = Active
channel-name = Name of the room
channel-target = Address of the webhook
channel-target-kept = Leave it empty to keep the one that is stored.
channel-target-hint = It is a secret: it is stored encrypted and not shown again.
channel-rules = Rules
channel-test = Send a test
channel-remove = Remove
channel-new = Another room
channel-new-text = An address for incoming webhooks, as Slack, Mattermost and Discord give them out.
channel-kind = Format
channel-add = Add
channel-gone = No longer there
told-nobody = Nobody
told-everybody = Everybody
role-and-above = { $role } and above
quiet-from = Quiet from
quiet-to = Quiet until
gather-minutes = Gather, minutes
quiet-hint = In quiet hours only what is urgent goes out: urgent questions and stopped accounts. Everything else waits and comes afterwards in one message.
flash-channel-saved = Saved.
flash-channel-removed = The room is removed.
flash-channel-tried = The test is on its way. What becomes of it is told here.
error-clock = Please enter a time, such as 20:00.
error-room-url = Please enter an address that begins with https://.
error-room-inside = This address leads to this machine or its network. That is not allowed here.

# What became of messages

notification-log = Deliveries
notification-log-text = What went by e-mail and to rooms, and what became of it.
notification-log-none = Nothing sent yet
notification-log-none-text = As soon as a message is gathered, it is told here.
sent-gathering = Being gathered
sent-trying = Being tried
sent-sent = Delivered
sent-given-up = Given up
sent-tries = { $count ->
    [one] one try
   *[other] { $count } tries
}
undelivered-no-mail = This installation sends no e-mail.
undelivered-unreachable = The other side did not answer.
undelivered-refused = The other side refused (status { $status }).
undelivered-address = The address is none that may be sent to.
undelivered-gone = The channel or the person is no longer there.
message-preview-text = This is how a message reads, in the language of whoever reads it; in rooms in that of the company. It names neither customers nor their numbers.
message-preview = What a message looks like
undelivered-unreadable = The message cannot be read from the database.
