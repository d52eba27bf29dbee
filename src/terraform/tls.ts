import type { Construct } from "constructs";
import { TerraformProvider, TerraformResource } from "./index";
import VERSIONS from "./provider-versions.json";

// Bindings of what the stack needs of the tls provider.

const SOURCE = "hashicorp/tls";
const TLS = {
  providerName: "tls",
  providerVersion: VERSIONS[SOURCE],
  providerVersionConstraint: VERSIONS[SOURCE],
};

/** The tls provider, which generates keys and contacts no service. */
export class TlsProvider extends TerraformProvider {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      terraformResourceType: "tls",
      terraformGeneratorMetadata: TLS,
      terraformProviderSource: SOURCE,
    });
  }
}

/** A key pair, stored in the state: RSA with 4096 bits, which both Azure VMs and Bastion accept. */
export class TlsPrivateKey extends TerraformResource {
  constructor(scope: Construct, id: string) {
    super(scope, id, { terraformResourceType: "tls_private_key", terraformGeneratorMetadata: TLS });
  }

  /** The private half, in PEM format (PKCS), which Bastion in the Azure portal accepts. Secret. */
  public get privateKeyPem(): string {
    return this.getStringAttribute("private_key_pem");
  }

  /** The public half, in the format of `authorized_keys`. */
  public get publicKeyOpenssh(): string {
    return this.getStringAttribute("public_key_openssh");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { algorithm: "RSA", rsa_bits: 4096 };
  }
}
