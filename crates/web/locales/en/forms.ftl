# Forms, and what is wrong with an entry

optional = (optional)
error-required = Please fill in this field.
error-email = This is not a complete e-mail address.
error-phone = This is not a complete phone number. Example: 030 1234567 or +49 30 1234567.
error-phone-or-email = Please give a phone number or an e-mail address.
error-past = This time is over already.
error-step = Please choose a time on a quarter of an hour.
error-gap = This time does not exist on that day, because the clock changes.
error-taken = This time is taken already. Please choose another.
error-closed = Nobody works at this time. Please choose another.
error-too-long = Please shorten this to at most { $max } characters.
error-unknown = This choice no longer exists. Please choose again.
