"""The checks: a module for each family of requirements, each check a small function bound to one of them."""
