/** What to do about a step of the scripts that failed, where several steps or both scripts say the same. */

export const DOCKER = "See `systemctl status docker` and /var/log/cloud-init-output.log on the VM.";

export const IDENTITY = "See that the VM has a system-assigned identity.";

/** What to do where a role seems to be missing. */
export function missingRole(role: "AcrPull" | "AcrPush"): string {
  return `See that the VM's identity has ${role} on the registry. A new role takes some minutes to work.`;
}
