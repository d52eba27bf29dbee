import type { Json } from "../../common/util/json";
import { Azure, GROUP_ID, id } from "./azure";

let azure: Azure;

beforeEach(() => {
  azure = new Azure();
});

const NETWORK = "Microsoft.Network/virtualNetworks/vnet";
const TABLE = "Microsoft.Network/routeTables/rt";
const NSG = "Microsoft.Network/networkSecurityGroups/nsg";

/** Writes a resource, and returns the code of the error if it is refused. */
const put = (path: string, properties: Json = {}) => azure.put(path, properties).code;
const shown = (path: string) => azure.properties(path);
const names = (list: unknown) => (list as { name: string }[]).map(({ name }) => name).sort();

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
    // Those of IPv6 may be beside those of IPv4.
    const both = [{ name: "s0", properties: { addressPrefixes: ["10.0.0.0/24", "fd00::/64"] } }];
    expect(put(NETWORK, { addressSpace: space, subnets: both })).toBeUndefined();
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
});

const route = (addressPrefix: string) => ({ addressPrefix, nextHopType: "Internet" });
const rule = (priority: number) => ({ access: "Allow", direction: "Inbound", priority, protocol: "*" });

describe.each<[part: string, whole: string, one: Json, other: Json, conflict: string]>([
  ["routes", TABLE, route("10.1.0.0/16"), route("10.2.0.0/16"), "RouteConflict"],
  ["securityRules", NSG, rule(100), rule(200), "SecurityRuleConflict"],
])("%s", (part, whole, one, other, conflict) => {
  test("are the same whether they are written by themselves or with what they are part of", () => {
    put(whole, { [part]: [{ name: "with", properties: one }] });
    put(`${whole}/${part}/alone`, other);
    expect(names(shown(whole)[part])).toEqual(["alone", "with"]);
    expect(shown(`${whole}/${part}/with`)).toMatchObject(one);
    azure.delete(`${whole}/${part}/with`);
    expect(names(shown(whole)[part])).toEqual(["alone"]);
    put(whole, { [part]: [] });
    expect(azure.get(`${whole}/${part}/alone`).status).toBe(404);
  });

  test("are refused for a prefix or a priority that is taken", () => {
    put(whole);
    put(`${whole}/${part}/one`, one);
    expect(put(`${whole}/${part}/two`, one)).toBe(conflict);
    expect(put(`${whole}/${part}/one`, one)).toBeUndefined();
  });
});

test("a route to an appliance is refused without the address of that", () => {
  put(TABLE);
  const appliance = { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance" };
  expect(put(`${TABLE}/routes/one`, appliance)).toBe("MissingNextHopIpAddress");
});

describe("security rules", () => {
  test("have a priority in each direction", () => {
    put(NSG);
    put(`${NSG}/securityRules/one`, rule(100));
    expect(put(`${NSG}/securityRules/two`, { ...rule(100), direction: "Outbound" })).toBeUndefined();
  });

  test("count for the subnet of a bastion when they are written by themselves", () => {
    put(NETWORK, { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } });
    put(NSG);
    const subnet = { addressPrefix: "10.0.0.0/26", networkSecurityGroup: { id: id(NSG) } };
    const attach = () => put(`${NETWORK}/subnets/AzureBastionSubnet`, subnet);
    expect(attach()).toBe("NetworkSecurityGroupNotCompliantForAzureBastionSubnet");
    const any = { sourceAddressPrefix: "*", destinationAddressPrefix: "*", destinationPortRange: "*" };
    for (const direction of ["Inbound", "Outbound"])
      put(`${NSG}/securityRules/${direction}`, { ...rule(100), ...any, direction });
    expect(attach()).toBeUndefined();
  });
});

test("the admin credentials of a registry are two passwords", () => {
  const registry = "Microsoft.ContainerRegistry/registries/hello";
  azure.given(registry, { adminUserEnabled: true }, { sku: { name: "Premium" } });
  const { body } = azure.send("POST", `${registry}/listCredentials`);
  expect(body).toMatchObject({ username: "hello", passwords: [{ name: "password" }, { name: "password2" }] });
});
