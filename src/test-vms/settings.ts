import { flag, pattern, strict } from "../settings/shapes";
import { z } from "zod";
import { isSshPublicKey } from "./ssh-key";
import { TIME_ZONES } from "./time-zones";

const SSH_KEY = "a public key in the format of authorized_keys: ssh-ed25519, or ssh-rsa with 2048 bits or more";
const TIME_ZONE = "the Windows name of a time zone, such as Central Europe Standard Time or UTC";
export const testVms = strict("an object", {
  size: pattern(/^\w+$/, "a VM size, such as Standard_B2ats_v2")
    .default("Standard_B2ats_v2")
    .describe("VM size, with an x64 processor"),
  shutdownTime: pattern(/^([01]\d|2[0-3])[0-5]\d$/, "a time of day as four digits, 0000 to 2359")
    .default("1900")
    .describe("Time at which the VMs are shut down every day"),
  timezone: z
    .enum(TIME_ZONES, TIME_ZONE)
    .meta({ allowed: TIME_ZONE })
    .default("Central Europe Standard Time")
    .describe("Time zone of `shutdownTime`"),
  encryptionAtHost: flag(false).describe(
    "Whether temporary disks and disk caches are encrypted. Register the feature `EncryptionAtHost` in the subscription first",
  ),
  sshPublicKey: z
    .string(SSH_KEY)
    .refine(isSshPublicKey, SSH_KEY)
    .meta({ allowed: SSH_KEY })
    .optional()
    .describe(
      "Public SSH key for the user `azureuser`. If none is given, a key pair is generated, and stored in the state",
    ),
});
