"""What people can do with rewards."""

from piggyadmin.rewards.actions import (
    collect_reward,
    create_reward_reception,
    reverse_collection,
    reverse_reward_reception,
    update_reward,
)

__all__ = [
    "collect_reward",
    "create_reward_reception",
    "reverse_collection",
    "reverse_reward_reception",
    "update_reward",
]
