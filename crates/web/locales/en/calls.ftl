# Calls to the phone agents: what was said in short, and what it led to.

calls = Calls
calls-text = What was said on the phone, in short, and what it led to. No sound is stored.
calls-none = No call yet
calls-none-text = As soon as the phone agent calls a function or reports a call, it appears here.
calls-no-match-text = There are no calls for this selection.
calls-result = Result
calls-with-appointment = with an appointment
calls-without = without one
call = Call
call-started = Began
call-caller = Caller
call-anonymous = number withheld
call-agent = Phone agent
call-branch = Branch
call-summary = In short
call-no-summary = No summary yet
call-led-to = Led to
call-led-nowhere = no appointment
call-transcript = Word by word
call-transcript-managers = Only managers see the call word by word.
call-functions = Functions called
call-functions-none = No function was called in this call.
call-length = Length
call-not-ended = not reported yet
call-ended-because = Ended by
call-successful = Wish fulfilled
call-yes = yes
call-no = no
call-sentiment = Mood
call-id = Id at Retell
call-reports = Reports from Retell

answered-ok = Done
answered-requested = Noted
answered-needs-input = Asked back
answered-not-found = Nothing found
answered-conflict = Not possible
answered-error = Error

notices = AI notice
notices-text = Callers must hear at once that a machine is speaking (AI Act, Article 50). Call each phone agent once and confirm it here, also after every change of its greeting. For example:
notice-example = “Hello, you are speaking with the salon’s digital phone assistant. What can I do for you?”
notice-checked = Notice confirmed
notice-unchecked = Notice not confirmed yet
notice-check = I have heard it
flash-notice-heard = The AI notice is confirmed.
