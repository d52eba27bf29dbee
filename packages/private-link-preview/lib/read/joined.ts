import { serviceByTerraformType } from "../../../common/azure/service-names";
import { at, groupBy, unique } from "../../../common/util";
import { attributesOf } from "./azure-form";
import { type Configuration, type Input, KINDS } from "./configuration";
import type { Resource } from "./module";
import { readShown } from "./shown";

/** What a file says, and what the file is called. */
export interface NamedInput extends Input {
  readonly source: string;
}

/**
 * What several files say of the networks before and after, as one.
 *
 * @param others - files that it is compared with
 */
export function joined(
  inputs: readonly NamedInput[],
  others: readonly Input[] = [],
): { after: Configuration; before?: Configuration } {
  const [shown = [], terraform = []] = [true, false].map((isShown) =>
    [...inputs, ...(isShown ? [] : others)].filter(({ kind }) => isShown === (kind === "azure" || kind === "what-if")),
  );
  takeAddresses(
    shown.flatMap(({ after, before }) => (before ? [after, before] : [after])),
    terraform.map(({ after }) => after),
  );
  const gone = new Set(inputs.flatMap((input) => input.gone));
  const after = joinedSides(inputs.map((input) => ({ ...input, side: input.after, gone })));
  if (inputs.every(({ before }) => before === undefined)) return { after };
  const before = inputs.map((input) => ({ ...input, side: input.before ?? input.after, gone: NONE }));
  return { after, before: joinedSides(before) };
}

const NONE: ReadonlySet<string> = new Set();

/** One side of a file. */
interface Side extends Pick<NamedInput, "kind" | "source"> {
  readonly side: Configuration;
  /** Ids of what is deleted, unless the file itself deletes it. */
  readonly gone: ReadonlySet<string>;
}

function joinedSides(sides: readonly Side[]): Configuration {
  const [only, ...others] = sides;
  if (only && others.length === 0) return only.side;
  const forms = unique(sides.map(({ side }) => side.form));
  const inOrder = [...sides].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  const conflicts = new Map<string, string>();
  const known = new Map<string, { one: Resource; side: Side }>();
  const associations = sides.flatMap(({ side }) =>
    side.resources.filter((resource) => ASSOCIATED.some(({ type }) => type === resource.type)),
  );
  const kept = inOrder.flatMap((side) =>
    side.side.resources.flatMap((resource) => {
      const id = idOf(resource);
      if (id === undefined) return [{ resource, side }];
      if (side.kind !== "plan" && isGone(id, side.gone)) return [];
      const key = `${kindOf(resource)} ${id}`;
      const { one, side: other } = known.get(key) ?? {};
      if (!one || !other || other === side) {
        if (!one) known.set(key, { one: resource, side });
        return [{ resource, side }];
      }
      // What refers to the one that does not count refers to the other.
      resource.standsFor = one;
      const ofOthers = one.azureType === "" ? associationsOf(resource, one, associations, side.gone) : [];
      const differing = other.kind === "plan" || other.kind === "what-if" ? [] : differences(one, resource);
      if (differing.length > 0) conflicts.set(one.address, conflictText(differing, other.source, side.source));
      return ofOthers.map((association) => ({ resource: association, side }));
    }),
  );
  // A data source reads what another file has whole.
  const own = kept.filter(({ resource }) => {
    const id = resource.managed ? "" : (resource.text("id")?.toLowerCase() ?? "");
    const { one } = known.get(`${kindOf(resource)} ${id}`) ?? {};
    if (!one) return true;
    resource.standsFor = one;
    return false;
  });
  for (const same of groupBy(own, ({ resource }) => resource.address).values())
    if (unique(same.map(({ side }) => side)).length > 1)
      for (const { resource, side } of same) nameByFile(resource, side.source);
  const isAll = sides.some(({ side }) => side.isAll);
  return {
    form: forms.length === 1 ? forms[0]! : forms.includes("plan") ? "plan" : "state",
    resources: own.map(({ resource }) => resource),
    subscriptions: unique(sides.flatMap(({ side }) => side.subscriptions ?? [])),
    notices: sides.flatMap(({ side, source }) => (side.notices ?? []).map((notice) => `${source}: ${notice}`)),
    isAll,
    isDeployed:
      isAll &&
      sides.every(({ kind }) => kind === "azure" || kind === "state") &&
      own.every(({ resource, side }) => side.kind === "azure" || kindOf(resource) !== "azurerm_private_dns_zone"),
    notRead: sides.flatMap(({ side }) => side.notRead),
    conflicts,
  };
}

/** Whether an id is that of something deleted, or of a part of it. */
function isGone(id: string, gone: ReadonlySet<string>): boolean {
  for (let one = id; one !== ""; one = one.slice(0, one.lastIndexOf("/"))) if (gone.has(one)) return true;
  return false;
}

/** What a subnet names in Azure, and what associates it in Terraform. */
const ASSOCIATED = ["network_security_group", "route_table", "nat_gateway"].map((what) => ({
  attribute: `${what}_id`,
  type: `azurerm_subnet_${what}_association`,
}));

/**
 * What a subnet of Azure is associated with, as resources of Terraform, where a file of Terraform counts that has the subnet
 * and not these, which others manage.
 *
 * @param one - the subnet that counts
 * @param managed - the associations of all files
 */
function associationsOf(
  subnet: Resource,
  one: Resource,
  managed: readonly Resource[],
  gone: ReadonlySet<string>,
): Resource[] {
  const id = subnet.text("id");
  if (subnet.type !== "azurerm_subnet" || subnet.azureType === "" || id === undefined) return [];
  return ASSOCIATED.flatMap(({ attribute, type }) => {
    const isManaged = managed.some(
      (association) =>
        association.type === type &&
        (association.text("subnet_id")?.toLowerCase() === id.toLowerCase() ||
          association.mentions("subnet_id").some(({ resource }) => resource === one)),
    );
    const given = subnet.text(attribute);
    if (given === undefined || isManaged || gone.has(`${type} ${id.toLowerCase()}`)) return [];
    const values = { subnet_id: id, [attribute]: given };
    const address = `${type} of ${subnet.address}`;
    return readShown([{ address, mode: "managed", type, name: id, index: undefined, values, marks: undefined }]);
  });
}

/** Names a resource by its file too, once: before and after a what-if, the same files are joined. */
function nameByFile(resource: Resource, source: string): void {
  const prefix = `${source}:`;
  if (!resource.address.startsWith(prefix)) resource.address = prefix + resource.address;
}

/** The id in lower case of what a file manages or, of Azure, shows. Other resources may have the id of what they act on. */
function idOf(resource: Resource): string | undefined {
  if (!resource.managed || /^azapi_(update_resource|resource_action)$/.test(resource.type)) return undefined;
  return resource.text("id")?.toLowerCase();
}

interface Difference {
  readonly attribute: string;
  readonly one: string;
  readonly other: string;
}

/** Where two resources say something else of what both say. */
function differences(one: Resource, other: Resource): Difference[] {
  return attributesOf(one.type).flatMap((attribute) => {
    const [mine, theirs] = [one, other].map((resource) => valueText(resource.known(...attribute.split("."))));
    return mine === undefined || theirs === undefined || mine.toLowerCase() === theirs.toLowerCase()
      ? []
      : [{ attribute, one: mine, other: theirs }];
  });
}

/** Values as a text; undefined where there are none, or they are no single ones. */
function valueText(values: readonly unknown[]): string | undefined {
  if (values.length === 0 || values.some((value) => at(value, []).length === 0 || typeof value === "object"))
    return undefined;
  return unique(values.map(String)).sort().join(", ");
}

function conflictText(differing: readonly Difference[], source: string, otherSource: string): string {
  return differing
    .map(({ attribute, one, other }) => `${attribute} is ${one} in ${source} and ${other} in ${otherSource}`)
    .join("; ");
}

/** Gives what Azure shows the addresses that Terraform has for the same resources, by their ids. */
function takeAddresses(azure: readonly Configuration[], terraform: readonly Configuration[]): void {
  const known = groupBy(
    terraform.flatMap(({ resources }) => resources.filter((one) => one.text("id") !== undefined)),
    (resource) => resource.text("id")!.toLowerCase(),
  );
  for (const resource of azure.flatMap(({ resources }) => resources)) {
    const same = (known.get(resource.text("id")?.toLowerCase() ?? "") ?? []).filter(
      (one) => kindOf(one) === kindOf(resource),
    );
    const address = (same.find(({ managed }) => managed) ?? same[0])?.address;
    if (address !== undefined) resource.address = address;
  }
}

/** What a resource is, whether Terraform has a type of its own for it or the form of Azure's API. */
function kindOf({ type, azureType }: Resource): string {
  return serviceByTerraformType(type)?.azureType.toLowerCase() ?? (type === "azapi_resource" ? azureType : type);
}
