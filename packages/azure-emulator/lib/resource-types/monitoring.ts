import { randomUUID } from "node:crypto";
import { at } from "../linked-action";
import { ArmError } from "../arm-error";
import { resourceType } from "../resource-type";

interface WorkspaceProperties {
  customerId?: string;
  sku?: { name: string };
  retentionInDays?: number;
  features?: Record<string, unknown>;
  publicNetworkAccessForIngestion?: string;
  publicNetworkAccessForQuery?: string;
  workspaceCapping?: { dailyQuotaGb: number };
}

interface DiagnosticSettingProperties {
  workspaceId?: string;
  logs?: unknown[];
  metrics?: unknown[];
}

export const workspace = resourceType<WorkspaceProperties>({
  type: "Microsoft.OperationalInsights/workspaces",
  names: { form: /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/i, allowed: "4 to 63 letters, digits and hyphens" },
  location: "region",
  asynchronous: ["create"],
  creatingState: "Creating",
  // The client reads the workspace until it is provisioned.
  polling: () => ({ result: "{id}?api-version=2021-12-01-preview" }),
  beforeWrite({ properties }, _, old) {
    properties.customerId = old?.properties.customerId ?? randomUUID();
    properties.sku ??= { name: "PerGB2018" };
    properties.retentionInDays ??= 30;
    properties.publicNetworkAccessForIngestion ??= "Enabled";
    properties.publicNetworkAccessForQuery ??= "Enabled";
    properties.features = { enableLogAccessUsingOnlyResourcePermissions: true, ...properties.features };
    properties.workspaceCapping ??= { dailyQuotaGb: -1 };
  },
});

/** Deleted workspaces that can be recovered. There are none, but azurerm looks for them before it creates a workspace. */
export const deletedWorkspace = resourceType({
  type: "Microsoft.OperationalInsights/deletedWorkspaces",
  names: { form: /^.+$/, allowed: "any" },
  location: "region",
});

export const diagnosticSetting = resourceType<DiagnosticSettingProperties>({
  type: "Microsoft.Insights/diagnosticSettings",
  names: { form: /^[^*<>%:&?+/\\]{1,260}$/, allowed: "1 to 260 characters, none of *<>%:&?+/\\" },
  location: "none",
  createdStatus: 200,
  linkedActions: [
    { action: "Microsoft.OperationalInsights/workspaces/sharedKeys/action", on: at("properties.workspaceId") },
  ],
  beforeWrite({ properties }, store) {
    properties.logs ??= [];
    properties.metrics ??= [];
    if (properties.workspaceId !== undefined && !store.has(properties.workspaceId))
      throw new ArmError(400, "ResourceNotFound", `There is no workspace ${properties.workspaceId}.`);
  },
});
