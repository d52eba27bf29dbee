// The picture, which is in the page as SVG: the frames of its networks can be chosen.

const caption = el("p", { class: "note" });
const map = el("div", { class: "map scroll", role: "radiogroup", "aria-label": "Choose a network in the picture" });
/** Each with its network, or with several that share it. @type {Map<SVGElement, number[]>} */
const networkFrames = new Map();

function pictureSection() {
  const svg = document.querySelector("#picture svg");
  document.getElementById("picture")?.remove();
  if (!(svg instanceof SVGSVGElement)) return [];
  // It shrinks to the width of the page as long as its texts can be read.
  svg.style.minWidth = `${0.75 * svg.viewBox.baseVal.width}px`;
  for (const frame of svg.querySelectorAll("[data-address]")) {
    const inFrame = (frame.getAttribute("data-address") ?? "").split("\n").flatMap((one) => networkAt.get(one) ?? []);
    const [first] = inFrame.filter((one) => waysOf(one).length > 0);
    if (!(frame instanceof SVGElement) || inFrame.length === 0) continue;
    networkFrames.set(frame, inFrame);
    const named = inFrame.slice(0, 3).map(nameOf).join(", ");
    const label = named + (inFrame.length > 3 ? ` and ${inFrame.length - 3} more` : "");
    const attributes = { role: "radio", "aria-label": label, "aria-checked": "false", tabindex: "-1" };
    for (const [name, value] of Object.entries(attributes)) frame.setAttribute(name, value);
    if (first === undefined) frame.setAttribute("aria-disabled", "true");
    else
      frame.addEventListener("click", () =>
        choose(inFrame.includes(chosen.network) ? chosen.network : first, chosen.name),
      );
  }
  map.append(svg);
  map.addEventListener("keydown", moveInMap);
  return [section("picture", "Picture", caption, map)];
}

/** Moves in the picture by keyboard, as in any group of radio buttons. @param {KeyboardEvent} event */
function moveInMap(event) {
  const all = [...networkFrames.keys()];
  const index = all.findIndex((frame) => frame === document.activeElement);
  const [next, previous] = [index + 1, index - 1];
  /** @type {Record<string, number>} */
  const moves = { ArrowRight: next, ArrowDown: next, ArrowLeft: previous, ArrowUp: previous, Home: 0, End: -1 };
  const frame = all[((moves[event.key] ?? NaN) + all.length) % all.length];
  if (index < 0 || !frame) return;
  event.preventDefault();
  frame.dispatchEvent(new MouseEvent("click"));
  setTabStop(frame);
  frame.focus();
}

/** @param {SVGElement | undefined} stop */
function setTabStop(stop) {
  for (const frame of networkFrames.keys()) frame.setAttribute("tabindex", frame === stop ? "0" : "-1");
}

/** @param {PageWay} way */
function showInPicture([, , reachable, , , dns, homes]) {
  const others = homes.filter((one) => one !== chosen.network);
  const classes = { client: [chosen.network], dns: dns === chosen.network ? [] : [dns], home: others };
  for (const [frame, inFrame] of networkFrames) {
    frame.setAttribute("aria-checked", String(inFrame.includes(chosen.network)));
    for (const [name, marked] of Object.entries(classes))
      frame.classList.toggle(
        name,
        marked.some((one) => inFrame.includes(one)),
      );
  }
  const clientFrame = [...networkFrames.keys()].find((one) => one.classList.contains("client"));
  setTabStop(clientFrame ?? networkFrames.keys().next().value);
  const frame = clientFrame?.getBoundingClientRect();
  const { left, top, right, bottom, width, height } = map.getBoundingClientRect();
  if (frame && (frame.left < left || frame.right > right || frame.top < top || frame.bottom > bottom)) {
    // The picture is scrolled, and not the page.
    map.scrollBy(frame.left - left - (width - frame.width) / 2, frame.top - top - (height - frame.height) / 2);
  }
  caption.replaceChildren(
    `${nameOf(chosen.network)} asks (thick frame)`,
    ...(dns >= 0 && dns !== chosen.network ? [`, the DNS of ${nameOf(dns)} answers (dotted frame)`] : []),
    ...(others.length > 0 ? [`, with an endpoint in ${others.slice(0, 3).map(nameOf).join(", ")} (dashed frame)`] : []),
    `: ${REACHABLE[reachable][0].toLowerCase()}. `,
    el("a", { href: hashOf(chosen.network, chosen.name) }, "Follow the question"),
  );
}
