"""For every action, what a person would fill in to have it done in the sandbox."""

from piggyadmin.actions.registry import actions

WHY = {"reason": "Goodwill", "comment": "Spilt coffee."}
SAMPLES: dict[str, dict[str, str]] = {
    action.slug: {**(WHY if action.asks_reason else {}), **action.sample} for action in actions()
}
