import { GROUP_ID, REGION, id, startAzure } from "./clients";

type Azure = Awaited<ReturnType<typeof startAzure>>;
type Json = Record<string, unknown>;
let a: Azure;

beforeEach(async () => {
  a = await startAzure();
});
afterEach(async () => {
  await a.azure.close();
});

const NETWORK = "Microsoft.Network/virtualNetworks/vnet";
const TABLE = "Microsoft.Network/routeTables/rt";
const NSG = "Microsoft.Network/networkSecurityGroups/nsg";

/** Writes a resource, and returns the code of the error if it is refused. */
async function put(path: string, properties: Json = {}): Promise<string | undefined> {
  const { body } = await a.http("PUT", id(path), { location: REGION, properties });
  return (body.error as { code?: string } | undefined)?.code;
}

async function shown(path: string): Promise<Json> {
  return (await a.http("GET", id(path))).body.properties as Json;
}

function names(list: unknown): string[] {
  return (list as { name: string }[]).map(({ name }) => name).sort();
}

describe("the subnets in the body of a network", () => {
  const space = { addressPrefixes: ["10.0.0.0/16", "fd00::/64"] };
  const subnets = (...ranges: string[]) =>
    ranges.map((range, i) => ({ name: `s${i}`, properties: { addressPrefix: range } }));

  test("are created, changed and deleted with it", async () => {
    await put(NETWORK, { addressSpace: space, subnets: subnets("10.0.0.0/24", "10.0.1.0/24") });
    expect(names((await shown(NETWORK)).subnets)).toEqual(["s0", "s1"]);
    await put(NETWORK, { addressSpace: space, subnets: subnets("10.0.2.0/24") });
    expect(names((await shown(NETWORK)).subnets)).toEqual(["s0"]);
    expect((await shown(`${NETWORK}/subnets/s0`)).addressPrefix).toBe("10.0.2.0/24");
    await put(NETWORK, { addressSpace: space });
    expect(names((await shown(NETWORK)).subnets)).toEqual(["s0"]);
  });

  test("are refused where they overlap, are outside or are no ranges", async () => {
    const write = (...ranges: string[]) => put(NETWORK, { addressSpace: space, subnets: subnets(...ranges) });
    expect(await write("10.0.0.0/24", "10.0.0.128/25")).toBe("NetcfgSubnetRangesOverlap");
    expect(await write("10.1.0.0/24")).toBe("NetcfgInvalidSubnet");
    expect(await write("10.0.0.0/240")).toBe("InvalidAddressPrefixFormat");
    expect(a.azure.resources.map((resource) => resource.id)).toEqual([GROUP_ID]);
  });

  test("are refused to be deleted or moved while they are in use", async () => {
    await put(NETWORK, { addressSpace: space, subnets: subnets("10.0.0.0/24") });
    const subnet = { id: id(`${NETWORK}/subnets/s0`) };
    await put("Microsoft.Network/networkInterfaces/nic", { ipConfigurations: [{ name: "c", properties: { subnet } }] });
    expect(await put(NETWORK, { addressSpace: space, subnets: [] })).toBe("InUseSubnetCannotBeDeleted");
    const moved = { addressSpace: space, subnets: subnets("10.0.9.0/24") };
    expect(await put(NETWORK, moved)).toBe("InUseSubnetCannotBeDeleted");
    expect((await shown(`${NETWORK}/subnets/s0`)).addressPrefix).toBe("10.0.0.0/24");
  });

  test("may have ranges of IPv6 beside those of IPv4", async () => {
    const both = [{ name: "s0", properties: { addressPrefixes: ["10.0.0.0/24", "fd00::/64"] } }];
    expect(await put(NETWORK, { addressSpace: space, subnets: both })).toBeUndefined();
  });
});

describe("routes", () => {
  const route = (addressPrefix: string) => ({ addressPrefix, nextHopType: "Internet" });

  test("are the same whether they are written by themselves or with their table", async () => {
    await put(TABLE, { routes: [{ name: "with", properties: route("10.1.0.0/16") }] });
    await put(`${TABLE}/routes/alone`, route("10.2.0.0/16"));
    expect(names((await shown(TABLE)).routes)).toEqual(["alone", "with"]);
    expect(await shown(`${TABLE}/routes/with`)).toMatchObject({ addressPrefix: "10.1.0.0/16" });
    await a.http("DELETE", id(`${TABLE}/routes/with`));
    expect(names((await shown(TABLE)).routes)).toEqual(["alone"]);
    await put(TABLE, { routes: [] });
    expect((await a.http("GET", id(`${TABLE}/routes/alone`))).status).toBe(404);
  });

  test("are refused for a prefix that the table has, or without the address of an appliance", async () => {
    await put(TABLE);
    await put(`${TABLE}/routes/one`, route("10.1.0.0/16"));
    expect(await put(`${TABLE}/routes/two`, route("10.1.0.0/16"))).toBe("RouteConflict");
    expect(await put(`${TABLE}/routes/one`, route("10.1.0.0/16"))).toBeUndefined();
    const appliance = { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance" };
    expect(await put(`${TABLE}/routes/three`, appliance)).toBe("MissingNextHopIpAddress");
  });
});

describe("security rules", () => {
  const rule = (priority: number) => ({ access: "Allow", direction: "Inbound", priority, protocol: "*" });

  test("are the same whether they are written by themselves or with their group", async () => {
    await put(NSG, { securityRules: [{ name: "with", properties: rule(100) }] });
    await put(`${NSG}/securityRules/alone`, rule(200));
    expect(names((await shown(NSG)).securityRules)).toEqual(["alone", "with"]);
    await a.http("DELETE", id(`${NSG}/securityRules/with`));
    expect(names((await shown(NSG)).securityRules)).toEqual(["alone"]);
  });

  test("are refused at a priority that is taken in their direction", async () => {
    await put(NSG);
    await put(`${NSG}/securityRules/one`, rule(100));
    expect(await put(`${NSG}/securityRules/two`, rule(100))).toBe("SecurityRuleConflict");
    expect(await put(`${NSG}/securityRules/two`, { ...rule(100), direction: "Outbound" })).toBeUndefined();
  });

  test("count for the subnet of a bastion when they are written by themselves", async () => {
    await put(NETWORK, { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } });
    await put(NSG);
    const subnet = { addressPrefix: "10.0.0.0/26", networkSecurityGroup: { id: id(NSG) } };
    const attach = () => put(`${NETWORK}/subnets/AzureBastionSubnet`, subnet);
    expect(await attach()).toBe("NetworkSecurityGroupNotCompliantForAzureBastionSubnet");
    const any = {
      access: "Allow",
      protocol: "*",
      sourceAddressPrefix: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "*",
    };
    await put(`${NSG}/securityRules/in`, { ...any, direction: "Inbound", priority: 100 });
    await put(`${NSG}/securityRules/out`, { ...any, direction: "Outbound", priority: 100 });
    expect(await attach()).toBeUndefined();
  });
});

test("the admin credentials of a registry are two passwords", async () => {
  const path = "Microsoft.ContainerRegistry/registries/hello";
  await a.http("PUT", id(path), { location: REGION, sku: { name: "Premium" }, properties: { adminUserEnabled: true } });
  const { body } = await a.http("POST", `${id(path)}/listCredentials`);
  expect(body).toMatchObject({ username: "hello", passwords: [{ name: "password" }, { name: "password2" }] });
});
