/** What each network's DNS returns for services with private endpoints, from a Terraform plan, a state or synthesized JSON. */
export { CLOUDS, type Cloud, type CloudName } from "./lib/azure/clouds";
export { MAX_RECORDS } from "./lib/azure/dns-limits";
export { REGIONS, type Region, hasAvailabilityZones, normaliseRegion } from "./lib/azure/regions";
export { type RegistryHost, registryHosts } from "./lib/azure/registry-hosts";
export {
  armValues,
  type ServiceHost,
  serviceByAzureType,
  serviceByTerraformType,
  serviceHosts,
  serviceOfId,
  type ValueOf,
} from "./lib/azure/service-names";
export { type NameRule, type PerCloud, SERVICES, type ServiceType, type Subresource } from "./lib/azure/services";
export { FINDING_CODES, type FindingCode, type FindingHelp } from "./lib/findings/codes";
export type { Finding } from "./lib/findings/finding";
export { isBlocking } from "./lib/findings/ignore";
export {
  type Endpoint,
  type Host,
  isRegistry,
  type Link,
  type Machine,
  type NetworkModel,
  type Peering,
  type RecordSet,
  type Registry,
  type Service,
  type VirtualNetwork,
  type Zone,
} from "./lib/model/network-model";
export { type Answer, type Preview, previewOf } from "./lib/preview";
export { closingBrace } from "./lib/read/expression";
export { AZURE, type Lookup, Resolver } from "./lib/resolver";
export { answerText, servedByText } from "./lib/text/answers";
