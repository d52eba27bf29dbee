// What the parts of the page are made of.

/**
 * An element. Texts are set as text, never as HTML; what is false or undefined is left out.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string | false | undefined)[]} children
 */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

/** @param {string} text */
const hiddenText = (text) => el("span", { class: "visually-hidden" }, text);

/** A smaller text. @param {(Node | string)[]} children */
const sub = (...children) => el("div", { class: "sub" }, ...children);

/** @param {string | false} text */
const note = (text) => text && el("p", { class: "note" }, text);

/** A symbol of a state, which a text beside it says as well. @param {number} state */
const symbol = (state) => el("span", { class: `symbol ${STATES[state]}`, "aria-hidden": "true" }, SYMBOLS[state] ?? "");

/**
 * A text of which long names may break after their dots and hyphens.
 * @param {string} text
 * @param {number} longest a name of this length breaks at no place of its own; few lines of a phone have more letters
 */
function soft(text, longest = 25) {
  const parts = document.createDocumentFragment();
  for (const word of text.split(/(?<=\s)|(?=\s)/)) {
    const pieces = word.length <= longest ? [word] : word.split(/(?<=\S{8}[-._/])(?=\S{8})/);
    pieces.forEach((piece, index) => parts.append(...(index > 0 ? [el("wbr")] : []), piece));
  }
  return parts;
}

/** @param {string} text */
const code = (text) => el("code", {}, soft(text));

const capitalized = (/** @type {string} */ text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {number} number @param {string} noun */
const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** @param {string} text @param {() => void} onClick */
function moreButton(text, onClick) {
  const button = el("button", { type: "button", class: "more" }, text);
  button.addEventListener("click", onClick);
  return button;
}

/** A labelled field. @param {HTMLElement} input @param {string} label */
const field = (input, label) => el("div", { class: "field" }, el("label", { for: input.id }, label), input);

/** A region of its own, which scrolls where it is too wide. @param {string} label @param {HTMLElement} content */
const scrolling = (label, content) =>
  el("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": label }, content);

/** @param {readonly string[]} addresses @param {(Node | string)[]} more */
const resourceList = (addresses, ...more) =>
  addresses.length > 0 &&
  el(
    "ul",
    { class: "resources", "aria-label": "Resources" },
    ...[...addresses.map(code), ...more].map((one) => el("li", {}, one)),
  );

/**
 * A part of the page with a heading, which names it.
 * @param {string} id
 * @param {string | HTMLElement} heading
 * @param {Parameters<typeof el>[2][]} children
 */
function section(id, heading, ...children) {
  const title = typeof heading === "string" ? el("h2", { id: `${id}-heading` }, heading) : heading;
  return el("section", { id, class: "panel", "aria-labelledby": `${id}-heading` }, title, ...children);
}
