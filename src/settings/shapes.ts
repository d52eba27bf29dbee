import { normaliseRegion } from "../../packages/common/azure";
import { isIn, isJson, isPrivateRange, prefixLength } from "../../packages/common/util";
import { MAX_SUBNET_PREFIX } from "../limits";
import { canonicalId, idForm, type IdType, parseId } from "../terraform/resource-id";
import { z } from "zod";

// The message of each schema says what is allowed there, in words that complete "allowed: …"; the description says what
// the setting does, for docs/settings.md and for editors.
//
// The rules over several settings see what is well-formed although other values are wrong. So a default or a transform
// belongs to the value itself, not to an object around it; and no schema ends the parsing, as `abort: true`, `z.int()`
// and an array's `max()` do.

// The settings are parsed once: to compile the schemas first takes longer.
z.config({ jitless: true });

export const FLAG = "true or false";
const TEXT = "a string of 1 to 256 characters, without ${ or %{";
/** Text that Terraform takes as it is: no template of its language, no control characters, and no half of a character. */
export const PLAIN = /^(?:(?![$%]\{)[^\p{Cc}\p{Cs}])*$/u;
const REGION =
  "a region name of at most 63 letters, digits, spaces and hyphens, such as swedencentral or Sweden Central";
const RANGE = `a private IPv4 range (RFC 1918 or RFC 6598) in CIDR notation, /${MAX_SUBNET_PREFIX} or larger, with no host bits set, such as 10.10.0.0/16`;
const ADDRESS = "an IPv4 address of one machine, such as 10.12.1.4";
const UUID = "an object ID, such as 11111111-2222-3333-4444-555555555555";
const NIL_UUID = "00000000-0000-0000-0000-000000000000";

export const flag = (standard: boolean) => z.boolean(FLAG).default(standard);
export const text = z.string(TEXT).min(1, TEXT).max(256, TEXT).regex(PLAIN, TEXT).meta({ allowed: TEXT });
export const pattern = (form: RegExp, allowed: string) => z.string(allowed).regex(form, allowed).meta({ allowed });
export const whole = (minimum: number, maximum: number, allowed: string) =>
  z
    .number(allowed)
    .refine((value) => Number.isInteger(value) && value >= minimum && value <= maximum, allowed)
    .meta({ allowed, type: "integer", minimum, maximum });
export const listOf = <Item extends z.ZodType>(item: Item, allowed: string) => z.array(item, allowed).meta({ allowed });
export const idOf = (type: IdType) => {
  const allowed = `an ID of the form ${idForm(type)}`;
  return z
    .string(allowed)
    .refine((id) => parseId(type, id) !== undefined, allowed)
    .transform((id) => canonicalId(type, id))
    .meta({ allowed });
};

export const region = pattern(/^[A-Za-z][A-Za-z0-9 -]{0,62}$/, REGION).transform(normaliseRegion);
export const range = z
  .cidrv4(RANGE)
  .refine((range) => isPrivateRange(range) && prefixLength(range) <= MAX_SUBNET_PREFIX, {
    error: RANGE,
    when: ({ issues }) => issues.length === 0,
  })
  .meta({ allowed: RANGE });

export const principal = z
  .guid(UUID)
  .refine((id) => id !== NIL_UUID, UUID)
  .meta({ allowed: UUID });
export const principals = listOf(principal, "a list of object IDs");

/** Ranges in which no DNS server of a network can be: this network, loopback, link-local, multicast, reserved, broadcast. */
const NO_SERVERS = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"];
export const address = z
  .ipv4(ADDRESS)
  .refine((address) => NO_SERVERS.every((range) => !isIn(address, range)), ADDRESS)
  .meta({ allowed: ADDRESS });
/** An object without other keys; for an unknown key its error lists those that there are. */
export function strict<Shape extends z.ZodRawShape>(words: string, shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? keys : words) });
}

/**
 * The one object, or list, among the alternatives of a union: a union reports what is wrong inside of it, as no other
 * alternative can be meant. That is how zod treats an alternative whose issues all let the parsing go on.
 *
 * @param isMeant - whether a value can only be meant as this alternative
 */
export function alternative<Schema extends z.ZodType>(schema: Schema, isMeant: (value: unknown) => boolean = isJson) {
  return schema.superRefine(
    (_, { issues }) => {
      for (const [index, issue] of issues.entries()) issues[index] = { ...issue, continue: true };
    },
    { when: ({ value }) => isMeant(value) },
  );
}

export function oneOf<const Value extends string>(values: readonly Value[]) {
  const quoted = values.map((value) => JSON.stringify(value));
  return z.enum(values, `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)!}`);
}
