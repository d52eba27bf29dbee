/** What a test VM installs at its first start: Docker from Ubuntu's packages, and jq, which the scripts need. */
const CLOUD_CONFIG = `#cloud-config
package_update: true
packages:
  - docker.io
  - jq
`;

/** The cloud-init configuration, base64-encoded as Azure requires. */
export const CLOUD_INIT = Buffer.from(CLOUD_CONFIG).toString("base64");
