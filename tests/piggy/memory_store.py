"""What is known of Piggy, kept by nothing but an object."""

from piggyadmin.piggy.circuit_breaker import CLEAR, CircuitState, Rule


class MemoryStore:
    """Keeps the state in this object."""

    def __init__(self) -> None:
        self.state = CLEAR

    def read(self) -> CircuitState:
        """Give the state as it is now."""
        return self.state

    def change(self, rule: Rule) -> tuple[CircuitState, CircuitState]:
        """Put a rule into effect; give the states before and after."""
        before, self.state = self.state, rule(self.state)
        return before, self.state
