import { CONNECTIONS, PEERINGS } from "./connections";
import { DNS } from "./dns";
import { FILE } from "./file";
import { RECORDS } from "./records";
import { REGIONS } from "./regions";
import type { Reasons } from "./said";
import { ZONES } from "./zones";

/** What is said of each cause: its words and its code, which has the severity, the page and the fix. Causes before effects. */
export const REASONS: Reasons = {
  ...FILE,
  ...PEERINGS,
  ...DNS,
  ...ZONES,
  ...RECORDS,
  ...CONNECTIONS,
  ...REGIONS,
};
