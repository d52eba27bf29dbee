# What teams other than the one of the private endpoints own: a hub, spokes that are peered with it, and a registry. Each team
# has a subscription of its own.

terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "4.81.0"
    }
  }
}

variable "replicas" {
  description = "Regions to which the registry is replicated, in alphabetical order."
  type        = list(string)
  default     = ["northeurope"]
}

variable "with_search" {
  description = "Whether the team of the application search has its network."
  type        = bool
  default     = false
}

provider "azurerm" {
  alias                           = "connectivity"
  subscription_id                 = "00000000-0000-0000-0000-00000000000c"
  resource_provider_registrations = "none"
  features {}
}

provider "azurerm" {
  alias                           = "payments"
  subscription_id                 = "00000000-0000-0000-0000-00000000000a"
  resource_provider_registrations = "none"
  features {}
}

provider "azurerm" {
  alias                           = "shop"
  subscription_id                 = "00000000-0000-0000-0000-00000000000b"
  resource_provider_registrations = "none"
  features {}
}

provider "azurerm" {
  alias                           = "search"
  subscription_id                 = "00000000-0000-0000-0000-00000000000e"
  resource_provider_registrations = "none"
  features {}
}

provider "azurerm" {
  alias                           = "platform"
  subscription_id                 = "00000000-0000-0000-0000-00000000000d"
  resource_provider_registrations = "none"
  features {}
}

module "hub" {
  source        = "./network"
  providers     = { azurerm = azurerm.connectivity }
  name          = "hub-westeurope"
  group         = "connectivity"
  location      = "westeurope"
  address_space = "10.100.0.0/16"
  subnets       = { private-endpoints = "10.100.1.0/27", shared-services = "10.100.2.0/24" }
}

module "payments" {
  source        = "./network"
  providers     = { azurerm = azurerm.payments }
  name          = "payments"
  group         = "payments-network"
  location      = "westeurope"
  address_space = "10.101.0.0/16"
  subnets       = { endpoints = "10.101.1.0/27", workloads = "10.101.2.0/24" }
}

module "shop" {
  source        = "./network"
  providers     = { azurerm = azurerm.shop }
  name          = "shop"
  group         = "shop-network"
  location      = "northeurope"
  address_space = "10.102.0.0/16"
  subnets       = { endpoints = "10.102.1.0/27", workloads = "10.102.2.0/24" }
}

module "search" {
  source        = "./network"
  count         = var.with_search ? 1 : 0
  providers     = { azurerm = azurerm.search }
  name          = "search"
  group         = "search-network"
  location      = "northeurope"
  address_space = "10.103.0.0/16"
  subnets       = { endpoints = "10.103.1.0/27", workloads = "10.103.2.0/24" }
}

resource "azurerm_virtual_network_peering" "hub_to_payments" {
  provider                  = azurerm.connectivity
  name                      = "hub-to-payments"
  resource_group_name       = module.hub.group
  virtual_network_name      = module.hub.name
  remote_virtual_network_id = module.payments.id
}

resource "azurerm_virtual_network_peering" "payments_to_hub" {
  provider                  = azurerm.payments
  name                      = "payments-to-hub"
  resource_group_name       = module.payments.group
  virtual_network_name      = module.payments.name
  remote_virtual_network_id = module.hub.id
}

resource "azurerm_virtual_network_peering" "hub_to_shop" {
  provider                  = azurerm.connectivity
  name                      = "hub-to-shop"
  resource_group_name       = module.hub.group
  virtual_network_name      = module.hub.name
  remote_virtual_network_id = module.shop.id
}

resource "azurerm_virtual_network_peering" "shop_to_hub" {
  provider                  = azurerm.shop
  name                      = "shop-to-hub"
  resource_group_name       = module.shop.group
  virtual_network_name      = module.shop.name
  remote_virtual_network_id = module.hub.id
}

resource "azurerm_virtual_network_peering" "hub_to_search" {
  count                     = var.with_search ? 1 : 0
  provider                  = azurerm.connectivity
  name                      = "hub-to-search"
  resource_group_name       = module.hub.group
  virtual_network_name      = module.hub.name
  remote_virtual_network_id = module.search[0].id
}

resource "azurerm_virtual_network_peering" "search_to_hub" {
  count                     = var.with_search ? 1 : 0
  provider                  = azurerm.search
  name                      = "search-to-hub"
  resource_group_name       = module.search[0].group
  virtual_network_name      = module.search[0].name
  remote_virtual_network_id = module.hub.id
}

resource "azurerm_resource_group" "registry" {
  provider = azurerm.platform
  name     = "platform"
  location = "westeurope"
}

resource "azurerm_container_registry" "this" {
  provider                      = azurerm.platform
  name                          = "contosoimages"
  resource_group_name           = azurerm_resource_group.registry.name
  location                      = azurerm_resource_group.registry.location
  sku                           = "Premium"
  public_network_access_enabled = false
  data_endpoint_enabled         = true
  export_policy_enabled         = false
  network_rule_bypass_option    = "None"
  zone_redundancy_enabled       = true
  tags                          = local.tags

  dynamic "georeplications" {
    for_each = var.replicas
    content {
      location                  = georeplications.value
      regional_endpoint_enabled = true
      zone_redundancy_enabled   = true
      tags                      = local.tags
    }
  }
}

locals {
  tags = { environment = "dev", owner = "platform team", version = "2026.11" }
}

output "ids" {
  value = {
    hub      = module.hub.id
    payments = module.payments.id
    shop     = module.shop.id
    search   = one(module.search[*].id)
    registry = azurerm_container_registry.this.id
  }
}
