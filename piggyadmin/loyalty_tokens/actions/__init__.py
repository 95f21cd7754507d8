"""What people can do with loyalty tokens."""

from piggyadmin.loyalty_tokens.actions import claim_loyalty_token, create_loyalty_token
