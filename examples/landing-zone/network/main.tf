terraform {
  required_providers {
    azurerm = {
      source = "hashicorp/azurerm"
    }
  }
}

variable "name" {
  type = string
}

variable "group" {
  type = string
}

variable "location" {
  type = string
}

variable "address_space" {
  type = string
}

variable "subnets" {
  description = "The range of each subnet by its name."
  type        = map(string)
}

resource "azurerm_resource_group" "this" {
  name     = var.group
  location = var.location
}

resource "azurerm_virtual_network" "this" {
  name                = var.name
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  address_space       = [var.address_space]
}

resource "azurerm_subnet" "this" {
  for_each             = var.subnets
  name                 = each.key
  resource_group_name  = azurerm_resource_group.this.name
  virtual_network_name = azurerm_virtual_network.this.name
  address_prefixes     = [each.value]
}

output "id" {
  # A peering has to wait for the subnets.
  depends_on = [azurerm_subnet.this]
  value      = azurerm_virtual_network.this.id
}

output "name" {
  depends_on = [azurerm_subnet.this]
  value      = azurerm_virtual_network.this.name
}

output "group" {
  value = azurerm_resource_group.this.name
}
