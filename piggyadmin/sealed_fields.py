"""Fields of models that keep what is personal sealed, and open it for whoever reads a row.

The database holds what `sealing.py` makes; objects hold the texts and documents themselves. Rows
from before they were sealed are read as they are, and sealed when they are written next or by
`manage.py reseal`. What is empty stays as it is, so that it can be asked for; nothing else of a
sealed field can be, as the same text never looks alike twice: `BlindIndexField` stands beside
what has to be found, `DerivedTextField` beside what has to be listed.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models import BinaryField, Lookup, TextField

from piggyadmin import sealing
from piggyadmin.json_text import read_json
from piggyadmin.sealing import KeyMissing

_EMPTY = ("", "{}", "[]", "null")


class SealedMixin(models.Field):  # type: ignore[type-arg]
    """What sealed fields share: what they are sealed for, and what can be asked of them."""

    @property
    def purpose(self) -> str:
        """What the field seals for: for itself alone, so that nothing opens in another place."""
        return f"{self.model._meta.db_table}.{self.column}"

    def written(self, value: Any) -> Any:
        """Write a value down, without sealing it."""
        return value

    def read(self, written: Any) -> Any:
        """Read what was written down."""
        return written

    def sealed(self, written: Any) -> Any:
        """Give what was written down as the database holds it."""
        return written if written in _EMPTY else sealing.seal(written, purpose=self.purpose)

    def opened(self, kept: Any) -> Any:
        """Give what the database holds as it was written down.

        Raises:
            KeyMissing: no key opens it.
        """
        if not sealing.is_sealed(kept):
            return kept
        text = sealing.unseal(kept, purpose=self.purpose)
        if text is None:
            raise KeyMissing(self.purpose)
        return text

    def sealed_anew(self, kept: Any) -> Any:
        """Give what the database holds as the key of today seals it.

        Raises:
            KeyMissing: no key opens it.
        """
        return self.sealed(self.opened(kept))

    def from_db_value(self, value: Any, *_expression: Any) -> Any:
        """Open what the database gave."""
        return None if value is None else self.read(self.opened(value))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Seal what goes into the database; expressions tell for themselves."""
        if hasattr(value, "as_sql"):
            return value
        if value is not None:
            value = self.sealed(self.written(value))
        return super().get_db_prep_value(value, connection, prepared=True)

    def get_prep_value(self, value: Any) -> Any:
        """Write down what is asked for.

        Raises:
            FieldError: it is not empty, so it cannot be found.
        """
        written = None if value is None else self.written(value)
        if written is not None and written not in _EMPTY:
            raise FieldError(f"{self.name} is sealed: rows cannot be found by what it holds.")
        return written

    def get_lookup(self, lookup_name: str) -> Any:
        """Give what can be asked for: whether it is empty, and whether an older key sealed it."""
        allowed = {"exact", "isnull", Outdated.lookup_name}
        return super().get_lookup(lookup_name) if lookup_name in allowed else None

    def get_transform(self, _lookup_name: str) -> None:
        """Give none: nothing inside can be asked for."""
        return


class SealedTextField(SealedMixin, TextField):  # type: ignore[type-arg]
    """A text that is kept sealed."""


class SealedJSONField(SealedMixin, TextField):  # type: ignore[type-arg]
    """A document that is kept sealed, as JSON."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def __init__(
        self, *args: Any, encoder: type[json.JSONEncoder] | None = None, **kwargs: Any
    ) -> None:
        self.encoder = encoder
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Tell migrations of the encoder."""
        name, path, args, kwargs = super().deconstruct()
        if self.encoder is not None:
            kwargs["encoder"] = self.encoder
        return name, path, args, kwargs

    def written(self, value: Any) -> str:
        """Write a document down."""
        return json.dumps(value, cls=self.encoder)

    def read(self, written: str) -> Any:
        """Read a document."""
        return read_json(written)

    def to_python(self, value: Any) -> Any:
        """Leave documents as they are."""
        return value

    def value_to_string(self, obj: Any) -> Any:
        """Give the document itself, as Django's own field of this kind does."""
        return self.value_from_object(obj)


class SealedBinaryField(SealedMixin, BinaryField):  # type: ignore[type-arg]
    """Bytes that are kept sealed."""

    def sealed(self, written: Any) -> bytes:
        """Give bytes as the database holds them."""
        return sealing.seal_bytes(bytes(written), purpose=self.purpose) if written else b""

    def opened(self, kept: Any) -> bytes:
        """Give what the database holds as it was.

        Raises:
            KeyMissing: no key opens it.
        """
        whole = bytes(kept)
        if not sealing.is_sealed(whole):
            return whole
        content = sealing.unseal_bytes(whole, purpose=self.purpose)
        if content is None:
            raise KeyMissing(self.purpose)
        return content


class SealedSecretField(TextField):  # type: ignore[type-arg]
    """A secret as `sealing.seal` has sealed it: objects hold it sealed, whoever uses it opens it.

    Attributes:
        purpose: What it is sealed for.
    """

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Tell migrations what it is for."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"purpose": self.purpose}

    def sealed_anew(self, kept: str) -> str:
        """Give it as the key of today seals it.

        Raises:
            KeyMissing: no key opens it.
        """
        text = sealing.unseal(kept, purpose=self.purpose)
        if text is None:
            raise KeyMissing(self.purpose)
        return sealing.seal(text, purpose=self.purpose)


@SealedMixin.register_lookup
@SealedSecretField.register_lookup
class Outdated(Lookup):
    """Asks for what is not sealed with the key of today, and not empty."""

    lookup_name = "is_outdated"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Compare how it begins."""
        lhs, values = self.process_lhs(compiler, connection)
        beginnings: list[Any] = [sealing.current_prefix(), *_EMPTY]
        if isinstance(self.lhs.output_field, BinaryField):
            beginnings = [each.encode() for each in beginnings]
        marks = ", ".join(["%s"] * len(beginnings))
        sql = f"SUBSTR({lhs}, 1, {sealing.PREFIX_LENGTH}) NOT IN ({marks})"
        return sql, [*values, *beginnings]


# --- What stands beside ----------------------------------------------------------------------


class DerivedMixin(models.Field):  # type: ignore[type-arg]
    """A column that follows from the rest of its row, and is worked out whenever that is stored.

    Attributes:
        derive: Makes it of a row. Migrations need not know.
    """

    def __init__(self, *args: Any, derive: Callable[[Any], str] = str, **kwargs: Any) -> None:
        self.derive = derive
        # Null says that nobody has worked it out yet: the row is from before there was the column.
        super().__init__(*args, **kwargs | {"null": True, "editable": False})

    def deconstruct(self) -> Any:
        """Leave out what is always so."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("null", None)
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def value_of(self, row: Any) -> str:
        """Work it out."""
        return self.derive(row)

    def pre_save(self, model_instance: Any, add: bool) -> str:  # noqa: ARG002
        """Work it out before it is stored."""
        value = self.value_of(model_instance)
        setattr(model_instance, self.attname, value)
        return value


class DerivedTextField(DerivedMixin, TextField):  # type: ignore[type-arg]
    """What is said in clear of a row whose texts are sealed."""


class BlindIndexField(DerivedMixin, models.CharField):  # type: ignore[type-arg]
    """By what a row is found whose texts are sealed: it says nothing without the key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"max_length": 64, "db_index": True})

    @property
    def purpose(self) -> str:
        """What it is made for."""
        return f"{self.model._meta.db_table}.{self.column}"

    def value_of(self, row: Any) -> str:
        """Make it of the text; empty where there is none to be found by."""
        text = self.derive(row)
        return sealing.index_of(text, purpose=self.purpose) if text else ""


def indexed_as(model: type[models.Model], name: str, text: str) -> list[str]:
    """Give what may stand in the blind index `name` of a row with this text."""
    field: Any = model._meta.get_field(name)
    return sealing.indexes_of(text, purpose=field.purpose)
