"""What is written alike because it means the same, and what is not."""

import pytest

from piggyadmin.duplicates.matching.normalisation import (
    Keys,
    Normalised,
    address_parts,
    birth_date,
    clean,
    keys,
    mail_parts,
    may_be_one_number,
    normalise,
    phone_number,
)


def names(firstname="", lastname=""):
    normalised = normalise(firstname=firstname, lastname=lastname)
    return normalised.first, normalised.last


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0612345678", "31 612345678"),
        ("+31 6 1234 5678", "31 612345678"),
        ("0031612345678", "31 612345678"),
        ("+31 (0)612345678", "31 612345678"),
        ("31612345678", "31 612345678"),
        ("31612345678.0", "31 612345678"),
        ("612345678.0", "31 612345678"),
        ("3.1612345678E+10", "31 612345678"),
        ("3,1612345678E+10", "31 612345678"),
        ("+31612345678.0", "31 612345678"),
        ("31 612345678.0", "31 612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "31 612345678"),
        ("०६१२३४५६७८", "31 612345678"),
        ("+33 6 12 34 56 78", "33 612345678"),
        ("+49 151 12345678", "49 15112345678"),
        ("4915112345678", "49 15112345678"),
        ("0151 12345678", " 15112345678"),
        ("07911 123456", " 7911123456"),
    ],
)
def test_numbers_with_their_country(written, number):
    assert phone_number(written) == number


def test_whose_numbers_are_written_without_a_country_is_a_setting(settings):
    phone_number.cache_clear()
    settings.DEFAULT_COUNTRY = "GB"
    assert phone_number("07911 123456") == "44 7911123456"
    phone_number.cache_clear()


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("31 612345678", "31 612345678", True),
        ("31 612345678", "33 612345678", False),
        (" 15112345678", "49 15112345678", True),
        ("", "", False),
    ],
)
def test_numbers_that_may_be_one(one, other, is_one):
    assert may_be_one_number(one, other) is is_one


@pytest.mark.parametrize("nothing", ["", "0600000000", "0000", "12345", "unknown", "-", "☎"])
def test_phones_that_belong_to_nobody(nothing):
    assert phone_number(nothing) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mira.Jansen@gmail.com", "mirajansen@googlemail.com"),
        ("mira+shop@example.test", "mira@example.test"),
        (" mira@example.test ", "MIRA@example.test"),
    ],
)
def test_mailboxes_that_are_one(one, other):
    assert mail_parts(one) == mail_parts(other)


def test_dots_tell_mailboxes_apart_elsewhere():
    with_dot, without = mail_parts("mira.jansen@kpn.test"), mail_parts("mirajansen@kpn.test")
    assert with_dot[0] != without[0]
    assert with_dot[1] == without[1]


def test_a_domain_is_read_as_it_is_written_or_passed_on():
    written, passed_on = (
        mail_parts("a@Müller-bau.example"),
        mail_parts("a@xn--mller-bau-q9a.example"),
    )
    assert written == passed_on
    assert mail_parts("a@muller-bau.example") != written
    assert mail_parts("a@mu\u0308ller-bau.example") == written
    assert mail_parts("a@xn--0.example")[0] == "a@xn--0.example"


def test_letters_that_are_two_in_a_domain_are_two():
    assert mail_parts("a@Straße.example") == mail_parts("a@xn--strae-oqa.example")
    assert mail_parts("a@strasse.example") != mail_parts("a@straße.example")
    assert mail_parts("a@βόλος.example") == mail_parts("a@xn--nxasmm1c.example")


@pytest.mark.parametrize("label", ["xn--zzzz---", "xn--ü-a", "xn--99999999", "xn--", "xn--0ca4b5h"])
def test_a_domain_that_nothing_can_be_read_from_does_no_harm(label):
    assert normalise(email=f"a@{label}.example").pack().encode()


@pytest.mark.parametrize("nothing", ["", "mira", "@example.test", "+tag@example.test", "n/a"])
def test_addresses_that_are_none(nothing):
    assert mail_parts(nothing) == ("", "")


def test_an_anonymous_contact_has_no_address():
    assert normalise(email="x@anonymous.test", is_anonymous=True).mail == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Zoë", "van der Velde"), ("Zoe", "Vandervelde")),
        (("Jan", "de Vries"), ("jan", "VRIES, de")),
        (("Jürgen", "Müller"), ("Juergen", "Mueller")),
        (("Thijs", "Meijer"), ("Thys", "Meyer")),
        (("Dhr. Jan", "Jansen"), ("Jan", "Jansen")),
        (("Jan P.", "Jansen"), ("Jan", "Jansen")),
        (("Kai", "Strauß"), ("Kai", "Strauss")),
        (("Sean", "O'Brien"), ("Sean", "OBrien")),
        (("Jan Jansen", ""), ("Jan", "Jansen")),
    ],
)
def test_names_that_are_one(one, other):
    assert names(*one) == names(*other)
    assert all(names(*one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("राम", "रीना"), ("สมชาย", "สมชัย"), ("が", "か"), ("কমল", "কমলা")],
)
def test_marks_that_are_letters_tell_names_apart(one, other):
    assert names(one, one) != names(other, other)
    assert names(one)[0] == one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoé", "Zoe\u0301"),
        ("Jan Willem", "Jan\u00a0Willem"),
        ("محمد", "مُحَمَّد"),
        ("Jan\tWillem", "Jan Willem"),
    ],
)
def test_marks_and_blanks_that_come_and_go_do_not(one, other):
    assert names(one, one) == names(other, other)


@pytest.mark.parametrize(
    ("last", "suffix"),
    [
        ("Bakker sr.", "1"),
        ("Bakker Senior", "1"),
        ("Bakker jr", "2"),
        ("Dumas fils", "2"),
        ("Smith III", "3"),
        ("Smith 2nd", "2"),
        ("Bauer sen.", "1"),
        ("Bauer der Jüngere", "2"),
        ("Junior", ""),
    ],
)
def test_what_is_put_behind_a_name_is_no_name(last, suffix):
    found = normalise(firstname="Jan", lastname=last)
    assert found.suffix == suffix
    assert found.last == (normalise(lastname=last.split(" ")[0]).last)


def test_prefixes_that_are_a_name_stay():
    assert names("Ben", "Al") == ("ben", "al")
    assert names("Vanessa", "van Dam")[0] == "vanessa"


@pytest.mark.parametrize("name", ["Мария", "محمد", "明美", "🐷", "x" * 10_000, "\0\0", "'", "  "])
def test_names_of_any_kind_do_no_harm(name):
    normalised = normalise(firstname=name, lastname=name, email=name, address=name, birthdate=name)
    assert Normalised.unpack(normalised.pack()) == normalised
    assert "\0" not in normalised.pack()
    assert len(normalised.first) <= 200


def test_names_in_other_scripts_are_kept():
    assert names("Мария", "明美") == ("мария", "明美")
    assert names("🐷🐷", "🐷") == ("", "")


@pytest.mark.parametrize(
    "written",
    ["1984-03-25", "25-03-1984", "25/3/1984", "1984/03/25", "19840325", "1984-25-03", "25.03.84"],
)
def test_dates_as_people_write_them(written):
    assert birth_date(written) == "1984-03-25"


@pytest.mark.parametrize(
    "nothing",
    [
        *("", "1984-02-31", "soon", "0000-00-00", "31", "1900-01-01", "1970-01-01"),
        *("0001-01-01", "0084-03-25", "01-01-0001", "2999-12-31", "9999-12-31"),
    ],
)
def test_dates_that_are_none(nothing):
    assert birth_date(nothing) == ""


def test_a_year_to_come_is_a_slip_that_says_who_it_is():
    assert birth_date("2084-03-25") == "2084-03-25"


def test_a_date_with_a_time_is_a_date():
    assert birth_date("1984-03-25T00:00:00+00:00") == "1984-03-25"


@pytest.mark.parametrize(
    ("written", "street", "post"),
    [
        ("Kerkstraat 12, 1234 AB Amsterdam", "kerkstr 12", "1234ab"),
        ("Kerkstr. 12a 1234AB", "kerkstr 12a", "1234ab"),
        ("Hauptstraße 5, 10115 Berlin", "hauptstr 5", "10115"),
        ("12 High Street, LS2 0AB Leeds", "highstr 12", "ls20ab"),
        ("Rue de la Loi 16, 1000 Bruxelles", "ruedelaloi 16", "1000"),
        ("1e Helmersstraat 20", "1ehelmersstr 20", ""),
        ("Plein 1944 12", "plein1944 12", ""),
        ("Straße des 17. Juni 135, 10623 Berlin", "strdes17juni 135", "10623"),
        ("Kerkstraat 12-3 Amsterdam", "kerkstr 12-3", ""),
        ("Kerkstraat 12 a", "kerkstr 12a", ""),
        ("Kerkstraat 12 hs", "kerkstr 12-hs", ""),
        ("Flat 3, 12 High Street", "highstr 12-3", ""),
        ("12 High Street, Flat 3", "highstr 12-3", ""),
        ("12 High Street #3", "highstr 12-3", ""),
        ("Apartment No. 3, 12 High Street", "highstr 12-3", ""),
        ("Rose Court, 12 High Street", "highstr 12", ""),
        ("Flat 14 Rose Court, 3 High Street", "highstr 3-14", ""),
        ("Ground Floor Flat, 12 High Street", "highstr 12-ground", ""),
        ("Calle Mayor, 12 Madrid", "callemayor 12", ""),
        ("Kerkstraat 12 2e verdieping", "kerkstr 12-2", ""),
        ("Hauptstraße 12, 3. OG", "hauptstr 12-3", ""),
        ("Kerkstraat 12 bis A", "kerkstr 12-bisa", ""),
        ("Kerkstraat 12 zw", "kerkstr 12-zw", ""),
        ("Rue du 8 Mai 1945 10", "ruedu8mai1945 10", ""),
        ("Rue du 8 Mai 1945 10, 1000 Bruxelles", "ruedu8mai1945 10", "1000"),
        ("Kerkstraat 12\n1234 AB", "kerkstr 12", "1234ab"),
        ("Kerkstraat", "", ""),
        ("", "", ""),
    ],
)
def test_addresses_in_one_line(written, street, post):
    assert address_parts(written) == (street, post)


def test_what_says_nothing_is_nothing():
    assert [clean(text) for text in ("N/A", " - ", "Onbekend", None, "x")] == [""] * 5


def test_a_fingerprint_differs_when_what_is_compared_differs():
    one, same = normalise(firstname="Mira"), normalise(firstname="MIRA ")
    assert one.fingerprint == same.fingerprint
    assert one.fingerprint != normalise(firstname="Mia").fingerprint


def test_keys_are_shared_by_those_who_should_be_compared():
    one = keys(normalise(firstname="Mira", lastname="Jansen", email="mira@example.test"))
    swapped = keys(normalise(firstname="Jansen", lastname="Mira", phonenumber="0612345678"))
    assert one.name == swapped.name is not None
    assert one.phone is None
    assert one.local is not None


def test_who_is_unknown_has_no_keys():
    assert set(keys(Normalised())) == {None}
    assert keys(Normalised()) == Keys(*[None] * 9)


def test_keys_fit_into_a_column_of_32_bits():
    for number in range(500):
        key = keys(Normalised(local=f"x{number}")).local
        assert key is not None
        assert -(2**31) < key < 2**31
