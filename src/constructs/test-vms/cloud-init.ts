/** What a test VM sets up when it first starts: Docker from Ubuntu's own packages, and jq for reading tokens. */
const CLOUD_CONFIG = `#cloud-config
package_update: true
packages:
  - docker.io
  - jq
`;

/** The cloud-init configuration, in base64 as Azure takes it. */
export const CLOUD_INIT = Buffer.from(CLOUD_CONFIG).toString("base64");
