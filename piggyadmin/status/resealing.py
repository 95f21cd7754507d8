"""Seals with the key of today whatever an older key has sealed, or none yet.

Every field that `sealed_fields.py` keeps is gone through, some rows at a time, each time in one
transaction that holds them: what is written meanwhile is sealed with the key of today anyway. A row
that is done is not found any more, so whoever is killed goes on where they were; until the last one
is done, both keys open.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import transaction
from django.db.models import BinaryField, Field, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from piggyadmin import sealing
from piggyadmin.bulk_insert import update
from piggyadmin.factors.adapter import FactorAdapter, Unreadable
from piggyadmin.sealed_fields import DerivedMixin, SealedBinaryField, SealedMixin, SealedSecretField
from piggyadmin.sealing import KeyMissing
from piggyadmin.status.models import KeyInUse

# Told how many rows of how many were sealed.
Report = Callable[[int, int], None]
# Rows that are held at a time; of pieces of files, which are large, fewer.
BATCH, BATCH_OF_PIECES = 500, 4


class SealedTable(NamedTuple):
    """A model with sealed fields, and the columns that follow from them."""

    model: type[Model]
    sealed: list[Any]
    derived: list[Any]

    @property
    def batch(self) -> int:
        """How many rows are read at a time."""
        is_large = any(isinstance(field, SealedBinaryField) for field in self.sealed)
        return BATCH_OF_PIECES if is_large else BATCH

    @property
    def outdated(self) -> Q:
        """What is still to be sealed."""
        wanted = Q()
        for field in (*self.sealed, *self.derived):
            is_derived = isinstance(field, DerivedMixin)
            wanted |= Q(**{f"{field.name}__{'isnull' if is_derived else 'is_outdated'}": True})
        return wanted


class Resealed(NamedTuple):
    """How many rows were sealed, and how many are left, as no key opens them."""

    done: int
    unreadable: int


def sealed_tables() -> Iterator[SealedTable]:
    """List all models that keep something sealed."""
    for model in apps.get_models():
        fields = model._meta.concrete_fields
        sealed = [field for field in fields if isinstance(field, SealedMixin | SealedSecretField)]
        if sealed:
            derived = [field for field in fields if isinstance(field, DerivedMixin)]
            yield SealedTable(model, sealed, derived)


def left_to_seal() -> int:
    """Count the rows that are not sealed with the key of today; it reads them all."""
    return sum(
        table.model._default_manager.filter(table.outdated).count() for table in sealed_tables()
    )


def is_anything_left() -> bool:
    """Tell whether there is, or may be, something to seal anew; it ends at the first that is."""
    return _factors().exists() or any(
        table.model._default_manager.filter(table.outdated).exists() for table in sealed_tables()
    )


def reseal(report: Report = lambda _done, _all: None) -> Resealed:
    """Seal everything with the key of today; then older keys are not needed any more."""
    note_key()
    everything, done, unreadable = left_to_seal(), 0, _reseal_factors()
    for table in sealed_tables():
        for number, lost in _batches(table):
            done, unreadable = done + number, unreadable + lost
            report(done, max(done, everything))
    if not unreadable:
        note_all_sealed()
    return Resealed(done, unreadable)


def _batches(table: SealedTable) -> Iterator[tuple[int, int]]:
    """Seal the rows of a table; gives of each batch how many were, and how many cannot be."""
    last = 0
    while True:
        with transaction.atomic():
            rows = _rows_after(table, last)
            if not rows:
                return
            lost = [row.pk for row in rows if not _seal_row(table, row)]
            sealed = [row for row in rows if row.pk not in lost]
            for field in (*table.sealed, *table.derived):
                update(table.model, field.column, {row.pk: row.kept[field.name] for row in sealed})
        last = rows[-1].pk
        yield len(sealed), len(lost)


def _rows_after(table: SealedTable, last: int) -> list[Any]:
    """Read some rows, and hold them; what is sealed stands beside, as the database has it."""
    names = [field.name for field in table.sealed]
    raw: dict[str, Any] = {
        f"kept_{field.name}": Cast(field.name, _kind_of(field)) for field in table.sealed
    }
    rows = table.model._default_manager.filter(table.outdated, pk__gt=last).order_by("pk")
    held = rows.select_for_update(of=("self",)).defer(*names).annotate(**raw)
    return list(held[: table.batch])


def _kind_of(field: Any) -> "Field[Any, Any]":
    return BinaryField() if isinstance(field, SealedBinaryField) else TextField()


def _seal_row(table: SealedTable, row: Any) -> bool:
    """Work out what a row will hold; False where no key opens what it holds."""
    row.kept = {}
    try:
        for field in table.sealed:
            row.kept[field.name] = _sealed_anew(field, row)
    except KeyMissing:
        return False
    row.kept |= {field.name: field.value_of(row) for field in table.derived}
    return True


def _sealed_anew(field: Any, row: Any) -> Any:
    """Seal one column anew; what it says is put into the row, which would ask for it else."""
    kept = getattr(row, f"kept_{field.name}")
    if isinstance(field, SealedMixin):
        setattr(row, field.attname, None if kept is None else field.read(field.opened(kept)))
    return field.sealed_anew(kept) if kept else kept


def _reseal_factors() -> int:
    """Seal the secrets of second factors; gives how many cannot be."""
    lost = 0
    for each in _factors():
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().get(pk=each.pk)
            try:
                factor.data |= _factor_anew(factor.data)
            except Unreadable:
                lost += 1
                continue
            factor.save(update_fields=["data"])
    return lost


def _factors() -> QuerySet[Any]:
    """Give the factors that have secrets; they do not say with which key those are sealed."""
    factors: QuerySet[Any] = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    return factors


def _factor_anew(data: dict[str, Any]) -> dict[str, Any]:
    """Seal what allauth has sealed: the secret of an app, the seed of codes, or codes."""
    adapter = FactorAdapter()
    return {
        name: [adapter.encrypt(adapter.decrypt(each)) for each in data[name]]
        if name == "migrated_codes"
        else adapter.encrypt(adapter.decrypt(data[name]))
        for name in ("secret", "seed", "migrated_codes")
        if name in data
    }


# --- Which keys are needed -------------------------------------------------------------------


def note_key() -> KeyInUse:
    """Note that the key of today seals from now on."""
    key, is_new = KeyInUse.objects.get_or_create(name=sealing.current_key())
    if is_new:
        KeyInUse.objects.exclude(pk=key.pk).update(is_only=False)
    return key


def note_all_sealed() -> None:
    """Note that everything is sealed with the key of today, so that no other one is needed."""
    with transaction.atomic():
        note_key()
        KeyInUse.objects.exclude(name=sealing.current_key()).delete()
        KeyInUse.objects.filter(name=sealing.current_key()).update(is_only=True)


def missing_keys() -> list[str]:
    """Name the keys with which something is sealed, and that are not set any more."""
    return sorted(set(KeyInUse.objects.values_list("name", flat=True)) - set(sealing.key_names()))


def is_all_sealed() -> bool:
    """Tell whether everything was gone through since the key of today is set."""
    return KeyInUse.objects.filter(name=sealing.current_key(), is_only=True).exists()


def give_up_missing_keys() -> int:
    """Forget the keys that are not set any more: what only they open stays unreadable."""
    return KeyInUse.objects.filter(name__in=missing_keys()).delete()[0]
