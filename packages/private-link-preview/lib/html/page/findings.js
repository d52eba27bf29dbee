// The findings.

/** Lists longer than this are shown in part at first. */
const FINDINGS_AT_FIRST = 3;

function findingsSection() {
  /** @type {Map<string, number[]>} */
  const byCode = new Map();
  // Errors first, then warnings, then what is ignored.
  const rank = (/** @type {PageData["findings"][number]} */ { ignored, severity }) =>
    ignored ? 2 : severity === "error" ? 0 : 1;
  for (const [index, { code: of }] of [...findings.entries()].sort(([, a], [, b]) => rank(a) - rank(b)))
    byCode.set(of, [...(byCode.get(of) ?? []), index]);
  const articles = [...byCode].map(([of, indices]) => {
    const number = indices.length > 1 && el("span", { class: "sub" }, count(indices.length, "finding"));
    const heading = el("h3", { id: `code-${of}` }, code(of), number && " ", number);
    return el(
      "article",
      { class: "code", "aria-labelledby": heading.id },
      heading,
      ...firstFindings(indices),
      helpOf(of),
    );
  });
  return section(
    "findings",
    "Findings",
    findings.length === 0 && el("p", {}, "No errors and no warnings."),
    ...articles,
  );
}

/** The first findings of a code, and a button that shows the others. @param {readonly number[]} indices */
function firstFindings(indices) {
  const most = FINDINGS_AT_FIRST;
  const list = el("ul", {}, ...indices.slice(0, most).map(findingItem));
  if (indices.length <= most) return [list];
  const button = moreButton(`Show ${indices.length - most} more`, () => {
    list.append(...indices.slice(most).map(findingItem));
    button.remove();
    const next = /** @type {HTMLElement} */ (list.children[most]);
    next.tabIndex = -1;
    next.focus();
  });
  return [list, button];
}

/** @param {string} of */
function helpOf(of) {
  const { means, fix, ignore } = /** @type {PageData["help"][string]} */ (data.help[of]);
  const terms = Object.entries({ "What it means": means, "How to fix it": fix, "When to ignore it": ignore });
  const list = terms.map(([term, text]) => el("div", {}, el("dt", {}, term), el("dd", {}, text)));
  const summary = el("summary", {}, "What it means, and how to fix it", hiddenText(`: ${of}`));
  return el("details", {}, summary, el("dl", { class: "help" }, ...list));
}

/** @param {number} index */
function findingItem(index) {
  const { severity, message, resources, ignored, reason, way } = at(findings, index);
  const kind = ignored ? "ignored" : severity;
  const asked = names[way?.[1] ?? -1]?.text ?? "the question";
  const label = `${capitalized(severity)}${ignored ? ", ignored" : ""}`;
  return el(
    "li",
    { id: `finding-${index}`, class: `finding ${kind}`, tabindex: "-1" },
    el("p", {}, el("span", { class: `severity ${kind}` }, label), " ", soft(message)),
    note(reason && `Ignored because: ${reason}`),
    resourceList(resources.slice(0, 4), ...(resources.length > 4 ? [`and ${resources.length - 4} more`] : [])),
    way &&
      waysOf(way[0]).length > 0 &&
      el("p", {}, el("a", { href: hashOf(...way), class: "see" }, soft(`Follow ${asked} from ${nameOf(way[0])}`))),
  );
}
