"""What people can do with Piggy's forms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data, Effect
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy_forms import services
from piggyadmin.piggy_forms.types import Form

STATUSES = {"PUBLISHED": _("Published"), "DRAFT": _("Draft"), "BIN": _("In the bin")}
TYPES = {"PUBLIC": _("Public"), "PRIVATE": _("Private")}


class ListFormsForm(ActionForm):
    """Which forms to list."""

    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *STATUSES.items()]
    )
    type = forms.ChoiceField(
        label=_("Type"), required=False, choices=[("", _("Any type")), *TYPES.items()]
    )


@register
class ListForms(Action[list[Form], None]):
    """List the account's forms."""

    slug = "list-forms"
    entity = "forms"
    label = _("List forms")
    summary = _("The forms of your account, with links to open them.")
    button = _("List forms")
    icon = "clipboard-list"
    effect = Effect.READ
    role = Role.SUPPORT
    form_class = ListFormsForm
    sample = {"status": "PUBLISHED", "type": ""}
    result_template = "forms/_forms.html"

    def perform(self, piggy: PiggyClient, data: Data) -> list[Form]:
        """List them, filtered by Piggy."""
        return services.list_forms(piggy, status=data["status"] or None, type=data["type"] or None)
