import type { Construct } from "constructs";
import { TerraformProvider, TerraformResource } from "./index";

// Bindings of the two things that the stack needs of the tls provider.

const TLS = { providerName: "tls", providerVersion: "4.2.1", providerVersionConstraint: "4.2.1" };

/** The tls provider: makes keys, asks nobody. */
export class TlsProvider extends TerraformProvider {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      terraformResourceType: "tls",
      terraformGeneratorMetadata: TLS,
      terraformProviderSource: "hashicorp/tls",
    });
  }
}

/** A key pair, kept in the state: RSA of 4096 bits, which both Azure's VMs and Bastion take. */
export class TlsPrivateKey extends TerraformResource {
  constructor(scope: Construct, id: string) {
    super(scope, id, { terraformResourceType: "tls_private_key", terraformGeneratorMetadata: TLS });
  }

  /** The private half, in OpenSSH's format. Secret. */
  public get privateKeyOpenssh(): string {
    return this.getStringAttribute("private_key_openssh");
  }

  /** The public half, in the format of `authorized_keys`. */
  public get publicKeyOpenssh(): string {
    return this.getStringAttribute("public_key_openssh");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { algorithm: "RSA", rsa_bits: 4096 };
  }
}
