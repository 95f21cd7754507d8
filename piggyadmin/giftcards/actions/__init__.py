"""What people can do with gift cards."""

from piggyadmin.giftcards.actions import (
    create_giftcard,
    create_giftcard_transaction,
    find_giftcard,
    reverse_giftcard_transaction,
    send_giftcard,
)
