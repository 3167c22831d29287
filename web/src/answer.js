/** Draws one answer from its data. Everything of the answer becomes text nodes. */

import { html, nothing } from "lit";
import { ASKS, CERTAINTY, NONE, SHIELD, WARNING } from "./icons.js";
import { KIND_LABELS, MARK_LABELS, certaintyWords, dateIn, figures, groups, place, referenceWords } from "./words.js";

/**
 * @param {object} turn question, answer and what was done with it
 * @param {object} view settings, language, level of headings, whether a question is under way, and what buttons do
 */
export function drawAnswer(turn, view) {
  const { custom, lead, notes } = turn.answer;
  const facts = groups(custom.facts);
  return html`
    <div class="answer ${custom.kind}">
      ${custom.kind === "urgent" ? urgent(lead, view) : drawLead(custom, lead, view)}
      ${custom.notice ? html`<p class="notice">${SHIELD} <span>${custom.notice}</span></p>` : nothing}
      ${facts.map((group, place) => drawGroup(group, custom, view, place === 0))}
      ${groups(custom.pitfalls).map((group) => pitfall(group, custom, view))}
      ${notes.map((line) => html`<p class="note">${line}</p>`)}
      ${facts.length ? nothing : listOfReferences(custom)}
      ${followUps(turn, view)}
      ${custom.facts.length ? foot(turn, view) : nothing}
    </div>
  `;
}

const KIND_ICONS = { clarify: ASKS, out_of_scope: NONE, error: WARNING };

function heading(level, words, icon = nothing) {
  return html`<div role="heading" aria-level=${level} class="label">${icon} ${words}</div>`;
}

function drawLead(custom, lead, view) {
  const label = KIND_LABELS[custom.kind];
  return html`
    ${custom.kind === "answer" ? readAs(custom, view) : nothing}
    ${label ? heading(view.level + 2, label, KIND_ICONS[custom.kind]) : nothing}
    ${lead.map((line) => html`<p class="lead">${line}</p>`)}
  `;
}

function urgent([first, ...others], view) {
  return html`
    <div class="alarm">
      ${heading(view.level + 2, KIND_LABELS.urgent, html`<span class="sign" aria-hidden="true">!</span>`)}
      <p>${first}</p>
    </div>
    ${others.map((line) => html`<p class="lead">${line}</p>`)}
  `;
}

/** What the question was taken to be, so that a misreading shows. */
function readAs({ understood }, { settings }) {
  const name = (topic) => settings?.topics?.[topic] ?? topic.replaceAll("_", " ");
  const read = [settings?.asked?.[understood.intent], ...understood.topics.map(name)].filter(Boolean);
  if (!read.length) return nothing;
  const carried = understood.assumed.map(name).join(", ");
  return html`<p class="read">
    Read as: ${read.join(" · ")}${carried ? html` <span class="carried">(carried over: ${carried})</span>` : nothing}
  </p>`;
}

function drawStatement(statement) {
  return figures(statement).map(({ text, figure, rate }) =>
    figure ? html`<strong class="figure"><span>${figure}</span>${rate}</strong>` : text,
  );
}

/** The first statement stands out: it answers the question. */
function drawGroup(group, custom, view, first) {
  const [key, ...rest] = first ? group.facts : [null, ...group.facts];
  return html`
    <div class="group">
      ${key ? html`<p class="key">${drawStatement(key.statement)}</p>` : nothing}
      ${rest.length ? html`<ul>${rest.map((fact) => html`<li>${drawStatement(fact.statement)}</li>`)}</ul>` : nothing}
      ${grounds(group, custom, view)}
    </div>
  `;
}

function pitfall(group, custom, view) {
  return html`
    <div class="pitfall">
      ${heading(view.level + 2, "Pitfall", WARNING)}
      ${group.facts.map((fact) => html`<p>${drawStatement(fact.statement)}</p>`)}
      ${grounds(group, custom, view)}
    </div>
  `;
}

/** How sure it is, and where it stands. */
function grounds({ source, certainty, citations }, custom, { settings }) {
  const reference = (marker) => custom.references.find((known) => known.marker === marker);
  return html`
    <div class="grounds">
      <span class="chip ${certainty}">
        ${CERTAINTY[certainty] ?? CERTAINTY.not_stated} Certainty: ${certaintyWords(certainty, settings)}
      </span>
      <details>
        <summary>Source ${citations.map((marker) => `[${marker}]`).join(" ")}<span class="hidden"> of ${source}</span></summary>
        <div class="source">
          <p>${place(source)} <code>${source}</code></p>
          <ul>
            ${citations.map((marker) => html`<li><b>[${marker}]</b> ${referenceWords(reference(marker))}</li>`)}
          </ul>
        </div>
      </details>
    </div>
  `;
}

function listOfReferences({ references }) {
  if (!references.length) return nothing;
  return html`<ul class="references">
    ${references.map((reference) => html`<li><b>[${reference.marker}]</b> ${referenceWords(reference)}</li>`)}
  </ul>`;
}

function followUps(turn, view) {
  const { custom } = turn.answer;
  const again = custom.kind === "error" && turn.question ? [turn.question] : [];
  const offered = again.length ? again : custom.follow_ups;
  if (!offered.length) return nothing;
  const label = again.length ? "Ask again" : custom.facts.length ? "Ask next" : "You can ask";
  // A refusal and a question back lead to the buttons in their own words.
  const said = ["clarify", "out_of_scope"].includes(custom.kind);
  return html`
    <div class="next" role="group" aria-label=${label}>
      ${said ? nothing : html`<span class="label" aria-hidden="true">${label}</span>`}
      ${offered.map((question) => html`
        <button type="button" class="follow-up" aria-disabled=${view.busy} @click=${() => view.ask(question)}>${question}</button>
      `)}
    </div>
  `;
}

function foot(turn, view) {
  const { updated, review_status: status } = turn.answer.custom.document;
  return html`
    <div class="foot">
      <p>Document updated ${dateIn(view.language, updated)}; <b>${status}</b></p>
      <div class="tools">
        <button type="button" @click=${() => view.copy(turn)}>${turn.copied ? "✓ Copied" : "Copy for the notes"}</button>
        ${marks(turn, view)}
      </div>
    </div>
    ${remark(turn, view)}
  `;
}

function marks(turn, view) {
  if (!view.settings?.marks?.length) return nothing;
  if (turn.marked) return html`<span class="marked">✓ Marked: ${MARK_LABELS[turn.marked] ?? turn.marked}</span>`;
  return html`
    <span role="group" aria-label="Was this answer right?">
      ${view.settings.marks.map((mark) => html`
        <button type="button" @click=${() => view.mark(turn, mark)}>${MARK_LABELS[mark] ?? mark}</button>
      `)}
    </span>
    ${turn.markFailed ? html`<span class="failed">The mark could not be sent. Try again.</span>` : nothing}
  `;
}

/** One line more on a mark, if the bot keeps it. */
function remark(turn, view) {
  if (!turn.marked || turn.remarked || !view.settings.remarks) return nothing;
  const send = (event) => {
    event.preventDefault();
    view.mark(turn, turn.marked, new FormData(event.target).get("remark").trim());
  };
  return html`
    <form class="remark" @submit=${send}>
      <label for="remark-${turn.id}">Remark (optional; name no patient)</label>
      <div><input id="remark-${turn.id}" name="remark" required maxlength="500" autocomplete="off" /><button>Send</button></div>
    </form>
  `;
}
