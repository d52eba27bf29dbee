# What a central DNS team writes from the file of npm run dns-records: for each network, a zone that is linked to it.

terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "4.81.0"
    }
  }
}

provider "azurerm" {
  subscription_id                 = "00000000-0000-0000-0000-00000000000c"
  resource_provider_registrations = "none"
  features {}
}

variable "records" {
  description = "Path of the file."
  type        = string
}

locals {
  records  = jsondecode(file(var.records)).records
  networks = { for record in local.records : record.network => record... }
}

resource "azurerm_resource_group" "this" {
  for_each = local.networks
  name     = "dns-${each.key}"
  location = "westeurope"
}

resource "azurerm_private_dns_zone" "this" {
  for_each            = local.networks
  name                = each.value[0].zone
  resource_group_name = azurerm_resource_group.this[each.key].name
}

resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  for_each              = local.networks
  name                  = each.key
  resource_group_name   = azurerm_resource_group.this[each.key].name
  private_dns_zone_name = azurerm_private_dns_zone.this[each.key].name
  virtual_network_id    = each.value[0].virtual_network_id
  # Names of other registries are not in the zone. They fall back to public DNS.
  resolution_policy = "NxDomainRedirect"
}

resource "azurerm_private_dns_a_record" "this" {
  for_each            = { for record in local.records : "${record.network}/${record.name}" => record }
  name                = each.value.name
  zone_name           = azurerm_private_dns_zone.this[each.value.network].name
  resource_group_name = azurerm_resource_group.this[each.value.network].name
  ttl                 = each.value.ttl
  records             = each.value.addresses
}
