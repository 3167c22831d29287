/** `<calciphylaxis-assistant>`: asks the bot and shows its answers. Attributes: endpoint, heading, heading-level, lang. */

import { LitElement, html, nothing, unsafeCSS } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { drawAnswer } from "./answer.js";
import { copy } from "./copy.js";
import { CLOCK, OVER, WARNING } from "./icons.js";
import { Service, newId } from "./service.js";
import style from "./style.css";
import { NO_ANSWER, NO_SETTINGS, dateIn } from "./words.js";

const SLOW_MS = 4000;
/** Where this script came from: there the bot is, unless `endpoint` says otherwise. */
const HOME = new URL(".", document.currentScript?.src ?? document.baseURI).href;

class CalciphylaxisAssistant extends LitElement {
  /** Names the conversation, which is as long as what is on the screen: whoever knows it can go on with it. */
  #sender = newId();

  static styles = unsafeCSS(style);

  static properties = {
    endpoint: {},
    heading: {},
    headingLevel: { attribute: "heading-level", type: Number },
    lang: {},
    _settings: { state: true },
    _turns: { state: true },
    _busy: { state: true },
    _slow: { state: true },
    _problem: { state: true },
    _said: { state: true },
  };

  constructor() {
    super();
    this.heading = "Calciphylaxis Assistant";
    this.headingLevel = 2;
    this._turns = [];
    this._busy = false;
  }

  connectedCallback() {
    super.connectedCallback();
    if (!this._settings) this._open();
  }

  get _service() {
    const base = this.endpoint ? new URL(this.endpoint, document.baseURI).href : HOME;
    return new Service(base.endsWith("/") ? base : `${base}/`);
  }

  get _field() {
    return this.renderRoot.querySelector("textarea");
  }

  async _load() {
    this._settings ??= await this._service.settings();
    this._problem = null;
  }

  async _open() {
    try {
      await this._load();
    } catch (error) {
      this._problem = { words: NO_SETTINGS[error.why] ?? NO_SETTINGS.away, again: () => this._open() };
    }
  }

  /**
   * Ask; the question stays in the field until it is answered, so that it cannot be lost.
   * @param {string} draft what was in the field before a button put another question there
   */
  async _ask(question, draft = "") {
    const text = question.trim();
    if (this._busy || !text) return;
    this._begin(question);
    const sender = this.#sender;
    const slow = setTimeout(() => (this._slow = true), SLOW_MS);
    try {
      const turn = await this._answerTo(text, sender);
      if (sender === this.#sender) await this._put(turn, draft);
    } catch (error) {
      const again = () => this._ask(this._field.value, draft);
      if (sender === this.#sender) this._problem = { words: NO_ANSWER[error.why] ?? NO_ANSWER.away, again };
    } finally {
      clearTimeout(slow);
      if (sender === this.#sender) this._busy = this._slow = false;
    }
  }

  /** The button goes away, so what had its focus is the field. */
  _tryAgain() {
    this._field.focus();
    this._problem.again();
  }

  _begin(question) {
    this._busy = true;
    this._problem = null;
    this._said = "";
    this._field.value = question;
  }

  async _answerTo(question, sender) {
    await this._load();
    await this._tellRole(sender);
    const id = newId();
    return { id, question, answer: await this._service.ask(sender, question, id) };
  }

  async _put(turn, draft) {
    this._turns = [...this._turns, turn];
    this._field.value = draft;
    // Where typing covers half the screen, the answer has it now.
    if (matchMedia("(pointer: coarse)").matches) this._field.blur();
    await this.updateComplete;
    this._show(turn.id);
  }

  /** Bring the top of a turn into view. */
  _show(id) {
    const log = this.renderRoot.querySelector(".log");
    const turn = this.renderRoot.getElementById(`turn-${id}`);
    if (getComputedStyle(log).overflowY === "auto") log.scrollTop = turn.offsetTop - log.offsetTop;
    else turn.scrollIntoView({ block: "start" });
  }

  _change(turn, changes) {
    this._turns = this._turns.map((known) => (known.id === turn.id ? { ...known, ...changes } : known));
  }

  async _copy(turn) {
    const copied = await copy(turn.answer.copy, this.renderRoot);
    this._change(turn, { copied });
    this._said = copied ? "Copied for the notes." : "Copying is not allowed here: select the answer and copy it.";
  }

  /** Send a mark; one that may have a remark asks for it first. */
  async _mark(turn, mark, remark) {
    if (mark.remark && remark === undefined) return this._askForRemark(turn, mark);
    try {
      await this._service.mark(this.#sender, turn.id, mark.mark, remark ?? "");
      this._change(turn, { marked: mark, markFailed: false, remarking: null });
      await this.updateComplete;
      this.renderRoot.querySelector(`#turn-${CSS.escape(turn.id)} .marked`)?.focus();
    } catch {
      this._change(turn, { markFailed: true });
      this._said = "The mark could not be sent. Try again.";
    }
  }

  async _askForRemark(turn, mark) {
    this._change(turn, { remarking: mark });
    await this.updateComplete;
    this.renderRoot.getElementById(`remark-${turn.id}`).focus();
  }

  /** Clear the screen and go on as somebody else. */
  _startOver() {
    this.#sender = newId();
    this._turns = [];
    this._problem = null;
    this._busy = this._slow = this._roleTold = false;
    this._field.value = "";
    this._said = "Started over.";
    this._field.focus();
  }

  _submit(event) {
    event.preventDefault();
    this._ask(this._field.value);
  }

  _key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this._submit(event);
  }

  /** Told with the next question: arrow keys go through every role on the way to one. */
  _chooseRole(event) {
    this._role = event.target.value;
    this._roleTold = false;
  }

  async _tellRole(sender) {
    if (!this._role || this._roleTold) return;
    await this._service.ask(sender, this._role, newId());
    this._roleTold = true;
  }

  render() {
    const level = this.headingLevel || 2;
    const view = {
      settings: this._settings,
      language: this.lang || "en",
      level,
      busy: this._busy,
      ask: (question) => this._ask(question, this._busy ? "" : this._field.value),
      copy: (turn) => this._copy(turn),
      mark: (turn, mark, remark) => this._mark(turn, mark, remark),
    };
    return html`
      <section class="assistant" aria-label=${this.heading} lang="en">
        <header>
          <div class="title">
            <div role="heading" aria-level=${level}>${this.heading}</div>
            <p>Answers from one cited document. For healthcare professionals.</p>
          </div>
          <button type="button" class="over" @click=${this._startOver}>${OVER} Start over</button>
        </header>
        ${this._status(view)}
        <div class="log" role="log" aria-label="Conversation" aria-live="polite" tabindex="0">
          ${this._turns.length ? nothing : this._welcome(view)}
          ${repeat(this._turns, (turn) => turn.id, (turn) => html`
            <article id="turn-${turn.id}" class="turn">
              <div class="question" role="heading" aria-level=${level + 1}><span class="hidden">You asked: </span>${turn.question}</div>
              ${drawAnswer(turn, view)}
            </article>
          `)}
        </div>
        ${this._composer()}
      </section>
    `;
  }

  _roleChoice() {
    if (!this._settings?.roles?.length) return nothing;
    return html`
      <label class="role">I am a
        <select @change=${this._chooseRole}>
          <option value="">not said</option>
          ${this._settings.roles.map(({ label, message }) => html`<option value=${message} ?selected=${message === this._role}>${label}</option>`)}
        </select>
      </label>
    `;
  }

  _status({ language }) {
    const { updated, review_status: status } = this._settings?.document ?? {};
    if (!updated) return html`<p class="status">Document: ${this._problem ? "not known until the assistant is reached" : "loading…"}</p>`;
    return html`<p class="status">
      <span>Document of ${dateIn(language, updated)}</span>
      <span class="chip review">${CLOCK} <span class="hidden">Review status: </span>${status}</span>
    </p>`;
  }

  _welcome(view) {
    const examples = this._settings?.examples ?? [];
    return html`
      <div class="welcome">
        <p class="lead">Ask in your own words. Every line of an answer is a fact of the document, with how sure it is and where it stands.</p>
        ${this._settings ? html`<p class="note">${this._settings.document.disclaimer}</p>` : nothing}
        ${this._roleChoice()}
        ${examples.length ? html`
          <div class="next" role="group" aria-label="Examples">
            <span class="label" aria-hidden="true">For example</span>
            ${examples.map((question) => html`<button type="button" class="follow-up" @click=${() => view.ask(question)}>${question}</button>`)}
          </div>` : nothing}
      </div>
    `;
  }

  _composer() {
    const working = this._slow ? "Still looking it up…" : "Looking it up…";
    return html`
      <form class="composer" @submit=${this._submit}>
        <div class="hidden" role="status">${this._busy ? working : this._said}</div>
        <div role="alert">
          ${this._problem ? html`<p class="problem">
            ${WARNING} <span>${this._problem.words}</span>
            <button type="button" @click=${this._tryAgain}>Try again</button>
          </p>` : nothing}
        </div>
        ${this._busy ? html`<p class="working" aria-hidden="true"><span class="dots"><i></i><i></i><i></i></span>${working}</p>` : nothing}
        <label for="question" class="asked">Your question</label>
        <div class="row">
          <textarea id="question" rows="1" autocomplete="off" aria-describedby="hint" placeholder="Dose, evidence, risks…"
            ?readonly=${this._busy} aria-busy=${this._busy} @keydown=${this._key}></textarea>
          <button class="send" aria-disabled=${this._busy}>Ask</button>
        </div>
        <p id="hint">Name no patient. <span class="keys">Enter asks, Shift+Enter makes a new line.</span></p>
      </form>
    `;
  }
}

customElements.define("calciphylaxis-assistant", CalciphylaxisAssistant);
