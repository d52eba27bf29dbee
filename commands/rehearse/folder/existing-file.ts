import { ArmError, type AzureEmulator, groupOf } from "../../../packages/azure-emulator";
import { isJson, readJsonFile, UserError } from "../../../packages/common/util";

/** A resource that exists, as Azure's API shows it. */
interface ExistingResource {
  readonly id: string;
  readonly [member: string]: unknown;
}

/**
 * Reads the resources that exist: a JSON array of objects with the `id`, and `location`, `properties` and so on as far as the
 * configuration uses them.
 *
 * @throws UserError with all errors in it
 */
export function readExisting(file: string): ExistingResource[] {
  const json = readJsonFile(file);
  if (!Array.isArray(json))
    throw new UserError(
      `${file}: expected an array of resources, such as [{ "id": "/subscriptions/…", "location": "westeurope" }].`,
    );
  const errors = json.flatMap((resource: unknown, index) => {
    if (!isJson(resource)) return [`[${index}]: expected an object with the id of a resource.`];
    const { id } = resource;
    if (typeof id !== "string" || !/^\/(subscriptions|providers)\/[^/]+/i.test(id))
      return [
        `[${index}].id: found ${JSON.stringify(id)}; expected the id of a resource, such as /subscriptions/…/resourceGroups/….`,
      ];
    return [];
  });
  if (errors.length > 0) throw new UserError([`${file}:`, ...errors.map((error) => `  ${error}`)].join("\n"));
  return json as ExistingResource[];
}

/**
 * Creates the resources that exist, with their resource groups, in whatever order they need each other.
 *
 * @throws UserError with each resource that the emulated Azure refuses, and why
 */
export function putExistingResources(resources: readonly ExistingResource[], azure: AzureEmulator): void {
  let open = resources.map((resource, index) => ({ resource, index, reason: "" }));
  for (;;) {
    const refused = open.flatMap((one) => {
      const reason = refusal(one.resource, azure);
      return reason === undefined ? [] : [{ ...one, reason }];
    });
    if (refused.length === 0) return;
    if (refused.length === open.length)
      throw new UserError(
        [
          "--existing: these resources can't exist as they are written:",
          ...refused.map(({ resource: { id }, index, reason }) => `  [${index}] ${id}: ${reason}`),
        ].join("\n"),
      );
    open = refused;
  }
}

/** Why a resource can't be created; undefined if it was. */
function refusal({ id, ...body }: ExistingResource, azure: AzureEmulator): string | undefined {
  try {
    const group = groupOf(id);
    const isInGroup = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(group);
    if (isInGroup && group !== id && !azure.resources.some((one) => one.id.toLowerCase() === group.toLowerCase()))
      azure.put(group, { location: typeof body.location === "string" ? body.location : "westeurope" });
    azure.put(id, body);
    return undefined;
  } catch (error) {
    if (error instanceof ArmError) return error.message;
    throw error;
  }
}

/** What to write for a resource of a type, besides its id. */
const SKELETONS: readonly (readonly [RegExp, object])[] = [
  [
    /\/virtualNetworks$/i,
    { location: "westeurope", properties: { addressSpace: { addressPrefixes: ["10.0.0.0/16"] } } },
  ],
  [/\/virtualNetworks\/subnets$/i, { properties: { addressPrefix: "10.0.0.0/24" } }],
  [/\/privateDnsZones$/i, { location: "global" }],
  [
    /\/virtualNetworkLinks$/i,
    { location: "global", properties: { virtualNetwork: { id: "the id of the virtual network" } } },
  ],
  [/\/registries$/i, { location: "westeurope", sku: { name: "Premium" } }],
  [/\/storageAccounts$/i, { location: "westeurope", sku: { name: "Standard_LRS" }, kind: "StorageV2" }],
  [
    /\/vaults$/i,
    { location: "westeurope", properties: { sku: { family: "A", name: "standard" }, accessPolicies: [] } },
  ],
];

/**
 * What to put into the file for resources that were asked for and not found.
 *
 * @param ids - of the resources
 */
export function missingText(ids: readonly string[]): string {
  const resources = ids.map((id) => {
    const type = id
      .replace(/^.*\/providers\//i, "")
      .split("/")
      .filter((_, i) => i % 2 === 1)
      .join("/");
    const [, skeleton = { location: "westeurope" }] = SKELETONS.find(([of]) => of.test(`/${type}`)) ?? [];
    return { id, ...skeleton };
  });
  return [
    "The configuration asks for resources that are neither in it nor in --existing FILE. If they exist, put them into the file, with the values that they have:",
    JSON.stringify(resources, null, 2),
  ].join("\n");
}
