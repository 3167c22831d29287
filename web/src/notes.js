/** An answer as plain text for the patient's notes: what was said, how sure, where it stands; not what was asked. */

import { certaintyWords, groups, referenceWords } from "./words.js";

export function notesOf({ custom, lead, notes }, settings) {
  const lines = [...lead];
  for (const [facts, sign] of [[custom.facts, "-"], [custom.pitfalls, "! Pitfall:"]]) {
    for (const group of groups(facts)) {
      for (const fact of group.facts) lines.push(`${sign} ${fact.statement}`);
      const markers = group.citations.map((marker) => `[${marker}]`).join("");
      lines.push(`  Certainty: ${certaintyWords(group.certainty, settings)}. Source: ${group.source} ${markers}`);
    }
  }
  lines.push(...notes);
  for (const reference of custom.references) lines.push(`[${reference.marker}] ${referenceWords(reference)}`);
  const { title, updated, review_status: status, disclaimer } = custom.document;
  lines.push(`Document: ${title} Updated ${updated}; ${status}. Knowledge base ${custom.knowledge.version}.`, disclaimer);
  return lines.join("\n");
}

/** Put a text on the clipboard; true if that worked. */
export async function copy(text, host) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https, or where a frame is not allowed to: the old way.
    const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
    const focused = host.activeElement;
    host.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    focused?.focus();
    return done;
  }
}
