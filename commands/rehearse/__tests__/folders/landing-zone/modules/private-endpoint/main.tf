terraform {
  required_providers {
    azurerm = {
      source = "hashicorp/azurerm"
    }
  }
}

variable "service" {
  type = object({ id = string, name = string, subresource = string })
}

variable "subnet" {
  type = object({ id = string, location = string, group = string })
}

variable "zone_id" {
  type = string
}

resource "azurerm_private_endpoint" "this" {
  name                = "pep-${var.service.name}"
  location            = var.subnet.location
  resource_group_name = var.subnet.group
  subnet_id           = var.subnet.id

  private_service_connection {
    name                           = "connection"
    private_connection_resource_id = var.service.id
    subresource_names              = [var.service.subresource]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [var.zone_id]
  }
}
