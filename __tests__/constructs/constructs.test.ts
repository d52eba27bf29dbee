import type { Construct } from "constructs";
import { CLOUDS, registryHosts } from "../../packages/common/azure";
import { RegistryZone } from "../../src/constructs/dns/registry-zone";
import { Naming } from "../../src/constructs/naming";
import { Hub } from "../../src/constructs/network/hub";
import { peer } from "../../src/constructs/network/peering";
import { Spoke } from "../../src/constructs/network/spoke";
import { RegistryEndpoint } from "../../src/constructs/registry/endpoint";
import type { Registry } from "../../src/constructs/registry/registry";
import { NewRegistry } from "../../src/constructs/registry/new-registry";
import { TestVm } from "../../src/constructs/test-vms/test-vm";
import {
  BastionHost,
  ContainerRegistry,
  LinuxVirtualMachine,
  PrivateDnsARecord,
  PrivateDnsZone,
  PrivateDnsZoneVirtualNetworkLink,
  PrivateEndpoint,
  PublicIp,
  RoleAssignment,
  Subnet,
  Testing,
  VirtualNetwork,
} from "../../src/terraform";
import { synthesizeBelow } from "../support/synth";

// The matchers of cdktf: toHaveResourceWithProperties and the like.
Testing.setupJest();

const naming = new Naming("test");
const tags = { owner: "me" };
const PEERING = { tfResourceType: "azurerm_virtual_network_peering" };
const common = { naming, tags };
const OPERATIONS = { retentionDays: 0, exports: false, trustedServices: false, regionalEndpoints: false };
const hosts = registryHosts("myregistry", ["norwayeast", "swedencentral"], CLOUDS.public);

const hubIn = (scope: Construct, bastion = true) =>
  new Hub(scope, { location: "northeurope", addressSpace: "10.12.0.0/16", bastion, endpoint: false, ...common });
const spokeIn = (scope: Construct, name = "north", bastionRange?: string) =>
  new Spoke(scope, name, {
    location: "norwayeast",
    addressSpace: "10.1.0.0/16",
    ...(bastionRange && { bastionRange }),
    ...common,
  });
const registryIn = (scope: Construct) =>
  new NewRegistry(scope, "registry", {
    name: "myregistry",
    location: "swedencentral",
    replicas: [{ location: "norwayeast", routed: true }],
    hosts,
    ...OPERATIONS,
    ...common,
  });
const endpointIn = (spoke: Spoke, registry: Registry) =>
  new RegistryEndpoint(spoke, "endpoint", {
    registry,
    network: spoke,
    subnet: spoke.endpointSubnet,
    manualApproval: false,
    naming,
  });

/** The rules of the network security group with this name: "PRIORITY ACCESS DIRECTION FROM > TO:PORTS/PROTOCOL". */
function rulesOf(synthesized: string, group: string): string[] {
  const { resource } = JSON.parse(synthesized) as {
    resource: {
      azurerm_network_security_group: Record<string, { name: string; security_rule: Record<string, unknown>[] }>;
    };
  };
  const found = Object.values(resource.azurerm_network_security_group).find(({ name }) => name === group);
  return found!.security_rule.map((rule) => {
    const ports = [rule.destination_port_range ?? rule.destination_port_ranges].flat().join(",");
    return `${String(rule.priority)} ${String(rule.access)} ${String(rule.direction)} ${String(rule.source_address_prefix)} > ${String(rule.destination_address_prefix)}:${ports}/${String(rule.protocol)}`;
  });
}

const DENY_ALL = ["4096 Deny Inbound * > *:*/*", "4096 Deny Outbound * > *:*/*"];

describe("the hub", () => {
  const synthesized = synthesizeBelow((scope) => hubIn(scope));

  test("has a bastion on a static Standard address, in the subnet that Azure looks for", () => {
    expect(synthesized).toHaveResourceWithProperties(BastionHost, { name: "bas-hub-test" });
    expect(synthesized).toHaveResourceWithProperties(PublicIp, { sku: "Standard", allocation_method: "Static" });
    expect(synthesized).toHaveResourceWithProperties(Subnet, {
      name: "AzureBastionSubnet",
      address_prefixes: ["10.12.2.0/24"],
      default_outbound_access_enabled: false,
    });
  });

  test("lets the bastion's subnet have all that Bastion asks for, and nothing else", () => {
    expect(rulesOf(synthesized, "nsg-hub-bastion-test")).toEqual([
      "100 Allow Inbound Internet > *:443/Tcp",
      "110 Allow Inbound GatewayManager > *:443/Tcp",
      "120 Allow Inbound AzureLoadBalancer > *:443/Tcp",
      "130 Allow Inbound VirtualNetwork > VirtualNetwork:8080,5701/*",
      "140 Allow Outbound * > VirtualNetwork:22,3389/*",
      "150 Allow Outbound * > AzureCloud:443/Tcp",
      "160 Allow Outbound VirtualNetwork > VirtualNetwork:8080,5701/*",
      "170 Allow Outbound * > Internet:80/*",
      ...DENY_ALL,
    ]);
  });

  test("without a bastion is a network and nothing else", () => {
    const bare = synthesizeBelow((scope) => hubIn(scope, false));
    expect(bare).toHaveResourceWithProperties(VirtualNetwork, { name: "vnet-hub-test" });
    expect(bare).not.toHaveResource(BastionHost);
    expect(bare).not.toHaveResource(Subnet);
  });
});

describe("a spoke", () => {
  const synthesized = synthesizeBelow((scope) => spokeIn(scope, "north", "10.12.2.0/24"));

  test("has a subnet for endpoints, to which its security group applies, and one for workloads", () => {
    expect(synthesized).toHaveResourceWithProperties(Subnet, {
      name: "snet-north-endpoints-test",
      address_prefixes: ["10.1.0.0/24"],
      private_endpoint_network_policies: "Enabled",
      default_outbound_access_enabled: false,
    });
    expect(synthesized).toHaveResourceWithProperties(Subnet, {
      name: "snet-north-workloads-test",
      address_prefixes: ["10.1.1.0/24"],
      default_outbound_access_enabled: true,
    });
  });

  test("lets only HTTPS from its own and peered networks to the endpoints", () => {
    expect(rulesOf(synthesized, "nsg-north-endpoints-test")).toEqual([
      "100 Allow Inbound VirtualNetwork > VirtualNetwork:443/Tcp",
      ...DENY_ALL,
    ]);
  });

  test("lets the bastion in to the workloads, and these out to endpoints and the web", () => {
    expect(rulesOf(synthesized, "nsg-north-workloads-test")).toEqual([
      "100 Allow Inbound 10.12.2.0/24 > *:22/Tcp",
      "110 Allow Outbound VirtualNetwork > VirtualNetwork:443/Tcp",
      "120 Allow Outbound * > Internet:80,443/Tcp",
      ...DENY_ALL,
    ]);
  });

  test("allows no SSH to the workloads where there is no bastion", () => {
    const withoutBastion = synthesizeBelow((scope) => spokeIn(scope));
    expect(
      rulesOf(withoutBastion, "nsg-north-workloads-test").filter((rule) => rule.includes("Allow Inbound")),
    ).toEqual([]);
  });
});

test("peering two networks takes a peering on each side", () => {
  const synthesized = synthesizeBelow((scope) => {
    peer(hubIn(scope, false), spokeIn(scope), naming);
  });
  const way = {
    allow_virtual_network_access: true,
    allow_forwarded_traffic: false,
    allow_gateway_transit: false,
    use_remote_gateways: false,
  };
  expect(synthesized).toHaveResourceWithProperties(PEERING, { name: "peer-hub-to-north-test", ...way });
  expect(synthesized).toHaveResourceWithProperties(PEERING, { name: "peer-north-to-hub-test", ...way });
});

test("a network accepts what the other one forwards, if it is told to", () => {
  const synthesized = synthesizeBelow((scope) => {
    peer(hubIn(scope, false), spokeIn(scope), naming, true);
  });
  expect(synthesized).toHaveResourceWithProperties(PEERING, {
    name: "peer-north-to-hub-test",
    allow_forwarded_traffic: true,
  });
  expect(synthesized).toHaveResourceWithProperties(PEERING, {
    name: "peer-hub-to-north-test",
    allow_forwarded_traffic: false,
  });
});

describe("the registry", () => {
  test("is Premium, private, and has no admin user", () => {
    expect(synthesizeBelow(registryIn)).toHaveResourceWithProperties(ContainerRegistry, {
      name: "myregistry",
      sku: "Premium",
      public_network_access_enabled: false,
      admin_enabled: false,
      anonymous_pull_enabled: false,
      data_endpoint_enabled: true,
    });
  });

  test("has its replicas in alphabetical order, each serving the login server's name", () => {
    const synthesized = synthesizeBelow((scope) => {
      new NewRegistry(scope, "registry", {
        name: "r",
        location: "swedencentral",
        replicas: [
          { location: "westus", routed: true },
          { location: "norwayeast", routed: true },
        ],
        hosts,
        ...OPERATIONS,
        ...common,
      });
    });
    expect(synthesized).toHaveResourceWithProperties(ContainerRegistry, {
      georeplications: [
        { location: "norwayeast", regional_endpoint_enabled: true, zone_redundancy_enabled: true, tags },
        { location: "westus", regional_endpoint_enabled: true, zone_redundancy_enabled: false, tags },
      ],
    });
  });

  test("is not replaced over zone redundancy, however Azure reports it", () => {
    expect(synthesizeBelow(registryIn)).toHaveResourceWithProperties(ContainerRegistry, {
      zone_redundancy_enabled: true,
      lifecycle: { ignore_changes: ["zone_redundancy_enabled"] },
    });
  });
});

describe("an endpoint", () => {
  const synthesized = synthesizeBelow((scope) => {
    endpointIn(spokeIn(scope), registryIn(scope));
  });

  test("connects to the registry, under a network interface with a name", () => {
    expect(synthesized).toHaveResourceWithProperties(PrivateEndpoint, {
      name: "pep-north-test",
      custom_network_interface_name: "nic-north-endpoint-test",
      private_service_connection: {
        name: "myregistry",
        is_manual_connection: false,
        private_connection_resource_id: expect.stringMatching(/^\$\{azurerm_container_registry\.\w+\.id\}$/) as unknown,
        subresource_names: ["registry"],
      },
    });
  });

  test("has no zone group, and leaves one alone that a policy attaches", () => {
    const [endpoint] = Object.values(
      (JSON.parse(synthesized) as { resource: Record<string, Record<string, object>> }).resource
        .azurerm_private_endpoint!,
    );
    expect(endpoint).not.toHaveProperty("private_dns_zone_group");
    expect(endpoint).toMatchObject({
      lifecycle: {
        ignore_changes: ["private_dns_zone_group", "name", "custom_network_interface_name"],
        create_before_destroy: true,
      },
    });
  });

  test("has its network interface read again whenever the registry changes", () => {
    const { data } = JSON.parse(synthesized) as { data: { azapi_resource: Record<string, object> } };
    expect(Object.values(data.azapi_resource)).toEqual([
      expect.objectContaining({
        type: expect.stringMatching(/^Microsoft\.Network\/networkInterfaces@\d{4}-\d\d-\d\d$/) as unknown,
        response_export_values: ["properties.ipConfigurations"],
        depends_on: [expect.stringMatching(/^azurerm_container_registry\./)],
      }),
    ]);
  });
});

describe("a DNS view", () => {
  const synthesized = synthesizeBelow((scope) => {
    const [hub, spoke, registry] = [hubIn(scope, false), spokeIn(scope), registryIn(scope)];
    const endpoints = [endpointIn(spoke, registry)];
    new RegistryZone(hub, "dns", {
      zoneName: "privatelink.azurecr.io",
      hosts,
      networks: [hub, spoke],
      endpoints,
      ttl: 30,
      naming,
    });
  });

  test("is a zone with a record set for each host name", () => {
    expect(synthesized).toHaveResourceWithProperties(PrivateDnsZone, { name: "privatelink.azurecr.io" });
    for (const name of ["myregistry", "myregistry.norwayeast.data", "myregistry.swedencentral.data"]) {
      expect(synthesized).toHaveResourceWithProperties(PrivateDnsARecord, { name, ttl: 30 });
    }
  });

  test("looks each address up by host name, and says which is missing and what to do", () => {
    expect(synthesized).toHaveResourceWithProperties(PrivateDnsARecord, {
      name: "myregistry.norwayeast.data",
      records: [
        expect.stringMatching(
          /^\$\{one\(try\(\[for c in data\.azapi_resource\.\w+\.output\.properties\.ipConfigurations .* "myregistry\.norwayeast\.data\.azurecr\.io"\) && .*, false\)\], \[\]\)\)\}$/,
        ),
      ],
      lifecycle: {
        precondition: [
          {
            condition: expect.stringMatching(
              /^\$\{length\(try\(.*"myregistry\.norwayeast\.data\.azurecr\.io"\) && .*, false\)\], \[\]\)\) == 1\}$/,
            ) as unknown,
            error_message: expect.stringMatching(
              /endpoint in north has no address for myregistry\.norwayeast\.data\.azurecr\.io.*pending.*az acr private-endpoint-connection approve --registry-name myregistry --name NAME.*apply again/,
            ) as unknown,
          },
        ],
      },
    });
  });

  test("is linked to each of its networks, once it can answer, and leaves other registries to public DNS", () => {
    for (const name of ["link-hub-test", "link-north-test"]) {
      expect(synthesized).toHaveResourceWithProperties(PrivateDnsZoneVirtualNetworkLink, {
        name,
        registration_enabled: false,
        resolution_policy: "NxDomainRedirect",
        depends_on: [1, 2, 3].map(() => expect.stringMatching(/^azurerm_private_dns_a_record\./) as unknown),
      });
    }
  });
});

describe("a test VM", () => {
  const vmIn = (scope: Construct) => {
    const spoke = spokeIn(scope);
    return new TestVm(spoke, "vm", {
      network: spoke,
      subnet: spoke.workloadSubnet,
      registry: registryIn(scope),
      size: "Standard_B2ats_v2",
      encryptionAtHost: false,
      sshPublicKey: "ssh-ed25519 AAAA",
      shutdownTime: "1900",
      timezone: "UTC",
      naming,
    });
  };
  const synthesized = synthesizeBelow(vmIn);

  test("is an Ubuntu machine with a key, no password and no public address", () => {
    expect(synthesized).toHaveResourceWithProperties(LinuxVirtualMachine, {
      name: "vm-north-test",
      size: "Standard_B2ats_v2",
      disable_password_authentication: true,
      admin_ssh_key: [{ username: "azureuser", public_key: "ssh-ed25519 AAAA" }],
      source_image_reference: { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
      identity: { type: "SystemAssigned" },
    });
    expect(synthesized).not.toHaveResource(PublicIp);
  });

  test("installs Docker from Ubuntu's packages when it first starts", () => {
    const { resource } = JSON.parse(synthesized) as {
      resource: Record<string, Record<string, { custom_data: string }>>;
    };
    const [vm] = Object.values(resource.azurerm_linux_virtual_machine!);
    const cloudInit = Buffer.from(vm!.custom_data, "base64").toString();
    expect(cloudInit).toMatch(/^#cloud-config\n/);
    expect(cloudInit).toContain("\n  - docker.io\n");
  });

  test("stops each day at the set time", () => {
    const { resource } = JSON.parse(synthesized) as { resource: Record<string, Record<string, object>> };
    expect(Object.values(resource.azurerm_dev_test_global_vm_shutdown_schedule!)).toEqual([
      expect.objectContaining({ enabled: true, daily_recurrence_time: "1900", timezone: "UTC" }),
    ]);
  });

  test("may pull, and push only if it is let", () => {
    const roles = (text: string) =>
      Object.values(
        (JSON.parse(text) as { resource: Record<string, Record<string, { role_definition_name: string }>> }).resource
          .azurerm_role_assignment!,
      ).map(({ role_definition_name }) => role_definition_name);
    expect(roles(synthesized)).toEqual(["AcrPull"]);
    expect(
      roles(
        synthesizeBelow((scope) => {
          vmIn(scope).allowPush();
        }),
      ).sort(),
    ).toEqual(["AcrPull", "AcrPush"]);
    expect(synthesized).toHaveResourceWithProperties(RoleAssignment, { principal_type: "ServicePrincipal" });
  });
});
