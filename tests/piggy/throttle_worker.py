"""One process of several that call for the same account; prints when it was allowed to."""

import sys
import threading
import time

import django

django.setup()

from piggyadmin.piggy.throttle import TokenBucket, throttle_from_settings  # noqa: E402


def main(name: str, threads_to_start: int, calls: int) -> None:
    throttle = throttle_from_settings(name)
    assert isinstance(throttle, TokenBucket)
    moments: list[float] = []

    def work() -> None:
        for _ in range(calls):
            throttle.take()
            moments.append(time.time())

    threads = [threading.Thread(target=work) for _ in range(threads_to_start)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write(" ".join(map(repr, moments)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
