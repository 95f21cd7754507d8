"""The look of the console: layout, form fields, template tags and error pages."""
