import type { NetworkModel } from "../model/network-model";
import { joinWords } from "../util/words";
import { type Finding, error, warning } from "./finding";

export function notRead({ unreadModules, unnamedRegistries, registries, endpoints }: NetworkModel): Finding[] {
  return [
    ...unreadModules.map((module) =>
      warning(
        "module-not-read",
        `The resources of ${module} are not in this file. Preview the plan instead: terraform show -json PLANFILE.`,
        [module],
      ),
    ),
    ...unnamedRegistries.map((registry) =>
      warning(
        "registry-name-not-known",
        `The name of ${registry} is (known after apply), and so are its host names. Give it a name that is known while planning.`,
        [registry],
      ),
    ),
    ...(registries.length + endpoints.length + unnamedRegistries.length === 0
      ? [
          error(
            "no-registry",
            "The file holds no container registry, so there is nothing to preview. Check that it is the right file, and that the configuration is deployed if it is a state.",
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
      `The networks, zones and registries that ${joinWords(unplaced)} ${unplaced.length === 1 ? "connects" : "connect"} are (known after apply), so some answers are not known. Preview the state after the apply.`,
      unplaced,
    ),
  ];
}
