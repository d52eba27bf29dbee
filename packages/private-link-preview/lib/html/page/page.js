// The whole page, which is put together here.

const FOOTER = `Written by private-link-preview ${data.version}, from Terraform's JSON alone. This page loads nothing and sends nothing.`;

function header() {
  return el(
    "header",
    {},
    el("p", { class: "eyebrow" }, data.title, data.source !== "" && ` · ${data.source}`),
    el("h1", {}, symbol(data.state), el("span", {}, data.headline)),
    el("ul", { class: "counts", "aria-label": "Counts" }, ...data.counts.map((text) => el("li", {}, text))),
    note(data.leftOut),
  );
}

/** Goes to the question or the finding that the address of the page names. */
function followHash() {
  const asked = fromHash();
  if (asked) {
    choose(asked.network, asked.name);
    wayHeading.focus({ preventScroll: true });
    wayHeading.scrollIntoView();
    return;
  }
  const [id = "", index = ""] = /^#(finding-(\d+))$/.exec(location.hash)?.slice(1) ?? [];
  // A finding may be among those that a long list does not show yet.
  if (!document.getElementById(id)) {
    const article = document.getElementById(`code-${findings[Number(index)]?.code ?? ""}`)?.parentElement;
    article?.querySelector(/** @type {"button"} */ ("button.more"))?.click();
  }
  const item = document.getElementById(id);
  item?.focus({ preventScroll: true });
  item?.scrollIntoView();
}

document.body.append(
  el("a", { class: "skip", href: "#main" }, "Skip to the content"),
  header(),
  el(
    "main",
    { id: "main", tabindex: "-1" },
    findingsSection(),
    ...(asking.length > 0 ? [matrixSection(), waySection()] : []),
    ...pictureSection(),
    tablesSection(),
  ),
  el("footer", {}, el("p", {}, FOOTER)),
);
const parts = [...document.querySelectorAll("section")].map(({ id, firstElementChild: heading }) =>
  el("a", { href: `#${id}` }, heading?.textContent ?? ""),
);
document.querySelector("header")?.append(el("nav", { "aria-label": "Parts of this page" }, ...parts));
const first = fromHash() ?? firstChoice();
if (first) choose(first.network, first.name);
addEventListener("hashchange", followHash);
// A link to what the address names already changes nothing there.
addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("a")?.hash === location.hash) followHash();
});
// On paper nothing can be opened.
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const one of document.querySelectorAll(/** @type {"button"} */ ("#findings .more"))) one.click();
});
performance.mark("shown");
