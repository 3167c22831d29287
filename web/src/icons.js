/** Signs drawn as shapes: fonts differ in which they have. All are beside words that say the same. */

import { svg, html } from "lit";

const icon = (shape) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${shape}</svg>`;

const ring = svg`<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" />`;
const triangle = svg`<path d="M8 1.6 15 14H1Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />
  <path d="M8 6v4" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" /><circle cx="8" cy="12" r="0.95" fill="currentColor" />`;

export const WARNING = icon(triangle);
export const OVER = icon(svg`<path d="M3 8a5 5 0 1 0 1.6-3.7M3 2v3.2h3.2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />`);
export const CLOCK = icon(svg`${ring}<path d="M8 4.2V8l2.6 1.6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />`);
export const ASKS = icon(svg`${ring}<path d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.6.2-.8.6-.8 1.2" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" /><circle cx="8" cy="11.5" r="0.85" fill="currentColor" />`);
export const NONE = icon(svg`${ring}<path d="M3.6 12.4 12.4 3.6" stroke="currentColor" stroke-width="1.5" />`);
export const SHIELD = icon(svg`<path d="M8 1.5 13.5 3.4v4.2c0 3.4-2.3 5.8-5.5 6.9-3.2-1.1-5.5-3.5-5.5-6.9V3.4Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />`);

/** How full the ring is follows the words: a quarter, half, three quarters; waves for no difference; empty for not stated. */
export const CERTAINTY = {
  limited: icon(svg`${ring}<path d="M8 8V1.5A6.5 6.5 0 0 1 14.5 8Z" fill="currentColor" />`),
  mixed: icon(svg`${ring}<path d="M8 1.5a6.5 6.5 0 0 1 0 13Z" fill="currentColor" />`),
  promising: icon(svg`${ring}<path d="M8 8V1.5A6.5 6.5 0 1 1 1.5 8Z" fill="currentColor" />`),
  not_significant: icon(svg`${ring}<path d="M4.6 6.8q1.7-1.7 3.4 0t3.4 0M4.6 10q1.7-1.7 3.4 0t3.4 0" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" />`),
  not_stated: icon(ring),
};
