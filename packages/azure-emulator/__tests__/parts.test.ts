import type { Json } from "../lib/json";
import { Azure, GROUP_ID, id } from "./azure";

let azure: Azure;

beforeEach(() => {
  azure = new Azure();
});

const NETWORK = "Microsoft.Network/virtualNetworks/vnet";
const TABLE = "Microsoft.Network/routeTables/rt";
const NSG = "Microsoft.Network/networkSecurityGroups/nsg";

/** Writes a resource, and returns the code of the error if it is refused. */
function put(path: string, properties: Json = {}): string | undefined {
  return azure.put(path, properties).code;
}

function shown(path: string): Json {
  return azure.properties(path);
}

function names(list: unknown): string[] {
  return (list as { name: string }[]).map(({ name }) => name).sort();
}

describe("the subnets in the body of a network", () => {
  const space = { addressPrefixes: ["10.0.0.0/16", "fd00::/64"] };
  const subnets = (...ranges: string[]) =>
    ranges.map((range, i) => ({ name: `s${i}`, properties: { addressPrefix: range } }));

  test("are created, changed and deleted with it", () => {
    put(NETWORK, { addressSpace: space, subnets: subnets("10.0.0.0/24", "10.0.1.0/24") });
    expect(names(shown(NETWORK).subnets)).toEqual(["s0", "s1"]);
    put(NETWORK, { addressSpace: space, subnets: subnets("10.0.2.0/24") });
    expect(names(shown(NETWORK).subnets)).toEqual(["s0"]);
    expect(shown(`${NETWORK}/subnets/s0`).addressPrefix).toBe("10.0.2.0/24");
    put(NETWORK, { addressSpace: space });
    expect(names(shown(NETWORK).subnets)).toEqual(["s0"]);
  });

  test("are refused where they overlap, are outside or are no ranges", () => {
    const write = (...ranges: string[]) => put(NETWORK, { addressSpace: space, subnets: subnets(...ranges) });
    expect(write("10.0.0.0/24", "10.0.0.128/25")).toBe("NetcfgSubnetRangesOverlap");
    expect(write("10.1.0.0/24")).toBe("NetcfgInvalidSubnet");
    expect(write("10.0.0.0/240")).toBe("InvalidAddressPrefixFormat");
    expect(azure.manager.store.all().map((resource) => resource.id)).toEqual([GROUP_ID]);
  });

  test("are refused to be deleted or moved while they are in use", () => {
    put(NETWORK, { addressSpace: space, subnets: subnets("10.0.0.0/24") });
    const subnet = { id: id(`${NETWORK}/subnets/s0`) };
    put("Microsoft.Network/networkInterfaces/nic", { ipConfigurations: [{ name: "c", properties: { subnet } }] });
    expect(put(NETWORK, { addressSpace: space, subnets: [] })).toBe("InUseSubnetCannotBeDeleted");
    const moved = { addressSpace: space, subnets: subnets("10.0.9.0/24") };
    expect(put(NETWORK, moved)).toBe("InUseSubnetCannotBeDeleted");
    expect(shown(`${NETWORK}/subnets/s0`).addressPrefix).toBe("10.0.0.0/24");
  });

  test("may have ranges of IPv6 beside those of IPv4", () => {
    const both = [{ name: "s0", properties: { addressPrefixes: ["10.0.0.0/24", "fd00::/64"] } }];
    expect(put(NETWORK, { addressSpace: space, subnets: both })).toBeUndefined();
  });
});

describe("routes", () => {
  const route = (addressPrefix: string) => ({ addressPrefix, nextHopType: "Internet" });

  test("are the same whether they are written by themselves or with their table", () => {
    put(TABLE, { routes: [{ name: "with", properties: route("10.1.0.0/16") }] });
    put(`${TABLE}/routes/alone`, route("10.2.0.0/16"));
    expect(names(shown(TABLE).routes)).toEqual(["alone", "with"]);
    expect(shown(`${TABLE}/routes/with`)).toMatchObject({ addressPrefix: "10.1.0.0/16" });
    azure.delete(`${TABLE}/routes/with`);
    expect(names(shown(TABLE).routes)).toEqual(["alone"]);
    put(TABLE, { routes: [] });
    expect(azure.get(`${TABLE}/routes/alone`).status).toBe(404);
  });

  test("are refused for a prefix that the table has, or without the address of an appliance", () => {
    put(TABLE);
    put(`${TABLE}/routes/one`, route("10.1.0.0/16"));
    expect(put(`${TABLE}/routes/two`, route("10.1.0.0/16"))).toBe("RouteConflict");
    expect(put(`${TABLE}/routes/one`, route("10.1.0.0/16"))).toBeUndefined();
    const appliance = { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance" };
    expect(put(`${TABLE}/routes/three`, appliance)).toBe("MissingNextHopIpAddress");
  });
});

describe("security rules", () => {
  const rule = (priority: number) => ({ access: "Allow", direction: "Inbound", priority, protocol: "*" });

  test("are the same whether they are written by themselves or with their group", () => {
    put(NSG, { securityRules: [{ name: "with", properties: rule(100) }] });
    put(`${NSG}/securityRules/alone`, rule(200));
    expect(names(shown(NSG).securityRules)).toEqual(["alone", "with"]);
    azure.delete(`${NSG}/securityRules/with`);
    expect(names(shown(NSG).securityRules)).toEqual(["alone"]);
  });

  test("are refused at a priority that is taken in their direction", () => {
    put(NSG);
    put(`${NSG}/securityRules/one`, rule(100));
    expect(put(`${NSG}/securityRules/two`, rule(100))).toBe("SecurityRuleConflict");
    expect(put(`${NSG}/securityRules/two`, { ...rule(100), direction: "Outbound" })).toBeUndefined();
  });

  test("count for the subnet of a bastion when they are written by themselves", () => {
    put(NETWORK, { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } });
    put(NSG);
    const subnet = { addressPrefix: "10.0.0.0/26", networkSecurityGroup: { id: id(NSG) } };
    const attach = () => put(`${NETWORK}/subnets/AzureBastionSubnet`, subnet);
    expect(attach()).toBe("NetworkSecurityGroupNotCompliantForAzureBastionSubnet");
    const any = {
      access: "Allow",
      protocol: "*",
      sourceAddressPrefix: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "*",
    };
    put(`${NSG}/securityRules/in`, { ...any, direction: "Inbound", priority: 100 });
    put(`${NSG}/securityRules/out`, { ...any, direction: "Outbound", priority: 100 });
    expect(attach()).toBeUndefined();
  });
});

test("the admin credentials of a registry are two passwords", () => {
  const path = azure.given(
    "Microsoft.ContainerRegistry/registries/hello",
    { adminUserEnabled: true },
    { sku: { name: "Premium" } },
  );
  const { body } = azure.send("POST", `${path}/listCredentials`);
  expect(body).toMatchObject({ username: "hello", passwords: [{ name: "password" }, { name: "password2" }] });
});
