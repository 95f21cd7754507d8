from piggyadmin.actions.entities import ENTITIES
from piggyadmin.actions.registry import actions


def test_every_entity_has_actions_and_every_action_says_what_its_entity_is_called():
    called = {action.entity: str(action.entity_label) for action in actions()}
    assert called == {name: str(entity.label) for name, entity in ENTITIES.items()}
