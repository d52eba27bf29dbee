import type { Finding } from "./finding";

/** What a finding is recognized by in another preview of the same network: its code and resources, and not its message. */
export function fingerprint({ code, resources }: Pick<Finding, "code" | "resources">): string {
  return [code, ...[...resources].sort()].join("\n");
}
