"""Finding a product by its external identifier, or making it."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Stored
from piggyadmin.ledger.reconciliation_evidence import done, has_settled, not_done, undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.products import services
from piggyadmin.products.forms import IDENTIFIER_HELP, CategoriesField
from piggyadmin.products.types import Product
from piggyadmin.ui.forms import CleanCharField, CleanTextField, CodeField


class FoundOrMade(Stored):
    """A product, and whether it was there before; None where that is not known any more."""

    product: Product
    was_made: bool | None


class FindOrCreateProductsForm(ActionForm):
    """The key to look for, and what a new product would be."""

    folded = ("description", "categories")

    external_identifier = CodeField(label=_("External identifier"), help_text=IDENTIFIER_HELP)
    name = CleanCharField(
        label=_("Name"), required=False, help_text=_("Needed when the product is new.")
    )
    description = CleanTextField(label=_("Description"), required=False, max_length=2000)
    categories = CategoriesField()

    def clean(self) -> dict[str, Any]:
        """Ask for a name only when there is no such product yet."""
        data = super().clean()
        identifier = data.get("external_identifier")
        if identifier and not data.get("name") and "name" not in self.errors:
            self._demand_name_of_new(identifier)
        return data

    def _demand_name_of_new(self, identifier: str) -> None:
        try:
            services.find_product(self.piggy, external_identifier=identifier)
        except NotFound:
            self.add_error("name", _("There is no such product yet, and a new one needs a name."))
        except PiggyError as error:
            self.failure = error


@register
class FindOrCreateProducts(Action[FoundOrMade, None]):
    """Find a product by its external identifier, or make it."""

    slug = "find-or-create-products"
    entity = "products"
    label = _("Find or create a product")
    summary = _("Looks a product up by its external identifier, and makes it when it is new.")
    button = _("Find or create")
    icon = "package-search"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = FindOrCreateProductsForm
    sample = {
        "external_identifier": "SKU-NEW",
        "name": "Flat white",
        "description": "200 ml",
        "categories": "",
    }
    result_template = "products/_found_or_made.html"
    result_type = FoundOrMade
    # It looks first: what is there is not made again.
    is_deduplicated = False

    def sentence(self, matter: Matter) -> Sentence:
        """Say which; what was there already was not made."""
        product = matter.asked("name") or matter.asked("external_identifier")
        return Sentence(
            _("%(who)s saw to it that there is a product “%(product)s”"),
            _("see to it that there is a product “%(product)s”"),
            {"product": product},
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether the product is there now, whoever made it."""
        identifier = entry.data["external_identifier"]
        try:
            product = services.find_product(piggy, external_identifier=identifier)
        except NotFound:
            if not has_settled(entry):
                return undecided(gettext("The product is not there yet. Piggy may still be at it."))
            return not_done(gettext("The product is not there."))
        if product.external_identifier != identifier:
            return undecided(gettext("Piggy gave another product than it was asked for."))
        words = gettext("The product is there.")
        evidence = Evidence(what=gettext("Product"), value=product.name or identifier, fits=True)
        return done(words, evidence, result=FoundOrMade(product=product, was_made=None))

    def form_data(self, entry: Entry) -> dict[str, str]:
        """Write the categories one a line again."""
        categories = CategoriesField().prepare_value(entry.data["categories"])
        return super().form_data(entry) | {"categories": categories}

    def perform(self, piggy: PiggyClient, data: Data) -> FoundOrMade:
        """Look first, then create: Piggy's own answer does not tell which of the two it was."""
        identifier = data["external_identifier"]
        try:
            found = services.find_product(piggy, external_identifier=identifier)
        except NotFound:
            made = services.find_or_create_product(
                piggy,
                external_identifier=identifier,
                name=data["name"] or None,
                description=data["description"] or None,
                categories=data["categories"] or None,
            )
            return FoundOrMade(product=made, was_made=True)
        return FoundOrMade(product=found, was_made=False)
