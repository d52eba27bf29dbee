import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hidden, versionAt } from "../../../common/util";
import { MAX_NETWORKS, pictureSvg } from "../drawing/draw";
import type { Preview } from "../preview";
import { pageData } from "./data";

const TITLE = "Private link preview";

/** The files of the page's script, in the order in which they run. */
const SCRIPT = ["data", "elements", "findings", "networks", "question", "picture", "tables", "page"];

/**
 * A preview as one HTML file: the findings with their help, all networks and names at a glance, the way of each question,
 * and a picture of the networks. The file loads nothing and sends nothing, which its Content Security Policy enforces; texts
 * of the previewed file are data of the page and never markup or code.
 *
 * @param notices - warnings that are not about the network
 * @param source - where the preview comes from, such as the name of the file
 */
export function previewHtml(preview: Preview, source = "", notices: readonly string[] = []): string {
  const version = versionAt(__dirname);
  const picture = preview.model.networks.length <= MAX_NETWORKS ? pictureSvg(preview) : "";
  const [style, script] = [pagePart("report.css"), SCRIPT.map((name) => pagePart(`${name}.js`)).join("")];
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${TITLE}</title>
<style>${style}</style>
</head>
<body>
${notices.map((notice) => `<p role="note"><strong>Warning</strong> ${escaped(notice)}</p>`).join("\n")}
<noscript>This report needs JavaScript. The file loads no script from elsewhere; --format markdown writes a report without script.</noscript>
<div id="picture" hidden>${picture}</div>
<script type="application/json" id="data">${island(pageData(preview, { title: TITLE, source, version }))}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** The style or a part of the script of the page, as it is in the file: the hashes in the policy are those of exactly these texts. */
function pagePart(name: string): string {
  // A browser takes any line end for a line feed before it computes the hash.
  return readFileSync(join(__dirname, "page", name), "utf8").replaceAll("\r\n", "\n");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** A text inside of HTML. */
function escaped(text: string): string {
  return hidden(text).replace(/[<>&"'#]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A value as JSON inside of HTML. Characters that hide in a text or reverse it are shown as their codes. */
function island(value: unknown): string {
  const json = JSON.stringify(value, (_, inner: unknown) => (typeof inner === "string" ? hidden(inner) : inner));
  // The page may be printed to a log, whose commands begin with two hashes.
  return json.replaceAll("<", "\\u003c").replaceAll("##", "#\\u0023");
}
