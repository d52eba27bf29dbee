import { at, isJson, refuseOthers, UserError } from "../../packages/common/util";
import { z } from "zod";
import { ITSELF, PERMISSIONS } from "../deployer-role";

/** A record set that others write. */
export type DnsRecord = z.infer<typeof RECORD>;

const LINK = "azurerm_private_dns_zone_virtual_network_link";

const TEXT = z.string().min(1);
const RECORD = z.object({
  /** Name of the hub or spoke in the settings. */
  network: TEXT,
  virtual_network: TEXT,
  /** The network to which the zone has to be linked. */
  virtual_network_id: TEXT,
  zone: TEXT,
  /** Relative to the zone. */
  name: TEXT,
  type: z.literal("A"),
  /** In seconds. */
  ttl: z.number(),
  addresses: z.array(z.ipv4()).min(1),
  fqdn: TEXT,
  private_endpoint: TEXT,
});

/**
 * The record sets that others write, in the output of `terraform show -json` for a state.
 *
 * @param source - where the state comes from, for errors
 * @throws UserError if the state has none
 */
export function recordsIn(state: unknown, source: string): DnsRecord[] {
  refuseOthers(state, source);
  const [output] = at(state, ["values", "outputs", "dns_records"]);
  if (!isJson(output))
    throw new UserError(
      `${source} has no output dns_records. It has one if it is a state that was deployed with dns set to "external".`,
    );
  const result = z.array(RECORD).safeParse(output.value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new UserError(`${source}: dns_records${path.map((step) => `[${JSON.stringify(step)}]`).join("")}: ${message}`);
}

/** What it takes to write the records. */
export const RIGHTS = {
  /** On the zones, or on their resource groups if they are created. */
  role: "Private DNS Zone Contributor",
  /** What that role is used for. */
  actions: ["azurerm_private_dns_zone", "azurerm_private_dns_a_record", LINK].flatMap((type) =>
    Object.entries(PERMISSIONS[type]!).flatMap(([action, why]) =>
      why === ITSELF && !action.endsWith("/delete") ? action : [],
    ),
  ),
  /** On each network that a zone is linked to. */
  onNetworks: Object.entries(PERMISSIONS[LINK]!).flatMap(([action, why]) => (why === ITSELF ? [] : action)),
};
