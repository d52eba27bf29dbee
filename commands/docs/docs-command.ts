import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createColors } from "picocolors";
import { type CloudName, CLOUDS, type NameRule, SERVICES } from "../../packages/common/azure";
import { groupBy } from "../../packages/common/util";
import { FINDING_CODES, type FindingHelp } from "../../packages/private-link-preview";
import { diagram, previewText } from "../../packages/private-link-preview/report";
import { costText } from "../../src/azure/costs";
import { deployerRole } from "../deployer-role";
import { type CommandName, COMMANDS, NEEDS } from "../cli/catalogue";
import { type Command, EXIT, EXIT_STATUSES } from "../cli/command";
import { withoutOptions } from "../cli/program";
import { CHANGE_RULES } from "../plan/change-rules";
import { PLAN_FINDING_CODES } from "../plan/finding-codes";
import { limitsReference } from "./limits-reference";
import { parseSettings, readSettings } from "../../src/settings/load";
import { cdktfJsonSchema, settingsReference } from "./settings-reference";
import { stackInMemory } from "../synth/stack-in-memory";
import { synthText } from "../synth/summary";
import { CHECKS, type CheckEntry } from "../verify/checks";
import { alignedTable } from "./aligned-table";
import { costOfSettings, defaultCosts, savings } from "./costs-tables";
import { PICTURES, pictureFor } from "./pictures";
import { ROOMS, type Room, roomsDiagram, sourceFiles } from "./rooms";

const PROJECT = join(__dirname, "..", "..");
const SETTINGS_FOLLOW =
  "<!-- What follows is written by `npm run docs`, from the settings of each subject in src and the limits. -->";

const NEXT_FROM_SETTINGS = `## Next steps

- [Costs](costs.md): what the network costs a month.
- [Deploy](deploy.md): deploy the settings.
- [Day 2](day-2.md): what a change of each setting interrupts.`;

/** What is generated in a page: its text with that in place. */
type Generated = (markdown: string) => string;

/** The pages and files that are generated from the code, in whole or in part: the path of each, and its text. */
export function generatedDocs(): Record<string, string> {
  const read = (path: string) => readFileSync(join(PROJECT, path), "utf8");
  const { preview } = stackInMemory(parseSettings({}));
  const example = stackInMemory(readSettings(join(PROJECT, "examples", "resilience.json"))).preview;
  const cost = costOfSettings({});
  const shown = (of: typeof preview) => `${previewText(of, createColors(false))}\n`;
  const summary = { file: "cdktf.out/stacks/private-registry/cdk.tf.json", source: "the default settings", preview };
  const pages: Record<string, readonly Generated[]> = {
    "README.md": [block("mermaid", diagram(preview)), block("text synth", `${synthText(summary)}\n`)],
    "docs/commands.md": commandTables(),
    "docs/settings.md": [
      end(SETTINGS_FOLLOW, `${settingsReference()}\n\n## Limits\n\n${limitsReference()}\n\n${NEXT_FROM_SETTINGS}`),
    ],
    "docs/architecture.md": [
      part("rooms", roomTable(ROOMS)),
      block("mermaid rooms", roomsDiagram(sourceFiles(PROJECT))),
    ],
    "docs/preview.md": [
      block("text preview", `${shown(preview)}\n${costText(cost, cost)}\n`),
      part("findings", findingList(FINDING_CODES, FINDINGS_PAGE)),
    ],
    "docs/plan.md": [part("changes", changeList()), part("findings", findingSections(PLAN_FINDING_CODES, "###"))],
    "docs/costs.md": Object.entries({ default: defaultCosts(), savings: savings() }).map(([name, rows]) =>
      part(name, alignedTable(rows)),
    ),
    "docs/resilience.md": [block("mermaid resilience", diagram(example))],
    "docs/verify.md": [part("checks", checkTable())],
    "packages/azure-emulator/README.md": [
      part("conformance", conformanceCounts(read("packages/azure-emulator/conformance/cases.json"))),
    ],
  };
  const files = {
    "docs/cdktf.schema.json": `${JSON.stringify(cdktfJsonSchema(), null, 2)}\n`,
    "docs/deployer-role.json": `${JSON.stringify(deployerRole(), null, 2)}\n`,
    "packages/private-link-preview/findings.md": findingsPage(),
    "packages/private-link-preview/services.md": servicesPage(),
  };
  const pictures = Object.entries(PICTURES).map(([name, settings]) => [
    `docs/pictures/${name}.svg`,
    pictureFor(settings),
  ]);
  const written = Object.entries(pages).map(([path, parts]) => [
    path,
    parts.reduce((text, generated) => generated(text), read(path)),
  ]);
  return Object.fromEntries(
    [...written, ...Object.entries(files), ...pictures].map(([path, text]) => [join(PROJECT, path!), text!]),
  );
}

/** A new end after the given line. */
function end(line: string, content: string): Generated {
  return (markdown) => {
    const [byHand = "", generated] = markdown.split(line);
    if (generated === undefined) throw new Error(`a page of the docs does not contain the line: ${line}`);
    return `${byHand}${line}\n\n${content}\n`;
  };
}

/** A fenced block, which is found by the text after the opening fence. */
function block(info: string, content: string): Generated {
  const fenced = new RegExp(`(\`\`\`${info}\n)[^]*?(\`\`\`)`);
  return (markdown) => markdown.replace(fenced, (_, open: string, close: string) => open + content + close);
}

/** The part of this name, which is between two comments. */
function part(name: string, content: string): Generated {
  const frame = new RegExp(
    `(<!-- Generated by \`npm run docs\`: ${name}\\. -->\n\n)[^]*?(\n\n<!-- End of ${name}\\. -->)`,
  );
  return (markdown) => {
    if (!frame.test(markdown))
      throw new Error(`a page of the docs does not contain the comments around its generated part: ${name}`);
    return markdown.replace(frame, (_, before: string, after: string) => before + content + after);
  };
}

/** The tables of commands, with what they need, and of exit statuses. */
function commandTables(): Generated[] {
  const commands = [...COMMANDS].map(([name, { does }]) => {
    const { engine = false, login = false, except = "" } = NEEDS[name as CommandName] ?? {};
    const needs = [engine ? "engine" : "", login ? "login" : ""].filter(Boolean).join(", ");
    return [`\`${name}\``, does, [needs, except].filter(Boolean).join("; ")];
  });
  return [
    part("commands", alignedTable([["Command", "What it does", "Needs besides Node.js"], ...commands])),
    part("exit statuses", alignedTable([["Status", "Meaning"], ...Object.entries(EXIT_STATUSES)])),
  ];
}

/** Rooms as a table, with links. */
function roomTable(rooms: readonly Room[]): string {
  return alignedTable([["Folder", "Contents"], ...rooms.map(({ path, has }) => [`[\`${path}\`](../${path})`, has])]);
}

const FINDINGS_PAGE = "../packages/private-link-preview/findings.md";

/** The codes of findings by severity, each with a link to its section. */
function findingList(codes: Readonly<Record<string, FindingHelp>>, page: string): string {
  const list = (wanted: FindingHelp["severity"]) =>
    Object.entries(codes)
      .filter(([, { severity }]) => severity === wanted)
      .map(([code]) => `[\`${code}\`](${page}#${code})`)
      .join(", ");
  return `- **Errors:** ${list("error")}.\n- **Warnings:** ${list("warning")}.`;
}

/** The kinds of changes, and what each is about. */
function changeList(): string {
  const kinds = groupBy(CHANGE_RULES, ({ kind }) => kind);
  return [...kinds].map(([kind, rules]) => `- \`${kind}\`: ${rules.map(({ about }) => about).join(" ")}`).join("\n");
}

/** A section for each finding, the errors first: what it means, how to fix it, and when to ignore it if ever. */
function findingSections(codes: Readonly<Record<string, FindingHelp>>, heading: string): string {
  const sections = (wanted: FindingHelp["severity"]) =>
    Object.entries(codes)
      .filter(([, { severity }]) => severity === wanted)
      .flatMap(([code, { means, fix, ignore }]) => [
        `${heading}# ${code}`,
        means,
        `**Fix:** ${fix}`,
        ...(/^(Ignore it|Ignore the warning)/.test(ignore)
          ? [ignore.replace(/^Ignore (it|the warning)/, "**$&**")]
          : []),
      ]);
  return [`${heading} Errors`, ...sections("error"), `${heading} Warnings`, ...sections("warning")].join("\n\n");
}

function findingsPage(): string {
  return `# Findings

What the preview reports, how to fix it, and when to ignore it: never, where nothing is said. An error is an answer that is missing, wrong or unreachable, and makes the exit status 1 unless it is [ignored](README.md#ignore-findings).

${findingSections(FINDING_CODES, "##")}
`;
}

/** Every service of Private Link that the preview knows, with the names of its endpoints. */
function servicesPage(): string {
  const clouds = Object.keys(CLOUDS) as CloudName[];
  const sections = [...SERVICES]
    .sort((a, b) => a.label.localeCompare(b.label))
    .map(({ label, azureType, terraformTypes, subresources }) => {
      const rows = subresources.flatMap(({ name, names }) =>
        names.map((rule) => [
          `\`${name}\``,
          publicNames(rule),
          ...clouds.map((cloud) => (rule.zone[cloud] === undefined ? "" : `\`${rule.zone[cloud]}\``)),
        ]),
      );
      return [
        `## ${label.charAt(0).toUpperCase()}${label.slice(1)}`,
        [`\`${azureType}\``, ...terraformTypes.map((type) => `\`${type}\``)].join(", "),
        rows.length === 0
          ? "Its private endpoints have no names in private DNS."
          : alignedTable([["Subresource", "Public name", ...clouds.map((cloud) => `Zone (${cloud})`)], ...rows]),
      ].join("\n\n");
    });
  return `# Services

The services of Azure Private Link: their resource types in Azure and in Terraform, and for each subresource that a private endpoint connects to, its public names and the private DNS zone of each. A cloud without a zone lacks the service, or names it otherwise.

In a name, \`{…}\` is an attribute of the resource; a path such as \`{geo_location.location}\` is one in each block. A resource has the names of its kind. _Listed_ names follow no rule that a file shows: the endpoint has them in \`custom_dns_configs\` once it exists.

${sections.join("\n\n")}
`;
}

/** The public names of a rule, in the first cloud that has them. */
function publicNames({ record, zone, suffix, fqdn }: NameRule): string {
  const [cloud] = Object.keys(zone) as CloudName[];
  const domain = suffix?.[cloud!] ?? zone[cloud!]!.replace(/^privatelink\./, "");
  // A host name that Azure makes up is shown as a whole; its parts are the same name.
  const records = (record ?? []).filter((one) => !one.includes(":first}"));
  if (records.length === 0) return "listed";
  const shown = records.map((one) => one.replace(/:fit\}/, "}")).map((one) => `${one}.${domain}`);
  const names = shown.map((one) => one.replace(/^(\{[^:}]+):host\}.*/, "$1}"));
  return (fqdn === undefined ? names : [fqdn]).map((one) => `\`${one}\``).join(" or ");
}

/** Every check of verify, with what it proves and what it takes. */
function checkTable(): string {
  const rows = Object.entries<CheckEntry>(CHECKS).map(([name, { proves, takes }]) => [`_${name}_`, proves, takes]);
  return alignedTable([["Check", "What it proves", "What it takes"], ...rows]);
}

/** How many of the cases of the emulator's conformance test it answers as Azure does. */
function conformanceCounts(json: string): string {
  const { cases } = JSON.parse(json) as { cases: readonly { readonly replay: boolean; readonly left?: string }[] };
  const replayed = cases.filter(({ replay }) => replay);
  const differ = replayed.filter(({ left }) => left !== undefined);
  return `Of ${replayed.length} requests, ${replayed.length - differ.length} are answered as by Azure. The other ${differ.length} differ for the reason in their member \`left\`, and the test fails once that is no longer true.`;
}

/** `npm run docs`: writes the generated parts of the docs. */
export const command: Command = (args) => {
  withoutOptions("docs", args);
  for (const [path, text] of Object.entries(generatedDocs())) writeFileSync(path, text);
  return EXIT.done;
};
