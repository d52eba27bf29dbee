import { terminalColors, terminalWidth } from "../../packages/common/text";
import { JSON_VERSION, printableJson } from "../../packages/common/util";
import type { PlanReport } from "./index";
import type { Plan } from "./plan";
import { planDiagram, planMarkdown } from "./plan-markdown";
import { planText } from "./plan-text";

/** The formats of a plan, by the name that `--format` takes. */
export const PLAN_FORMATS: Readonly<Record<string, (report: PlanReport, plan: Plan) => string>> = {
  text: (report) => planText(report, terminalColors, terminalWidth()),
  json: (report) => printableJson({ version: JSON_VERSION, ...report }),
  markdown: planMarkdown,
  mermaid: (_, plan) => planDiagram(plan).trimEnd(),
};
