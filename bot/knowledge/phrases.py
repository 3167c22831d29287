"""The bot's fixed phrases. No medical claim stands here: those are facts of the knowledge base."""

from __future__ import annotations

from bot.knowledge.model import Certainty, Facet
from bot.knowledge.roles import Role

ASKED = {
    Facet.OVERVIEW: "an overview",
    Facet.USE: "a recommendation",
    Facet.DOSE: "a dose",
    Facet.FREQUENCY: "how often",
    Facet.DURATION: "for how long",
    Facet.INDICATION: "when or for whom",
    Facet.EFFECT: "the effect",
    Facet.EVIDENCE: "the evidence",
    Facet.REASON: "the reason",
    Facet.RISK: "risks or side effects",
    Facet.ALTERNATIVE: "an alternative",
    Facet.MONITORING: "what to monitor",
    Facet.PROGNOSIS: "the prognosis",
    Facet.ACCURACY: "how reliable it is",
    Facet.TIMING: "the timing",
    Facet.CLAIM: "that statement",
    Facet.ADMINISTRATION: "route, rate or how it is given",
    Facet.AGENT: "which product or drug exactly",
    Facet.METHOD: "how it is done",
    Facet.CAUSE: "the cause or mechanism",
    Facet.EPIDEMIOLOGY: "how common it is",
    Facet.PRESENTATION: "definition, signs or diagnostic criteria",
    Facet.INTERACTION: "interactions or special groups",
    Facet.ACCESS: "cost, supply or licence",
}

CERTAINTY = {
    Certainty.LIMITED: "limited evidence",
    Certainty.MIXED: "mixed evidence",
    Certainty.NOT_SIGNIFICANT: "not statistically significant",
    Certainty.PROMISING: "promising",
    Certainty.NOT_STATED: "not stated",
}

CLAIM = "Please check that against the document:"
NOT_HELD = "The document does not say this ({what})."
NOT_HELD_MATTER = "The document does not mention {what}."
NOT_HELD_AT_ALL = "The document does not hold that about managing {condition}."
OUT_OF_SCOPE = "That is outside what this assistant covers: it answers only from one document on managing {condition}."
OTHER_FIELD = (
    "This names a drug or disease that the document does not speak of; this assistant answers only from one document "
    "on managing {condition}."
)
NEAREST = "It can answer, for example, the questions below."
CLARIFY = "What is this about? Please choose, or name the topic:"
TOO_LONG = (
    "That message is too long to be read as a question ({length} characters; at most {most}). Nothing of it was kept. "
    "Please ask in a sentence or two, for example:"
)
NO_SENDER = "The request names no sender. Send `sender` (a text that is this conversation's own) and `message` as JSON."
NO_RANDOM_SENDER = (
    "The request names no sender that nobody can guess. Send a random UUID as `sender`, a new one for each "
    "conversation."
)
NO_MESSAGE = "The request holds no message. Send `message` (a text) beside `sender` as JSON."
NO_JSON = 'The request is not a JSON object. Send {"sender": "...", "message": "..."}.'
NO_MARK = "The request holds no mark that is known. Send one of those that the settings name, as `mark`."
NO_ANSWER_TO_MARK = (
    "The answer that this mark is for has one already, or is no longer known. Ask again, then mark the new answer."
)
NOT_ALLOWED = "The request carries no valid token. Send `Authorization: Bearer` with the token of this service."
IDENTIFIERS_REMOVED = (
    "Details that could identify a person were removed from your message before it was read; none were kept. Please "
    "ask without them."
)
TOO_MANY = "That is more messages than can be answered at a time. Please send the question again in {seconds} s."
BOT_NAME = "{condition} Assistant"
REPLY_WITH_NUMBER = "Reply with a number to ask:"
ENCRYPTED = (
    "This message is encrypted, and this assistant cannot read encrypted messages. Please ask in a room without "
    "encryption."
)
NOT_TYPED = "This assistant reads typed text only. Please type the question in words."
NOT_ENGLISH = "This assistant reads English only. Please ask in English, for example:"
NOTHING_TO_READ = "There is no question to read in that message. Please type a question in words, for example:"
URGENT = (
    "This needs the emergency pathway now: call your resuscitation or critical-care team. This assistant cannot help "
    "in an emergency."
)
URGENT_FACTS = "What the document says that may bear on it:"
NOT_THE_CONDITION = (
    "By the message this is not {condition}; the document speaks of nothing else, so nothing of it is shown."
)
DENIED_BEFORE = (
    "You said that this patient does not have {condition}, so nothing of the document is shown. Name {condition} in "
    'the question to ask of it, or say "new patient".'
)
AFTER_EMERGENCY = "Noted. Ask again when you want to know what the document says."
ERROR = "The assistant cannot look this up right now. Please send the question again in a minute."
GREETING = "Hello. I answer questions on managing {condition} from one cited document, and from nothing else."
NODS = "👍👌🙏✅"
"""Signs by which users thank without a word."""
THANKS = "You're welcome."
GOODBYE = "Goodbye."
CAPABILITIES = (
    "I answer questions on managing {condition} from one document, word for word the same each time: what is asked "
    "(dose, how often, evidence, risks, alternatives, monitoring, prognosis), how sure the document is, and where it "
    "stands. Topics: {topics}."
)
LIMITS = (
    "I hold only what one document says on managing {condition}. I do not cover other diseases or settings, nor what "
    "the document leaves out, for example {absent}; I do not calculate doses or judge a patient."
)
CURRENCY = 'The document "{title}" was last updated on {updated}; its review status: {status}.'
AUDIENCE = "Written for healthcare professionals. {disclaimer}"
REFERENCES = "The document lists {listed} references without numbers; markers are matched to them by position."
NO_LAST_ANSWER = "Which statement do you mean? Ask a question first, then ask where the answer is from."
SOURCE = "The last answer stands here:"
BOTH_SIDES = "The document says both, and does not say which goes before the other:"
UNLISTED = "marker {markers}: no reference listed in the document"
LISTED = "[{marker}] {title} ({year})"
BY_POSITION = "by position; the list bears no numbers"
CERTAINTY_LINE = "Certainty in the document: {what}."
CERTAINTY_OF = "{grade} ({where})"
OTHERWISE_NOT_STATED = "otherwise not stated"
SOURCES_LINE = "Sources: {what}."
STATUS_LINE = "Document updated {updated}; {status}."
CLARIFY_AGAIN = "I still can't tell what this is about. It can answer, for example, the questions below."
GAPS = "The last answer rests on this; a certainty or reference that the document does not give is named as such:"
LAY_READER = (
    "This assistant is written for healthcare professionals and can't advise patients or relatives. Please ask the "
    "kidney or dialysis team, or your doctor; in an emergency call the emergency number now."
)
NOT_RIGHT = (
    "Sorry. This assistant only repeats what its document says: please name what was meant, or ask in other words, "
    "and tell those who run it what was wrong."
)
_SAME_FOR_ALL = (
    "Facts, figures, warnings and sources are the same for every professional; their order, and where titles stand, "
    "follow the role."
)
ROLE = f"Noted. {_SAME_FOR_ALL}"
ROLE_NOTED = f"Noted: {{role}}. {_SAME_FOR_ALL}"
ROLES = {
    Role.PHYSICIAN: "physician",
    Role.NURSE: "nurse",
    Role.PHARMACIST: "pharmacist",
    Role.OTHER: "healthcare professional",
}
TITLES_ON_REQUEST = 'titles by "which reference?"'
BEYOND = "You named {what} {value} {unit}: {bound} the {limit} {unit} that the document names."
NOT_BEYOND = "You named {what} {value} {unit}: not {bound} the {limit} {unit} that the document names."
NOT_COMPARED = (
    "You named {what} in another unit than the document's threshold ({unit}): the two were not compared, since nothing "
    "is converted here."
)
NOT_STATED_FOR = 'The document states this, but not for: {what}. If this is another patient, say "new patient".'
TOLD_BEFORE = "Carried over of the patient: {what}."
WARNED_BEFORE = "As said: {statement}"
CLARIFY_BETWEEN = "That can be read in more than one way. Which is meant?"
REFERENCE_LISTED = (
    "Marker {marker} is matched by position to: {title} ({publisher}, {year}; {kind}). The document's list bears no "
    "numbers."
)
REFERENCE_UNKNOWN = "The document has no marker {marker}: its markers are 1 to {markers}."
REFERENCE_UNLISTED = "For marker {marker} the document lists no reference: title and authors cannot be told from it."
STARTED_OVER = "Started over: nothing of this conversation is carried on."
SUMMARY = "Shown in this conversation:"
NOTHING_SHOWN = "Nothing has been shown in this conversation yet. Ask a question first, for example:"
REFERENCE_KINDS = {
    "guideline": "The document lists {markers} as a guideline.",
    "research": "The document lists {markers} as research.",
}
UNLISTED_NOTE = "For marker {markers} the document lists no reference: where that comes from cannot be told from it."
STUDY_DESIGN = "Of how a study was done the document says no more than stands in the statements above."
OPEN = "Of {topic} the document does not say: {what}."
FEATURES = "Named of the patient: {what}."
WHAT_TO_KNOW = "Noted: {what}. What would you like to know?"
TOPIC_HEADING = "{topic}:"
KEPT = "The mark was kept with the last answer for those who look after the document's facts."
MARKED = {"useful": f"Thank you. {KEPT}", "wrong": f"{NOT_RIGHT} {KEPT}", "incomplete": f"{NOT_RIGHT} {KEPT}"}
NOT_MARKED = {"useful": THANKS, "wrong": NOT_RIGHT, "incomplete": NOT_RIGHT}
