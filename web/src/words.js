/** What the page itself says. What the bot says too (certainty, sources, the document's state) comes with the settings. */

export const KIND_LABELS = {
  clarify: "The assistant asks back",
  out_of_scope: "Not answered from the document",
  urgent: "Emergency",
  error: "No answer",
};

export const NO_ANSWER = {
  away: "The assistant cannot be reached. Your question is kept below.",
  denied: "This page is not signed in to the assistant. Sign in again or tell those who run it. Your question is kept below.",
};

export const NO_SETTINGS = {
  away: "The assistant cannot be reached at the moment.",
  denied: "This page is not signed in to the assistant. Sign in again or tell those who run it.",
};

/** A date as a reader of that language writes it. */
export function dateIn(language, iso) {
  const date = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return iso;
  const style = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, style).format(date);
}

/** `first-line-interventions/2` for people. */
export function place(locator) {
  const [section, bullet] = locator.split("/");
  const name = section.replaceAll("-", " ");
  return `${name[0].toUpperCase()}${name.slice(1)}, bullet ${bullet}`;
}

/** Put values into one of the bot's phrases, which has their names in braces. */
export function fill(phrase, values) {
  return phrase.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Facts that stand together: from one bullet and of one certainty, in their order. */
export function groups(facts) {
  const found = [];
  for (const fact of facts) {
    const last = found.at(-1);
    if (last && last.source === fact.source && last.certainty === fact.certainty) last.facts.push(fact);
    else found.push({ source: fact.source, certainty: fact.certainty, citations: fact.citations, facts: [fact] });
  }
  return found;
}

const NUMBER = String.raw`\d+(?:,\d{3})*(?:\.\d+)?`;
const UNIT = String.raw`(?:[\s-]?(?:%|per cent|fold|mcg|µg|mg|g|pg/mL|mL|times|days?|weeks?|months?|years?)(?![A-Za-z]))`;
const RATE = String.raw`(?:\s(?:per|a|each|every)\s(?:dialysis\s)?(?:session|day|week|month|year)\b)`;
const FIGURE = new RegExp(
  String.raw`(?<![A-Za-z\d])(?:[<>≤≥~]\s?)?${NUMBER}(?:${UNIT})?(?:\s?(?:to|–|-)\s?${NUMBER})?(?:${UNIT})?(?<rate>${RATE})?(?![A-Za-z\d])`,
  "g",
);

/** Cut a statement into its figures, each with its rate ("per session"), and what stands between them. */
export function figures(statement) {
  const parts = [];
  let end = 0;
  for (const match of statement.matchAll(FIGURE)) {
    if (match.index > end) parts.push({ text: statement.slice(end, match.index) });
    const rate = match.groups.rate ?? "";
    parts.push({ figure: match[0].slice(0, match[0].length - rate.length), rate });
    end = match.index + match[0].length;
  }
  if (end < statement.length) parts.push({ text: statement.slice(end) });
  return parts;
}
