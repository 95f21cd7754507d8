"""What people can do with rewards."""

from piggyadmin.rewards.actions import update_reward

__all__ = ["update_reward"]
