"""Forms that belong to the person for whom their page was drawn.

`csrf_token` stands in every form that changes something, those of Django's admin site among them:
it is here that a form learns whose it is.
"""

from typing import Any

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from piggyadmin.accounts.form_owners import OPENED_BY, mark_of

register = template.Library()


class OwnedFormNode(CsrfTokenNode):
    """The token against forged forms, and whose form it is."""

    def render(self, context: template.Context) -> SafeString:
        """Write both."""
        token: Any = super().render(context)
        mark = mark_of(context.get("user"))
        if not mark:
            return token  # type: ignore[no-any-return]
        return format_html('{}<input type="hidden" name="{}" value="{}">', token, OPENED_BY, mark)


@register.simple_tag(takes_context=True)
def owner_mark(context: template.Context) -> str:
    """Write whose a form is, where its token stands apart from it."""
    return mark_of(context.get("user"))


@register.tag
def csrf_token(_parser: Any, _token: Any) -> OwnedFormNode:
    """Write what every form has to send along."""
    return OwnedFormNode()
