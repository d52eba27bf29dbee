import type { Remedies } from "../../packages/private-link-preview";

/** What to do about a finding in a network that is made of settings: in the settings, and not in Terraform's resources. */
export const REMEDIES: Remedies = {
  "answers-by-other-endpoint": "To have each network answered with its own endpoint alone, set dns to per-spoke.",
  "manual-approval": "Have the owner of the registry approve the connection, then run: npm run verify.",
  "mixed-record": "Set dns to per-spoke, or spokePeering to mesh.",
  "served-by-drained-region":
    "Add the region to registry.drained, or set routed of the replica, or of the registry for its home region, to true.",
  "served-by-other-region":
    "If that is not on purpose, remove the network's region from registry.drained, or set servedBy of the network.",
  "several-regions": "Set dns to per-spoke, or servedBy of the networks to the same region.",
  "too-many-records": "Set dns to per-spoke.",
  "unreachable-answer": "Set dns to per-spoke, or spokePeering to mesh.",
};
