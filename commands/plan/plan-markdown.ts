import { code, details, fenced, page, prose } from "../../packages/common/text";
import { count } from "../../packages/common/util";
import { type Finding, FINDING_CODES, isBlocking } from "../../packages/private-link-preview";
import {
  type Mark,
  changeDiagram,
  changedAnswersTable,
  compare,
  findingParagraph,
} from "../../packages/private-link-preview/report";
import { EFFECTS } from "./change";
import { costText } from "../../src/azure/costs";
import { PLAN_FINDING_CODES } from "./finding-codes";
import type { PlanFinding } from "./findings";
import type { PlanReport } from "./index";
import type { Effect, Plan } from "./plan";
import { countsText, findingCounts, NO_CHANGES } from "./plan-text";

/** Changes that are shown one by one. */
const MOST_CHANGES = 50;

/** Most that GitHub draws: characters of a flowchart, and edges. */
const MOST_DRAWN = { characters: 20_000, lines: 400 } as const;

/** A plan as Markdown, for a comment on a pull request or the summary of a job. */
export function planMarkdown(report: PlanReport, plan: Plan): string {
  const { changes, findings, notices = [], monthlyCost } = report;
  const stops = findings.some(isBlocking);
  const more = changes.length - MOST_CHANGES;
  const cost = costText(monthlyCost.before, monthlyCost.after);
  const answers = compare(sideOf(plan.before), sideOf(plan.after));
  const table = changedAnswersTable(answers);
  return page([
    `### ${stops ? "❌" : "✅"} ${changes.length === 0 ? NO_CHANGES : "What the deployment changes"}`,
    ...(changes.length > 0 || findings.length > 0 ? [`${countsText(report)} ${findingCounts(report)}`] : []),
    ...(cost === "" ? [] : [cost]),
    ...(changes.length > 0
      ? [
          changes
            .slice(0, MOST_CHANGES)
            .map(({ effect, text }) => `- ${code(EFFECTS[effect].sign)} ${prose(text)}`)
            .join("\n"),
        ]
      : []),
    ...(more > 0 ? [`and ${count(more, "change")} more; \`--json\` shows all`] : []),
    ...findings.map(findingMarkdown),
    ...notices.map((notice) => `⚠️ ${prose(notice)}`),
    ...(changes.length > 0 ? [details("The network before and after", drawn(planDiagram(plan)))] : []),
    ...(table.length > 0
      ? [
          details(
            `What each network's DNS returns: ${count(answers.answers.length, "answer")} ${answers.answers.length === 1 ? "changes" : "change"}`,
            table.join("\n\n"),
          ),
        ]
      : []),
  ]);
}

/** The network before and after a plan as one Mermaid flowchart, with what the plan changes marked. */
export function planDiagram({ before, after, changes }: Plan): string {
  const effects = new Map<string, Mark>(changes.map(({ address, effect }) => [address, MARKS[effect]]));
  // The records of a zone are not drawn: where one changes, its zone does.
  for (const zone of [...before.model.zones, ...after.model.zones])
    if (!effects.has(zone.address) && zone.records.some(({ address }) => effects.has(address)))
      effects.set(zone.address, "updated");
  return changeDiagram(before, after, effects);
}

const MARKS: Readonly<Record<Effect, Mark>> = {
  created: "created",
  imported: "created",
  updated: "updated",
  replaced: "replaced",
  destroyed: "destroyed",
  forgotten: "destroyed",
};

function drawn(diagram: string): string {
  const isLarge = diagram.length > MOST_DRAWN.characters || diagram.split("\n").length > MOST_DRAWN.lines;
  return isLarge
    ? "The network is too large to be drawn here. `npm run plan -- --format mermaid` prints the flowchart."
    : `${fenced("mermaid", diagram)}\n\nGreen is created, yellow is updated in place, red is replaced or, with a broken line, destroyed.`;
}

/** A network as the comparison of previews takes it. Its findings are told apart from it. */
function sideOf({ model, lookups, answers }: Plan["before"]) {
  return { model, lookups, answers, findings: [] };
}

function findingMarkdown(finding: PlanFinding | Finding): string {
  return findingParagraph(finding, { ...FINDING_CODES, ...PLAN_FINDING_CODES }[finding.code]);
}
