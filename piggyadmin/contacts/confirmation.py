"""What has to be typed before a contact ceases to exist: short, and meant for nobody else."""

FEWEST = 4  # letters


def end_of(word: str, *others: str) -> str:
    """Give the end of an address, a card number or a UUID that tells it from the others'.

    Of an address it is the end of what stands before the @: behind it most are alike, and so are
    the beginnings of whatever is made of names. Four letters, or as many more as it takes to be
    nobody else's end; the whole of it where no end is its own.
    """
    name = _name(word)
    taken = [_name(other) for other in others]
    lengths = range(min(FEWEST, len(name)), len(name) + 1)
    ends = (name[-length:] for length in lengths)
    return next((end for end in ends if not any(_ends(other, end) for other in taken)), word)


def _name(word: str) -> str:
    return word.partition("@")[0] or word


def _ends(word: str, end: str) -> bool:
    return word.casefold().endswith(end.casefold())
