"""Recognisers of everything that names a person by a number, a date, a place or an address, class by class.

The classes are those of HIPAA's Safe Harbor, 45 CFR 164.514(b)(2)(i). Each is one pattern, which takes the label
("MRN") along with its value. Nothing here may match a dose, a range, a rate or a laboratory value.
"""

from __future__ import annotations

from presidio_analyzer import Pattern, PatternRecognizer
from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, IbanRecognizer, NhsRecognizer

LANGUAGE = "en"

_UNITS = (
    r"(?:x|%|[µμu]?g|mcg|mg|kg|gr?|grams?|m?l|dl|mm|cm|m|ml/min|m?mol|mmhg|iu|units?|u|pg|ng|meq|mosm|ata|bpm|f|fr|h|hrs?|"
    r"hours?|min(?:ute)?s?|s|sec|days?|d|wks?|weeks?|w|months?|mo|years?|times?|sessions?|doses?|patients?|pts|cases?|"
    r"cells?|lesions?|pages?|steps?|points?|pain|of|tablets?|vials?)"
)
# A value that is measured, not given to somebody: "2-3x/week", "12.5 to 25 g", "60-80%", a year.
_NO_AMOUNT = (
    r"(?!(?:(?:19|20)\d\d(?![\w/-]))|"
    rf"\d+(?:[.,]\d+)?(?:\s?(?:-|–|to)\s?\d+(?:[.,]\d+)?)*\s?{_UNITS}(?![\w-])|\d+(?:-\d+)?x?/(?:week|wk|day|d|month|h)\b)"
)
_NUMBER = r"(?:\b(?:no|nos|nr|num|number|id|code|ref|pin)\b\.?|\#|№)"
_SEPARATOR = rf"(?:\s*{_NUMBER})?\s*(?:\bis\b|:|=|->|\()?\s*\#?\s*"
_STRONG_SEPARATOR = rf"(?:\s*{_NUMBER}\s*(?:\bis\b|:|=|->)?|\s*[:=]|\s*(?=\#))\s*\#?\s*"
_SIGNS = r"[A-Z0-9](?:[A-Z0-9]|[._/-](?=[A-Z0-9]))"
_MORE = rf"(?:\s(?=[A-Z]*\d)\d?[A-Z0-9]{{3,}}(?:-\d+)?(?![\w/]|\s?{_UNITS}\b))*"
# At least three signs and two digits together, whatever stands between them: "K123456", "00-12-34-56", "8812 3344".
_VALUE = rf"{_NO_AMOUNT}(?=(?:[A-Z._/-]*\d){{2}}){_SIGNS}{{2,}}{_MORE}"
_LONG = rf"(?=(?:[A-Z._/-]*\d){{3}})(?={_SIGNS}{{3}})"


def _labelled(labels: str, weak: str = "") -> str:
    """Make a pattern of labels with their values.

    Args:
        labels: labels whose value may follow at once, if it is long enough.
        weak: words that are labels only with "no.", "number", "id", "#" or a colon behind them.
    """
    at_once = rf"(?:{labels})(?![a-z]){_SEPARATOR}{_LONG}"
    with_a_word = rf"(?:{labels}{'|' + weak if weak else ''})(?![a-z]){_STRONG_SEPARATOR}"
    return rf"(?i:\b(?:{at_once}|{with_a_word}){_VALUE})"


_MONTH = (
    r"(?:(?i:jan(?:uary?)?|feb(?:ruary?|ruar)?|apr(?:il)?|june?|july?|juni|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|"
    r"nov(?:ember)?|de[cz](?:ember)?|januar|märz)|Mar(?:ch)?|MAR(?:CH)?|May|MAY|Mai|march(?=\s+\d)|mar(?=\s+\d))\b\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:19|20)\d\d"
_BORN = (
    r"(?:(?i:\b(?:dob|d\.o\.b\.?|date of birth|born(?: on)?|birthday|geb(?:oren|\.)?(?: am)?|b\.)\s*[:=]?\s*))?"
    r"(?:(?i:the)\s+(?=\d))?"
)
_WHEN = r"(?i:\b(?:since|on|seen|dob|born|last|from|until|till|admitted|started|discharged|geb\.|seit|am)\s+)"
# The document's own date is asked for, too.
_NOT_OF_THE_DOCUMENT = (
    r"(?<!(?i:\b(?:updated?|reviewed?|published|version|guidelines?|document|current|as of|trial|study|approved)\b)"
    r"[^.?!]{0,20})"
)
_DATE = rf"""(?x:
    \b(?=\D{{0,24}}\d){_NOT_OF_THE_DOCUMENT}{_BORN}(?:\b(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:
        \b{_YEAR}([-/.])(?:0?[1-9]|1[0-2])\1{_DAY}\b
      | \b{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\b
      | (?<![\d.,/-])(?:{_DAY}([./-])(?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])([./-]){_DAY})(?:\2|\3)(?:{_YEAR}|\d\d)
        (?![\w%/]|[.,-]\d|\s?(?i:{_UNITS})\b)(?<![^\d.]\d\.\d\d?\.\d\d|^\d\.\d\d?\.\d\d|\D\d\d\.\d\.\d\d)
      | (?<![\w.,/-]){_DAY}(?:st|nd|rd|th|\.)?[\s-]+(?:of\s+)?{_MONTH}
        (?:[\s,'-]+(?:{_YEAR}|\d\d(?!\w|\s?(?i:{_UNITS})\b)))?
      | \b{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?(?![\w%./-]|\s?(?i:{_UNITS})\b)(?:,?\s*{_YEAR}\b)?
      | \b{_MONTH}[\s,/-]+{_YEAR}\b
      | \b(?:0?[1-9]|1[0-2])[-/.]{_YEAR}(?![\w/-])
    )
  | {_WHEN}(?:{_DAY}/(?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])/{_DAY})(?![\w./%-]|\s(?i:{_UNITS}|dose|score|to)\b)
  | {_WHEN}{_DAY}\.(?:0?[1-9]|1[0-2])\.(?![\w%-]|\s*\Z)
)"""

_OLD = r"(?:9\d|1[01]\d|12[0-5])"
_AGE = rf"""(?xi:
    (?<![\d.,/-]){_OLD}\s?(?:-|–)?\s?(?:
        y/?o\b | y\.\s?o\.? | y(?=\s?[mf]\b)
      | y(?:ea)?rs?(?:\s|-)?(?:old|of\s+age)?\b(?!\s+(?:of\s+)?(?:data|survival|follow))
      | jahre(?:\s+alt)? | j(?:ä|ae)hrige?r?n?)(?:\s?[mf]\b)?(?:\s*old\b)?
  | (?<!(?:\b(?:temp|fever|t|tmax)\b|[\d.,/-])[\s:=]{{0,3}}){_OLD}\s?(?-i:[MF])\b(?!\s*(?:fever|temp))
  | \b(?:aged?|alter|turned|turning)\s*[:=]?\s*{_OLD}\b(?!\s?(?:{_UNITS})\b)
  | \b(?:s?he|pt|patient)(?:\s+is|'s)\s+{_OLD}\b(?=\s*(?:[,.;?!]|$|and\b|on\b|with\b))
  | (?<=\b[mf],\s?){_OLD}\b(?=\s*(?:[,.;?!]|$))
  | \bninety(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?(?:\s|-)years?(?:(?:\s|-)old)?
  | \b(?:one\s+)?hundred(?:\s+and\s+\w+)?(?:\s|-)years?(?:\s|-)old
)"""

_PHONE_NUMBER = r"""(?x:
    \+\d{1,3}[\s.-]?(?:\(\d{1,4}\)[\s.-]?)?\d{1,4}(?:[\s./-]?\d{2,5}){1,5}
  | (?:1[\s.-])?\(\d{3}\)\s?\d{3}[\s.-]\d{4}
  | (?:1[\s.-])?\d{3}([-.])\d{3}\1\d{4}
)"""
_LOOSE_NUMBER = r"(?:\(?\+?\d{2,5}\)?(?:[\s./-]?\d{2,6}){1,5}|\d{7,12})"
_CALL = (
    r"(?:phone|tel(?:efon|ephone)?|mobile|cell|handy|whatsapp|contact|call(?:back)?|callback|ring|text(?:\s+me)?|"
    r"reach\s+(?:me|him|her|us)|ph|number)"
)
_PHONE = rf"""(?x:
    (?i:\b(?:{_CALL})(?:\s+(?:number|no\.?|back))?\b\.?\s*\#?\s*(?:\bis\b|(?:me|her|him|us)?\s*\b(?:at|on)\b|:|=)?\s*)?
    (?<![\w.,-]){_PHONE_NUMBER}(?![\w-]|[.,]\d)
  | (?i:\b{_CALL}(?:\s+(?:number|no\.?))?\b\.?\s*\#?\s*(?:\bis\b|(?:me|her|him|us|back)?\s*\b(?:at|on)\b|:|=)?\s*)
    (?=(?:[^\d\n]*\d){{7}})(?!{_LOOSE_NUMBER}\s?(?i:{_UNITS})\b){_LOOSE_NUMBER}(?!\w)
  | (?<![\w.,-])\d{{3}}\s\d{{3}}\s\d{{4}}(?!\w|\s?(?i:{_UNITS})\b)(?:\s(?i:nhs)\b)?
  | (?<![\w.,-])0\d{{2,5}}[\s/]\d{{3,4}}[\s-]?\d{{3,4}}(?!\w|\s?(?i:{_UNITS})\b)
  | (?i:\b(?:pager|bleep|beeper|ext(?:ension)?|dect|durchwahl)\b\.?\s*(?:no\.?|number)?\s*(?:\bis\b|[:\#])?\s*)
    (?!\d+\s?(?i:{_UNITS})\b)\d{{3}}-?\d{{1,5}}\b
)"""
_FAX = rf"""(?x:
    (?i:(?:\b(?:tele|e-?)?fax(?:ed|nummer|es)?\b|\(fax\)|(?<=^|\s)F:)[.)]?(?:/tel)?(?:\s+\w+){{0,2}}?\s*(?:no\.?|number|nr\.?|\#)?
    \s*(?:\bis\b|\bto\b|\bon\b|\bat\b|:|=|->)?\s*)
    (?:{_PHONE_NUMBER}|(?=(?:[^\d\n]{{0,2}}\d){{7}})(?!{_LOOSE_NUMBER}\s?(?i:{_UNITS})\b){_LOOSE_NUMBER})(?!\w)
)"""

_EMAIL = r"""(?xi:
    (?<![\w.!%+'-])(?:mailto:)?[\w.!%+'-]++@(?:[\w-]+\.)+[a-z][a-z0-9-]+\b
  | (?<![\w.+-])[\w.+-]++\s?(?:\(at\)|\[at\]|\{at\}|\sat\s)\s?[\w-]+(?:\s?(?:\(dot\)|\[dot\]|\sdot\s|\.)\s?[\w-]+)*
    (?:\s?(?:\(dot\)|\[dot\]|\sdot\s)\s?|\.)(?:com|org|net|edu|gov|de|uk|info|example)\b
)"""
_EMAIL_SPELT = r"(?i:\b\w++(?:\sdot\s\w++)*\sat\s\w++(?:\sdot\s\w++)+)"

_ENDINGS = (
    r"(?:com|org|net|edu|gov|mil|int|info|biz|io|ai|app|dev|me|ly|gl|eu|uk|de|fr|at|ch|nl|es|it|pl|se|dk|fi|ie|us|ca|au|nz|in|"
    r"jp|cn|br|ru|example|test|local|cloud|online|site|health)"
)
_URL = rf"""(?xi:
    \b(?:https?|s?ftp|wss?|file)://[^\s<>\]]+[^\s<>\].,;:?!]
  | (?<![\w:/])//[\w-]+(?:\.[\w-]+)+(?:/\S*)?
  | \bwww\.[\w-]+(?:\.[\w-]+)+(?:[/?\#][^\s,;)]*)?
  | (?<![\w@.-])(?:[a-z0-9-]++\.)+{_ENDINGS}(?::\d+)?/[^\s,;)]+
  | (?<![\w@.-])(?:[a-z0-9-]++\.)+(?:com|org|net|edu|gov|example|co\.uk)\b(?!\s+[a-z]{{3,}}(?:ed|cated)\b)
)"""

_FILE = r"""(?xi:
    (?:(?:\b(?:leg|foot|hand|wound|face|thigh|whatsapp|screenshot|image|photo|foto|scan)\s)+)?
    (?:\d{4}-\d{2}-\d{2})?(?:(?<=\d)\s*)?(?<![\w()-](?<!\d{4}-\d{2}-\d{2}))[\w()-]++\.(?:jpe?g|png|gif|tiff?|bmp|heic|heif|webp|raw|dng|svg|dcm|mp4|mov|avi|mkv|
    pdf|docx?|xlsx?|rtf|zip)\b
  | \b(?:IMG|DSC[FN]?|PXL|MVI|VID|GOPR|SAM|WA)[_-]?\d{3,}[\w-]*
)"""

_STREETS = r"street|road|avenue|lane|drive|boulevard|court|close|terrace|crescent|square|highway|parkway|place|way"
_STREET = rf"""(?x:
    (?i:\b(?:home\s+)?(?:address|lives?\s+at|living\s+at|resides?\s+at|wohnt|wohnhaft)\s*:?\s*)?(?:
        \b\d{{1,5}}[A-Za-z]?,?\s+(?:\p{{Lu}}[\w.'’]*\s+){{1,3}}
        (?:(?i:{_STREETS})|Rd|Ave?|Ln|Dr|Blvd|Ct|Pl|Sq|Hwy|Pkwy|St)\b\.?
        (?:,?\s*(?i:apt|apartment|suite|unit|flat|floor|\#)\.?\s*\w+)?
      | \b\d{{1,5}}[a-z]?\s+(?:[a-z]+\s+){{1,2}}(?:street|road|avenue|boulevard|blvd|crescent)\b
      | \b\p{{Lu}}[\p{{L}}-]*(?:stra(?:ß|ss)e|str\.|allee|weg|platz|gasse|ring|ufer|damm)\s+\d{{1,4}}\s?[a-z]?\b
      | (?i:\bp\.?\s?o\.?\s?box\s+\d+)
    )(?:,\s*\d{{5}}\s+\p{{Lu}}\p{{L}}+)?(?:,\s*\p{{Lu}}\p{{Ll}}+)?(?:,?\s*[A-Z]{{2}}\s+\d{{5}})?
)"""
_POSTCODE = r"""(?x:
    (?i:\b(?:from|in)\s+)?(?i:\b(?:post\s?code|postal\s+code|zip(?:\s+code)?|plz)\b\s*[:=]?\s*)
        (?:\d{5}(?:-\d{4})?|(?i:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})|\d{4})\b
  | \b(?:(?i:from|in)\s+)?[A-Z]{1,2}\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2}\b(?:\s+area)?
  | (?:(?i:from|in)\s+)?\b\p{Lu}\p{Ll}+(?:\s\p{Lu}\p{Ll}+)*,\s*[A-Z]{2}\s+\d{5}(?:-\d{4})?\b
)"""

CLASSES = {
    "DATE": _DATE,
    "AGE_OVER_89": _AGE,
    "PHONE": _PHONE,
    "FAX": _FAX,
    "EMAIL": f"{_EMAIL}|{_EMAIL_SPELT}",
    "STREET": _STREET,
    "POSTCODE": _POSTCODE,
    "SOCIAL_SECURITY": r"(?<![\d.,-])(?!000|666)\d{3}-\d{2}-\d{4}"
    r"(?:\s+is\s+(?i:his|her|the)\s+(?i:social|ssn))?(?![\d-])"
    r"|(?i:\b(?:sin|ssn?|chi)\b\s*\#?:?\s*)\d{3}[ -]\d{2,3}[ -]\d{3,4}\b"
    r"|(?i:\b(?:nino|ni|national\s+insurance)\b(?:\s+number|\s+no\.?)?:?\s*)[A-Z]{2}\s?(?:\d\d\s?){3}[A-D]\b"
    r"|\b(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?(?:\d\d\s?){3}[A-D]\b"
    r"|(?i:\b(?:sv|sozialversicherungs|rentenversicherungs)-?(?:nummer|nr\.?):?\s*)\d\d\s?\d{6}\s?[A-Z]\s?\d{3}\b|"
    + _labelled(
        r"ssn(?:\s+ends)?|last\s+(?:4|four)(?:\s+of)?\s+(?:the\s+)?ssn|social\s+security|social|nhs|chi|itin|nino|ni\s+number|"
        r"national\s+insurance|national\s+id|personnummer|pesel|sv-nummer|sozialversicherungsnummer|rentenversicherungsnummer",
        r"ss|sin",
    ),
    "MEDICAL_RECORD": _labelled(
        r"mrn|m\.r\.n\.|medical\s+record(?:s)?|empi|crn|urn|fallnummer|patientennummer|pat\.?-?\s?nr\.?",
        r"hospital|hosp|chart|record|patient|pt|ur|case|unit|file|encounter|visit|fall|fin|pid|hn",
    ),
    "HEALTH_PLAN": _labelled(
        r"medicare|medicaid|versichertennummer|versicherten-?nr\.?|kvnr|hicn|ohip|ehic|blue\s+cross|aetna|cigna|humana|health\s+card|"
        r"krankenkasse",
        r"insurance|policy|member|health\s+plan|plan|subscriber|beneficiary|group",
    ),
    "ACCOUNT": _labelled(
        r"acct|a/c|iban|invoice|bank\s+account|billing\s+account|konto(?:nummer|nr\.?)?|routing|amex|visa|mastercard|credit\s+card|billing|guarantor\s+acct|bank\s+acct",
        r"account|card|bank|payment|sort\s+code|kreditkarte",
    )
    + r"|(?i:\bsort\s+code:?\s*)\d\d-\d\d-\d\d\b",
    "LICENCE": _labelled(
        r"dea|npi|gmc|nmc|passport|führerschein|personalausweis|ausweis|reisepass|lanr|bsnr|"
        r"(?:driv(?:er'?s|ing)\s+|medical\s+|state\s+)?licen[cs]e",
        r"certificate|registration|reg|dl|hcpc|lic",
    ),
    "VEHICLE": r"(?i:\bvin\b\s*[:#]?\s*)?\b(?=[A-HJ-NPR-Z0-9]*\d[A-HJ-NPR-Z0-9]*\d)(?=[A-HJ-NPR-Z0-9]*[A-Z]{2})"
    r"[A-HJ-NPR-Z0-9]{17}\b"
    r"|(?i:\b(?:(?:licen[cs]e|number|reg(?:istration)?|car|ambulance)\s+)*(?:plates?|kennzeichen)|\b(?:car|vehicle)(?:\s+reg)?|"
    r"\btag(?:\s+(?:no\.?|number))?)\b\s*(?i:no\.?|number|id)?\s*[:#]?\s*"
    r"(?=[A-ZÄÖÜ -]*\d)(?=[\d -]*[A-ZÄÖÜ])(?=\S*(?:\s[A-Z0-9]+)*)[A-ZÄÖÜ0-9]{1,8}(?:[ -][A-ZÄÖÜ0-9]{1,5}){0,2}\b"
    r"|" + _labelled(r"fahrgestellnummer", r"vin|vehicle|tag|ambulance|fleet|plate|number\s+plate"),
    "DEVICE": _labelled(
        r"serial(?:\s+(?:no|number))?|s/n|imei|seriennummer|udi|device\s+id",
        r"sn|device|lot|model|batch|machine|pump|implant|port|catheter|ref|sensor",
    )
    + r"|(?i:\b(?:\w+\s+)?serial\s*(?:\#|no\.?|number)?\s*:?\s*)\d*[A-Z]+\d[A-Z0-9-]*\b"
    r"|(?i:\budi\s*:?\s*)\(01\)\d{14}[()\w]*"
    r"|(?i:\b(?:lot|batch|catheter lot)\s+)(?=[A-Z]*\d{3})[A-Z]+\d[A-Z0-9]+\b"
    r"|(?i:\bref\.?\s+no\.?\s+)REF\s[\d-]+"
    r"|(?i:\bmac(?:\s+address)?:?\s*)?\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}\b(?i:\s+mac(?:\s+address)?)?",
    "URL": _URL,
    "IP_ADDRESS": r"(?i:\bip(?:v[46])?\s*[:=]?\s*)?"
    r"(?<![\w.:])(?:::ffff:)?(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2}|:\d{2,5})?(?!\.?\d)"
    r"|(?<![\w:.])(?=[\da-f]*(?::[\da-f]+)*::|(?:[\da-f]{1,4}:){7})[\da-f]{1,4}(?:::?[\da-f]{1,4})+(?![\w:])",
    "BIOMETRIC": _labelled(
        r"finger\s?print(?:\s+(?:template|id))?|fingerabdruck|(?:retinal?|iris|palm|face|voice|gait|dna|genome|hand|eye)\s?"
        r"(?:scan|code|print|id|profile|image|sample|template)|biometrics?(?:\s+(?:id|hash|code|template))?",
        r"retinal?|iris|dna|voice|face",
    ),
    "PHOTO": _FILE,
    "OTHER_ID": _labelled(
        r"accession|participant|specimen|barcode|badge|(?:user\s?name|user\s+id)",
        r"study|trial|subject|sample|ticket|reference|ref|order|employee|staff|login|enrolment|booking|"
        r"study\s+id|trial\s+subject|token|session",
    )
    + r"|(?i:\baccession\s*(?:no\.?|number|\#)?\s*:?\s*)[A-Z0-9]+[:-][A-Z0-9]*\d{3}[A-Z0-9]*\b"
    r"|(?i:\b(?:study|trial)\s+subject\s+)\d{2,3}-\d{3,5}\b"
    r"|(?i:\b(?:user\s?name|user\s+id|login)\s*[:=]?\s*)(?=[\w.-]*\d)[a-z][\w.-]{3,}\b"
    r"|(?i:\btoken\s*[:=]?\s*)[A-Za-z0-9._-]{16,}"
    rf"|(?i:\b(?:ward\s+\d+\s+)?(?:bed|bett)\s*(?:no\.?|nr\.?|\#|:)?\s*)(?:\d{{1,3}}[A-Z]\b|\d{{2,3}}(?![\w%./-]|\s?(?i:{_UNITS})\b))"
    rf"|(?i:\b(?:room|rm|zimmer|bay)\s*(?:no\.?|nr\.?|\#|:)?\s*)\d{{2,4}}[A-Z]?(?![\w%./-]|\s?(?i:{_UNITS})\b)"
    r"|\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"
    r"|(?<!\w)@(?=\w*_|\w*\d)[A-Za-z][\w.]{3,}",
}
"""Pattern of each class. Names and towns need lists of words: `bot.channels.names`."""


def recognisers() -> list[PatternRecognizer]:
    """Return our recognisers, and those of Presidio that check a number by its digits."""
    own = [
        PatternRecognizer(
            supported_entity=entity,
            supported_language=LANGUAGE,
            patterns=[Pattern(entity, regex, 0.9)],
            global_regex_flags=0,
        )
        for entity, regex in CLASSES.items()
    ]
    return [*own, NhsRecognizer(), CreditCardRecognizer(), IbanRecognizer()]
