/** What each network's DNS returns for services with private endpoints, from a Terraform plan, a state or synthesized JSON. */
export { UserError } from "../common/util/user-error";
export { FINDING_CODES, type FindingCode, type FindingHelp } from "./lib/findings/codes";
export type { Finding } from "./lib/findings/finding";
export type { Remedies } from "./lib/findings";
export { isBlocking } from "./lib/findings/ignore";
export type { Client } from "./lib/client";
export {
  type Endpoint,
  type Host,
  isRegistry,
  type Link,
  type Machine,
  type NetworkModel,
  type Peering,
  type PublicAccess,
  type PublicRanges,
  type RecordSet,
  type Registry,
  type Service,
  type VirtualNetwork,
  type Zone,
} from "./lib/model/network-model";
export { type Answer, type Preview, type PreviewOptions, previewOf, previewsOf } from "./lib/preview";
export { clientsIn, type PublicNetwork, type PublicUse, publicUseOf } from "./lib/public-use";
export type { Source } from "./lib/read/read-json";
export { AZURE, isReachable, type Lookup } from "./lib/trace";
export { answerText, servedByText } from "./lib/text/answers";
export { type ToldStep, toldSteps } from "./lib/text/steps";
