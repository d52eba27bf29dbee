import { type Finding } from "../lib/findings/finding";
import { type Answer, type Preview, previewOf } from "../lib/preview";
import { type Form, type Part, synthesized } from "./forms";
import { type Host, fqdn } from "./names";

/** A finding without its words. */
export type Verdict = Pick<Finding, "code" | "severity" | "resources">;

export function error(code: Finding["code"], ...resources: string[]): Verdict {
  return { code, severity: "error", resources };
}

export function warning(code: Finding["code"], ...resources: string[]): Verdict {
  return { code, severity: "warning", resources };
}

export function verdicts({ findings }: Pick<Preview, "findings">): Verdict[] {
  return findings.map(({ code, severity, resources }) => ({ code, severity, resources }));
}

/** The codes of what was found. */
export const codesOf = ({ findings }: Pick<Preview, "findings">) => findings.map(({ code }) => code);

export function resolve(parts: Part[], form: Form = synthesized): Preview {
  return previewOf(form(parts));
}

/** What a network gets when it asks for a host. */
export function answerFor(resolution: Preview, virtualNetwork: string, host: Host = "login"): Answer {
  const found = resolution.answers.find((one) => one.virtualNetwork === virtualNetwork && one.host === fqdn(host));
  if (!found) throw new Error(`${virtualNetwork} is not among those that ask.`);
  return found;
}

/** Short names of the endpoints that a network gets, by host: the first of "data-source.key". */
export function endpointsFor(resolution: Preview, virtualNetwork: string, host: Host = "login"): string[] {
  const { endpoints } = answerFor(resolution, virtualNetwork, host);
  return endpoints.map((address) => address.replace("azurerm_private_endpoint.", ""));
}
