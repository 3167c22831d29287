/** Draws one answer from its data. Everything of the answer becomes text nodes. */

import { html, nothing } from "lit";
import { ASKS, CERTAINTY, NONE, SHIELD, WARNING } from "./icons.js";
import { KIND_LABELS, dateIn, figures, fill, groups, place } from "./words.js";

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
      ${facts.length ? nothing : references(custom.references, view)}
      ${followUps(turn, view)}
      ${foot(turn, view)}
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
  const name = (topic) => settings.topics[topic] ?? topic.replaceAll("_", " ");
  const read = [settings.asked[understood.intent], ...understood.topics.map(name)].filter(Boolean);
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
function grounds({ source, certainty, citations }, custom, view) {
  return html`
    <div class="grounds">
      <span class="chip ${certainty}">
        ${CERTAINTY[certainty] ?? CERTAINTY.not_stated} Certainty: ${view.settings.certainty[certainty] ?? certainty}
      </span>
      <details>
        <summary>Source ${citations.map((marker) => `[${marker}]`).join(" ")}<span class="hidden"> of ${source}</span></summary>
        <div class="source">
          <p>${place(source)} <code>${source}</code></p>
          ${references(custom.references.filter(({ marker }) => citations.includes(marker)), view)}
        </div>
      </details>
    </div>
  `;
}

/** What markers stand for; how they were matched is said once. */
function references(cited, { settings }) {
  if (!cited.length) return nothing;
  return html`
    <ul class="references">
      ${cited.map(({ marker, title, listed }) => html`<li>
        <b>[${marker}]</b> ${listed ? title : fill(settings.unlisted, { markers: marker })}
      </li>`)}
    </ul>
    ${cited.some(({ listed }) => listed) ? html`<p class="note">Matched ${settings.by_position}.</p>` : nothing}
  `;
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

/** The document's state, and what can be done with the answer. */
function foot(turn, view) {
  const { kind, facts, document } = turn.answer.custom;
  const markable = view.settings.marks.length > 0 && !["smalltalk", "error"].includes(kind);
  if (!facts.length && !markable) return nothing;
  const state = { updated: dateIn(view.language, document.updated), status: document.review_status };
  return html`
    <div class="foot">
      ${facts.length ? html`
        <p>${fill(view.settings.status, state)}</p>
        <button type="button" @click=${() => view.copy(turn)}>${turn.copied ? "✓ Copied" : "Copy for the notes"}</button>
      ` : nothing}
      ${markable ? marks(turn, view) : nothing}
    </div>
    ${turn.remarking ? remark(turn, view) : nothing}
  `;
}

function marks(turn, view) {
  if (turn.marked) return html`<span class="marked" tabindex="-1">✓ Marked as ${turn.marked.label.toLowerCase()}. Thank you.</span>`;
  return html`
    <span role="group" aria-label="Mark this answer" class="marks">
      <span aria-hidden="true">This answer is</span>
      ${view.settings.marks.map((mark) => html`
        <button type="button" aria-expanded=${mark.remark ? turn.remarking === mark : nothing}
          @click=${() => view.mark(turn, mark)}>${mark.label}</button>
      `)}
    </span>
    ${turn.markFailed ? html`<span class="failed">${WARNING} The mark could not be sent. Try again.</span>` : nothing}
  `;
}

/** A mark that is no praise takes a word on what is amiss, and is sent with it. */
function remark(turn, view) {
  const send = (event) => {
    event.preventDefault();
    view.mark(turn, turn.remarking, new FormData(event.target).get("remark").trim());
  };
  return html`
    <form class="remark" @submit=${send}>
      <label for="remark-${turn.id}">What is ${turn.remarking.label.toLowerCase()}? Optional; name no patient.</label>
      <div>
        <input id="remark-${turn.id}" name="remark" maxlength=${view.settings.longest_remark} autocomplete="off" />
        <button>Send</button>
      </div>
    </form>
  `;
}
