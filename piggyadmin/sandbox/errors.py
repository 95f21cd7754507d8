"""The API's refusals: one exception with the code, and the words that go with each code."""

from collections.abc import Mapping

INVALID_INPUT = 1003
SHOP_NOT_FOUND = 1008
MAXIMUM_CREDITS = 1015
NOT_ENOUGH_CREDITS = 1017
REWARD_OUT_OF_STOCK = 1018
POS_TRANSACTION_NOT_FOUND = 1027
CREDIT_RECEPTION_NOT_FOUND = 1028
REWARD_INACTIVE = 1052
GIFTCARD_PROGRAM_NOT_FOUND = 1100
SHOP_WITHOUT_PROGRAM = 1102
GIFTCARD_NOT_FOUND = 5001
GIFTCARD_EXPIRED = 5002
GIFTCARD_AMOUNT_TOO_LOW = 5003
GIFTCARD_NOT_UPGRADEABLE = 5006
GIFTCARD_MAXIMUM = 5008
GIFTCARD_TRANSACTION_NOT_FOUND = 5010
POS_TRANSACTION_USED = 6001
REWARD_NOT_FOUND = 6003
GIFTCARD_NOT_VALID = 7010
PASSCODE_NOT_FOUND = 13010
PROGRAM_NOT_ACTIVE = 55018
ONLY_DIGITAL_GIFTCARDS = 55021
NOT_THE_LAST_TRANSACTION = 55025
SUBSCRIPTION_TYPE_NOT_FOUND = 55030
CONTACT_NOT_FOUND = 55031
UNIT_EXISTS = 55045
NO_DEFAULT_UNIT = 55046
IDENTIFIER_NOT_FOUND = 60003
IDENTIFIER_INACTIVE = 60004
CONTACT_EXISTS = 60005
IDENTIFIER_EXISTS = 60006
UNIT_NOT_FOUND = 60007
ATTRIBUTE_EXISTS = 60009
RECORD_NOT_FOUND = 60013
IDENTIFIER_LINKED = 60014
CONTACT_NOT_ANONYMOUS = 60016
TOKEN_NEEDS_CREDITS = 60018
TOKEN_NEEDS_UNITS = 60019
PROMOTION_NOT_FOUND = 80002
VOUCHER_EXISTS = 80003
VOUCHER_NOT_FOUND = 80004
VOUCHER_REDEEMED = 80005
VOUCHER_EXPIRED = 80006
VOUCHER_LIMIT = 80008
VOUCHER_DEACTIVATED = 80012
VOUCHER_INACTIVE = 80014
VOUCHER_LOCKED = 80017
TOO_FEW_REDEMPTIONS = 80019
PROMOTION_INACTIVE = 80020
# One number for three things: no such webhook subscription, no such reward, reward expired.
NOT_FOUND_OR_EXPIRED = 80300
SHIFT_NOT_FOUND = 80530
# One number for two things: no such status, external id taken.
SHIFT_STATUS_OR_ID = 80531
SHIFT_TEAM_NOT_FOUND = 80540
SHIFT_TYPE_NOT_FOUND = 80550
PERK_NOT_FOUND = 110000

# Messages are for developers; clients tell errors apart by the code.
MESSAGES = {
    INVALID_INPUT: "Invalid input.",
    SHOP_NOT_FOUND: "Shop not found.",
    MAXIMUM_CREDITS: "The maximum amount of credits has been reached.",
    NOT_ENOUGH_CREDITS: "The contact does not have enough credits.",
    REWARD_OUT_OF_STOCK: "The reward is out of stock.",
    REWARD_INACTIVE: "The reward is not active.",
    REWARD_NOT_FOUND: "Reward not found.",
    NOT_FOUND_OR_EXPIRED: "Not found, or expired.",
    POS_TRANSACTION_NOT_FOUND: "POS transaction not found.",
    CREDIT_RECEPTION_NOT_FOUND: "Credit reception not found.",
    GIFTCARD_PROGRAM_NOT_FOUND: "Giftcard program not found.",
    SHOP_WITHOUT_PROGRAM: "The shop has no loyalty program.",
    GIFTCARD_NOT_FOUND: "Giftcard not found.",
    GIFTCARD_EXPIRED: "Giftcard has expired.",
    GIFTCARD_AMOUNT_TOO_LOW: "The amount on the giftcard is too low.",
    GIFTCARD_NOT_UPGRADEABLE: "The giftcard cannot be topped up.",
    GIFTCARD_MAXIMUM: "The giftcard's maximum would be exceeded.",
    GIFTCARD_TRANSACTION_NOT_FOUND: "Giftcard transaction not found.",
    POS_TRANSACTION_USED: "The POS transaction has already been used.",
    GIFTCARD_NOT_VALID: "Giftcard is not valid.",
    PASSCODE_NOT_FOUND: "Passcode not found.",
    PROGRAM_NOT_ACTIVE: "The loyalty program is not active.",
    ONLY_DIGITAL_GIFTCARDS: "Only digital giftcards can be created.",
    NOT_THE_LAST_TRANSACTION: "This is not the giftcard's last transaction.",
    SUBSCRIPTION_TYPE_NOT_FOUND: "Subscription type not found.",
    CONTACT_NOT_FOUND: "Contact not found.",
    UNIT_EXISTS: "A unit with this name already exists.",
    NO_DEFAULT_UNIT: "No default unit has been set.",
    60001: "A credit reception for this contact is already in progress.",
    IDENTIFIER_NOT_FOUND: "Contact identifier not found.",
    IDENTIFIER_INACTIVE: "Contact identifier is not active.",
    CONTACT_EXISTS: "A contact with this email already exists.",
    IDENTIFIER_EXISTS: "Contact identifier already exists.",
    UNIT_NOT_FOUND: "Unit not found.",
    ATTRIBUTE_EXISTS: "An attribute with this name already exists.",
    RECORD_NOT_FOUND: "Model not found.",
    IDENTIFIER_LINKED: "Contact identifier is already linked to a contact.",
    CONTACT_NOT_ANONYMOUS: "Contact is not anonymous.",
    TOKEN_NEEDS_CREDITS: "Version v1 needs credits.",
    TOKEN_NEEDS_UNITS: "This version needs a unit and its value.",
    PROMOTION_NOT_FOUND: "Promotion not found.",
    VOUCHER_EXISTS: "A voucher with this code already exists.",
    VOUCHER_NOT_FOUND: "Voucher not found.",
    VOUCHER_REDEEMED: "Voucher has already been redeemed.",
    VOUCHER_EXPIRED: "Voucher has expired.",
    VOUCHER_LIMIT: "The voucher limit has been reached.",
    VOUCHER_DEACTIVATED: "Voucher has been deactivated.",
    VOUCHER_INACTIVE: "Voucher is not active yet.",
    VOUCHER_LOCKED: "Voucher is already locked.",
    TOO_FEW_REDEMPTIONS: "Voucher has not enough redemptions left.",
    PROMOTION_INACTIVE: "Promotion is not active.",
    SHIFT_NOT_FOUND: "Shift not found.",
    SHIFT_STATUS_OR_ID: "Shift status not found, or external id already taken.",
    SHIFT_TEAM_NOT_FOUND: "Shift team not found.",
    SHIFT_TYPE_NOT_FOUND: "Shift type not found.",
    PERK_NOT_FOUND: "Perk not found.",
}


class ApiError(Exception):
    """A refusal with HTTP 400, whatever the cause, as the API's docs say."""

    def __init__(self, code: int, errors: Mapping[str, list[str]] | None = None) -> None:
        self.code = code
        self.errors = dict(errors or {})
        super().__init__(MESSAGES.get(code, f"Error {code}."))


def invalid(field: str, message: str) -> ApiError:
    """Make the refusal of a single field."""
    return ApiError(INVALID_INPUT, {field: [message]})
