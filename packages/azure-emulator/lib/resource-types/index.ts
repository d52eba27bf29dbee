import type { ResourceType } from "../resource-type";
import { lock, roleAssignment } from "./authorization";
import { bastionHost, publicIpAddress } from "./bastion-host";
import { deletedWorkspace, diagnosticSetting, workspace } from "./monitoring";
import { dnsResolver, inboundEndpoint } from "./dns-resolver";
import { networkInterface } from "./network-interface";
import { networkSecurityGroup, securityRule } from "./network-security-group";
import { aRecord, otherRecords, privateDnsZone, soaRecord, virtualNetworkLink } from "./private-dns-zone";
import { privateDnsZoneGroup } from "./private-dns-zone-group";
import { privateEndpoint } from "./private-endpoint";
import { privateEndpointConnection } from "./private-endpoint-connection";
import { registry, replication } from "./registry";
import { agentPool, cacheRule, credentialSet } from "./registry-parts";
import { resourceGroup } from "./resource-group";
import { roleDefinition } from "./role-definitions";
import { route, routeTable } from "./route-table";
import { runCommand } from "./run-command";
import { disk, shutdownSchedule, virtualMachine } from "./virtual-machine";
import { peering, subnet, virtualNetwork } from "./virtual-network";

/** Every resource type that the emulator knows. */
export const RESOURCE_TYPES: readonly ResourceType[] = [
  resourceGroup,
  virtualNetwork,
  subnet,
  peering,
  networkSecurityGroup,
  securityRule,
  routeTable,
  route,
  networkInterface,
  publicIpAddress,
  bastionHost,
  dnsResolver,
  inboundEndpoint,
  privateEndpoint,
  privateDnsZoneGroup,
  privateDnsZone,
  virtualNetworkLink,
  aRecord,
  ...otherRecords,
  soaRecord,
  registry,
  replication,
  agentPool,
  credentialSet,
  cacheRule,
  privateEndpointConnection,
  virtualMachine,
  runCommand,
  disk,
  shutdownSchedule,
  roleAssignment,
  roleDefinition,
  lock,
  workspace,
  deletedWorkspace,
  diagnosticSetting,
];
