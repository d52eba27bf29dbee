import type { CauseName } from "../cause";
import type { FindingCode } from "./codes";
import { CONNECTIONS, PEERINGS } from "./connections";
import { DNS } from "./dns";
import { FILE } from "./file";
import { RECORDS } from "./records";
import { REGIONS } from "./regions";
import type { Reasons } from "./said";
import { ZONES } from "./zones";

/** What is said of each cause. Causes before effects. */
export const REASONS: Reasons = {
  ...FILE,
  ...PEERINGS,
  ...DNS,
  ...ZONES,
  ...RECORDS,
  ...CONNECTIONS,
  ...REGIONS,
};

/** The codes of the findings about causes that have a name of their own. */
const CODES: Readonly<Record<Exclude<CauseName, FindingCode>, FindingCode>> = {
  "endpoint-network-not-known": "answer-not-known",
  "port-denied-outbound": "port-denied",
  "dns-servers-differ": "dns-server-not-known",
  "dns-of-others": "answer-not-known",
  "names-of-owner": "service-not-known",
  "firewall-not-known": "dns-server-not-known",
  "ruleset-link-not-known": "answer-not-known",
  "forwarded-too-often": "answer-not-known",
  "ends-not-known": "answer-not-known",
  "private-name-not-forwarded": "answer-not-known",
  "public-name-not-forwarded": "answer-not-known",
  "client-ranges-not-known": "reach-not-known",
  "record-not-known": "answer-not-known",
  "no-zone-perhaps": "no-zone",
  "network-not-managed": "answer-not-known",
  "address-of-others": "answer-not-known",
  "name-not-led": "answer-not-known",
  "zone-not-managed": "answer-not-known",
  "link-not-managed": "answer-not-known",
  "zone-group-not-known": "answer-not-known",
  "zone-group-by-policy": "answer-not-known",
};

/** The code of the finding about a cause, which has the severity, the page and the fix. */
export function codeOf(cause: CauseName): FindingCode {
  return cause in CODES ? CODES[cause as keyof typeof CODES] : (cause as FindingCode);
}
