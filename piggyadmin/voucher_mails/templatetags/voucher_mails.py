"""What leads from a bulk run to the mails with its vouchers: `{% voucher_mails run %}`."""

from typing import Any

from django import template
from django.template import Context

from piggyadmin.accounts.permissions import MAIL_VOUCHERS, may
from piggyadmin.bulk.models import BulkRun
from piggyadmin.bulk.undoing import OVER
from piggyadmin.voucher_mails.preparing import makes_vouchers

register = template.Library()


@register.inclusion_tag("voucher_mails/_link.html", takes_context=True)
def voucher_mails(context: Context, run: BulkRun) -> dict[str, Any]:
    """Give the run where its vouchers can be mailed by this person."""
    is_over = run.status in OVER and makes_vouchers(run)
    return {"run": run if is_over and may(context["request"].user, MAIL_VOUCHERS) else None}
