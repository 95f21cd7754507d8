"""Forms, as Piggy answers them."""

from piggyadmin.piggy.types import Answer, Text


class Form(Answer):
    """A form that contacts fill in."""

    uuid: Text = None
    name: Text = None
    status: Text = None
    type: Text = None
    url: Text = None

    @property
    def web_address(self) -> str | None:
        """The address, if it is one that a browser may open."""
        return self.url if (self.url or "").startswith(("https://", "http://")) else None
