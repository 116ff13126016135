//! Whether a caller showed a number. Making it E.164 and finding whose it is happens elsewhere.

/// What a telephone network says about who is calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerNumber<'a> {
    /// Withheld, not transmitted, or a web call. Never use it to recognise anybody.
    Anonymous,
    /// As transmitted, trimmed; not validated.
    Given(&'a str),
}

impl<'a> CallerNumber<'a> {
    /// Recognises the ways of saying "no number": nothing at all, words (`anonymous`, `unknown`,
    /// `restricted`, `private`, …), a `{{template}}` left unfilled, and +266696687, which spells
    /// ANONYMOUS on a keypad.
    pub fn of(transmitted: Option<&'a str>) -> Self {
        let text = transmitted.unwrap_or_default().trim();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let anonymous =
            digits.is_empty() || text.contains("{{") || digits.trim_start_matches('0') == "266696687";
        if anonymous { Self::Anonymous } else { Self::Given(text) }
    }

    /// The number, where one was given.
    pub fn given(self) -> Option<&'a str> {
        match self {
            Self::Anonymous => None,
            Self::Given(number) => Some(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_templates_and_keypad_spellings_are_no_numbers() {
        for anonymous in [
            "",
            " ",
            "anonymous",
            "Unknown",
            "restricted",
            "private",
            "sip:anonymous@anonymous.invalid",
            "+266696687",
            "00266696687",
            "266696687",
            "{{user_number}}",
            "null",
        ] {
            assert_eq!(CallerNumber::of(Some(anonymous)), CallerNumber::Anonymous, "{anonymous:?}");
        }
        assert_eq!(CallerNumber::of(None), CallerNumber::Anonymous);
        for given in ["+4915112345678", "030 123456"] {
            assert_eq!(CallerNumber::of(Some(given)).given(), Some(given));
        }
    }
}
