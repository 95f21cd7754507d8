"""For pages whose work is done by a worker; `{% load tasks %}`."""

from django import template

from piggyadmin.tasks.workers import worker_is_alive

register = template.Library()


@register.inclusion_tag("tasks/_notice.html")
def no_worker_notice() -> dict[str, bool]:
    """Say that what takes long waits, where no worker has been alive for a minute."""
    return {"is_needed": not worker_is_alive()}
