"""Codes that follow from the ledger."""

from uuid import UUID

from piggyadmin.vouchers.making import CODE_LENGTH, LETTERS, code_from


def test_a_reference_has_always_the_same_code_and_another_one_another():
    codes = [code_from(str(UUID(int=number))) for number in range(2000)]
    assert codes == [code_from(str(UUID(int=number))) for number in range(2000)]
    assert len(set(codes)) == 2000
    assert {len(code) for code in codes} == {CODE_LENGTH}
    assert set("".join(codes)) == set(LETTERS)
