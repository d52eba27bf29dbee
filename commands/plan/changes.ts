import { groupBy } from "../../packages/common/util";
import { capitalized, type Change, EFFECTS } from "./change";
import { CHANGE_RULES, type ChangeRule, type Main } from "./change-rules";
import { reasonText } from "./differences";
import { counted } from "./inventory";
import type { Plan, ResourceChange } from "./plan";

/** What a plan changes: each rule claims its resources, and the next gets what is left. */
export function changesOf(plan: Plan): Change[] {
  let left = plan.changes;
  return CHANGE_RULES.flatMap((rule) => {
    const found = groupBy(
      left.filter((change) => rule.isMain(change, plan)),
      (change) => rule.key?.(change, plan) ?? change.address,
    );
    return [...found.values()].map((group) => {
      const main = group as unknown as Main;
      const resources = left.filter((one) => main.includes(one) || rule.belongs?.(one, main, plan));
      left = left.filter((one) => !resources.includes(one));
      return changeBy(rule, main, resources, plan);
    });
  });
}

function changeBy(rule: ChangeRule, main: Main, resources: readonly ResourceChange[], plan: Plan): Change {
  const effect = rule.effect?.(main, plan) ?? main[0].effect;
  const isOrAre = rule.plural && main.length > 1 ? "are" : "is";
  const reason = effect === "replaced" ? ` (${[...new Set(main.map(reasonText))].join("; ")})` : "";
  const detail = rule.detail?.(main, plan) ?? reason;
  const content = rule.content?.(main, plan) ?? (resources.length > 1 ? counted(resources) : "");
  return {
    kind: rule.kind,
    effect,
    text:
      rule.text?.(main, plan, resources) ??
      `${capitalized(rule.subject(main, plan))} ${isOrAre} ${EFFECTS[effect].words}${detail}${content && `: ${content}`}.`,
    resources: resources.map(({ address }) => address),
  };
}
