"""Python starts with this in a watched build, and so does every Python started there.

Paths that it writes to and hosts that it calls are listed in the file WATCHED. What fails is listed too, so that
nothing is hidden by an error that a library swallows. Only Python's own doings are seen (see ``make_book`` in
``tests/conftest.py``).
"""

import os
import sys

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CALLS = {
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyaddr",
    "socket.gethostbyname",
    "socket.sendmsg",
    "socket.sendto",
}
# Event -> where its path stands. Of a tree that is removed the top is told; its entries have no whole paths.
PATHS = {
    "open": 0,
    "os.chmod": 0,
    "os.link": 1,
    "os.mkdir": 0,
    "os.rename": 1,
    "os.symlink": 1,
    "os.truncate": 0,
    "os.utime": 0,
    "shutil.rmtree": 0,
    "sqlite3.connect": 0,
}
log = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def watch(event, arguments):
    if event in CALLS:
        os.write(log, f"call\t{event} {arguments!r}\n".encode())
    elif (
        event in PATHS
        and (event != "open" or (arguments[2] or 0) & WRITES)
        and isinstance(path := arguments[PATHS[event]], (str, bytes, os.PathLike))
    ):
        os.write(log, b"write\t" + os.fsencode(os.path.realpath(path)) + b"\n")


sys.addaudithook(watch)
