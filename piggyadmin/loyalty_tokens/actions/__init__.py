"""What people can do with loyalty tokens."""

from piggyadmin.loyalty_tokens.actions import create_loyalty_token
