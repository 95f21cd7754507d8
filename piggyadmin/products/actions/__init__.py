"""What people can do with products and their categories."""

from piggyadmin.products.actions import (
    find_or_create_products,
    product_categories,
    product_records,
)

__all__ = ["find_or_create_products", "product_categories", "product_records"]
