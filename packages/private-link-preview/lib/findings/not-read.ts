import type { NetworkModel } from "../model/network-model";
import { type Finding, error, warning } from "./finding";
import { joinWords } from "../util/words";

export function notRead({ unreadModules, unnamedRegistries, registries, endpoints }: NetworkModel): Finding[] {
  return [
    ...unreadModules.map((module) =>
      warning(
        "module-not-read",
        `What ${module} makes is not in this file. Preview the plan instead: terraform show -json PLAN.`,
        [module],
      ),
    ),
    ...unnamedRegistries.map((registry) =>
      warning(
        "registry-name-not-known",
        `The name of ${registry} is not known yet, so its host names are not either. Give it a plain text.`,
        [registry],
      ),
    ),
    ...(registries.length + endpoints.length + unnamedRegistries.length === 0
      ? [
          error(
            "no-registry",
            "There is no container registry here, so there is nothing to resolve. Is this the right file, and is it deployed?",
            [],
          ),
        ]
      : []),
  ];
}

export function unplaced({ unplaced }: NetworkModel): Finding[] {
  if (unplaced.length === 0) return [];
  return [
    warning(
      "answer-not-known",
      `What ${joinWords(unplaced)} ${unplaced.length === 1 ? "joins" : "join"} is not known yet, so some answers are not either. Once it is applied, preview the state.`,
      unplaced,
    ),
  ];
}
