/**
 * The one door to CDK for Terraform and to its bindings of the azurerm provider: no other file names these packages.
 * docs/leaving.md describes how to replace them.
 *
 * The bindings are imported by deep paths only: the index of the package loads every resource of the provider, which
 * takes seconds and a gigabyte.
 */
export {
  App,
  AzurermBackend,
  type ITerraformDependable,
  LocalBackend,
  stringToTerraform,
  TerraformDataSource,
  TerraformElement,
  type TerraformMetaArguments,
  TerraformOutput,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
  Testing,
} from "cdktf";
export { StackSynthesizer } from "cdktf/lib/synthesize/synthesizer";
export { BastionHost } from "@cdktf/provider-azurerm/lib/bastion-host";
export {
  ContainerRegistry,
  type ContainerRegistryNetworkRuleSet,
} from "@cdktf/provider-azurerm/lib/container-registry";
export { ContainerRegistryAgentPool } from "@cdktf/provider-azurerm/lib/container-registry-agent-pool";
export { ContainerRegistryCacheRule } from "@cdktf/provider-azurerm/lib/container-registry-cache-rule";
export { ContainerRegistryCredentialSet } from "@cdktf/provider-azurerm/lib/container-registry-credential-set";
export { DevTestGlobalVmShutdownSchedule } from "@cdktf/provider-azurerm/lib/dev-test-global-vm-shutdown-schedule";
export { LinuxVirtualMachine } from "@cdktf/provider-azurerm/lib/linux-virtual-machine";
export { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
export { ManagementLock } from "@cdktf/provider-azurerm/lib/management-lock";
export { MonitorDiagnosticSetting } from "@cdktf/provider-azurerm/lib/monitor-diagnostic-setting";
export { NetworkInterface } from "@cdktf/provider-azurerm/lib/network-interface";
export {
  NetworkSecurityGroup,
  type NetworkSecurityGroupSecurityRule,
} from "@cdktf/provider-azurerm/lib/network-security-group";
export { PrivateDnsARecord } from "@cdktf/provider-azurerm/lib/private-dns-a-record";
export { PrivateDnsResolver } from "@cdktf/provider-azurerm/lib/private-dns-resolver";
export { PrivateDnsResolverInboundEndpoint } from "@cdktf/provider-azurerm/lib/private-dns-resolver-inbound-endpoint";
export { PrivateDnsZone } from "@cdktf/provider-azurerm/lib/private-dns-zone";
export { PrivateDnsZoneVirtualNetworkLink } from "@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link";
export { PrivateEndpoint } from "@cdktf/provider-azurerm/lib/private-endpoint";
export { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
export { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
export { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
export { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
export { RouteTable } from "@cdktf/provider-azurerm/lib/route-table";
export { Subnet } from "@cdktf/provider-azurerm/lib/subnet";
export { SubnetNetworkSecurityGroupAssociation } from "@cdktf/provider-azurerm/lib/subnet-network-security-group-association";
export { SubnetRouteTableAssociation } from "@cdktf/provider-azurerm/lib/subnet-route-table-association";
export { VirtualHubConnection } from "@cdktf/provider-azurerm/lib/virtual-hub-connection";
export { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
export { VirtualNetworkPeering } from "@cdktf/provider-azurerm/lib/virtual-network-peering";
