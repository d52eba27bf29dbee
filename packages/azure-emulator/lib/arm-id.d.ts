/** The parts of an Azure Resource Manager id. */
export interface ArmId {
    readonly path: string;
    readonly subscriptionId: string;
    readonly resourceGroup?: string;
    /** Type as the id spells it: `Microsoft.Network/virtualNetworks/subnets`. */
    readonly type: string;
    readonly name: string;
    /** Id of the resource that this one is part of, of the one that it extends, or of its group. */
    readonly parent?: string;
}
/** Type of a resource group. Its id has no provider in it. */
export declare const RESOURCE_GROUP = "Microsoft.Resources/resourceGroups";
/** Parses a path; undefined if it is not the id of a resource. The id of a resource of the tenant has no subscription. */
export declare function parseArmId(path: string): ArmId | undefined;
/** Ids and names are case-insensitive in Azure. */
export declare function equalIgnoringCase(a: string, b: string): boolean;
/** Id of the resource that another one is part of: the id without the last type and name. */
export declare function parentOf(id: string): string;
/** Id of the resource group that an id is in. */
export declare function groupOf(id: string): string;
